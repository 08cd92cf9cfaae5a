"""The App Home."""

from datetime import UTC, datetime

from gateway.channels.slack.home import home_view
from gateway.channels.slack.phrases import PHRASES, phrases
from gateway.core.policy import LANGUAGES
from gateway.core.ports import OwnTicket
from tests.channels.slack.kit import ADA, Desk
from tests.channels.slack.test_sending import said_in
from tests.servers.slack.blocks import check_view

ASKED = [
    OwnTicket(number=7, subject="Lift <!here>", state="received"),
    OwnTicket(number=3, subject="x" * 500, state="open", due_at=datetime(2026, 1, 5, tzinfo=UTC)),
]


async def test_the_home_is_shown_in_the_language_of_its_reader(desk: Desk):
    await desk.server.open_home(ADA)
    await desk.until(lambda: desk.server.api.homes)

    words = said_in(desk.server.api.homes[ADA])
    assert "Sie haben nichts gefragt, was noch offen ist." in words
    assert "/ticket" in words
    assert desk.door.kept == []


def test_every_ticket_has_its_state_and_when_an_answer_is_due():
    view = home_view(ASKED, phrases("en"), "/ticket")
    check_view(view)
    seven, three = view["blocks"][-2:]

    assert said_in({"blocks": [seven]}) == "#7 Lift <!here>\nreceived"
    date = three["elements"][0]["elements"][-1]
    assert (date["type"], date["fallback"]) == ("date", "2026-01-05 00:00 UTC")


def test_a_home_holds_as_many_as_slack_shows():
    check_view(home_view(ASKED * 200, phrases("en"), "/ticket"))


def test_all_languages_of_the_desk_are_there_and_fit():
    assert set(PHRASES) == set(LANGUAGES)
    for say in PHRASES.values():
        assert "{command}" in say.how
        assert all(len(words) <= 24 for words in (say.send, say.cancel, say.new_ticket, say.words))

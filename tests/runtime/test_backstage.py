"""What the desk's pages know and do, on real stores."""

from datetime import timedelta

import pytest

from gateway.core.model import EntryKind
from gateway.core.pages import HeldView, Outcome
from gateway.core.ports import Trouble
from gateway.runtime.backstage import Backstage
from gateway.runtime.condition import Condition
from gateway.runtime.figures import Figures
from tests.runtime.desk import Desk, mail
from tests.runtime.test_releasing import asked

BEA = "Bea Ruiz <bea@acme.example>"


def backstage_of(desk: Desk) -> Backstage:
    return Backstage(
        desk.database,
        desk.app.handler,
        now=desk.clock,
        figures=Figures(),
        condition=Condition(),
    )


def pass_for(desk: Desk, number: int) -> str:
    until = desk.clock() + timedelta(minutes=15)
    return desk.app.book.passes.issue(number, until=until)


def held_command(desk: Desk) -> int:
    """Ada has written, and a mail that would close her ticket is held."""
    desk.receive(mail(message_id="<first@example.org>"))
    raw = mail(
        "#reply\n#close\nIt is out.", from_=BEA, in_reply_to="<first@example.org>", subject="Re: it"
    )
    return desk.receive(raw, sender="bea@acme.example").id


def test_it_shows_the_words_that_would_go_out_and_keeps_nothing(desk: Desk):
    number = held_command(desk)
    before = desk.history(1)
    view = backstage_of(desk).held(pass_for(desk, number))
    assert isinstance(view, HeldView)
    assert (view.agent, view.subject) == ("Bea Ruiz", "Re: it")
    assert view.answers == (("Ada Byron", "It is out."),)
    assert "set state of ticket 1 to closed" in view.would
    assert desk.history(1) == before
    assert desk.row(number).state.value == "held"


def test_released_by_its_link_it_goes_out_as_theirs_once(desk: Desk):
    number = held_command(desk)
    given = pass_for(desk, number)
    assert backstage_of(desk).release(given) is Outcome.RELEASED
    assert backstage_of(desk).release(given) is Outcome.GONE
    desk.run()
    assert backstage_of(desk).held(given) is Outcome.GONE
    assert [o.document.text for o in desk.sent_to("ada@example.org", "answer")]
    assert desk.ticket(1).state.value == "closed"


def test_a_pass_counts_for_a_quarter_of_an_hour(desk: Desk):
    asked(desk)
    given = pass_for(desk, 2)
    desk.clock.advance(minutes=16)
    assert backstage_of(desk).held(given) is Outcome.REFUSED
    assert backstage_of(desk).release(given) is Outcome.REFUSED
    assert desk.row(2).state.value == "held"


@pytest.mark.parametrize("number", [1, 99])
def test_what_is_not_held_is_gone(desk: Desk, number: int):
    asked(desk)
    assert backstage_of(desk).held(pass_for(desk, number)) is Outcome.GONE
    assert backstage_of(desk).release(pass_for(desk, number)) is Outcome.GONE
    assert desk.history(1, EntryKind.NOTE) == []


def test_nobody_elses_pass_counts(desk: Desk):
    asked(desk)
    forged = pass_for(desk, 3).replace("3.", "2.", 1)
    assert backstage_of(desk).release(forged) is Outcome.REFUSED


def test_the_notice_holds_the_link_where_the_desk_has_pages(sqlite_desk: Desk, tmp_path):
    text = (tmp_path / "gateway.toml").read_text()
    (tmp_path / "gateway.toml").write_text(
        f'{text}\n[http]\npublic_url = "https://desk.acme.example/"\n'
    )
    url = sqlite_desk.app.loaded.settings.database.url.get_secret_value()
    desk = Desk(url, tmp_path)
    try:
        asked(desk)
        (notice,) = desk.sent_to("bea@acme.example", "held_unproven")
        before, _, rest = notice.document.text.partition("https://desk.acme.example/release/")
        assert before.endswith("let it through within 15 minutes: ")
        assert isinstance(backstage_of(desk).held(rest.split()[0]), HeldView)
    finally:
        desk.close()


def test_it_is_ready_as_long_as_every_part_is(desk: Desk):
    condition = Condition()
    backstage = Backstage(
        desk.database,
        desk.app.handler,
        now=desk.clock,
        figures=Figures(),
        condition=condition,
    )
    condition.expect("email")
    assert not backstage.readiness().ready
    condition.works("email")
    assert backstage.readiness().ready
    refused = Trouble(channel="email", key="email.mailbox a@b.example", words="Refused.")
    condition.heard(refused)
    found = backstage.readiness()
    assert not found.ready
    assert found.parts["email"] == "email.mailbox a@b.example: Refused."
    condition.heard(Trouble(channel="email", key=refused.key, words="Works.", over=True))
    assert backstage.readiness().ready
    condition.fell("email")
    assert not backstage.readiness().ready


def test_a_database_that_is_gone_is_not_ready(sqlite_desk: Desk, tmp_path):
    backstage = backstage_of(sqlite_desk)
    assert backstage.readiness().ready
    sqlite_desk.database.close()
    (tmp_path / "gateway.db").write_bytes(b"no database any more, but long enough" * 100)
    found = backstage.readiness()
    assert not found.ready
    assert found.parts["database"] == "does not answer: DatabaseError"


def metrics_of(backstage: Backstage) -> dict[str, float]:
    lines = backstage.metrics().decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def test_the_metrics_tell_what_waits_and_since_when(desk: Desk):
    asked(desk)
    desk.arrive(mail())
    desk.clock.advance(seconds=90)
    desk.act(1, "pending 1h")
    desk.worker.drain()
    desk.arrive(mail())
    desk.clock.advance(seconds=30)
    found = metrics_of(backstage_of(desk))
    assert found["gateway_inbox_waiting"] == 1
    assert found["gateway_inbox_oldest_seconds"] == 30
    assert found["gateway_inbox_held"] == 1
    assert found["gateway_outbox_waiting"] >= 2
    assert found["gateway_outbox_oldest_seconds"] == 30
    assert found["gateway_deadlines_running"] == 1
    assert found["gateway_deadlines_late"] == 0
    desk.clock.advance(hours=2)
    assert metrics_of(backstage_of(desk))["gateway_deadlines_late"] == 1


def test_the_metrics_tell_what_was_counted_by_channel_and_outcome(desk: Desk):
    figures = Figures()
    for seconds in (0.02, 0.02, 400.0):
        figures.came("email", "done", seconds)
    figures.went("email", "sent")
    backstage = Backstage(
        desk.database,
        desk.app.handler,
        now=desk.clock,
        figures=figures,
        condition=Condition(),
    )
    found = metrics_of(backstage)
    assert found['gateway_messages_in_total{channel="email",outcome="done"}'] == 3
    assert found['gateway_messages_out_total{channel="email",outcome="sent"}'] == 1
    assert found['gateway_in_to_ticket_seconds_bucket{le="0.05"}'] == 2
    assert found['gateway_in_to_ticket_seconds_bucket{le="+Inf"}'] == 3
    assert found["gateway_in_to_ticket_seconds_sum"] == pytest.approx(400.04)

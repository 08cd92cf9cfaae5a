"""What somebody outside is shown of their own tickets."""

from gateway.core.model import Party
from gateway.runtime.own_tickets import own_tickets
from tests.runtime.desk import Desk

TOM = Party(channel="telegram", address="4711")


def shown(desk: Desk, language: str = "en") -> list[tuple[int, str, str]]:
    with desk.database.read() as conn:
        found = own_tickets(conn, TOM, language, desk.app.policy, desk.app.renderer)
    return [(one.number, one.subject, one.state) for one in found]


def test_own_tickets_are_shown_with_their_state_in_the_readers_words(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM.address, subject="Screen")
    desk.say("", by=TOM.address, chat={"request": "new"})
    desk.say("My chair is broken.", by=TOM.address, subject="Chair")
    desk.say("Of somebody else.", by="4712")

    assert shown(desk) == [(2, "Chair", "received"), (1, "Screen", "received")]
    assert shown(desk, "de")[0][2] == "eingegangen"
    assert shown(desk, "xx") == shown(desk)

"""A deadline that has come is a message to ourselves: fired once, through restarts."""

from pathlib import Path

from gateway.core.model import EntryKind, State
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


def test_a_resolved_ticket_is_closed_after_its_time(desk: Desk):
    desk.receive(mail())
    desk.act(1, "resolve")
    desk.clock.advance(days=6, hours=23)
    desk.run()
    assert desk.ticket(1).state is State.RESOLVED
    desk.clock.advance(hours=2)
    desk.run()

    assert desk.ticket(1).state is State.CLOSED
    assert desk.history(1, EntryKind.CHANGE)[-1].because


def test_a_pending_ticket_comes_back_and_its_agents_hear_of_it_once(desk: Desk):
    desk.receive(mail())
    desk.act(1, "pending 2d")
    desk.clock.advance(days=2, minutes=1)
    for _ in range(3):
        desk.run()

    assert desk.ticket(1).state is State.OPEN
    assert len(desk.sent_to(BEA, "woke")) == 1


def test_a_deadline_missed_while_the_desk_was_down_fires_once(desk: Desk, url: str, tmp_path: Path):
    desk.receive(mail())
    desk.act(1, "pending 2d")
    later = [Desk(url, tmp_path) for _ in range(3)]
    for other in later:
        other.clock.now = desk.clock()
        other.clock.advance(days=5)
        assert other.fire() == (1 if other is later[0] else 0)
    for other in later:
        other.run()
        other.close()

    assert sum(len(other.relay.to(BEA)) for other in later) == 1
    assert desk.ticket(1).state is State.OPEN


def test_a_deadline_that_was_overtaken_changes_nothing(desk: Desk):
    """It fired, but before it was handled the requester wrote: the world is looked at again."""
    desk.receive(mail())
    desk.act(1, "pending 2d")
    desk.run()
    desk.clock.advance(days=3)
    (confirmation,) = desk.sent_to(ADA, "confirmation")
    desk.arrive(reply_to(confirmation, "Here I am.", ADA), to=confirmation.reply_to or "")
    assert desk.fire() == 1
    desk.run()

    assert desk.ticket(1).state is State.OPEN
    assert desk.sent_to(BEA, "woke") == []


def test_a_deadline_set_anew_while_the_old_one_waited_to_be_handled_holds(desk: Desk):
    desk.receive(mail())
    desk.act(1, "pending 2d")
    desk.clock.advance(days=2, minutes=1)
    assert desk.fire() == 1
    desk.act(1, "pending 2d")
    desk.run()

    assert desk.ticket(1).state is State.PENDING
    desk.clock.advance(days=2)
    desk.run()
    assert desk.ticket(1).state is State.OPEN


def test_an_answer_stops_the_clock(desk: Desk):
    desk.receive(mail())
    desk.act(1, "resolve")
    desk.run()
    (confirmation,) = desk.sent_to(ADA, "confirmation")
    again = reply_to(confirmation, "It burns again!", ADA)
    assert desk.receive(again, to=confirmation.reply_to or "").state is InboxState.DONE
    desk.clock.advance(days=30)
    desk.run()

    assert desk.ticket(1).state is State.OPEN

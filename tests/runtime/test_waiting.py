"""Requesters are reminded, told and asked: on real stores, through restarts, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.model import EntryKind, State, Visibility
from gateway.core.targets import Target
from gateway.store import deadlines, people
from tests.runtime.desk import Desk, Died, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"
KEYS = """
digest = ""
remind_requester = ["2d", "5d"]
resolve_unanswered = "8d"
"""


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=KEYS)
    yield made
    made.close()


def pending(desk: Desk) -> None:
    desk.receive(mail())
    desk.act(1, "pending", text="Which printer is it?")
    desk.run()


def state(desk: Desk) -> State:
    return desk.ticket(1).state


def kinds(desk: Desk) -> list[str]:
    return [row.kind for row in desk.outgoing() if row.to.address == ADA][1:]


def test_reminded_then_told_then_closed(house: Desk):
    pending(house)
    for days, what in ((2, "waiting"), (3, "waiting"), (3, "resolved")):
        house.clock.advance(days=days)
        house.run()
        assert kinds(house)[-1] == what
    assert kinds(house) == ["answer", "waiting", "waiting", "resolved"]
    assert state(house) is State.RESOLVED
    said = [e for e in house.history(1, EntryKind.NOTICE) if e.visibility is Visibility.PUBLIC]
    assert ["Which printer is it?" in e.body.text for e in said if e.body][1:] == [
        True,
        True,
        False,
    ]
    assert [e.because_code for e in said][1:] == [
        "no_answer_yet",
        "no_answer_yet",
        "no_answer_came",
    ]
    house.clock.advance(days=7)
    house.run()
    assert state(house) is State.CLOSED
    assert len(kinds(house)) == 4


def test_a_reply_to_a_reminder_stops_it(house: Desk):
    pending(house)
    house.clock.advance(days=2)
    house.run()
    (reminder,) = house.sent_to(ADA, "waiting")
    house.receive(reply_to(reminder, "The one on the left.", ADA), to=reminder.reply_to or "")
    assert state(house) is State.OPEN
    house.clock.advance(days=30)
    house.run()
    assert kinds(house) == ["answer", "waiting"]


def test_it_is_never_sent_twice_through_restarts(house: Desk, url: str, tmp_path: Path):
    """Several processes that start after it came, each for the first time."""
    pending(house)
    later = [Desk(url, tmp_path) for _ in range(3)]
    for other in later:
        other.clock.now = house.clock()
        other.clock.advance(days=2)
        other.fire()
    for other in later:
        other.run()
    for other in later:
        other.run()
        other.close()
    assert kinds(house) == ["answer", "waiting"]


def test_a_crash_while_it_is_written_neither_loses_nor_repeats_it(house: Desk, monkeypatch):
    pending(house)
    house.clock.advance(days=2)
    assert house.fire() == 1
    with monkeypatch.context() as patched:
        patched.setattr(house.app.handler._renderer, "render", _die)
        with pytest.raises(Died):
            house.worker.drain()
    assert kinds(house) == ["answer"]
    house.run()
    house.run()
    assert kinds(house) == ["answer", "waiting"]


def _die(*_: object, **__: object) -> None:
    raise Died


def test_after_days_of_being_down_one_reminder_is_enough(house: Desk):
    pending(house)
    house.clock.advance(days=6)
    house.run()
    assert kinds(house) == ["answer", "waiting"]
    with house.database.read() as conn:
        due = deadlines.due_at(conn, 1, Target.NUDGE)
    assert due is not None
    assert (due - house.clock()).days == 3


def test_not_where_mail_came_back(house: Desk):
    pending(house)
    with house.database.write() as conn:
        people.mark_bounced(conn, house.ticket(1).requester, house.clock(), "no such user")
    house.clock.advance(days=30)
    house.run()
    assert kinds(house) == ["answer"]
    assert state(house) is State.PENDING
    assert "came back" in house.history(1)[-1].because


def test_solved_in_answer_to_the_question_closes(house: Desk):
    house.receive(mail())
    house.act(1, "resolve", text="Pull the plug.")
    house.run()
    (answer,) = house.sent_to(ADA, "answer")
    assert "solved with this?" in answer.document.text
    house.receive(reply_to(answer, "Solved, thank you!", ADA), to=answer.reply_to or "")
    assert state(house) is State.CLOSED
    assert house.history(1, EntryKind.CHANGE)[-1].because_code == "said_solved"
    house.act(1, "reopen")
    assert state(house) is State.OPEN


def test_not_solved_opens_again(house: Desk):
    house.receive(mail())
    house.act(1, text="Pull the plug.")
    house.act(1, "resolve")
    house.run()
    (asked,) = house.sent_to(ADA, "resolved")
    house.receive(reply_to(asked, "not solved", ADA), to=asked.reply_to or "")
    assert state(house) is State.OPEN


def test_a_queue_has_times_of_its_own(url: str, tmp_path: Path):
    keys = KEYS.replace('"2d", "5d"', '"2d"') + (
        "\n[[queues]]\n"
        'name = "support"\naddresses = ["support@acme.example"]\nremind_requester = ["1d"]\n'
    )
    desk = Desk(url, tmp_path, desk=keys)
    try:
        pending(desk)
        desk.clock.advance(days=1)
        desk.run()
        assert kinds(desk) == ["answer", "waiting"]
    finally:
        desk.close()

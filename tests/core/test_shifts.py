"""A lead runs the shift by mail."""

from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Alter, Append, Decision, Say
from gateway.core.deciding import decide
from gateway.core.events import MessageArrived
from gateway.core.model import EntryKind, Priority, State, Visibility
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.situation import Situation
from tests.core.kit import BEA, CARLA, DAN, EVE, FORGED, MALLORY, NOW, desk, message, signed, ticket

SEVEN, NINE = ticket(7), ticket(9, state=State.OPEN, assignee=BEA.email)
HIDDEN = ticket(11, queue="hr")


def said(text: str, author: Any = EVE, to: Any = EVE, age: int = 0, **more: Any) -> Decision:
    address = signed(AddressKind.SHIFT, 0, to.email, age=age)
    arrived = message(author, text=text, recipients=(address,), **more)
    ours = desk()
    placement = place(
        arrived, clues_of(arrived, ours.book), Candidates(), ours.book, ours.policy, NOW
    )
    shift = {t.number: Situation(ticket=t) for t in (SEVEN, NINE, HIDDEN)}
    event = MessageArrived(message=arrived, at=NOW, inbox_id=40)
    return decide(event, Situation(shift=shift), ours, placement)


def fields(decision: Decision) -> dict[int | None, dict[str, Any]]:
    """What is changed on which ticket."""
    return {
        on.ticket: {c.field: c.new for c in on.changes if isinstance(c, Alter)}
        for on in decision.also
    }


def told(decision: Decision) -> Say:
    (say,) = [c for c in decision.changes if isinstance(c, Say)]
    return say


def test_each_line_does_what_it_says_to_its_ticket():
    decision = said("7 bea\n9 hold 2d\n9 urgent")
    assert fields(decision)[7] == {"assignee": BEA.email, "state": State.OPEN}
    assert fields(decision)[9] == {"state": State.ON_HOLD, "priority": Priority.URGENT}
    answer = told(decision)
    assert (answer.to.address, answer.kind.value) == (EVE.email, "shift_done")
    assert [d["line"] for d in answer.facts["done"]] == ["7 bea", "9 hold 2d", "9 urgent"]
    assert answer.facts["wrong"] == []


def test_whoever_gets_a_ticket_is_told():
    heard = [c for on in said("7 bea").also for c in on.changes if isinstance(c, Say)]
    assert [(say.to.address, say.kind.value) for say in heard] == [(BEA.email, "assigned")]


def test_a_note_stays_inside():
    (on,) = said("7 note call her first").also
    (entry,) = [c for c in on.changes if isinstance(c, Append)]
    assert (entry.kind, entry.visibility) == (EntryKind.NOTE, Visibility.INTERNAL)
    assert entry.body is not None
    assert entry.body.text == "call her first"
    assert str(entry.because) == "Eve Low, in answer to a digest"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("7 nobdy", "7 nobdy", "expected one agent of"),
        ("7 hold forever", "7 hold forever", "expected"),
        ("7", "7", "the number of a ticket and what to do"),
        ("Thank you all", "Thank you all", "the number of a ticket and what to do"),
        ("99 bea", "99 bea", "there is no ticket 99"),
    ],
)
def test_a_wrong_line_does_nothing_and_is_explained_and_the_others_are_done(
    text: str, line: str, expected: str
):
    decision = said(f"{text}\n9 urgent")
    assert set(fields(decision)) == {9}
    (wrong,) = told(decision).facts["wrong"]
    assert wrong["line"] == line
    assert expected in wrong["expected"]


def test_of_one_ticket_all_lines_are_done_or_none():
    decision = said("7 urgent\n7 nobdy")
    assert decision.also == ()
    assert [w["line"] for w in told(decision).facts["wrong"]] == ["7 urgent", "7 nobdy"]


def test_what_was_so_already_is_said_to_be():
    (done,) = told(said("9 bea")).facts["done"]
    assert done["changed"] is False


def test_a_ticket_that_one_may_not_see_is_as_none_at_all():
    there = told(said("11 urgent", CARLA, CARLA)).facts["wrong"][0]["expected"]
    nowhere = told(said("99 urgent", CARLA, CARLA)).facts["wrong"][0]["expected"]
    assert there.replace("11", "99") == nowhere
    assert fields(said("11 urgent", DAN, DAN)) == {11: {"priority": Priority.URGENT}}


@pytest.mark.parametrize(
    "more",
    [
        {"author": MALLORY},
        {"author": BEA},
        {"proof": FORGED},
        {"age": 31},
    ],
)
def test_nobody_else_runs_the_shift(more: dict[str, Any]):
    decision = said("7 urgent", **more)
    assert all(on.ticket not in (7, 9) for on in decision.also)
    assert not any(getattr(c, "field", "") == "priority" for c in decision.changes)

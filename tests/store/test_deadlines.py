"""A deadline fires once, and only the newest start of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.clocks import Clock, Clocks, ClockState, Mark, What
from gateway.core.reasons import Reason, Why
from gateway.core.targets import Allowance, Target
from gateway.store import deadlines, ledger, tickets
from gateway.store.deadlines import Due
from tests.store import made
from tests.store.made import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def number(database):
    with database.write() as conn:
        return made.new_ticket(conn)[0]


def start(conn, number, target, at, because="a") -> None:
    deadlines.start(conn, number, [Due(target=target, due_at=at, because=because)])


def test_a_deadline_is_due_at_its_time(database, number):
    with database.write() as conn:
        assert deadlines.next_due_at(conn) is None
        week = Due(target="auto_close", due_at=NOW + 7 * DAY, because="resolved")
        deadlines.start(conn, number, [Due(target="wake", due_at=NOW, because="#pending"), week])
        assert deadlines.next_due_at(conn) == NOW
        assert deadlines.fire(conn, now=NOW - timedelta(seconds=1), limit=10) == []
        (due,) = deadlines.fire(conn, now=NOW, limit=10)
        assert deadlines.next_due_at(conn) == NOW + 7 * DAY
    assert (due.ticket, due.target, due.due_at, due.generation) == (number, "wake", NOW, 1)
    assert due.because == "#pending"


def test_earliest_first_and_no_more_than_asked_for(database, number):
    with database.write() as conn:
        start(conn, number, "auto_close", NOW + 2 * HOUR)
        start(conn, number, "wake", NOW)
        start(conn, number, "resolution", NOW + HOUR)
        fired = deadlines.fire(conn, now=NOW + DAY, limit=2)
        assert [d.target for d in fired] == ["wake", "resolution"]
        assert [d.target for d in deadlines.fire(conn, now=NOW + DAY, limit=2)] == ["auto_close"]


def test_it_fires_once(database, number):
    with database.write() as conn:
        start(conn, number, "wake", NOW)
        assert len(deadlines.fire(conn, now=NOW, limit=1)) == 1
        assert deadlines.fire(conn, now=NOW, limit=1) == []


def test_started_anew_it_is_another_generation(database, number):
    with database.write() as conn:
        start(conn, number, "wake", NOW)
        start(conn, number, "wake", NOW + DAY, "b")
        assert deadlines.fire(conn, now=NOW, limit=1) == []
        (new,) = deadlines.fire(conn, now=NOW + DAY, limit=1)
        start(conn, number, "wake", NOW + DAY, "c")
        (third,) = deadlines.fire(conn, now=NOW + DAY, limit=1)
    assert (new.generation, new.because) == (2, "b")
    assert (third.id, third.generation) == (new.id, 3)


def test_stopped_it_does_not_fire(database, number):
    with database.write() as conn:
        deadlines.stop(conn, number, ["wake"], "answered")
        start(conn, number, "wake", NOW)
        start(conn, number, "resolution", NOW)
        deadlines.stop(conn, number, ["wake", "resolution", "auto_close"], "answered")
        assert deadlines.fire(conn, now=NOW, limit=1) == []
        assert deadlines.next_due_at(conn) is None


def test_when_a_running_deadline_is_due_can_be_asked(database, number):
    with database.write() as conn:
        assert deadlines.due_at(conn, number, "wake") is None
        start(conn, number, "wake", NOW)
        assert deadlines.due_at(conn, number, "wake") == NOW
        deadlines.stop(conn, number, ["wake"], "b")
        assert deadlines.due_at(conn, number, "wake") is None


def _mark(target, what, hours, due=None) -> Mark:
    because = Reason.of(Why.TICKET_OPENED)
    return Mark(target=target, at=NOW + hours * HOUR, what=what, because=because, due_at=due)


def test_the_ledger_keeps_what_was_written_in_order(database, number):
    first, solved = Target.FIRST_RESPONSE, Target.RESOLUTION
    with database.write() as conn:
        ledger.append(conn, number, [])
        ledger.append(conn, number, [_mark(first, What.STARTED, 0, NOW + DAY)])
        late = [_mark(solved, What.PAUSED, 2), _mark(first, What.MET, 1, NOW + DAY)]
        ledger.append(conn, number, late)
        lines = ledger.of_ticket(conn, number)
    assert [(r.target, r.what, r.at, r.due_at) for r in lines] == [
        (first, What.STARTED, NOW, NOW + DAY),
        (solved, What.PAUSED, NOW + 2 * HOUR, None),
        (first, What.MET, NOW + HOUR, NOW + DAY),
    ]
    assert {r.because for r in lines} == {"the ticket was opened"}


def test_clocks_and_the_policy_of_its_own_stand_with_the_ticket(database, number):
    clock = Clock(
        target=Target.RESOLUTION,
        policy="vip",
        calendar="office",
        allowed=Allowance.parse("1bd"),
        state=ClockState.RUNNING,
        started_at=NOW,
        arrived_at=NOW,
        origin=NOW,
        since=NOW,
        due_at=NOW + DAY,
    )
    with database.write() as conn:
        before = tickets.load(conn, number)
        assert before is not None
        assert before.clocks == Clocks()
        after = replace(before, sla="vip", clocks=Clocks(all=(clock,)))
        tickets.save(conn, before, after)
        loaded = tickets.load(conn, number)
    assert loaded is not None
    assert (loaded.clocks, loaded.sla) == (after.clocks, "vip")

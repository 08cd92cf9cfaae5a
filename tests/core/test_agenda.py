"""What is before the desk: the most pressing first, and everything counted."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.agenda import MOST_LISTED, agenda_of
from gateway.core.clocks import Clock, Clocks, ClockState
from gateway.core.day import end_of, moment_of
from gateway.core.model import Priority, State, Ticket
from gateway.core.targets import Target
from tests.core.kit import BEA, CARLA, DAY, HOUR, MINUTE, NOW, ticket

UNTIL = NOW + 12 * HOUR


def due(at: datetime | None, state: ClockState = ClockState.RUNNING) -> Clock:
    return Clock(
        target=Target.RESOLUTION,
        policy="default",
        calendar="always",
        allowed=None,
        state=state,
        started_at=NOW,
        arrived_at=NOW,
        origin=NOW,
        since=NOW,
        due_at=at,
    )


def having(number: int, *clocks: Clock, **changes: Any) -> Ticket:
    return ticket(number, clocks=Clocks(all=clocks), **changes)


def numbers(them: Any) -> list[int]:
    return [line.number for line in them.lines]


def test_late_due_today_and_nobodys_are_told_apart():
    agenda = agenda_of(
        [
            having(1, due(NOW - HOUR), assignee=BEA.email),
            having(2, due(NOW)),
            having(3, due(NOW + HOUR), assignee=BEA.email),
            having(4, due(UNTIL), assignee=CARLA.email),
            having(5),
            having(6, due(NOW - HOUR), state=State.RESOLVED),
            having(7, due(NOW - HOUR), state=State.CLOSED),
        ],
        NOW,
        UNTIL,
    )
    assert agenda.open == 5
    assert numbers(agenda.late) == [1, 2]
    assert numbers(agenda.today) == [3]
    assert numbers(agenda.unassigned) == [2, 5]
    assert agenda.loads == {BEA.email: 2, CARLA.email: 1}
    assert numbers(agenda.of[BEA.email]) == [1, 3]


def test_a_clock_that_stands_still_or_was_met_is_not_due():
    waits, met = due(NOW - HOUR, ClockState.PAUSED), due(NOW - HOUR, ClockState.MET)
    agenda = agenda_of([having(1, waits), having(2, met)], NOW, UNTIL)
    assert (agenda.late.count, agenda.today.count) == (0, 0)


def test_what_is_due_first_comes_first_then_what_is_more_urgent_then_what_is_older():
    agenda = agenda_of(
        [
            having(1),
            having(2, priority=Priority.URGENT),
            having(3, due(NOW + DAY)),
            having(4, due(NOW - MINUTE)),
            having(5, due(NOW - HOUR)),
        ],
        NOW,
        UNTIL,
    )
    assert numbers(agenda.unassigned) == [5, 4, 3, 2, 1]


@given(st.lists(st.tuples(st.integers(-500, 500), st.sampled_from(Priority)), max_size=60))
def test_a_list_holds_the_most_pressing_and_counts_all(found: list[tuple[int, Priority]]):
    tickets = [
        having(n, due(NOW + m * MINUTE), priority=p) for n, (m, p) in enumerate(found, start=1)
    ]
    agenda = agenda_of(tickets, NOW, UNTIL)
    rank = list(Priority)
    wanted = sorted(
        range(1, len(found) + 1),
        key=lambda n: (found[n - 1][0], -rank.index(found[n - 1][1]), n),
    )
    assert numbers(agenda.unassigned) == wanted[:MOST_LISTED]
    assert agenda.unassigned.count == len(found)
    assert agenda.late.count + agenda.today.count == len(found)


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (28, time(8, 30), datetime(2026, 3, 28, 7, 30, tzinfo=UTC)),
        (29, time(8, 30), datetime(2026, 3, 29, 6, 30, tzinfo=UTC)),
        (29, time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # there is no such hour
    ],
)
def test_hours_of_the_day_through_a_clock_change(day: int, at: time, moment: datetime):
    assert moment_of(date(2026, 3, day), at, "Europe/Madrid") == moment


def test_a_day_may_have_23_hours():
    start = moment_of(date(2026, 3, 29), time(0), "Europe/Madrid")
    assert end_of(date(2026, 3, 29), "Europe/Madrid") - start == timedelta(hours=23)

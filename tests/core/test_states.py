"""The states: only the moves that the desk promises happen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.changes import Alter
from gateway.core.model import Author, Role, State
from gateway.core.reasons import Reason, Why
from gateway.core.states import MOVES, Cause, after, as_markdown
from gateway.core.tickets import altered
from tests.core.kit import DAY, NOW, ticket

N, O, P, H, R, C = State  # noqa: E741 - short for a table
C_ = Cause

# Rows: what happens. Columns: new, open, pending, on_hold, resolved, closed.
TABLE = {
    C_.AGENT_ANSWERED: (O, O, P, H, R, C),
    C_.TAKEN: (O, O, P, H, R, C),
    C_.OPENED: (O, O, O, O, O, O),
    C_.PENDED: (P, P, P, P, P, C),
    C_.HELD: (H, H, H, H, H, C),
    C_.RESOLVED: (R, R, R, R, R, C),
    C_.CLOSED: (C, C, C, C, C, C),
    C_.MERGED: (C, C, C, C, C, C),
    C_.REQUESTER_WROTE: (N, O, O, O, O, O),
    C_.THIRD_PARTY_WROTE: (N, O, P, O, R, C),
    C_.TIME_OVER: (N, O, O, O, R, C),
    C_.SOURCE_OVER: (R, R, R, R, R, C),
    C_.UNANSWERED: (N, O, R, H, R, C),
    C_.SAID_SOLVED: (N, O, P, H, C, C),
    C_.AUTO_CLOSE: (N, O, P, H, C, C),
}


def test_every_cause_has_a_row():
    assert set(TABLE) == set(Cause)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize(("state", "column"), [(s, n) for n, s in enumerate(State)])
def test_where_each_cause_leads(cause, state, column):
    assert after(state, cause) is TABLE[cause][column]


@given(st.sampled_from(State), st.lists(st.sampled_from(Cause), max_size=20))
def test_only_listed_moves_happen(state, causes):
    for cause in causes:
        moved = after(state, cause)
        listed = {m.target for m in MOVES if m.cause is cause and state in m.sources}
        assert moved is state or listed == {moved}
        state = moved


def test_nothing_but_opening_and_the_requester_leaves_closed():
    leaving = {cause for cause in Cause if after(State.CLOSED, cause) is not State.CLOSED}
    assert leaving == {Cause.OPENED, Cause.REQUESTER_WROTE}


def test_nothing_goes_back_to_new():
    assert State.NEW not in {move.target for move in MOVES}


def test_the_table_of_the_documentation_names_every_cause():
    shown = as_markdown()
    assert shown.splitlines()[:3] == [
        "| from → to | by |",
        "|---|---|",
        "| (none) → new | a message |",
    ]
    assert all(cause.value in shown for cause in Cause)


def moved(before, state) -> Any:
    because = Reason.of(Why.TIME_IS_OVER)
    author = Author(name="", address="", role=Role.DESK)
    change = Alter(field="state", new=state, because=because, author=author)
    return altered(before, change, NOW)


def test_times_go_with_the_state():
    resolved = moved(ticket(), R)
    assert (resolved.resolved_at, resolved.closed_at) == (NOW, None)
    closed = moved(ticket(state=R, resolved_at=NOW - DAY), C)
    assert (closed.resolved_at, closed.closed_at) == (NOW - DAY, NOW)
    again = moved(closed, O)
    assert (again.resolved_at, again.closed_at) == (None, None)

"""Deadlines: one row for each ticket and target, holding when its next step is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)

from gateway.store.database import ring
from gateway.store.schema import deadline
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import CHANGES, Kind, later

_Turn = tuple[int, str, dict[str, Any] | str]  # ticket, target; the row that starts it, or why not


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a target of a ticket is due, and why then."""

    target: str
    due_at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """A deadline that came. ``generation`` goes up each time it is started anew."""

    id: int
    ticket: int
    target: str
    due_at: datetime
    generation: int
    because: str


def start(conn: Connection, ticket: int, dues: Iterable[Due]) -> None:
    """The ticket's deadlines for these targets are due then, whatever they were before."""
    turns: list[_Turn] = [(ticket, due.target, _row(ticket, due)) for due in dues]
    if turns:
        later(conn, _TURNED, turns)
        ring(conn)


def stop(conn: Connection, ticket: int, targets: Iterable[str], because: str) -> None:
    """They are off, those that ran."""
    turns: list[_Turn] = [(ticket, target, because) for target in targets]
    later(conn, _TURNED, turns)


def _row(ticket: int, due: Due) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "target": due.target,
        "due_at": due.due_at,
        "generation": 1,
        "state": "running",
        "because": due.because,
    }


def _turn(conn: Connection, turns: Sequence[_Turn]) -> None:
    """Of several turns of one deadline the last one counts."""
    last = {(ticket, target): to for ticket, target, to in turns}
    stopped: dict[tuple[int, str], list[str]] = {}
    for (ticket, target), to in last.items():
        if isinstance(to, str):
            stopped.setdefault((ticket, to), []).append(target)
    for (ticket, because), targets in stopped.items():
        _STOP.do(conn, b_ticket=ticket, b_targets=targets, b_because=because)
    _START.do(conn, [to for to in last.values() if not isinstance(to, str)])


def fire(conn: Connection, *, now: datetime, limit: int) -> list[DeadlineRow]:
    """Deadlines whose time has come, earliest first: they run no more, so each is given once."""
    rows = _FIRE.all(conn, b_now=now, b_limit=limit)
    fired = [DeadlineRow(**dict(zip(_NAMES, row, strict=True))) for row in rows]
    return sorted(fired, key=lambda row: (row.due_at, row.id))


def next_due_at(conn: Connection) -> datetime | None:
    """When the first running deadline is due; None if none runs."""
    row = _NEXT.first(conn)
    return row[0] if row else None


def due_at(conn: Connection, ticket: int, target: str) -> datetime | None:
    """When a ticket's deadline for this target is due; None where it does not run."""
    row = _DUE_AT.first(conn, b_ticket=ticket, b_target=target)
    return row[0] if row else None


_NAMES = ("id", "ticket", "target", "due_at", "generation", "because")
_TURNED = Kind(CHANGES, _turn)
_RUNNING = text("deadline.state = 'running'")
_START = InsertRows(
    deadline,
    leave_out=("id",),
    unless_there=("ticket", "target"),
    else_set={
        "due_at": literal_column("excluded.due_at"),
        "because": literal_column("excluded.because"),
        "generation": deadline.c.generation + literal_column("1"),
        "state": literal_column("'running'"),
    },
)
_STOP = Prepared(
    lambda dialect: (
        update(deadline)
        .where(
            deadline.c.ticket == bindparam("b_ticket"),
            among(dialect, deadline.c.target, "b_targets"),
            _RUNNING,
        )
        .values(state=literal_column("'stopped'"), because=bindparam("b_because"))
    )
)
_COME = (
    select(deadline.c.id)
    .where(_RUNNING, deadline.c.due_at <= bindparam("b_now"))
    .order_by(deadline.c.due_at, deadline.c.id)
    .limit(bindparam("b_limit"))
)
_FIRE = Prepared(
    update(deadline)
    # Once more, for one that another process starts anew at this very moment.
    .where(deadline.c.id.in_(_COME), _RUNNING, deadline.c.due_at <= bindparam("b_now"))
    .values(state=literal_column("'fired'"))
    .returning(*(deadline.c[name] for name in _NAMES))
)
_NEXT = Prepared(select(func.min(deadline.c.due_at)).where(_RUNNING))
_DUE_AT = Prepared(
    select(deadline.c.due_at).where(
        deadline.c.ticket == bindparam("b_ticket"),
        deadline.c.target == bindparam("b_target"),
        _RUNNING,
    )
)

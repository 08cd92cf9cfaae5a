"""Deadlines: one row for each ticket and target, holding when its next step is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal_column, select, text, update

from gateway.store.database import ring
from gateway.store.schema import deadline
from gateway.store.statements import Prepared, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """A deadline that runs. ``generation`` goes up each time it is started anew."""

    id: int
    ticket: int
    target: str
    due_at: datetime
    generation: int
    because: str


def start(conn: Connection, ticket: int, target: str, due_at: datetime, because: str) -> None:
    """The ticket's deadline for this target is due then, whatever it was before."""
    _START.do(conn, b_ticket=ticket, b_target=target, b_due_at=due_at, b_because=because)
    ring(conn)


def stop(conn: Connection, ticket: int, target: str, because: str) -> bool:
    """It is off. Whether it ran."""
    return _STOP.do(conn, b_ticket=ticket, b_target=target, b_because=because) > 0


def due(conn: Connection, *, now: datetime, limit: int) -> list[DeadlineRow]:
    """Deadlines that have come, earliest first."""
    rows = _DUE.all(conn, b_now=now, b_limit=limit)
    names = ("id", "ticket", "target", "due_at", "generation", "because")
    return [DeadlineRow(**dict(zip(names, row, strict=True))) for row in rows]


def next_due_at(conn: Connection) -> datetime | None:
    """When the first running deadline is due; None if none runs."""
    row = _NEXT.first(conn)
    return row[0] if row else None


def due_at(conn: Connection, ticket: int, target: str) -> datetime | None:
    """When a ticket's deadline for this target is due; None where it does not run."""
    row = _DUE_AT.first(conn, b_ticket=ticket, b_target=target)
    return row[0] if row else None


def fire(conn: Connection, id: int, generation: int) -> bool:
    """Its time has come. False if it was stopped or started anew since it was read."""
    return _FIRE.do(conn, b_id=id, b_generation=generation) > 0


_RUNNING = text("deadline.state = 'running'")
_START = Prepared(
    lambda dialect: (
        upsert(dialect, deadline)
        .values(
            ticket=bindparam("b_ticket"),
            target=bindparam("b_target"),
            due_at=bindparam("b_due_at"),
            because=bindparam("b_because"),
            generation=literal_column("1"),
            state=literal_column("'running'"),
        )
        .on_conflict_do_update(
            index_elements=["ticket", "target"],
            set_={
                "due_at": bindparam("b_due_at"),
                "because": bindparam("b_because"),
                "generation": deadline.c.generation + literal_column("1"),
                "state": literal_column("'running'"),
            },
        )
    )
)
_STOP = Prepared(
    update(deadline)
    .where(
        deadline.c.ticket == bindparam("b_ticket"),
        deadline.c.target == bindparam("b_target"),
        _RUNNING,
    )
    .values(state=literal_column("'stopped'"), because=bindparam("b_because"))
)
_DUE = Prepared(
    select(
        deadline.c.id,
        deadline.c.ticket,
        deadline.c.target,
        deadline.c.due_at,
        deadline.c.generation,
        deadline.c.because,
    )
    .where(_RUNNING, deadline.c.due_at <= bindparam("b_now"))
    .order_by(deadline.c.due_at, deadline.c.id)
    .limit(bindparam("b_limit"))
)
_NEXT = Prepared(select(func.min(deadline.c.due_at)).where(_RUNNING))
_DUE_AT = Prepared(
    select(deadline.c.due_at).where(
        deadline.c.ticket == bindparam("b_ticket"),
        deadline.c.target == bindparam("b_target"),
        _RUNNING,
    )
)
_FIRE = Prepared(
    update(deadline)
    .where(
        deadline.c.id == bindparam("b_id"),
        deadline.c.generation == bindparam("b_generation"),
        _RUNNING,
    )
    .values(state=literal_column("'fired'"))
)

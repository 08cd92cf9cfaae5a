"""Notices that are kept for a summary: who, about what, and which entry has the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from gateway.core.bursts import Sort
from gateway.core.situation import Kept
from gateway.store.schema import burst
from gateway.store.schema import kept as table
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import OUTBOX, Kind, later


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKept:
    """A notice to an agent that is not sent by itself."""

    agent: str
    sort: Sort
    ticket: int
    kind: str
    entry: int | None
    at: datetime


def keep(conn: Connection, new: Sequence[NewKept]) -> None:
    """Write them down; with the batch, if there is one."""
    later(conn, _NEW, [_columns(one) for one in new])


def of(conn: Connection, agent: str, sort: Sort, limit: int) -> tuple[Kept, ...]:
    """What is kept for an agent, oldest first."""
    rows = _OF.all(conn, b_agent=agent, b_sort=sort.value, b_limit=limit)
    return tuple(Kept(**dict(zip(_NAMES, row, strict=True))) for row in rows)


def remove(conn: Connection, ids: Sequence[int]) -> int:
    """They are listed in a summary; how many of them were there still."""
    return _REMOVE.do(conn, b_ids=list(ids))


def due(conn: Connection, now: datetime) -> list[tuple[str, Sort, int]]:
    """For whom a summary is due: agent, sort, and the first that it will list.

    What another process kept at the very moment of a summary has no time of its own: it is due.
    """
    return [(agent, Sort(sort), first) for agent, sort, first in _DUE.all(conn, b_now=now)]


def _columns(new: NewKept) -> dict[str, Any]:
    return {
        "agent": new.agent,
        "sort": new.sort.value,
        "ticket": new.ticket,
        "kind": new.kind,
        "entry": new.entry,
        "at": new.at,
    }


_NAMES = ("id", "ticket", "kind", "at", "entry")
_NEW = Kind(OUTBOX, InsertRows(table, leave_out=("id",)).do)
_OF = Prepared(
    select(*(table.c[name] for name in _NAMES))
    .where(table.c.agent == bindparam("b_agent"), table.c.sort == bindparam("b_sort"))
    .order_by(table.c.id)
    .limit(bindparam("b_limit"))
)
_REMOVE = Prepared(lambda dialect: delete(table).where(among(dialect, table.c.id, "b_ids")))
_DUE = Prepared(
    select(table.c.agent, table.c.sort, func.min(table.c.id))
    .select_from(
        table.outerjoin(burst, and_(burst.c.agent == table.c.agent, burst.c.sort == table.c.sort))
    )
    .where(or_(burst.c.due_at.is_(None), burst.c.due_at <= bindparam("b_now")))
    .group_by(table.c.agent, table.c.sort)
    .order_by(func.min(table.c.id))
)

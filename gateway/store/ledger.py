"""The ledger of service levels: what happened to each clock of a ticket, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from gateway.core.clocks import Mark, What
from gateway.core.targets import Target
from gateway.store.schema import ledger
from gateway.store.statements import InsertRows, Prepared
from gateway.store.together import LINES, Kind, later


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One line. ``due_at`` is when the target is due from then on, None for not at all."""

    target: Target
    at: datetime
    what: What
    because: str
    due_at: datetime | None


def append(conn: Connection, ticket: int, marks: Iterable[Mark]) -> None:
    """Add lines, in this order."""
    rows = [
        {
            "ticket": ticket,
            "target": mark.target.value,
            "at": mark.at,
            "what": mark.what.value,
            "because_code": mark.because.code,
            "because": str(mark.because),
            "due_at": mark.due_at,
        }
        for mark in marks
    ]
    later(conn, _LINES, rows)


def of_ticket(conn: Connection, ticket: int) -> list[LedgerRow]:
    """All lines of a ticket, in the order they were written."""
    return [
        LedgerRow(target=Target(target), at=at, what=What(what), because=because, due_at=due)
        for target, at, what, because, due in _OF_TICKET.all(conn, b_ticket=ticket)
    ]


_LINES = Kind(LINES, InsertRows(ledger, leave_out=("id",)).do)
_OF_TICKET = Prepared(
    select(ledger.c.target, ledger.c.at, ledger.c.what, ledger.c.because, ledger.c.due_at)
    .where(ledger.c.ticket == bindparam("b_ticket"))
    .order_by(ledger.c.id)
)

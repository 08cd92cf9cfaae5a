"""Thread keys: the opaque strings by which an answer finds its ticket. Each has one ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update

from gateway.store.errors import KeyTakenError
from gateway.store.schema import thread_key
from gateway.store.statements import InsertRows, Prepared, among


def find(conn: Connection, keys: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Ticket and entry of each key that is known."""
    found = _FIND.all(conn, b_keys=list(keys))
    return {key: (ticket, entry) for key, ticket, entry in found}


def claim(
    conn: Connection, ticket: int, entry: int | None, keys: Sequence[str], *, sent: bool = False
) -> frozenset[str]:
    """These keys are the ticket's from now on: the entry's own first, then what it refers to.

    Keys that are this ticket's already stay as they are, and are given back. Raises
    KeyTakenError when one is another ticket's, waiting for whoever claims it at this moment:
    within a savepoint of the caller, who undoes it and places again.
    """
    wanted = list(dict.fromkeys(keys))
    rows = [
        {"key": key, "ticket": ticket, "entry": entry, "position": position, "sent": sent}
        for position, key in enumerate(wanted)
    ]
    # In one order everywhere, so that two processes rarely wait for each other in a circle.
    rows.sort(key=lambda row: str(row["key"]))
    taken = set(wanted).difference(row[0] for row in _CLAIM.back(conn, rows))
    for key, (owner, _) in find(conn, taken).items() if taken else ():
        if owner != ticket:
            raise KeyTakenError(key, owner)
    return frozenset(taken)


def of_ticket(conn: Connection, ticket: int, *, newest: int = 20) -> tuple[str, ...]:
    """The newest keys of messages on a ticket, oldest first: what a References header holds."""
    rows = _OF_TICKET.all(conn, b_ticket=ticket, b_limit=newest)
    return tuple(row[0] for row in reversed(rows))


def of_entry(conn: Connection, entry: int) -> tuple[str, ...]:
    """The keys that were claimed with an entry, its own first."""
    return tuple(row[0] for row in _OF_ENTRY.all(conn, b_entry=entry))


def repoint(conn: Connection, source: int, target: int) -> int:
    """All keys of one ticket lead to another (a merge); how many."""
    return _REPOINT.do(conn, b_source=source, b_target=target)


_FIND = Prepared(
    lambda dialect: select(thread_key.c.key, thread_key.c.ticket, thread_key.c.entry).where(
        among(dialect, thread_key.c.key, "b_keys")
    )
)
_CLAIM = InsertRows(thread_key, returning=("key",), unless_there=("key",))
_OF_TICKET = Prepared(
    select(thread_key.c.key)
    .where(thread_key.c.ticket == bindparam("b_ticket"))
    .order_by(thread_key.c.entry.desc().nulls_last(), thread_key.c.position)
    .limit(bindparam("b_limit"))
)
_OF_ENTRY = Prepared(
    select(thread_key.c.key)
    .where(thread_key.c.entry == bindparam("b_entry"))
    .order_by(thread_key.c.position)
)
_REPOINT = Prepared(
    update(thread_key)
    .where(thread_key.c.ticket == bindparam("b_source"))
    .values(ticket=bindparam("b_target"))
)

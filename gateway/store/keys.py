"""Thread keys: the opaque strings by which an answer finds its ticket. Each has one ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from gateway.store.errors import KeyTakenError
from gateway.store.schema import thread_key
from gateway.store.statements import InsertRows, Prepared, among


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys that an entry claims, its own first; ``sent``: ids of what we send."""

    entry: int | None
    keys: Sequence[str]
    sent: bool = False


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
    return claim_all(conn, ticket, [Wanted(entry, keys, sent)])


def claim_all(conn: Connection, ticket: int, wanted: Iterable[Wanted]) -> frozenset[str]:
    """`claim` for several entries at once; a key that two of them want is the first one's."""
    rows: dict[str, dict[str, object]] = {}
    for one in wanted:
        for position, key in enumerate(dict.fromkeys(one.keys)):
            row = {"key": key, "ticket": ticket, "entry": one.entry, "position": position}
            rows.setdefault(key, row | {"sent": one.sent})
    # In one order everywhere, so that two processes rarely wait for each other in a circle.
    ordered = [rows[key] for key in sorted(rows)]
    taken = rows.keys() - {row[0] for row in _CLAIM.back(conn, ordered)}
    for key, (owner, _) in find(conn, taken).items() if taken else ():
        if owner != ticket:
            raise KeyTakenError(key, owner)
    return frozenset(taken)


def arrived(conn: Connection, ticket: int, entry: int, key: str) -> None:
    """The message that others referred to is here: its key is this entry's from now on."""
    _ARRIVED.do(conn, b_ticket=ticket, b_entry=entry, b_key=key)


def take_over(conn: Connection, key: str, before: int, ticket: int) -> bool:
    """A key goes from one ticket to another. False where it was not that ticket's any more."""
    return _TAKE_OVER.do(conn, b_key=key, b_before=before, b_ticket=ticket) > 0


def of_entry(conn: Connection, entry: int) -> tuple[str, ...]:
    """The keys that were claimed with an entry, its own first."""
    return tuple(row[0] for row in _OF_ENTRY.all(conn, b_entry=entry))


_FIND = Prepared(
    lambda dialect: select(thread_key.c.key, thread_key.c.ticket, thread_key.c.entry).where(
        among(dialect, thread_key.c.key, "b_keys")
    )
)
_CLAIM = InsertRows(thread_key, returning=("key",), unless_there=("key",))
_ARRIVED = Prepared(
    update(thread_key)
    .where(
        thread_key.c.key == bindparam("b_key"),
        thread_key.c.ticket == bindparam("b_ticket"),
        thread_key.c.entry.is_(None),
    )
    .values(entry=bindparam("b_entry"))
)
_TAKE_OVER = Prepared(
    update(thread_key)
    .where(thread_key.c.key == bindparam("b_key"), thread_key.c.ticket == bindparam("b_before"))
    .values(ticket=bindparam("b_ticket"), entry=None)
)
_OF_ENTRY = Prepared(
    select(thread_key.c.key)
    .where(thread_key.c.entry == bindparam("b_entry"))
    .order_by(thread_key.c.position)
)

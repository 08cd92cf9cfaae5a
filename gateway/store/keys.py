"""Thread keys: the opaque strings by which an answer finds its ticket. Each has one ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from gateway.store import together
from gateway.store.errors import ConflictError, KeyTakenError
from gateway.store.schema import thread_key
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import UNKNOWN

_Rows = dict[str, dict[str, Any]]  # of the table, by key


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys that an entry claims, its own first; ``sent``: ids of what we send."""

    entry: int | None
    keys: Sequence[str]
    sent: bool = False


def find(conn: Connection, keys: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Ticket and entry of each key that is known."""
    asked = list(keys)
    found = {key: together.known(conn, _fact(key)) for key in asked}
    if UNKNOWN in found.values():
        rows = _FIND.all(conn, b_keys=asked)
        found = dict.fromkeys(asked) | {key: (ticket, entry) for key, ticket, entry in rows}
        together.learn(conn, {_fact(key): owner for key, owner in found.items()})
    return {key: owner for key, owner in found.items() if owner is not None}


def _fact(key: str) -> tuple[str, str]:
    """Whose a key is, among what a batch knows."""
    return ("key", key)


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
    rows: _Rows = {}
    for one in wanted:
        for position, key in enumerate(dict.fromkeys(one.keys)):
            row = {"key": key, "ticket": ticket, "entry": one.entry, "position": position}
            rows.setdefault(key, row | {"sent": one.sent})
    return (_claim_later if together.is_open(conn) else _claim_now)(conn, ticket, rows)


def _claim_now(conn: Connection, ticket: int, rows: _Rows) -> frozenset[str]:
    taken = rows.keys() - _claimed(conn, rows.values())
    return _checked(ticket, find(conn, taken) if taken else {})


def _claim_later(conn: Connection, ticket: int, rows: _Rows) -> frozenset[str]:
    """What is known to be free, or was not asked for, had better be free when it is written."""
    facts = {key: together.known(conn, _fact(key)) for key in rows}
    taken = {key: owner for key, owner in facts.items() if owner not in (UNKNOWN, None)}
    free = {key: row for key, row in rows.items() if key not in taken}
    together.later(conn, _CLAIMED, list(free.values()))
    together.learn(conn, {_fact(key): (ticket, row["entry"]) for key, row in free.items()})
    return _checked(ticket, taken)


def _checked(ticket: int, taken: Mapping[str, tuple[int, int | None]]) -> frozenset[str]:
    for key, (owner, _) in taken.items():
        if owner != ticket:
            raise KeyTakenError(key, owner)
    return frozenset(taken)


def _claimed(conn: Connection, rows: Iterable[dict[str, Any]]) -> set[str]:
    """The keys that were free, and are claimed now."""
    # In one order everywhere, so that two processes rarely wait for each other in a circle.
    ordered = sorted(rows, key=lambda row: row["key"])
    return {row[0] for row in _CLAIM.back(conn, ordered)}


def _claim_all_of(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if len(_claimed(conn, rows)) < len(rows):
        raise ConflictError("another process claimed a thread key meanwhile")


def arrived(conn: Connection, ticket: int, entry: int, key: str) -> None:
    """The message that others referred to is here: its key is this entry's from now on.

    On whatever ticket it was referred to: who answers it belongs to where it is.
    """
    together.later(conn, _OWNED, [{"b_ticket": ticket, "b_entry": entry, "b_key": key}])
    owner = together.known(conn, _fact(key))
    if owner not in (UNKNOWN, None) and owner[1] is None:
        together.learn(conn, {_fact(key): (ticket, entry)})


def take_over(conn: Connection, key: str, before: int, ticket: int) -> bool:
    """A key goes from one ticket to another. False where it was not that ticket's any more."""
    return _TAKE_OVER.do(conn, b_key=key, b_before=before, b_ticket=ticket) > 0


def let_go(conn: Connection, key: str, of: int) -> bool:
    """A key is nobody's from now on. False where it was not that ticket's any more."""
    return _LET_GO.do(conn, b_key=key, b_ticket=of) > 0


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
    .where(thread_key.c.key == bindparam("b_key"), thread_key.c.entry.is_(None))
    .values(ticket=bindparam("b_ticket"), entry=bindparam("b_entry"))
)
_TAKE_OVER = Prepared(
    update(thread_key)
    .where(thread_key.c.key == bindparam("b_key"), thread_key.c.ticket == bindparam("b_before"))
    .values(ticket=bindparam("b_ticket"), entry=None)
)
_LET_GO = Prepared(
    delete(thread_key).where(
        thread_key.c.key == bindparam("b_key"), thread_key.c.ticket == bindparam("b_ticket")
    )
)
_CLAIMED = together.Kind(together.KEYS, _claim_all_of)
_OWNED = together.Kind(together.CHANGES, _ARRIVED.each)
_OF_ENTRY = Prepared(
    select(thread_key.c.key)
    .where(thread_key.c.entry == bindparam("b_entry"))
    .order_by(thread_key.c.position)
)

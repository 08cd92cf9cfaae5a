"""Writes that wait for each other: what a batch of messages writes goes out in few statements.

While a batch is open on a connection, writes whose answer nobody needs are collected, and what was
looked up beforehand for all of the batch is asked for no more. Whoever asks the database anything
else sees all that was written before, for then it is written. Without a batch each write happens
at once, as does each look.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from gateway.store.errors import ApartError

_UNREAD = "gateway_unread"
_LASTING = "gateway_lasting"
_MOST_LASTING = 4_000
UNKNOWN = object()

# Rows stand before those that refer to them, and what others wait for is locked last.
(
    BLOBS,
    CONTACTS,
    IDENTITIES,
    TICKETS,
    ENTRIES,
    BODIES,
    FILES,
    WORDS,
    KEYS,
    LINES,
    OUTBOX,
    CHANGES,
    COUNTS,
    BURSTS,
) = range(14)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of write: lower ranks go first; ``write`` writes all that was collected of it."""

    rank: int
    write: Callable[[Connection, Sequence[Any]], object]


@dataclass(slots=True)
class _Batch:
    """What waits, what is known without asking, and which rows something waits to be written to."""

    waiting: dict[Kind, list[Any]] = field(default_factory=dict)
    known: dict[Hashable, Any] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    concerned: set[Hashable] = field(default_factory=set)
    unread: frozenset[int] = frozenset()
    lasting: dict[Hashable, Any] | None = None
    writing: bool = False


@dataclass(slots=True)
class _Lasting:
    """What stays known from batch to batch, where nobody else writes."""

    facts: dict[Hashable, Any] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)


# By connection: it is looked up dozens of times for each message.
_open: dict[Connection, _Batch] = {}


def keep_known(conn: Connection) -> None:
    """From now on nobody else writes to this database: rows that were learnt last stay known."""
    conn.info[_LASTING] = _Lasting()


def forget_known(conn: Connection) -> None:
    """Something was undone, or written past the batches."""
    if _LASTING in conn.info:
        keep_known(conn)


@contextmanager
def together(conn: Connection) -> Iterator[None]:
    """A batch on this connection, written at the end.

    Raises ApartError, or what the database raised, where it cannot be written so: roll the
    transaction back then, and do the same without a batch.
    """
    batch = _open[conn] = _Batch(unread=conn.info.get(_UNREAD, frozenset()))
    lasting: _Lasting | None = conn.info.get(_LASTING)
    if lasting is not None:
        batch.numbers, batch.lasting = lasting.numbers, lasting.facts
    try:
        yield
        _write(conn, batch)
    except BaseException:
        forget_known(conn)
        raise
    finally:
        del _open[conn]


def leave_out(conn: Connection, ranks: frozenset[int]) -> None:
    """Nothing of these ranks is written on this connection: nobody will ever read it."""
    conn.info[_UNREAD] = ranks


def is_left_out(conn: Connection, rank: int) -> bool:
    """Whether what is of this rank is not written here."""
    return rank in conn.info.get(_UNREAD, ())


def is_open(conn: Connection) -> bool:
    """Whether there is a batch on this connection."""
    return conn in _open


def later(conn: Connection, kind: Kind, items: Sequence[Any], *about: Hashable) -> None:
    """Write these with the batch; at once where there is none.

    ``about`` names what they belong to, for `concerns`.
    """
    batch = _open.get(conn)
    if batch is None:
        if not is_left_out(conn, kind.rank):
            kind.write(conn, items)
        return
    if kind.rank in batch.unread:
        return
    batch.waiting.setdefault(kind, []).extend(items)
    batch.concerned.update(about)


def concerns(conn: Connection, about: Hashable) -> bool:
    """Whether something that belongs to this waits to be written."""
    batch = _open.get(conn)
    return batch is not None and about in batch.concerned


def write_first(conn: Connection, sql: str) -> None:
    """Called before a statement runs: it is to see what was written before.

    One that changes something may change what is known, too.
    """
    batch = _open.get(conn)
    if batch is None or batch.writing:
        return
    _write(conn, batch)
    if not sql.startswith("SELECT"):
        batch.known.clear()


def _write(conn: Connection, batch: _Batch) -> None:
    batch.writing = True
    try:
        for kind in sorted(batch.waiting, key=lambda kind: kind.rank):
            kind.write(conn, batch.waiting[kind])
        batch.waiting.clear()
        batch.concerned.clear()
    finally:
        batch.writing = False


def known(conn: Connection, about: Hashable) -> Any:
    """What was learnt of this within the batch; UNKNOWN if nothing was."""
    batch = _open.get(conn)
    if batch is None:
        return UNKNOWN
    found = batch.known.get(about, UNKNOWN)
    if found is UNKNOWN and batch.lasting is not None:
        return batch.lasting.get(about, UNKNOWN)
    return found


def learn(conn: Connection, facts: Mapping[Any, Any]) -> None:
    """Within the batch nobody needs to ask for this again."""
    batch = _open.get(conn)
    if batch is not None:
        batch.known.update(facts)


def learn_row(conn: Connection, about: Hashable, row: Any) -> None:
    """The same of a row that nothing but its own module writes: it may be known for longer."""
    batch = _open.get(conn)
    if batch is None:
        return
    batch.known[about] = row
    if batch.lasting is not None:
        if len(batch.lasting) >= _MOST_LASTING:
            batch.lasting.clear()
        batch.lasting[about] = row


def drawn(conn: Connection) -> dict[str, list[int]] | None:
    """Numbers drawn in advance for the batch, by table, the next one last; None without a batch."""
    batch = _open.get(conn)
    return None if batch is None else batch.numbers


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Stands for a savepoint within a batch: whatever fails there is done again without one."""
    try:
        yield
    except Exception as problem:
        raise ApartError("a batch cannot be written together") from problem

"""Files that lie with a chat network until they are fetched: who fetches them, and what became."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, null, select, text, update

from gateway.core.chat import WantedFile
from gateway.store import content
from gateway.store.content import Content
from gateway.store.entry_statements import NEW_FILES
from gateway.store.schema import entry, wanted
from gateway.store.statements import InsertRows, Prepared, Row, among

AFTER_ALL_OTHERS = 1_000  # the place of the first of them among the files of an entry


class WantedState(StrEnum):
    """What became of such a file."""

    WAITING = "waiting"
    FETCHING = "fetching"  # a process does, until its lease is over
    FETCHED = "fetched"
    FAILED = "failed"  # for good


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRow:
    """One of them. ``problem`` is why it is not there; of a fetched one, why nobody scanned it."""

    id: int
    entry: int
    position: int
    channel: str
    ref: str
    name: str
    type: str
    size: int | None
    inline: bool
    state: WantedState
    attempts: int
    due_at: datetime
    leased_until: datetime | None
    leased_by: str | None
    created_at: datetime
    problem: str | None


def want(
    conn: Connection, entry: int, channel: str, files: Sequence[WantedFile], now: datetime
) -> None:
    """Have the files of an entry fetched; what is of no use to try is written down as it is."""
    _INSERT.do(conn, [_columns(entry, channel, n, one, now) for n, one in enumerate(files)])


def _columns(
    entry: int, channel: str, position: int, one: WantedFile, now: datetime
) -> dict[str, Any]:
    state = WantedState.FAILED if one.problem else WantedState.WAITING
    return {
        "entry": entry,
        "position": position,
        "channel": channel,
        "ref": one.ref,
        "name": one.name,
        "type": one.type,
        "size": one.size,
        "inline": one.inline,
        "state": state.value,
        "attempts": 0,
        "due_at": now,
        "leased_until": None,
        "leased_by": None,
        "created_at": now,
        "problem": one.problem or None,
    }


def claim(
    conn: Connection, *, now: datetime, limit: int, by: str, lease: timedelta
) -> list[WantedRow]:
    """Take files to fetch: those that are due, and those whose process did not come back."""
    rows = _CLAIM.all(conn, b_now=now, b_limit=limit, b_by=by, b_until=now + lease)
    return sorted((_row(row) for row in rows), key=lambda row: row.id)


def renew(conn: Connection, row: WantedRow, *, until: datetime) -> None:
    """A file that is still being fetched stays with its process until then."""
    _RENEW.do(conn, b_id=row.id, b_by=row.leased_by, b_until=until)


def recover(conn: Connection, *, now: datetime) -> int:
    """What was being fetched by a process that is gone is due again; how many."""
    return _RECOVER.do(conn, b_now=now)


def fetched(
    conn: Connection, row: WantedRow, data: Content, *, infected: str = "", problem: str = ""
) -> WantedRow | None:
    """The octets are here: a file of the entry whose it is now; the row with that entry.

    None where somebody else was faster, or the entry was erased meanwhile: then nothing is kept.
    """
    mine = {"b_id": row.id, "b_by": row.leased_by}
    kept = _still(row, _FETCHED.first(conn, **mine, b_problem=problem or None))
    if kept is None:
        return None
    digest = content.put(conn, data)
    columns = {
        "entry": kept.entry,
        "position": AFTER_ALL_OTHERS + row.position,
        "name": row.name,
        "type": row.type,
        "size": data.size,
        "inline": row.inline,
        "cid": None,
        "digest": digest,
        "infected": infected or None,
    }
    NEW_FILES.write(conn, [columns])
    return kept


def again(conn: Connection, row: WantedRow, *, due_at: datetime, problem: str) -> WantedRow | None:
    """It could not be fetched, and is tried again then; the row as by `fetched`."""
    mine = {"b_id": row.id, "b_by": row.leased_by}
    return _still(row, _AGAIN.first(conn, **mine, b_due_at=due_at, b_problem=problem))


def failed(conn: Connection, row: WantedRow, problem: str) -> WantedRow | None:
    """It is not to be had; the row as by `fetched`."""
    mine = {"b_id": row.id, "b_by": row.leased_by}
    return _still(row, _FAILED.first(conn, **mine, b_problem=problem))


def _still(row: WantedRow, entry: Row | None) -> WantedRow | None:
    """A row that was claimed, with the entry whose it is now; None where it is ours no longer."""
    return replace(row, entry=entry[0]) if entry is not None else None


def next_due(conn: Connection) -> datetime | None:
    """When the next one is to be fetched, or its process to be given up; None if none is."""
    found = _NEXT_DUE.first(conn)
    moments = [moment for moment in found or () if moment is not None]
    return min(moments) if moments else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A file that is not here; ``lost``: it will not be."""

    id: int
    name: str
    lost: bool


def missing(conn: Connection, entry: int) -> tuple[Missing, ...]:
    """The files of an entry that are not here, in their order."""
    rows = _MISSING.all(conn, b_entry=entry)
    return tuple(Missing(id=id, name=name, lost=state == "failed") for id, name, state in rows)


def settled(conn: Connection, ids: Iterable[int]) -> list[WantedRow]:
    """These files as they stand now; nobody changes that before the transaction ends."""
    return [_row(row) for row in _SETTLED.all(conn, b_ids=list(ids))]


def pending(conn: Connection, entry: int) -> bool:
    """Whether a file of an entry is still to be fetched for the first time."""
    return _PENDING.first(conn, b_entry=entry) is not None


def of_entries(conn: Connection, ids: Iterable[int]) -> dict[int, tuple[WantedRow, ...]]:
    """The files of entries, here or not, by entry."""
    found: dict[int, tuple[WantedRow, ...]] = {}
    for row in _OF_ENTRIES.all(conn, b_ids=list(ids)):
        one = _row(row)
        found[one.entry] = (*found.get(one.entry, ()), one)
    return found


def not_here(conn: Connection, entry: int) -> tuple[WantedFile, ...]:
    """The files of an entry that are not here, as they were asked for, in their order."""
    rows = of_entries(conn, [entry]).get(entry, ())
    return tuple(_as_asked(row) for row in rows if row.state is not WantedState.FETCHED)


def _as_asked(row: WantedRow) -> WantedFile:
    lost = row.state is WantedState.FAILED
    return WantedFile(
        ref=row.ref,
        name=row.name,
        type=row.type,
        size=row.size,
        inline=row.inline,
        problem=(row.problem or "") if lost else "",
    )


def hand_over(conn: Connection, before: int, after: int) -> int:
    """What is not here of one entry is another one's from now on; how many files."""
    return _HAND_OVER.do(conn, b_before=before, b_after=after)


def where(conn: Connection, row: WantedRow) -> int | None:
    """The ticket on which the entry of a file is now."""
    found = _TICKET.first(conn, b_entry=row.entry)
    return found[0] if found else None


def _row(values: Row) -> WantedRow:
    fields = dict(zip(_NAMES, values, strict=True))
    fields["state"] = WantedState(fields["state"])
    return WantedRow(**fields)


_NAMES = [c.name for c in wanted.columns]
_NO_LEASE = {"leased_until": null(), "leased_by": null()}
_OPEN = text("wanted.state IN ('waiting', 'fetching')")
_MINE = (wanted.c.id == bindparam("b_id"), wanted.c.leased_by == bindparam("b_by"))
_INSERT = InsertRows(wanted, leave_out=("id",))


def _is_free(dialect: str) -> Any:
    free = (
        select(wanted.c.id)
        .where(_OPEN, wanted.c.due_at <= bindparam("b_now"))
        .order_by(wanted.c.due_at, wanted.c.id)
        .limit(bindparam("b_limit"))
        .with_for_update(skip_locked=True)
        .correlate(None)
    )
    if dialect == "postgresql":
        return wanted.c.id == func.any(func.array(free.scalar_subquery()))
    return wanted.c.id.in_(free)


# While it is being fetched, a file is due again when its lease ends.
_CLAIM = Prepared(
    lambda dialect: (
        update(wanted)
        .where(_is_free(dialect))
        .values(
            state=literal_column("'fetching'"),
            attempts=wanted.c.attempts + literal_column("1"),
            due_at=bindparam("b_until"),
            leased_until=bindparam("b_until"),
            leased_by=bindparam("b_by"),
        )
        .returning(*wanted.columns)
    )
)
_RENEW = Prepared(
    update(wanted)
    .where(*_MINE, text("wanted.state = 'fetching'"))
    .values(due_at=bindparam("b_until"), leased_until=bindparam("b_until"))
)
_RECOVER = Prepared(
    update(wanted)
    .where(text("wanted.state = 'fetching'"), _OPEN)  # named again for the index of what waits
    .values(state=literal_column("'waiting'"), due_at=bindparam("b_now"), **_NO_LEASE)
)
_FETCHED = Prepared(
    update(wanted)
    .where(*_MINE)
    .values(state=literal_column("'fetched'"), problem=bindparam("b_problem"), **_NO_LEASE)
    .returning(wanted.c.entry)
)
_AGAIN = Prepared(
    update(wanted)
    .where(*_MINE)
    .values(
        state=literal_column("'waiting'"),
        due_at=bindparam("b_due_at"),
        problem=bindparam("b_problem"),
        **_NO_LEASE,
    )
    .returning(wanted.c.entry)
)
_FAILED = Prepared(
    update(wanted)
    .where(*_MINE)
    .values(state=literal_column("'failed'"), problem=bindparam("b_problem"), **_NO_LEASE)
    .returning(wanted.c.entry)
)
_NEXT_DUE = Prepared(
    select(wanted.c.due_at)
    .where(_OPEN)
    .order_by(wanted.c.due_at, wanted.c.id)
    .limit(literal_column("1"))
)
_MISSING = Prepared(
    select(wanted.c.id, wanted.c.name, wanted.c.state)
    .where(wanted.c.entry == bindparam("b_entry"), text("wanted.state <> 'fetched'"))
    .order_by(wanted.c.position)
)
_SETTLED = Prepared(
    lambda dialect: (
        select(*wanted.columns)
        .where(among(dialect, wanted.c.id, "b_ids"))
        .order_by(wanted.c.id)
        .with_for_update()
    )
)
_PENDING = Prepared(
    select(wanted.c.id)
    .where(
        wanted.c.entry == bindparam("b_entry"),
        text("wanted.state IN ('waiting', 'fetching') AND wanted.problem IS NULL"),
    )
    .limit(literal_column("1"))
)
_OF_ENTRIES = Prepared(
    lambda dialect: (
        select(*wanted.columns)
        .where(among(dialect, wanted.c.entry, "b_ids"))
        .order_by(wanted.c.entry, wanted.c.position)
    )
)
_HAND_OVER = Prepared(
    update(wanted)
    .where(wanted.c.entry == bindparam("b_before"), text("wanted.state <> 'fetched'"))
    .values(entry=bindparam("b_after"))
)
_TICKET = Prepared(select(entry.c.ticket).where(entry.c.id == bindparam("b_entry")))

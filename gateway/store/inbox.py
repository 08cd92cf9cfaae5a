"""What came in, and its fate: durable before anybody is thanked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    select,
    text,
)

from gateway.core.frozen import quick
from gateway.core.ports import Accepted, Incoming
from gateway.store import content, together
from gateway.store import inbox_statements as sql
from gateway.store.content import Content
from gateway.store.database import ring
from gateway.store.errors import ContentGoneError
from gateway.store.schema import inbox
from gateway.store.statements import Row
from gateway.store.types import clean


class InboxState(StrEnum):
    """The fate of what came in."""

    NEW = "new"  # waits to be handled
    DONE = "done"  # it is on a ticket, or did its work
    HELD = "held"  # waits for somebody to release it
    FAILED = "failed"  # handling it went wrong: see its error
    DROPPED = "dropped"  # goes nowhere, for the reason given
    IGNORED = "ignored"  # an event that says nothing to the desk; the reason has its kind
    DUPLICATE = "duplicate"  # the same message as one that is there


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One row of the inbox.

    Its raw form is in ``data``, or in a file of this ``digest``, or was not asked for.
    """

    id: int
    channel: str
    external_id: str
    received_at: datetime
    due_at: datetime
    envelope: Mapping[str, Any]
    lane: str
    live: bool
    state: InboxState
    attempts: int
    reason_code: str | None
    reason: str | None
    error: str | None
    ticket: int | None
    entry: int | None
    handled_at: datetime | None
    released_by: str | None
    data: bytes | None = field(default=None, repr=False)
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a row of the inbox."""

    id: int
    state: InboxState
    reason: str | None = None
    reason_code: str | None = None
    ticket: int | None = None
    entry: int | None = None
    error: str | None = None


def fresh(id: int, incoming: Incoming) -> InboxRow:
    """The row of something that has just come in, with its raw form."""
    return _row((id, *(v for k, v in _arrival(incoming).items() if k != "id"), incoming.raw, None))


def accept_many(
    conn: Connection, arrivals: Sequence[Incoming], prepared: Mapping[int, Content] | None = None
) -> list[Accepted]:
    """Write what came in; one answer each, in order. The same external id twice is kept once.

    ``prepared`` holds large raws, by their place in ``arrivals``, that `content.prepare` has
    seen to before.
    """
    keys = [(incoming.channel, clean(incoming.external_id)) for incoming in arrivals]
    fresh = sql.ACCEPT.back(conn, [_arrival(incoming) for incoming in arrivals])
    written = {(channel, external): id for id, channel, external in fresh}
    known = dict(written)
    accepted, raws = [], []
    for place, (key, incoming) in enumerate(zip(keys, arrivals, strict=True)):
        if key not in known:
            known[key] = _id_of(conn, key)
        # Of several with one key in this batch the first is the one that was written.
        duplicate = written.pop(key, None) is None
        if not duplicate:
            raws.append(_raw(conn, known[key], (prepared or {}).get(place) or incoming.raw))
        accepted.append(Accepted(known[key], duplicate=duplicate))
    sql.ACCEPT_RAW.do(conn, raws)
    ring(conn)
    return accepted


def _raw(conn: Connection, id: int, given: bytes | Content) -> dict[str, Any]:
    if isinstance(given, bytes) and not content.too_large(conn.dialect.name, given):
        return {"inbox": id, "data": given, "digest": None}
    return {"inbox": id, "data": None, "digest": content.put(conn, given)}


def _arrival(incoming: Incoming) -> dict[str, Any]:
    return _UNHANDLED | {
        "channel": incoming.channel,
        "external_id": incoming.external_id,
        "received_at": incoming.received_at,
        # A message may claim to be from the future; it is handled now all the same.
        "due_at": min(incoming.received_at, datetime.now(UTC)),
        "envelope": dict(incoming.envelope),
        "lane": incoming.lane,
        "live": incoming.live,
    }


def _id_of(conn: Connection, key: tuple[str, str]) -> int:
    row = sql.BY_EXTERNAL_ID.first(conn, b_channel=key[0], b_external_id=key[1])
    if row is None:
        raise LookupError("a row that was there a moment ago is gone from the inbox")
    return int(row[0])


def claim(
    conn: Connection, *, now: datetime, limit: int, seen: Sequence[InboxRow] = ()
) -> list[InboxRow]:
    """Due rows in the order accepted, for this transaction alone.

    Rows of a lane come in order and without a gap: while an earlier row of the lane is not due,
    or in the hands of another process, none of it is given. Those that were ``seen`` a moment ago
    need not be fetched again.
    """
    if conn.dialect.name == "sqlite" and seen:
        return _claim_again(conn, now, limit, {row.id: row for row in seen})
    if conn.dialect.name == "sqlite":
        return [_row(row) for row in sql.CLAIM_SQLITE.all(conn, b_now=now, b_limit=limit)]
    heads = sql.CLAIM_HEADS.all(conn, b_now=now, b_limit=limit)
    return sorted(
        (_row(row) for row in heads + _followers(conn, heads, now, limit - len(heads))),
        key=lambda row: row.id,
    )


def _claim_again(
    conn: Connection, now: datetime, limit: int, seen: Mapping[int, InboxRow]
) -> list[InboxRow]:
    rows = sql.CLAIM_AGAIN_SQLITE.all(conn, b_now=now, b_limit=limit)
    them = (_as_it_is(conn, row, seen.get(row[0])) for row in rows)
    return [row for row in them if row is not None]


def _as_it_is(conn: Connection, now: Row, seen: InboxRow | None) -> InboxRow | None:
    """A row that waits as it was seen, or as it is: somebody may have put it there again."""
    if seen is not None and now == (seen.id, seen.attempts, seen.due_at, seen.released_by):
        return seen
    return get(conn, now[0])


def _followers(conn: Connection, heads: list[Row], now: datetime, limit: int) -> list[Row]:
    """What follows the heads in their lanes: nobody else can have it while we hold the heads."""
    lanes = [row[_LANE] for row in heads if row[_LANE]]
    if limit <= 0 or not lanes:
        return []
    return sql.CLAIM_FOLLOWERS.all(
        conn, b_now=now, b_lanes=lanes, b_heads=[row[0] for row in heads], b_limit=limit
    )


def finish(
    conn: Connection, id: int, state: InboxState | str, *, now: datetime, **fate: Any
) -> None:
    """Say what became of one row; ``fate`` is reason, reason_code, ticket, entry, error."""
    finish_many(conn, [Fate(id=id, state=InboxState(state), **fate)], now=now)


def finish_many(conn: Connection, fates: Sequence[Fate], *, now: datetime) -> None:
    """Say what became of several rows."""
    together.later(conn, sql.FINISHED, [_fate(fate, now) for fate in fates])


def _fate(fate: Fate, now: datetime) -> dict[str, Any]:
    return {
        "b_id": fate.id,
        "b_state": fate.state.value,
        "b_reason": fate.reason,
        "b_reason_code": fate.reason_code,
        "b_ticket": fate.ticket,
        "b_entry": fate.entry,
        "b_error": fate.error,
        "b_now": None if fate.state is InboxState.NEW else now,
    }


def note_attempt(conn: Connection, ids: Sequence[int]) -> None:
    """One more attempt at each of these rows."""
    sql.ATTEMPT.do(conn, b_ids=list(ids))


def later(conn: Connection, id: int, *, due_at: datetime, error: str) -> None:
    """A row that could not be handled for a passing reason waits until then."""
    sql.LATER.do(conn, b_id=id, b_due_at=due_at, b_error=error)


def get(conn: Connection, id: int) -> InboxRow | None:
    """One row, with its raw form where that stands in the database."""
    row = sql.GET.first(conn, b_id=id)
    return _row(row) if row else None


def incoming(conn: Connection, row: InboxRow) -> Incoming:
    """A row as its channel handed it over. Raises ContentGoneError if its raw form was erased."""
    return Incoming(
        channel=row.channel,
        external_id=row.external_id,
        raw=_raw_of(conn, row),
        received_at=row.received_at,
        envelope=row.envelope,
        lane=row.lane,
        live=row.live,
    )


def _raw_of(conn: Connection, row: InboxRow) -> bytes:
    if row.data is not None:
        return bytes(row.data)
    if row.digest is None:
        raise ContentGoneError(f"the raw form of arrival {row.id} was erased")
    return content.get(conn, row.digest)


def rows(
    conn: Connection, *, failed: bool = False, held: bool = False, limit: int | None = None
) -> list[InboxRow]:
    """Rows newest first, without their raw form; all of them, or the failed, held or both."""
    wanted = [name for name, asked in (("failed", failed), ("held", held)) if asked]
    query = select(*inbox.columns).order_by(inbox.c.id.desc()).limit(limit)
    if wanted:
        odd = text("inbox.state IN ('held', 'failed', 'dropped')")  # lets SQLite use the index
        query = query.where(odd, inbox.c.state.in_(wanted))
    return [_row(tuple(row)) for row in conn.execute(query)]


def after(conn: Connection, id: int, limit: int) -> list[InboxRow]:
    """Rows behind an id, oldest first, with their raw form."""
    return [_row(row) for row in sql.AFTER.all(conn, b_after=id, b_limit=limit)]


def retry(conn: Connection, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Failed, dropped and ignored rows are handled again; which of them that was."""
    again = sql.RETRY.all(conn, b_ids=list(ids), b_now=now)
    ring(conn)
    return sorted(row[0] for row in again)


def release(conn: Connection, id: int, by: str, *, now: datetime) -> bool:
    """A held row is handled now, by the word of an agent. Whether it was held."""
    ring(conn)
    return sql.RELEASE.do(conn, b_id=id, b_by=by, b_now=now) > 0


def reconsider(conn: Connection, id: int, *, now: datetime) -> bool:
    """A held row is handled once more, vouched for by nobody. Whether it was held."""
    ring(conn)
    return sql.RELEASE.do(conn, b_id=id, b_by=None, b_now=now) > 0


def waiting(conn: Connection) -> int:
    """How many rows wait to be handled."""
    return int(sql.WAITING.all(conn)[0][0])


def next_due_at(conn: Connection) -> datetime | None:
    """When the first of the rows that wait is due; None if nothing waits."""
    row = sql.NEXT_DUE.first(conn)
    return row[0] if row else None


def forget_raw(conn: Connection, *, before: datetime, now: datetime, limit: int = 500) -> int:
    """Erase the raw form of what was handled before then; how many. Call again until 0.

    What is held or failed keeps it, for somebody has still to decide about it.
    """
    old = _handled_before(conn, before, limit)
    sql.FORGET_RAW.do(conn, b_ids=list(old))
    content.erase_unused(conn, [digest for digest in old.values() if digest], now)
    return len(old)


def _handled_before(conn: Connection, before: datetime, limit: int) -> dict[int, str | None]:
    """The digests of the oldest such rows. What has to stay is stepped over, however much."""
    old: dict[int, str | None] = {}
    after = 0
    while page := sql.OLDEST_RAW.all(conn, b_after=after, b_before=before, b_limit=_PAGE):
        old |= {id: digest for id, digest, _, done in page if done}
        after, _, received_at, _ = page[-1]
        if len(old) >= limit or received_at >= before:
            break
    return dict(islice(old.items(), limit))


def _row(values: Row) -> InboxRow:
    fields = dict(zip(_FIELDS, values, strict=False))
    fields["state"] = InboxState(fields["state"])
    return InboxRow(**fields)


_PAGE = 1_000  # raw forms looked at in one go
_FIELDS = [*(c.name for c in inbox.columns), "data", "digest"]
_LANE = _FIELDS.index("lane")
_UNHANDLED: dict[str, Any] = {c.name: None for c in inbox.columns} | {"state": "new", "attempts": 0}

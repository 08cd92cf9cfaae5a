"""What goes out, and its fate: written with the decision, sent afterwards, marked then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    literal_column,
    null,
    select,
    text,
    update,
)

from gateway.core.model import Party
from gateway.store import keys as thread_keys
from gateway.store.database import ring
from gateway.store.schema import outbox
from gateway.store.statements import InsertRows, Prepared, Row, among


class OutboxState(StrEnum):
    """Where an outgoing message stands."""

    QUEUED = "queued"
    SENDING = "sending"  # a process has it, until its lease is over
    SENT = "sent"
    FAILED = "failed"  # for good
    UNKNOWN = "unknown"  # may have gone out, or may not
    BOUNCED = "bounced"  # went out, and came back
    CANCELLED = "cancelled"  # taken back in time


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutbox:
    """A message to be sent. ``message`` is all of it, JSON-able and versioned, without its id."""

    ticket: int | None
    channel: str
    to: Party
    kind: str
    message: Mapping[str, Any] = field(repr=False)
    message_id: str
    due_at: datetime
    created_at: datetime
    lane: str = ""
    entry: int | None = None
    answer_of: str | None = None
    automatic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One row of the outbox."""

    id: int
    ticket: int | None
    entry: int | None
    channel: str
    to: Party
    kind: str
    lane: str
    state: OutboxState
    attempts: int
    due_at: datetime
    leased_until: datetime | None
    leased_by: str | None
    created_at: datetime
    sent_at: datetime | None
    error: str | None
    message: Mapping[str, Any] = field(repr=False)
    message_id: str
    answer_of: str | None
    automatic: bool


def enqueue(conn: Connection, new: NewOutbox) -> int:
    """Write one message to the outbox; its id."""
    return enqueue_many(conn, (new,))[0]


def enqueue_many(conn: Connection, new: Sequence[NewOutbox]) -> list[int]:
    """Write messages to the outbox; their ids in order."""
    ring(conn)
    return _INSERT.ids(conn, [_columns(row) for row in new])


def _columns(new: NewOutbox) -> dict[str, Any]:
    return {
        "ticket": new.ticket,
        "entry": new.entry,
        "channel": new.channel,
        "to_address": new.to.address,
        "to_name": new.to.name,
        "kind": new.kind,
        "lane": new.lane,
        "state": "queued",
        "attempts": 0,
        "due_at": new.due_at,
        "leased_until": None,
        "leased_by": None,
        "created_at": new.created_at,
        "sent_at": None,
        "error": None,
        "message": dict(new.message),
        "message_id": new.message_id,
        "answer_of": new.answer_of,
        "automatic": new.automatic,
    }


def claim(
    conn: Connection, *, now: datetime, limit: int, by: str, lease_seconds: float
) -> list[OutboxRow]:
    """Take due messages for sending: the first unfinished one of each lane.

    The attempt is written down here: commit before dialling. Until the lease is over nobody
    else gets them, and nothing that follows in their lanes is given to anybody.
    """
    until = now + timedelta(seconds=lease_seconds)
    rows = _CLAIM.all(conn, b_now=now, b_limit=limit, b_by=by, b_until=until)
    return sorted((_row(row) for row in rows), key=lambda row: row.id)


def sent(conn: Connection, id: int, *, now: datetime, keys: Sequence[str] = ()) -> None:
    """The network took it; answers will be recognised by these keys."""
    row = _SENT.first(conn, b_id=id, b_now=now)
    if row and row[0] is not None and keys:
        thread_keys.claim(conn, row[0], row[1], keys, sent=True)
    ring(conn)


def again(conn: Connection, id: int, *, due_at: datetime, error: str) -> None:
    """It did not go out; it is tried again then."""
    _AGAIN.do(conn, b_id=id, b_due_at=due_at, b_error=error)


def failed(conn: Connection, id: int, error: str) -> None:
    """It will not go out."""
    _END.do(conn, b_id=id, b_state="failed", b_error=error)
    ring(conn)


def unknown(conn: Connection, id: int, error: str) -> None:
    """It may have gone out: not repeated unless somebody asks."""
    _END.do(conn, b_id=id, b_state="unknown", b_error=error)
    ring(conn)


def bounced(conn: Connection, id: int, error: str) -> None:
    """It went out, and a delivery report says that it did not arrive."""
    _END.do(conn, b_id=id, b_state="bounced", b_error=error)


def cancel(conn: Connection, ids: Sequence[int]) -> list[int]:
    """Take back what still waits; which of them that was."""
    return sorted(row[0] for row in _CANCEL.all(conn, b_ids=list(ids)))


def waiting_answer(conn: Connection, ticket: int, agent: str) -> tuple[int, tuple[int, ...]] | None:
    """The agent's newest answer on a ticket that still waits: its entry, and its rows here."""
    rows = _WAITING_ANSWER.all(conn, b_ticket=ticket, b_agent=agent)
    if not rows:
        return None
    newest = max(row[1] for row in rows)
    return newest, tuple(sorted(row[0] for row in rows if row[1] == newest))


def renew(conn: Connection, ids: Sequence[int], *, by: str, until: datetime) -> int:
    """What a process is still sending stays its own until then; how many."""
    return _RENEW.do(conn, b_ids=list(ids), b_by=by, b_until=until)


def give_back(conn: Connection, *, by: str, keep: Sequence[int]) -> list[int]:
    """What a process has by its name and does not know of waits again; which.

    So it is where the connection was lost at the very moment of claiming.
    """
    return sorted(row[0] for row in _GIVE_BACK.all(conn, b_by=by, b_keep=list(keep)))


def recover(conn: Connection, *, now: datetime) -> list[int]:
    """What was being sent when its lease ended (a crash) waits again, with the same Message-ID."""
    return sorted(row[0] for row in _RECOVER.all(conn, b_now=now))


def retry(conn: Connection, ids: Sequence[int], *, now: datetime) -> list[int]:
    """What failed, bounced or is unknown is sent again; which of them that was."""
    rows = _RETRY.all(conn, b_ids=list(ids), b_now=now)
    ring(conn)
    return sorted(row[0] for row in rows)


def get(conn: Connection, id: int) -> OutboxRow | None:
    """One row."""
    row = _GET.first(conn, b_id=id)
    return _row(row) if row else None


def by_message_id(conn: Connection, message_id: str) -> OutboxRow | None:
    """What was sent with this Message-ID."""
    row = _BY_MESSAGE_ID.first(conn, b_message_id=message_id)
    return _row(row) if row else None


def rows(conn: Connection, *, failed: bool = False, limit: int | None = None) -> list[OutboxRow]:
    """Rows newest first: all, or those that failed, bounced or are unknown."""
    query = select(*outbox.columns).order_by(outbox.c.id.desc()).limit(limit)
    if failed:
        query = query.where(text(_ODD))
    return [_row(tuple(row)) for row in conn.execute(query)]


def next_due(conn: Connection) -> datetime | None:
    """When the first message that could be sent is due; None if none waits.

    What follows another one in its lane is not counted: it can go when that one is done.
    """
    row = _NEXT_DUE.first(conn)
    return row[0] if row else None


def _row(values: Row) -> OutboxRow:
    fields = dict(zip(_NAMES, values, strict=True))
    to = Party(
        address=fields.pop("to_address"), name=fields.pop("to_name"), channel=fields["channel"]
    )
    fields["state"] = OutboxState(fields["state"])
    return OutboxRow(to=to, **fields)


_NAMES = [c.name for c in outbox.columns]
_ODD = "outbox.state IN ('failed', 'unknown', 'bounced')"
_QUEUED = text("outbox.state = 'queued'")
_NO_LEASE = {"leased_until": null(), "leased_by": null()}
_ONE: ColumnElement[int] = literal_column("1")


def _behind_another() -> ColumnElement[bool]:
    earlier = outbox.alias("earlier")
    before = select(_ONE).where(
        text("earlier.state IN ('queued', 'sending') AND earlier.lane <> ''"),
        earlier.c.lane == outbox.c.lane,
        earlier.c.id < outbox.c.id,
    )
    return (outbox.c.lane != literal_column("''")) & before.exists()


def _free() -> Any:
    return (
        select(outbox.c.id)
        .where(_QUEUED, outbox.c.due_at <= bindparam("b_now"), ~_behind_another())
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(bindparam("b_limit"))
        .with_for_update(skip_locked=True)
    )


_INSERT = InsertRows(outbox, returning=("id",), leave_out=("id",))
_CLAIM = Prepared(
    lambda _dialect: (
        update(outbox)
        .where(outbox.c.id.in_(_free().correlate(None)))
        .values(
            state=literal_column("'sending'"),
            attempts=outbox.c.attempts + literal_column("1"),
            leased_by=bindparam("b_by"),
            leased_until=bindparam("b_until"),
        )
        .returning(*outbox.columns)
    )
)
_SENT = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(state=literal_column("'sent'"), sent_at=bindparam("b_now"), error=null(), **_NO_LEASE)
    .returning(outbox.c.ticket, outbox.c.entry)
)
_AGAIN = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(
        state=literal_column("'queued'"),
        due_at=bindparam("b_due_at"),
        error=bindparam("b_error"),
        **_NO_LEASE,
    )
)
_END = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"))
    .values(state=bindparam("b_state"), error=bindparam("b_error"), **_NO_LEASE)
)
_CANCEL = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.id, "b_ids"), _QUEUED)
        .values(state=literal_column("'cancelled'"))
        .returning(outbox.c.id)
    )
)
_WAITING_ANSWER = Prepared(
    select(outbox.c.id, outbox.c.entry).where(
        text("outbox.state = 'queued' AND outbox.answer_of IS NOT NULL"),
        outbox.c.ticket == bindparam("b_ticket"),
        outbox.c.answer_of == bindparam("b_agent"),
        # The plus keeps SQLite from walking through every row that has an entry.
        text("+outbox.entry IS NOT NULL"),
    )
)
_GIVE_BACK = Prepared(
    lambda dialect: (
        update(outbox)
        .where(
            text("outbox.state = 'sending'"),
            outbox.c.leased_by == bindparam("b_by"),
            ~among(dialect, outbox.c.id, "b_keep"),
        )
        .values(state=literal_column("'queued'"), **_NO_LEASE)
        .returning(outbox.c.id)
    )
)
_RECOVER = Prepared(
    update(outbox)
    .where(text("outbox.state = 'sending'"), outbox.c.leased_until <= bindparam("b_now"))
    .values(state=literal_column("'queued'"), due_at=bindparam("b_now"), **_NO_LEASE)
    .returning(outbox.c.id)
)
_RETRY = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.id, "b_ids"), text(_ODD))
        .values(state=literal_column("'queued'"), due_at=bindparam("b_now"), error=null())
        .returning(outbox.c.id)
    )
)
_GET = Prepared(select(*outbox.columns).where(outbox.c.id == bindparam("b_id")))
_BY_MESSAGE_ID = Prepared(
    select(*outbox.columns)
    .where(outbox.c.message_id == bindparam("b_message_id"))
    .order_by(outbox.c.id)
    .limit(_ONE)
)
_NEXT_DUE = Prepared(
    select(outbox.c.due_at)
    .where(_QUEUED, ~_behind_another())
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(_ONE)
)
_RENEW = Prepared(
    lambda dialect: (
        update(outbox)
        .where(
            among(dialect, outbox.c.id, "b_ids"),
            text("outbox.state = 'sending'"),
            outbox.c.leased_by == bindparam("b_by"),
        )
        .values(leased_until=bindparam("b_until"))
    )
)

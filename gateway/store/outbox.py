"""What goes out, and its fate: written with the decision, sent afterwards, marked then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    select,
    text,
)

from gateway.core.frozen import quick
from gateway.core.model import Party
from gateway.store import keys as thread_keys
from gateway.store import outbox_statements as sql
from gateway.store.database import ring
from gateway.store.schema import outbox
from gateway.store.statements import Row
from gateway.store.together import later


class OutboxState(StrEnum):
    """Where an outgoing message stands."""

    QUEUED = "queued"
    SENDING = "sending"  # a process has it, until its lease is over
    SENT = "sent"
    FAILED = "failed"  # for good
    UNKNOWN = "unknown"  # may have gone out, or may not
    BOUNCED = "bounced"  # went out, and came back
    CANCELLED = "cancelled"  # taken back in time


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutbox:
    """A message to be sent. ``message`` is all of it, JSON-able and versioned, without its id.

    ``awaits`` is the entry whose files it waits for, until it is due at the latest.
    """

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
    awaits: int | None = None


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
    receipt: Mapping[str, Any] | None = None
    awaits: int | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a chat gave when it took the message: of the message itself, then more."""
        return tuple(self.receipt["keys"]) if self.receipt else ()

    @property
    def pieces(self) -> tuple[str, ...]:
        """The keys of its words beyond the first, where they were too long for one message."""
        return self.keys[1 : self.receipt.get("words", 1)] if self.receipt else ()

    @property
    def lacks(self) -> tuple[int, ...]:
        """The files that it went without, and that were still to be fetched then."""
        return tuple(self.receipt.get("lacks", ())) if self.receipt else ()


def enqueue(conn: Connection, new: NewOutbox) -> int:
    """Write one message to the outbox; its id."""
    return enqueue_many(conn, (new,))[0]


def enqueue_many(conn: Connection, new: Sequence[NewOutbox]) -> list[int]:
    """Write messages to the outbox; their ids in order."""
    ring(conn)
    return sql.INSERT.ids(conn, [_columns(row) for row in new])


def enqueue_later(conn: Connection, new: Sequence[NewOutbox]) -> None:
    """`enqueue_many` where nobody needs the ids: written with the batch, if there is one."""
    ring(conn)
    later(conn, sql.NEW, [_columns(row) for row in new])


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
        "receipt": None,
        "awaits": new.awaits,
    }


def replace_waiting(conn: Connection, new: NewOutbox) -> bool:
    """What waits of this kind in this lane says this instead; False where none waits.

    One that is being sent at this moment is left as it is.
    """
    return bool(
        sql.REPLACE.do(
            conn,
            b_lane=new.lane,
            b_kind=new.kind,
            b_message=dict(new.message),
            b_message_id=new.message_id,
            b_created_at=new.created_at,
        )
    )


def words_of_entry(conn: Connection, entry: int) -> list[OutboxRow]:
    """What carries the words of an entry and went out, or still may; by mail or in chats."""
    return [_row(row) for row in sql.WORDS_OF_ENTRY.all(conn, b_entry=entry)]


def rewrite(conn: Connection, id: int, message: Mapping[str, Any]) -> bool:
    """What still waits says this instead. False where it does not wait any more."""
    return sql.REWRITE.do(conn, b_id=id, b_message=dict(message)) > 0


def hurry(conn: Connection, entry: int, *, now: datetime, answers: bool) -> int:
    """What waits for the files of an entry goes out now; how many.

    ``answers``: those to people outside, too. What can still be taken back by its author waits for
    that as well.
    """
    hurried = sql.HURRY.do(conn, b_entry=entry, b_now=now, b_patient="" if answers else "answer")
    ring(conn)
    return hurried


def sent_of_entry(conn: Connection, entry: int) -> list[OutboxRow]:
    """What went out with the words of an entry and can be edited where it stands."""
    return [_row(row) for row in sql.SENT_OF_ENTRY.all(conn, b_entry=entry)]


def claim(
    conn: Connection, *, now: datetime, limit: int, by: str, lease_seconds: float
) -> list[OutboxRow]:
    """Take due messages for sending: the first unfinished one of each lane.

    The attempt is written down here: commit before dialling. Until the lease is over nobody
    else gets them, and nothing that follows in their lanes is given to anybody.
    """
    until = now + timedelta(seconds=lease_seconds)
    rows = sql.CLAIM.all(conn, b_now=now, b_limit=limit, b_by=by, b_until=until)
    return sorted((_row(row) for row in rows), key=lambda row: row.id)


def sent(
    conn: Connection,
    id: int,
    *,
    now: datetime,
    keys: Sequence[str] = (),
    words: int = 0,
    lacks: Sequence[int] = (),
) -> None:
    """The network took it; answers will be recognised by these keys, the first of its ``words``.

    ``lacks`` are files that it went without, which are still to be fetched.
    """
    more: dict[str, Any] = {"lacks": list(lacks)} if lacks else {}
    more |= {"words": words} if words else {}
    receipt = {"v": 1, "keys": list(keys)} | more if keys or lacks else None
    row = sql.SENT.first(conn, b_id=id, b_now=now, b_receipt=receipt)
    if row and row[0] is not None and keys:
        thread_keys.claim(conn, row[0], row[1], keys, sent=True)
    ring(conn)


def moved(conn: Connection, row: OutboxRow, keys: Sequence[str], words: int) -> None:
    """What was sent stands elsewhere now, since it was edited: in more pieces, or fewer."""
    receipt = {**(row.receipt or {"v": 1}), "keys": list(keys), "words": words}
    sql.MOVED.do(conn, b_id=row.id, b_receipt=receipt)


def again(conn: Connection, id: int, *, due_at: datetime, error: str) -> None:
    """It did not go out; it is tried again then."""
    sql.AGAIN.do(conn, b_id=id, b_due_at=due_at, b_error=error)


def failed(conn: Connection, id: int, error: str) -> None:
    """It will not go out."""
    sql.END.do(conn, b_id=id, b_state="failed", b_error=error)
    ring(conn)


def unknown(conn: Connection, id: int, error: str) -> None:
    """It may have gone out: not repeated unless somebody asks."""
    sql.END.do(conn, b_id=id, b_state="unknown", b_error=error)
    ring(conn)


def bounced(conn: Connection, id: int, error: str) -> None:
    """It went out, and a delivery report says that it did not arrive."""
    sql.END.do(conn, b_id=id, b_state="bounced", b_error=error)


def replaced(conn: Connection, id: int) -> None:
    """Another row says it instead."""
    sql.END.do(conn, b_id=id, b_state="cancelled", b_error="said by a later one")


def cancel(conn: Connection, ids: Sequence[int]) -> list[int]:
    """Take back what still waits; which of them that was."""
    return sorted(row[0] for row in sql.CANCEL.all(conn, b_ids=list(ids)))


def waiting_answer(conn: Connection, ticket: int, agent: str) -> tuple[int, tuple[int, ...]] | None:
    """The agent's newest answer on a ticket of which all still waits: its entry and rows here."""
    rows = sql.WAITING_ANSWER.all(conn, b_ticket=ticket, b_agent=agent)
    if not rows:
        return None
    newest = max(row[1] for row in rows)
    return newest, tuple(sorted(row[0] for row in rows if row[1] == newest))


def renew(conn: Connection, ids: Sequence[int], *, by: str, until: datetime) -> int:
    """What a process is still sending stays its own until then; how many."""
    return sql.RENEW.do(conn, b_ids=list(ids), b_by=by, b_until=until)


def give_back(conn: Connection, *, by: str, keep: Sequence[int]) -> list[int]:
    """What a process has by its name and does not know of waits again; which.

    So it is where the connection was lost at the very moment of claiming.
    """
    return sorted(row[0] for row in sql.GIVE_BACK.all(conn, b_by=by, b_keep=list(keep)))


def recover(conn: Connection, *, now: datetime, leased_until: datetime | None = None) -> list[int]:
    """What was being sent when its lease ended (a crash) is due again, with the same Message-ID.

    ``leased_until``: leases up to then are over; the present one, unless given.
    """
    rows = sql.RECOVER.all(conn, b_now=now, b_leased_until=leased_until or now)
    return sorted(row[0] for row in rows)


def retry(conn: Connection, ids: Sequence[int], *, now: datetime) -> list[int]:
    """What failed, bounced or is unknown is sent again; which of them that was."""
    rows = sql.RETRY.all(conn, b_ids=list(ids), b_now=now)
    ring(conn)
    return sorted(row[0] for row in rows)


def get(conn: Connection, id: int) -> OutboxRow | None:
    """One row."""
    row = sql.GET.first(conn, b_id=id)
    return _row(row) if row else None


def by_message_id(conn: Connection, message_id: str) -> OutboxRow | None:
    """What was sent with this Message-ID."""
    row = sql.BY_MESSAGE_ID.first(conn, b_message_id=message_id)
    return _row(row) if row else None


def rows(conn: Connection, *, failed: bool = False, limit: int | None = None) -> list[OutboxRow]:
    """Rows newest first: all, or those that failed, bounced or are unknown."""
    query = select(*outbox.columns).order_by(outbox.c.id.desc()).limit(limit)
    if failed:
        query = query.where(text(sql.ODD))
    return [_row(tuple(row)) for row in conn.execute(query)]


def next_due(conn: Connection) -> datetime | None:
    """When the first message that could be sent is due; None if none waits.

    What follows another one in its lane is not counted: it can go when that one is done.
    """
    row = sql.NEXT_DUE.first(conn)
    return row[0] if row else None


def _row(values: Row) -> OutboxRow:
    fields = dict(zip(_NAMES, values, strict=True))
    to = Party(
        address=fields.pop("to_address"), name=fields.pop("to_name"), channel=fields["channel"]
    )
    fields["state"] = OutboxState(fields["state"])
    return OutboxRow(to=to, **fields)


_NAMES = [c.name for c in outbox.columns]

"""How much waits, and for how long: what an operator's monitoring asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, text

from gateway.store.schema import deadline, inbox, outbox
from gateway.store.statements import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """Rows that wait, by what they wait for, and since when the oldest of them does."""

    inbox_waiting: int
    inbox_oldest: datetime | None
    inbox_held: int
    inbox_failed: int
    outbox_waiting: int
    outbox_oldest: datetime | None
    outbox_failed: int
    deadlines_running: int
    deadlines_late: int


def depths(conn: Connection, now: datetime) -> Depths:
    """Count them, by index alone. ``now`` tells which deadlines should have fired."""
    waiting, oldest = _INBOX.all(conn)[0]
    queued, first = _OUTBOX.all(conn)[0]
    return Depths(
        inbox_waiting=waiting,
        inbox_oldest=oldest,
        inbox_held=_count(conn, _HELD),
        inbox_failed=_count(conn, _FAILED),
        outbox_waiting=queued,
        outbox_oldest=first,
        outbox_failed=_count(conn, _NOT_SENT),
        deadlines_running=_count(conn, _RUNNING),
        deadlines_late=int(_LATE.all(conn, b_now=now)[0][0]),
    )


def _count(conn: Connection, statement: Prepared) -> int:
    return int(statement.all(conn)[0][0])


_INBOX = Prepared(
    select(func.count(), func.min(inbox.c.received_at)).where(text("inbox.state = 'new'"))
)
_HELD = Prepared(
    select(func.count())
    .select_from(inbox)
    .where(
        text("inbox.state IN ('held', 'failed', 'dropped')"),
        text("inbox.state = 'held'"),
    )
)
_FAILED = Prepared(
    select(func.count())
    .select_from(inbox)
    .where(
        text("inbox.state IN ('held', 'failed', 'dropped')"),
        text("inbox.state = 'failed'"),
    )
)
_OUTBOX = Prepared(
    select(func.count(), func.min(outbox.c.created_at)).where(text("outbox.state = 'queued'"))
)
_NOT_SENT = Prepared(
    select(func.count())
    .select_from(outbox)
    .where(
        text("outbox.state IN ('failed', 'unknown', 'bounced')"),
        text("outbox.state IN ('failed', 'unknown')"),
    )
)
_RUNNING = Prepared(
    select(func.count()).select_from(deadline).where(text("deadline.state = 'running'"))
)
_LATE = Prepared(
    select(func.count())
    .select_from(deadline)
    .where(text("deadline.state = 'running'"), deadline.c.due_at <= bindparam("b_now"))
)

"""Writes down what became of a try to send: sent, again later, or given up and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.core.changes import NoticeKind
from gateway.core.events import DeliveryFailed
from gateway.core.ports import (
    GoneError,
    MaybeSentError,
    Receipt,
    SendError,
    TemporaryError,
    UnreachableError,
)
from gateway.runtime import desk_events, left_behind
from gateway.runtime.outgoing import edits, rooms
from gateway.runtime.retrying import next_try
from gateway.store import Connection, inbox, outbox
from gateway.store.database import Database, savepoint
from gateway.store.errors import is_temporary
from gateway.store.outbox import OutboxRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one try: a receipt and the files that it went without, or the error."""

    row: OutboxRow
    receipt: Receipt | None = None
    lacks: tuple[int, ...] = ()
    error: SendError | None = None

    @property
    def said(self) -> str:
        """What it came to, in a word."""
        if self.error is None:
            return "sent"
        if isinstance(self.error, TemporaryError):
            return "deferred"
        return "unknown" if isinstance(self.error, MaybeSentError) else "failed"


class Recorder:
    """Writes outcomes down. ``jitter`` gives numbers from 0 to 1."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], jitter: Callable[[], float]
    ) -> None:
        self._database = database
        self._now = now
        self._jitter = jitter

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """All of them in one transaction. Raises only what passes by itself: then try again."""
        with self._database.write() as conn:
            for outcome in outcomes:
                self._safely(conn, outcome)

    def _safely(self, conn: Connection, outcome: Outcome) -> None:
        """What cannot be written must not be sent again for ever, nor hold up the others."""
        try:
            with savepoint(conn):
                self._one(conn, outcome)
        except Exception as problem:
            if is_temporary(problem):
                raise
            log.exception("outcome_not_recorded", outbox=outcome.row.id)
            if outcome.error is None:
                outbox.sent(conn, outcome.row.id, now=self._now())
            else:
                outbox.failed(conn, outcome.row.id, str(outcome.error))

    def _one(self, conn: Connection, outcome: Outcome) -> None:
        row, error = outcome.row, outcome.error
        if error is None:
            receipt = outcome.receipt or Receipt()
            keys, words = receipt.keys, receipt.words
            now, lacks = self._now(), outcome.lacks
            outbox.sent(conn, row.id, now=now, keys=keys, words=words, lacks=lacks)
            edits.posted(conn, row, receipt)
            left_behind.noted(conn, row, outcome.lacks, self._now())
            rooms.posted(conn, row, keys)
            log.info("sent", outbox=row.id, ticket=row.ticket, kind=row.kind)
            return
        if isinstance(error, GoneError) and rooms.anew(conn, row, self._now()):
            return
        due = self._next_try(row, error)
        if due is None:
            self._give_up(conn, row, error)
            return
        outbox.again(conn, row.id, due_at=due, error=str(error))
        log.warning("send_again_later", outbox=row.id, attempts=row.attempts, error=str(error))

    def _next_try(self, row: OutboxRow, error: SendError) -> datetime | None:
        shown = row.kind == NoticeKind.CARD or rooms.is_shown(row)
        twice_does_no_harm = isinstance(error, MaybeSentError) and shown
        if not isinstance(error, TemporaryError) and not twice_does_no_harm:
            return None
        after = error.after if isinstance(error, TemporaryError) else None
        return next_try(row.attempts, row.created_at, self._now(), self._jitter(), after)

    def _give_up(self, conn: Connection, row: OutboxRow, error: SendError) -> None:
        maybe = isinstance(error, MaybeSentError)
        (outbox.unknown if maybe else outbox.failed)(conn, row.id, str(error))
        log.error("not_sent", outbox=row.id, ticket=row.ticket, maybe=maybe, error=str(error))
        if rooms.is_shown(row):
            trouble = rooms.trouble_of(row, str(error))
            inbox.accept_many(conn, [desk_events.of_trouble(trouble, self._now())])
        if row.ticket is None or rooms.is_shown(row):
            return
        event = DeliveryFailed(
            outbox_id=row.id,
            ticket=row.ticket,
            to=row.to,
            kind=row.kind,
            error=str(error),
            at=self._now(),
            maybe=maybe,
            unreachable=isinstance(error, UnreachableError),
            entry=row.entry,
        )
        inbox.accept_many(conn, [desk_events.incoming(event, f"delivery:{row.id}:{row.attempts}")])

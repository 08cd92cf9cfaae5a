"""Works the outbox off: claims, sends, records. The attempt is on disk before we dial."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from gateway.core.deciding import Desk
from gateway.core.events import DeliveryFailed
from gateway.core.ports import (
    Channel,
    MaybeSentError,
    Outbound,
    PermanentError,
    Receipt,
    SendError,
    TemporaryError,
)
from gateway.runtime import desk_events
from gateway.runtime.outgoing import outbound_of
from gateway.runtime.retrying import next_try
from gateway.runtime.threads import Threads
from gateway.runtime.worker import wait_until
from gateway.store import Connection, inbox, outbox
from gateway.store.database import Database
from gateway.store.errors import is_temporary
from gateway.store.outbox import OutboxRow

LEASE = timedelta(minutes=15)
_AT_ONCE = 16
_PAUSE = timedelta(seconds=30)
_AFTER_TROUBLE = 2.0  # seconds before the store is asked again
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one try."""

    row: OutboxRow
    receipt: Receipt | None = None
    error: SendError | None = None


class Postman:
    """Sends what is queued, several at a time, one at a time for each conversation."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        channels: Mapping[str, Channel],
        *,
        now: Callable[[], datetime],
        name: str,
        threads: Threads,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._desk = desk
        self._channels = channels
        self._now = now
        self._name = name
        self._threads = threads
        self._jitter = jitter
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()

    def wake(self) -> None:
        """There may be something to send. From the loop's own thread."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; what is under way is finished and recorded then."""
        recorder = asyncio.create_task(self._record_forever())
        try:
            await self._send_forever()
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=10)
            recorder.cancel()
            await asyncio.gather(recorder, return_exceptions=True)
            await self._record_waiting()

    async def _send_forever(self) -> None:
        while True:
            self._wake.clear()
            room = _AT_ONCE - len(self._under_way)
            claimed = await self._claim(room) if room > 0 else []
            for row, outbound in claimed:
                task = asyncio.create_task(self._send(row, outbound))
                self._under_way.add(task)
                task.add_done_callback(self._done)
            if not claimed:
                await self._rest()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        due = await self._threads.call(self._next_due)
        timeout = wait_until(due, self._now(), _PAUSE)
        if self._under_way:
            timeout = _PAUSE.total_seconds()
        try:
            await asyncio.wait_for(self._wake.wait(), max(timeout, 0.05))
        except TimeoutError:
            return

    def _next_due(self) -> datetime | None:
        with self._database.read() as conn:
            return outbox.next_due(conn)

    async def _claim(self, room: int) -> list[tuple[OutboxRow, Outbound | None]]:
        try:
            return await self._threads.call(self._claim_now, room)
        except Exception as problem:
            if not is_temporary(problem):
                raise
            log.warning("outbox_unavailable", error=str(problem))
            await asyncio.sleep(_AFTER_TROUBLE)
            return []

    def _claim_now(self, room: int) -> list[tuple[OutboxRow, Outbound | None]]:
        with self._database.read() as conn:
            due = outbox.next_due(conn)
        if due is None or due > self._now():
            return []
        with self._database.write() as conn:
            rows = outbox.claim(
                conn,
                now=self._now(),
                limit=room,
                by=self._name,
                lease_seconds=LEASE.total_seconds(),
            )
        with self._database.read() as conn:
            return [(row, self._outbound(conn, row)) for row in rows]

    def _outbound(self, conn: Connection, row: OutboxRow) -> Outbound | None:
        try:
            return outbound_of(conn, row, self._desk)
        except Exception:
            log.exception("outgoing_unreadable", outbox=row.id)
            return None

    async def _send(self, row: OutboxRow, outbound: Outbound | None) -> None:
        channel = self._channels.get(row.channel)
        try:
            if channel is None:
                raise TemporaryError(f"channel {row.channel!r} is not configured")
            if outbound is None:
                raise PermanentError("the stored message cannot be read: see the log")
            outcome = Outcome(row=row, receipt=await channel.send(outbound))
        except SendError as error:
            outcome = Outcome(row=row, error=error)
        except asyncio.CancelledError:
            raise
        except Exception as problem:
            log.exception("send_failed_unexpectedly", outbox=row.id)
            outcome = Outcome(row=row, error=TemporaryError(type(problem).__name__))
        self._outcomes.put_nowait(outcome)

    async def _record_forever(self) -> None:
        while True:
            first = await self._outcomes.get()
            await self._record([first, *self._drained()])

    async def _record_waiting(self) -> None:
        left = self._drained()
        if left:
            await self._record(left)

    def _drained(self) -> list[Outcome]:
        drained: list[Outcome] = []
        while not self._outcomes.empty():
            drained.append(self._outcomes.get_nowait())
        return drained

    async def _record(self, outcomes: list[Outcome]) -> None:
        """Until it is written: what is not recorded would be sent again."""
        while True:
            try:
                await self._threads.call(self.record, outcomes)
            except Exception as problem:
                if not is_temporary(problem):
                    raise
                log.warning("outbox_unavailable", error=str(problem))
                await asyncio.sleep(_AFTER_TROUBLE)
            else:
                return

    def record(self, outcomes: list[Outcome]) -> None:
        """Write down what became of some tries, in one transaction."""
        with self._database.write() as conn:
            for outcome in outcomes:
                self._record_one(conn, outcome)

    def _record_one(self, conn: Connection, outcome: Outcome) -> None:
        row, error = outcome.row, outcome.error
        if error is None:
            keys = outcome.receipt.keys if outcome.receipt else ()
            outbox.sent(conn, row.id, now=self._now(), keys=keys)
            log.info("sent", outbox=row.id, ticket=row.ticket, kind=row.kind)
            return
        due = None
        if isinstance(error, TemporaryError):
            due = next_try(row.attempts, row.created_at, self._now(), self._jitter(), error.after)
        if due is not None:
            outbox.again(conn, row.id, due_at=due, error=str(error))
            log.warning("send_again_later", outbox=row.id, attempts=row.attempts, error=str(error))
            return
        self._give_up(conn, row, error)

    def _give_up(self, conn: Connection, row: OutboxRow, error: SendError) -> None:
        maybe = isinstance(error, MaybeSentError)
        (outbox.unknown if maybe else outbox.failed)(conn, row.id, str(error))
        log.error("not_sent", outbox=row.id, ticket=row.ticket, maybe=maybe, error=str(error))
        if row.ticket is None:
            return
        event = DeliveryFailed(
            outbox_id=row.id,
            ticket=row.ticket,
            to=row.to,
            kind=row.kind,
            error=str(error),
            at=self._now(),
            maybe=maybe,
            entry=row.entry,
        )
        inbox.accept_many(conn, [desk_events.incoming(event, f"delivery:{row.id}:{row.attempts}")])

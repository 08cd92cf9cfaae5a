"""Works the outbox off: claims, sends, records. The attempt is on disk before we dial."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from gateway.core.deciding import Desk
from gateway.core.ports import Channel, Outbound, PermanentError, SendError, TemporaryError
from gateway.runtime.figures import Figures
from gateway.runtime.outgoing import outbound_of
from gateway.runtime.recording import Outcome, Recorder
from gateway.runtime.threads import Threads
from gateway.runtime.worker import wait_until
from gateway.store import outbox
from gateway.store.database import Database
from gateway.store.errors import is_temporary
from gateway.store.outbox import OutboxRow

LEASE = timedelta(minutes=1)  # a process that died leaves its messages to others after this
_RENEW = 15.0  # seconds; what is under way keeps its lease
_AT_ONCE = 16
_WHILE_OTHERS_WORK = 6
_LOOK = 0.02  # seconds
_LONGEST_WAIT = 0.5  # seconds that it gives way to others before it sends some all the same
_PAUSE = timedelta(seconds=30)
_TROUBLE = 2.0  # seconds before the store is asked again
_GRACE = 10.0  # seconds that sends under way have when the daemon stops
log = structlog.get_logger(__name__)

R = TypeVar("R")
Claimed = tuple[OutboxRow, Outbound | SendError]


class _StoppingError(Exception):
    """The daemon stops, and the store does not answer."""


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
        self.figures = Figures()
        self.others_busy: Callable[[], bool] = lambda: False  # those it gives way to
        self._database = database
        self._desk = desk
        self._channels = channels
        self._now = now
        self._name = name
        self._threads = threads
        self._recorder = Recorder(database, now, jitter)
        self._wake = asyncio.Event()
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._mine: set[int] = set()  # claimed, and not recorded yet
        self._in_doubt = False  # a claim may have been written without our knowing
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._unrecorded: list[Outcome] = []

    def renew(self, desk: Desk) -> None:
        """What is sent from now on is by another desk."""
        self._desk = desk

    def wake(self) -> None:
        """There may be something to send. From the loop's own thread."""
        self._wake.set()

    def stop(self) -> None:
        """Claim no more; `run` returns when what is under way is sent and recorded."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`."""
        helpers = [
            asyncio.create_task(self._record_forever()),
            asyncio.create_task(self._renew_forever()),
        ]
        try:
            with suppress(_StoppingError):
                while not self._stopping:
                    await self._send_some()
            await self._finish_under_way()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        await self._record_last()

    async def send_due(self) -> int:
        """Send what is due now, wait for it and record it; how many tries that took."""
        tries = 0
        while claimed := await self._threads.call(self._claim, _AT_ONCE):
            outcomes = [await self._try(row, outbound) for row, outbound in claimed]
            await self._threads.call(self._record, outcomes)
            tries += len(claimed)
        return tries

    async def _send_some(self) -> None:
        await self._give_way()
        self._wake.clear()
        most = _WHILE_OTHERS_WORK if self.others_busy() else _AT_ONCE
        room = most - len(self._under_way)
        claimed = await self._surely(self._claim, room) if room > 0 else []
        for row, outbound in claimed:
            task = asyncio.create_task(self._send(row, outbound))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        if not claimed and not self._stopping:
            await self._rest()

    async def _give_way(self) -> None:
        """Accepting and deciding come first, for a while; and messages and room are gathered.

        Each claim is a commit, so one for each message would cost the others more than sending.
        """
        if len(self._under_way) > _AT_ONCE // 2:
            await asyncio.wait(self._under_way, timeout=_LOOK)
        await asyncio.sleep(_LOOK)
        waited = _LOOK
        while self.others_busy() and waited < _LONGEST_WAIT and not self._stopping:
            await asyncio.sleep(_LOOK)
            waited += _LOOK

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        due = await self._surely(self._next_due)
        busy = len(self._under_way) >= _AT_ONCE
        timeout = _PAUSE.total_seconds() if busy else wait_until(due, self._now(), _PAUSE)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(timeout, 0.05))

    def _next_due(self) -> datetime | None:
        with self._database.read() as conn:
            return outbox.next_due(conn)

    async def _surely(self, function: Callable[..., R], *args: object) -> R:
        """A call of the store, repeated until it succeeds: the database may be away.

        Raises _StoppingError where the daemon stops before that.
        """
        while True:
            try:
                return await self._threads.call(function, *args)
            except Exception as problem:
                if is_temporary(problem):
                    log.warning("outbox_unavailable", error=str(problem))
                else:
                    log.exception("outbox_failed")
                if self._stopping:
                    raise _StoppingError from problem
                await asyncio.sleep(_TROUBLE)

    def _claim(self, room: int) -> list[Claimed]:
        with self._database.read() as conn:
            due = outbox.next_due(conn)
        if not self._in_doubt and (due is None or due > self._now()):
            return []
        rows = self._claim_rows(room)
        self._mine.update(row.id for row in rows)
        return [(row, self._outbound(row)) for row in rows]

    def _claim_rows(self, room: int) -> list[OutboxRow]:
        in_doubt, self._in_doubt = self._in_doubt, True
        with self._database.write() as conn:
            if in_doubt:
                outbox.give_back(conn, by=self._name, keep=list(self._mine))
            rows = outbox.claim(
                conn,
                now=self._now(),
                limit=room,
                by=self._name,
                lease_seconds=LEASE.total_seconds(),
            )
        self._in_doubt = False
        return rows

    def _outbound(self, row: OutboxRow) -> Outbound | SendError:
        """What is to be sent; an error where it cannot be had, for the row is ours already."""
        try:
            with self._database.read() as conn:
                return outbound_of(conn, row, self._desk)
        except SendError as error:
            return error
        except Exception as problem:
            if is_temporary(problem):
                return TemporaryError("the database was away when it was to be sent")
            log.exception("outgoing_unreadable", outbox=row.id)
            return PermanentError("the stored message cannot be read: see the log")

    async def _send(self, row: OutboxRow, outbound: Outbound | SendError) -> None:
        self._outcomes.put_nowait(await self._try(row, outbound))

    async def _try(self, row: OutboxRow, outbound: Outbound | SendError) -> Outcome:
        channel = self._channels.get(row.channel)
        try:
            if channel is None:
                raise TemporaryError(f"channel {row.channel!r} is not configured")
            if isinstance(outbound, SendError):
                raise outbound
            receipt = await channel.send(outbound)
            return Outcome(row=row, receipt=receipt, lacks=outbound.lacks)
        except SendError as error:
            return Outcome(row=row, error=error)
        except Exception as problem:
            log.exception("send_failed_unexpectedly", outbox=row.id)
            return Outcome(row=row, error=TemporaryError(type(problem).__name__))

    async def _renew_forever(self) -> None:
        """A long send must not look like a dead process."""
        while True:
            await asyncio.sleep(_RENEW)
            if self._mine:
                await self._surely(self._renew, list(self._mine))

    def _renew(self, ids: list[int]) -> None:
        with self._database.write() as conn:
            outbox.renew(conn, ids, by=self._name, until=self._now() + LEASE)

    async def _record_forever(self) -> None:
        while True:
            self._unrecorded.append(await self._outcomes.get())
            await asyncio.sleep(_LOOK)  # each commit keeps others from theirs: let some gather
            self._take_outcomes()
            # What is not recorded would be sent again: until it is written.
            await self._surely(self._record, tuple(self._unrecorded))
            self._unrecorded.clear()

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        self._recorder.record(outcomes)
        self._mine.difference_update(outcome.row.id for outcome in outcomes)
        for outcome in outcomes:
            self.figures.went(outcome.row.channel, outcome.said)

    def _take_outcomes(self) -> None:
        while not self._outcomes.empty():
            self._unrecorded.append(self._outcomes.get_nowait())

    async def _finish_under_way(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_GRACE)
        for task in self._under_way:
            task.cancel()

    async def _record_last(self) -> None:
        """What was under way when the recorder was stopped; written twice is as written once."""
        self._take_outcomes()
        if not self._unrecorded:
            return
        try:
            await self._threads.call(self._record, tuple(self._unrecorded))
        except Exception:
            log.exception("not_recorded", outbox=[o.row.id for o in self._unrecorded])

"""Fetches files that lie with chat networks, several at a time, for a day at most.

A message never waits for a file; notices that carry its words do so for a few seconds. Several
processes share the work: a file is claimed before it is asked for, and free again when its lease
is over.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from gateway.core.events import FileSettled
from gateway.core.ports import Door, Fetches, PermanentError, Scans, SendError, TemporaryError
from gateway.runtime import desk_events, left_behind
from gateway.runtime.outgoing.files import FOR_FILES
from gateway.runtime.threads import Threads
from gateway.runtime.worker import wait_until
from gateway.store import Connection, content, inbox, outbox, wanted
from gateway.store.content import Content
from gateway.store.database import Database
from gateway.store.wanted import WantedRow

AT_ONCE = 3  # each of them is in memory
LONGEST = 120.0  # seconds for one file
_LEASE = timedelta(minutes=1)  # a process that died leaves its files to others after this
_RENEW = 20.0  # seconds; what is under way keeps its lease
_WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1_800, 3_600))  # then each hour
GIVE_UP_AFTER = timedelta(days=1)
_PAUSE = timedelta(seconds=30)
_TROUBLE = 2.0  # seconds before the store is asked again
_NOT_SCANNED = "nobody could look for malware in it"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Got:
    """A file that was fetched. ``infected`` names malware; ``problem`` why nobody looked."""

    data: Content
    infected: str = ""
    problem: str = ""


class Fetcher:
    """See `daemon.Part`. ``most`` is how many octets a file may have."""

    name = "files"

    def __init__(  # noqa: PLR0913 - what it needs of the process, by name
        self,
        database: Database,
        channels: Mapping[str, Fetches],
        *,
        now: Callable[[], datetime],
        process: str,
        most: int,
        scanner: Scans | None = None,
        threads: Threads | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._channels = channels
        self._now = now
        self._process = process
        self._most = most
        self._scanner = scanner
        self._threads = threads or Threads(1)
        self._jitter = jitter
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something to fetch. From the loop's own thread."""
        self._wake.set()

    async def run(self, _door: Door, ready: Callable[[], None]) -> None:
        """Fetch until cancelled."""
        ready()
        try:
            while True:
                try:
                    await self._some()
                except Exception as problem:
                    log.warning("files_unavailable", error=type(problem).__name__)
                    await asyncio.sleep(_TROUBLE)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def fetch_due(self) -> int:
        """Fetch what is due now, one after the other; how many tries that took."""
        tries = 0
        while rows := await self._threads.call(self._claim, AT_ONCE):
            for row in rows:
                await self._one(row)
            tries += len(rows)
        return tries

    async def _some(self) -> None:
        self._wake.clear()
        room = AT_ONCE - len(self._under_way)
        rows = await self._threads.call(self._claim, room) if room > 0 else []
        for row in rows:
            task = asyncio.create_task(self._surely(row))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        if not rows:
            await self._rest()

    async def _surely(self, row: WantedRow) -> None:
        try:
            await self._one(row)
        except Exception:  # it is free again when its lease is over
            log.exception("file_not_recorded", file=row.id)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        due = await self._threads.call(self._next_due)
        busy = len(self._under_way) >= AT_ONCE
        timeout = _PAUSE.total_seconds() if busy else wait_until(due, self._now(), _PAUSE)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(timeout, 0.05))

    def _next_due(self) -> datetime | None:
        with self._database.read() as conn:
            return wanted.next_due(conn)

    def _claim(self, room: int) -> list[WantedRow]:
        due = self._next_due()
        if due is None or due > self._now():
            return []
        with self._database.write() as conn:
            return wanted.claim(conn, now=self._now(), limit=room, by=self._process, lease=_LEASE)

    async def _one(self, row: WantedRow) -> None:
        renewing = asyncio.create_task(self._renew_forever(row))
        try:
            got = await self._fetched(row)
        except SendError as error:
            await self._threads.call(self._record_failure, row, error)
        else:
            await self._threads.call(self._record, row, got)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew_forever(self, row: WantedRow) -> None:
        """A slow network must not look like a dead process."""
        while True:
            await asyncio.sleep(_RENEW)
            await self._threads.call(self._renew, row)

    def _renew(self, row: WantedRow) -> None:
        with self._database.write() as conn:
            wanted.renew(conn, row, until=self._now() + _LEASE)

    async def _fetched(self, row: WantedRow) -> _Got:
        """Raises TemporaryError or PermanentError."""
        channel = self._channels.get(row.channel)
        if channel is None:
            raise TemporaryError(f"channel {row.channel!r} is not configured")
        try:
            async with asyncio.timeout(LONGEST):
                data = await channel.fetch(row.ref, self._most)
        except SendError:
            raise
        except TimeoutError:
            raise TemporaryError(f"it took longer than {LONGEST:g} seconds") from None
        except Exception as problem:
            log.exception("fetch_failed_unexpectedly", file=row.id)
            raise TemporaryError(type(problem).__name__) from problem
        if len(data) > self._most:
            raise PermanentError(f"it is larger than {self._most} octets")
        infected, unscanned = await self._scanned(data)
        kept = await self._threads.call(content.prepare, self._database, data)
        return _Got(data=kept, infected=infected, problem=unscanned)

    async def _scanned(self, data: bytes) -> tuple[str, str]:
        """What was found in a file, and why nobody could look, if so."""
        if self._scanner is None:
            return "", ""
        found = await self._scanner.scan(data)
        return ("", _NOT_SCANNED) if found is None else (found, "")

    def _record(self, row: WantedRow, got: _Got) -> None:
        now = self._now()
        with self._database.write() as conn:
            kept = wanted.fetched(conn, row, got.data, infected=got.infected, problem=got.problem)
            if kept is None:
                return
            waited = self._hurry(conn, kept, now)
            if got.infected:
                self._tell(conn, kept, now, infected=True)
                return
            left_behind.send_after(conn, kept, now)
            if now - row.created_at > FOR_FILES and not waited:
                self._tell(conn, kept, now)
        log.info("file_fetched", file=row.id, entry=row.entry, infected=bool(got.infected))

    def _hurry(self, conn: Connection, row: WantedRow, now: datetime) -> int:
        """Agents hear once each file was tried; an answer waits while one may come soon."""
        if wanted.pending(conn, row.entry):
            return 0
        answers = all(one.lost for one in wanted.missing(conn, row.entry))
        return outbox.hurry(conn, row.entry, now=now, answers=answers)

    def _record_failure(self, row: WantedRow, error: SendError) -> None:
        now = self._now()
        due = self._next_try(row, error, now)
        with self._database.write() as conn:
            if due is not None:
                kept = wanted.again(conn, row, due_at=due, problem=str(error))
            else:
                kept = wanted.failed(conn, row, str(error))
            if kept is None:
                return  # somebody else has it
            if due is None or row.attempts == 1:
                self._tell(conn, kept, now, problem=str(error), tried_again=due is not None)
            self._hurry(conn, kept, now)
        log.warning("file_not_fetched", file=row.id, again=due is not None, error=str(error))

    def _next_try(self, row: WantedRow, error: SendError, now: datetime) -> datetime | None:
        if not isinstance(error, TemporaryError):
            return None
        wait = _WAITS[min(row.attempts, len(_WAITS)) - 1] * (0.8 + 0.4 * self._jitter())
        due = now + max(wait, timedelta(seconds=error.after or 0))
        return None if due - row.created_at > GIVE_UP_AFTER else due

    def _tell(
        self,
        conn: Connection,
        row: WantedRow,
        now: datetime,
        *,
        problem: str = "",
        tried_again: bool = False,
        infected: bool = False,
    ) -> None:
        """Have the ticket say so, once for each thing that can be said of a file."""
        ticket = wanted.where(conn, row)
        if ticket is None:
            return
        event = FileSettled(
            ticket=ticket,
            entry=row.entry,
            name=row.name,
            at=now,
            problem=problem,
            tried_again=tried_again,
            infected=infected,
        )
        said = "not_yet" if tried_again else "lost" if problem or infected else "late"
        inbox.accept_many(conn, [desk_events.incoming(event, f"file:{row.id}:{said}")])

"""One process of the desk: its parts, how they wake each other, and how they stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.core.deciding import Desk
from gateway.core.ports import Channel
from gateway.runtime.clock import Clock
from gateway.runtime.condition import Condition
from gateway.runtime.daemon.intake import GroupIntake
from gateway.runtime.daemon.parts import Part, _Falls
from gateway.runtime.daemon.worker_thread import WorkerThread
from gateway.runtime.figures import Figures
from gateway.runtime.postman import LEASE, Postman
from gateway.runtime.pressure import Rush
from gateway.runtime.threads import Threads
from gateway.runtime.worker import Worker
from gateway.store import outbox, wanted
from gateway.store.checkpoints import Checkpoints
from gateway.store.database import Database
from gateway.store.group_commit import GroupCommit
from gateway.store.leader import Leader
from gateway.store.signals import Wakeups

log = structlog.get_logger(__name__)


class Daemon:
    """One process of the desk. What it counts and how its parts are can be asked at any time."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        channels: Mapping[str, Channel],
        worker: Worker,
        *,
        now: Callable[[], datetime],
        name: str,
        keep_raw: timedelta,
    ) -> None:
        self._database = database
        self._desk = desk
        self._channels = channels
        self._parts: list[Part] = list(channels.values())
        self.figures = Figures()
        self.condition = Condition()
        self._now = now
        self._threads = Threads()
        self._leader = Leader(database)
        self._commits = GroupCommit(database)
        self._checkpoints = Checkpoints(database)
        self._rush = Rush()
        self._worker = WorkerThread(database, worker, now, self._rush, self.figures)
        self._postman = Postman(database, desk, channels, now=now, name=name, threads=self._threads)
        self._postman.figures = self.figures
        self._postman.others_busy = lambda: self._rush.on or self._worker.busy
        self._clock = Clock(
            database,
            self._leader,
            now=now,
            keep_raw=keep_raw,
            threads=self._threads,
            on_fired=self._worker.wake,
            policy=lambda: self._desk.policy,
        )
        self._wakes: list[Callable[[], None]] = []
        self._ready: set[str] = set()
        self._looks: set[asyncio.Future[None]] = set()

    def add(self, part: Part) -> None:
        """Have something run beside the channels. Before `run` is called.

        One that has ``wake`` is woken when there may be something new for it.
        """
        self._parts.append(part)
        wake = getattr(part, "wake", None)
        if wake is not None:
            self._wakes.append(wake)

    def renew(self, desk: Desk) -> None:
        """Send, tick and make rounds by another desk from now on; the worker has its own way."""
        self._desk = desk
        self._postman.renew(desk)
        self._woken()

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Run until ``stop``; then take in no more, finish what was taken, and return.

        Raises OSError where a listener's port is taken at the start.
        """
        loop = asyncio.get_running_loop()
        self._recover()

        def worked() -> None:
            loop.call_soon_threadsafe(self._worked)

        def woken() -> None:
            loop.call_soon_threadsafe(self._woken)

        self._worker.start(worked)
        wakeups = Wakeups(self._database, woken)
        wakeups.start()
        self._checkpoints.start()
        self._clock.start()
        postman = asyncio.create_task(self._postman.run())
        try:
            await self._run_channels(stop, on_ready, postman)
        finally:
            wakeups.close()
            self._checkpoints.close()
            self._clock.close()
            await self._wind_down(postman)

    def _recover(self) -> None:
        """On SQLite nobody else can be at work: what a dead process had is free at once."""
        if self._database.dialect == "sqlite":
            with self._database.write() as conn:
                outbox.recover(conn, now=self._now(), leased_until=self._now() + LEASE)
                wanted.recover(conn, now=self._now())

    def _accepted(self) -> None:
        self._rush.arrived()
        self._worker.wake()

    def _worked(self) -> None:
        self._postman.wake()
        for wake in self._wakes:
            wake()
        self._looks = {t for t in self._looks if not t.done()}
        self._looks.add(asyncio.ensure_future(self._clock.look()))

    def _woken(self) -> None:
        self._worker.wake()
        self._worked()

    async def _run_channels(
        self, stop: asyncio.Event, on_ready: Callable[[], None], postman: asyncio.Task[None]
    ) -> None:
        """Until ``stop``; raises what made a channel or the postman end before that."""
        intake = GroupIntake(self._commits, self._accepted, self._now, self.condition)
        if not self._parts:
            on_ready()
        for part in self._parts:
            self.condition.expect(part.name)
        tasks = [
            asyncio.create_task(self._supervise(part, intake, on_ready)) for part in self._parts
        ]
        stopping: asyncio.Task[Any] = asyncio.create_task(stop.wait())
        try:
            ends = [stopping, postman, *tasks]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in (postman, *tasks):
                if task.done():
                    task.result()
        finally:
            for task in (stopping, *tasks):
                task.cancel()
            await asyncio.gather(stopping, *tasks, return_exceptions=True)

    async def _supervise(
        self, part: Part, intake: GroupIntake, on_ready: Callable[[], None]
    ) -> None:
        """Run a channel or a service; one that falls over after it was ready is started again."""
        falls = _Falls(part.name, intake)

        def ready() -> None:
            log.info("channel_ready", channel=part.name)
            falls.works()
            self.condition.works(part.name)
            first = part.name not in self._ready
            self._ready.add(part.name)
            if first and len(self._ready) == len(self._parts):
                on_ready()

        while True:
            try:
                await part.run(intake, ready)
                raise RuntimeError(f"{part.name} ended by itself")
            except asyncio.CancelledError:
                raise
            except Exception:
                if part.name not in self._ready:
                    raise
                log.exception("channel_fell_over", channel=part.name)
                self.condition.fell(part.name)
                await asyncio.sleep(await falls.fell())
            finally:
                falls.calm()

    async def _wind_down(self, postman: asyncio.Task[None]) -> None:
        """What was taken in is written, what is being sent is recorded; then all is let go of."""
        await self._threads.call(self._commits.close)
        await self._threads.call(self._worker.close)
        self._postman.stop()
        await asyncio.gather(postman, *self._looks, return_exceptions=True)
        for channel in self._channels.values():
            closing = getattr(channel, "close", None)
            if closing is not None:
                with contextlib.suppress(OSError):
                    await closing()
        self._leader.close()
        await asyncio.to_thread(self._threads.close)

"""Everything that runs, together: channels, worker, postman, clock; and how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from gateway.core.deciding import Desk
from gateway.core.ports import (
    Accepted,
    Channel,
    Door,
    Incoming,
    IntakeUnavailableError,
    Trouble,
)
from gateway.runtime import desk_events
from gateway.runtime.clock import Clock
from gateway.runtime.condition import Condition
from gateway.runtime.figures import Figures
from gateway.runtime.handling import Handled
from gateway.runtime.postman import LEASE, Postman
from gateway.runtime.pressure import Rush
from gateway.runtime.threads import Threads
from gateway.runtime.worker import Worker, wait_until
from gateway.store import inbox, outbox
from gateway.store.checkpoints import Checkpoints
from gateway.store.database import Database
from gateway.store.errors import ConflictError, is_temporary
from gateway.store.group_commit import GroupCommit
from gateway.store.leader import Leader
from gateway.store.signals import Wakeups

_PAUSE = timedelta(seconds=30)
_TROUBLE = 2.0  # seconds between tries when the database is away
_RESTART = (1.0, 5.0, 15.0, 60.0)  # seconds before a channel that fell over is started again
_STEADY = 60.0  # seconds that a part works before what was wrong with it is over
_FALLS_TOLD = 2  # in a row, before leads hear of it
log = structlog.get_logger(__name__)


class Part(Protocol):
    """What is run and started again: every channel, and services such as the desk's pages."""

    @property
    def name(self) -> str:
        """What it is called in logs."""
        ...

    async def run(self, door: Door, ready: Callable[[], None]) -> None:
        """Run until cancelled; call ``ready`` when it does its work."""
        ...


class GroupIntake:
    """The intake that channels see: shared commits, and the worker is woken."""

    def __init__(
        self,
        commits: GroupCommit,
        on_accepted: Callable[[], None],
        now: Callable[[], datetime],
        condition: Condition,
    ) -> None:
        self._commits = commits
        self._on_accepted = on_accepted
        self._now = now
        self._condition = condition

    async def accept(self, incoming: Incoming) -> Accepted:
        """See `core.ports.Intake`."""
        accepted = await asyncio.wrap_future(self._commits.submit(incoming))
        self._on_accepted()
        return accepted

    async def report(self, trouble: Trouble) -> None:
        """See `core.ports.Door`."""
        level = log.info if trouble.over else log.warning
        self._condition.heard(trouble)
        level("trouble", channel=trouble.channel, key=trouble.key, over=trouble.over)
        try:
            await self.accept(desk_events.of_trouble(trouble, self._now()))
        except IntakeUnavailableError as away:
            log.warning("trouble_untold", key=trouble.key, error=str(away))


class WorkerThread:
    """The worker in a thread of its own, asleep until there is something to do.

    ``busy`` says whether there was something at its last look.
    """

    def __init__(
        self,
        database: Database,
        worker: Worker,
        now: Callable[[], datetime],
        rush: Rush,
        figures: Figures,
    ) -> None:
        self.busy = False
        self._figures = figures
        self._rush = rush
        self._database = database
        self._worker = worker
        self._now = now
        self._wake = threading.Event()
        self._stopping = False
        self._on_done: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self, on_done: Callable[[], None]) -> None:
        """Begin; ``on_done`` is called in the thread after each batch."""
        self._on_done = on_done
        self._thread.start()

    def wake(self) -> None:
        """There may be something in the inbox."""
        self._wake.set()

    def close(self) -> None:
        """Finish the batch under way, and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        vain = 0  # looks in a row that brought nothing, or failed
        while not self._stopping:
            self._wake.clear()
            began = time.monotonic()
            try:
                done = self._worker.step()
                self.busy = bool(done)
                if done:
                    self._count(done)
                    vain = 0
                    self._on_done()
                    time.sleep(self._rush.pause_after(time.monotonic() - began))
                else:
                    vain += 1
                    self._wake.wait(self._until_due() or _growing(vain))
            except Exception as problem:
                vain += 1
                self.busy = False
                self._after_failure(problem)
                self._wake.wait(_growing(vain))

    def _count(self, done: list[Handled]) -> None:
        now = self._now()
        for one in done:
            seconds = (now - one.row.received_at).total_seconds()
            self._figures.came(one.row.channel, one.applied.state.value, seconds)

    def _until_due(self) -> float:
        """Seconds; none where something is due that others have, or that waits behind them."""
        with self._database.read() as conn:
            return wait_until(inbox.next_due_at(conn), self._now(), _PAUSE)

    def _after_failure(self, problem: Exception) -> None:
        known = is_temporary(problem) or isinstance(problem, ConflictError)
        (log.warning if known else log.exception)("worker_waits", error=str(problem))
        try:
            self._worker.postpone_trouble()
        except Exception as more:
            log.warning("worker_waits", error=str(more))


class _Falls:
    """How often a part fell over in a row; leads hear of one that does not recover by itself."""

    def __init__(self, part: str, door: Door) -> None:
        self._part = part
        self._door = door
        self._times = 0
        self._steady: asyncio.TimerHandle | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def works(self) -> None:
        """It does its work; over is what was wrong when that is so for a while."""
        loop = asyncio.get_running_loop()
        self._steady = loop.call_later(_STEADY, self._recovered)

    def calm(self) -> None:
        """It works no more, for now."""
        if self._steady is not None:
            self._steady.cancel()

    async def fell(self) -> float:
        """It fell over once more; the seconds until it is started again."""
        self._times += 1
        if self._times == _FALLS_TOLD:
            words = (
                f"The part {self._part} of the desk falls over again and again. It is started "
                "anew each time, and the others go on; the log says what is wrong."
            )
            await self._door.report(Trouble(channel=self._part, key=self._part, words=words))
        return _RESTART[min(self._times, len(_RESTART)) - 1]

    def _recovered(self) -> None:
        told, self._times = self._times >= _FALLS_TOLD, 0
        if told:
            over = Trouble(channel=self._part, key=self._part, words="It works again.", over=True)
            self._telling.add(asyncio.ensure_future(self._door.report(over)))


def _growing(times: int) -> float:
    """Seconds to wait after so many looks in vain."""
    return min(_TROUBLE, 0.05 * 1.5 ** min(times, 20))


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
        """On SQLite nobody else can be sending: what a dead process had is free at once."""
        if self._database.dialect == "sqlite":
            with self._database.write() as conn:
                outbox.recover(conn, now=self._now(), leased_until=self._now() + LEASE)

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

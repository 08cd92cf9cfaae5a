"""The worker, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from gateway.runtime.figures import Figures
from gateway.runtime.handling import Handled
from gateway.runtime.pressure import Rush
from gateway.runtime.worker import Worker, wait_until
from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.errors import ConflictError, is_temporary

log = structlog.get_logger(__name__)


_PAUSE = timedelta(seconds=30)
_TROUBLE = 2.0  # seconds between tries when the database is away


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


def _growing(times: int) -> float:
    """Seconds to wait after so many looks in vain."""
    return min(_TROUBLE, 0.05 * 1.5 ** min(times, 20))

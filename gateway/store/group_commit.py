"""Accepting: everything that waits shares one commit, so that the promise is cheap."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from gateway.core.ports import Accepted, Incoming, IntakeUnavailableError
from gateway.store import content, inbox
from gateway.store.content import Content
from gateway.store.database import Database
from gateway.store.errors import is_temporary

MOST_ROWS = 200  # of one commit
MOST_BYTES = 8 * 1024 * 1024  # of one commit, raws in the database
PREPARERS = 2
# After a commit that many shared, those who were answered come back with their next message: a
# breath lets them share the next commit, too. Who comes alone never waits.
MANY = 8
BREATH = 0.001  # seconds


@dataclass(slots=True)
class _Waiting:
    incoming: Incoming
    future: Future[Accepted]
    content: Content | None = None

    @property
    def weight(self) -> int:
        in_file = self.content is not None and self.content.file
        return 0 if in_file else len(self.incoming.raw)


class GroupCommit:
    """A thread that writes what is submitted to the inbox, many in one commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._preparing = 0
        self._closing = False
        self._preparers = ThreadPoolExecutor(PREPARERS, thread_name_prefix="accept-large")
        self._writer = threading.Thread(target=self._run, name="accept", daemon=True)
        self._writer.start()

    def submit(self, incoming: Incoming) -> Future[Accepted]:
        """Have it written; the future is done after the commit.

        It fails with IntakeUnavailableError when the database or the disk cannot take it now.
        """
        waiting = _Waiting(incoming, Future())
        with self._changed:
            if self._closing:
                waiting.future.set_exception(IntakeUnavailableError("the gateway is stopping"))
                return waiting.future
            if not content.too_large(self._database.dialect, incoming.raw):
                self._waiting.append(waiting)
                self._changed.notify()
                return waiting.future
            self._preparing += 1
        self._preparers.submit(self._prepare, waiting)
        return waiting.future

    def close(self) -> None:
        """Write what was submitted, then stop. Safe to call twice."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()
        self._preparers.shutdown()

    def _prepare(self, waiting: _Waiting) -> None:
        problem: BaseException | None = None
        try:
            waiting.content = content.prepare(self._database, waiting.incoming.raw)
        except BaseException as raised:
            problem = raised
        with self._changed:
            self._preparing -= 1
            if problem is None:
                self._waiting.append(waiting)
            self._changed.notify()
        if problem is not None and waiting.future.set_running_or_notify_cancel():
            _fail(waiting, problem)

    def _run(self) -> None:
        while batch := self._next_batch():
            self._write_wanted(batch)
            if len(batch) >= MANY:
                time.sleep(BREATH)

    def _next_batch(self) -> list[_Waiting]:
        """What waits, as much as one commit should take; empty when all is done."""
        with self._changed:
            while not self._waiting and not (self._closing and not self._preparing):
                self._changed.wait()
            batch: list[_Waiting] = []
            weight = 0
            while self._waiting and len(batch) < MOST_ROWS:
                weight += self._waiting[0].weight
                if batch and weight > MOST_BYTES:
                    break
                batch.append(self._waiting.popleft())
            return batch

    def _write_wanted(self, batch: list[_Waiting]) -> None:
        """Leave out whoever hung up meanwhile; from here on nobody can cancel any more."""
        wanted = [w for w in batch if w.future.set_running_or_notify_cancel()]
        if wanted:
            self._write(wanted)

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            accepted = self._commit(batch)
        except BaseException as problem:
            if len(batch) > 1 and not is_temporary(problem):
                self._one_by_one(batch)
            else:
                for waiting in batch:
                    _fail(waiting, problem)
            return
        for waiting, answer in zip(batch, accepted, strict=True):
            waiting.future.set_result(answer)

    def _one_by_one(self, batch: list[_Waiting]) -> None:
        """One that cannot be written must not take the others with it."""
        for waiting in batch:
            self._write([waiting])

    def _commit(self, batch: list[_Waiting]) -> list[Accepted]:
        prepared = {place: w.content for place, w in enumerate(batch) if w.content}
        with self._database.write(urgent=True) as conn:
            return inbox.accept_many(conn, [w.incoming for w in batch], prepared)


def _fail(waiting: _Waiting, problem: BaseException) -> None:
    unavailable = IntakeUnavailableError(f"not accepted: {type(problem).__name__}")
    unavailable.__cause__ = problem
    waiting.future.set_exception(unavailable)

"""Works the inbox off: claims rows, and handles as many as it can in one transaction.

They are written together, in few statements. Where one of them fails, or another process was
faster, the batch is rolled back and done again one by one, each in a savepoint of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from gateway.core.changes import Decision, Skip
from gateway.core.events import Event
from gateway.runtime.ahead import ReadAhead
from gateway.runtime.applying import Applied
from gateway.runtime.caution import Caution
from gateway.runtime.handling import Handled, Handler
from gateway.store import Connection, inbox
from gateway.store.database import Database, savepoint
from gateway.store.errors import ApartError, ConflictError, is_temporary
from gateway.store.inbox import InboxRow, InboxState
from gateway.store.together import together

BATCH = 128  # rows that one transaction handles at most
_FEWEST = 8
_SHARE = 0.03  # seconds that one batch may hold the writer while others wait for it
_ALONE = 0.12  # seconds when nobody does: fewer commits
_READING = 0.03  # seconds of it: for what was not read ahead
MOST_DEATHS = 15  # many, for a machine that reboots again and again is no fault of the message
_PATIENCE = 5  # passing failures at one row in a row, before those behind it get their turn
_LATER = timedelta(minutes=1)
_LOOK = 0.02  # seconds; while only a large mail waits, something else may come
log = structlog.get_logger(__name__)

Choose = Callable[[list[InboxRow]], list[InboxRow]]


class Worker:
    """Handles what is in the inbox, in order within each lane.

    ``careful`` is how many rows have their attempts counted first: those that may have been under
    way when the process before us died, so that a message that kills the process is parked after a
    few tries.
    """

    def __init__(
        self,
        database: Database,
        handler: Handler,
        *,
        now: Callable[[], datetime],
        careful: int = BATCH,
    ) -> None:
        self._database = database
        self._handler = handler
        self._now = now
        self._caution = Caution(database, now, careful)
        self._trouble: tuple[int, int] = (0, 0)  # a row that fails in passing, and how often
        self._ahead = ReadAhead(database, handler.read)
        self._bite = BATCH  # rows to look at: what fitted into the last batch, and some more

    def step(self) -> list[Handled]:
        """Handle some of what is due, in one transaction; empty when nothing was."""
        self._handler.settle()
        if not self._caution.over:
            return self._carefully()
        done, left = self._some()
        while left and not done:
            self._ahead.wait(_LOOK)
            done, left = self._some()
        self._bite = min(BATCH, 2 * len(done) + _FEWEST)
        return done

    def _some(self) -> tuple[list[Handled], bool]:
        """What is ready, handled; and whether there is something that is still being read."""
        rows: list[InboxRow] = []
        if self._database.dialect == "sqlite":
            with self._database.read() as conn:
                rows = inbox.claim(conn, now=self._now(), limit=self._bite)
                self._ahead.look(conn, rows)
            if not rows:
                return [], False  # without taking the writer
        return self._batch(self._ahead.ready, rows)

    def _batch(self, choose: Choose, seen: Sequence[InboxRow] = ()) -> tuple[list[Handled], bool]:
        """Together, or one by one; and whether there is more than was chosen."""
        try:
            done, left = self._attempt(choose, seen, self._together)
        except Exception as problem:
            log.info("batch_taken_apart", error=type(problem).__name__)
            done, left = self._attempt(choose, seen, self._one_by_one)
        for handled in done:
            self._ahead.forget(handled.row)
            _log(handled)
        return done, left

    def _attempt(
        self,
        choose: Choose,
        seen: Sequence[InboxRow],
        handle: Callable[[Connection, list[InboxRow]], list[Handled]],
    ) -> tuple[list[Handled], bool]:
        with self._database.write() as conn:
            rows = inbox.claim(conn, now=self._now(), limit=self._bite, seen=seen)
            chosen = choose(rows)
            return handle(conn, chosen), len(chosen) < len(rows)

    def _together(self, conn: Connection, rows: list[InboxRow]) -> list[Handled]:
        """All of them or none. Raises whatever goes wrong with any of them."""
        began = time.monotonic()
        with together(conn):
            if any(row.attempts > MOST_DEATHS for row in rows):
                raise ApartError("a row is to be parked")
            known = list(self._known(conn, rows, began))
            self._handler.foresee(conn, [event for _, event in known])
            done = []
            for row, event in known:
                done.append(self._handler.handle(conn, row, event, self._now(), self._finish))
                # On PostgreSQL nobody waits for us, and the numbers drawn would be lost.
                if self._database.dialect == "sqlite" and self._is_long(began):
                    break
        return done

    def _known(
        self, conn: Connection, rows: list[InboxRow], began: float
    ) -> Iterator[tuple[InboxRow, Event]]:
        """As many as can be read in the time that there is for it; one at least.

        Where others wait for the writer, only what was read before it was taken.
        """
        for number, row in enumerate(rows):
            is_read = self._ahead.event(row) is not None
            if number and not is_read and self._database.dialect == "sqlite":
                return
            yield row, self._read(conn, row)
            if time.monotonic() - began > _READING:
                return

    def postpone_trouble(self) -> None:
        """Let others pass a row that failed several times in a row for a passing reason."""
        row, times = self._trouble
        if times < _PATIENCE:
            return
        with self._database.write() as conn:
            error = "could not be handled for the time being: see the log"
            inbox.later(conn, row, due_at=self._now() + _LATER, error=error)
        log.warning("message_postponed", inbox=row, tries=times)
        self._trouble = (0, 0)

    def drain(self) -> list[Handled]:
        """Handle everything that is due now."""
        done: list[Handled] = []
        while some := self.step():
            done.extend(some)
        return done

    def _carefully(self) -> list[Handled]:
        tried = self._caution.choose(self._bite)
        done, _ = self._batch(lambda rows: [row for row in rows if row.id in tried])
        return done

    def _one_by_one(self, conn: Connection, rows: list[InboxRow]) -> list[Handled]:
        """Each by itself: what fails is parked, and does not touch the others."""
        began, done = time.monotonic(), []
        for row in rows:
            done.append(self._one(conn, row))
            if self._is_long(began):
                break
        return done

    def _is_long(self, began: float) -> bool:
        return time.monotonic() - began > (_SHARE if self._database.wanted else _ALONE)

    def _one(self, conn: Connection, row: InboxRow) -> Handled:
        if row.attempts > MOST_DEATHS:
            self._park(conn, row, f"the process died {row.attempts - 1} times handling this")
            return parked(row)
        try:
            event = self._read(conn, row)
            return self._handler.handle(conn, row, event, self._now(), self._finish)
        except Exception as problem:
            if is_temporary(problem) or isinstance(problem, ConflictError):
                failed_before, times = self._trouble
                self._trouble = (row.id, times + 1 if failed_before == row.id else 1)
                raise
            log.exception("message_failed", inbox=row.id, channel=row.channel)
            self._park(conn, row, f"{type(problem).__name__}: {problem}")
            return parked(row)

    def _read(self, conn: Connection, row: InboxRow) -> Event:
        ahead = self._ahead.event(row)
        if ahead is not None:
            return ahead
        if row.data is not None:
            return self._handler.read(conn, row)  # asks the database for nothing more
        with savepoint(conn):
            return self._handler.read(conn, row)

    def _finish(self, conn: Connection, handled: Handled) -> None:
        applied = handled.applied
        inbox.finish(
            conn,
            handled.row.id,
            applied.state,
            now=self._now(),
            reason=str(applied.because) if applied.because else None,
            reason_code=applied.because.code if applied.because else None,
            ticket=applied.ticket,
            entry=applied.entry,
        )

    def _park(self, conn: Connection, row: InboxRow, error: str) -> None:
        """Out of the way of the next message; listed with its error, and can be retried."""
        inbox.finish(conn, row.id, InboxState.FAILED, now=self._now(), error=error[:2000])


def parked(row: InboxRow) -> Handled:
    """A row that could not be handled."""
    return Handled(
        row=row,
        applied=Applied(state=InboxState.FAILED),
        decision=Decision(ticket=None, changes=()),
    )


def _log(handled: Handled) -> None:
    applied = handled.applied
    log.info(
        "decided",
        inbox=handled.row.id,
        channel=handled.row.channel,
        fate=applied.state.value,
        ticket=applied.ticket,
        entry=applied.entry,
        matched_by=handled.decision.matched_by,
        reason=applied.because.code if applied.because else None,
        left_out=_left_out(handled.decision),
    )


def _left_out(decision: Decision) -> list[str] | None:
    """What somebody might have expected, such as a confirmation, and why it was not done."""
    skips = [change for change in decision.changes if isinstance(change, Skip)]
    return [f"{skip.what}: {skip.because.code}" for skip in skips] or None


def wait_until(due: datetime | None, now: datetime, most: timedelta) -> float:
    """Seconds to sleep until something is due, at most ``most``."""
    if due is None:
        return most.total_seconds()
    return min(max((due - now).total_seconds(), 0.0), most.total_seconds())

"""The clock: deadlines that are due become messages to ourselves; and what is done by the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway.core.changes import Target
from gateway.core.events import DeadlineCame
from gateway.runtime import desk_events
from gateway.runtime.threads import Threads
from gateway.store import content, deadlines, inbox, outbox, people
from gateway.store.database import Database
from gateway.store.leader import Leader

_AT_ONCE = 500
_SWEEP = 30  # seconds; catches what a missed wake-up left
_KEEP_TALLIES = 48  # hours
log = structlog.get_logger(__name__)


class Clock:
    """Fires deadlines, and tidies up. Only the leader among several processes does."""

    def __init__(
        self,
        database: Database,
        leader: Leader,
        *,
        now: Callable[[], datetime],
        keep_raw: timedelta,
        threads: Threads,
        on_fired: Callable[[], None],
    ) -> None:
        self._database = database
        self._leader = leader
        self._now = now
        self._keep_raw = keep_raw
        self._threads = threads
        self._on_fired = on_fired
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._next: datetime | None = None

    def start(self) -> None:
        """Begin to tick, on the running loop."""
        forgiving = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self.look, "interval", seconds=_SWEEP, **forgiving)
        self._scheduler.add_job(self._tidy, "interval", hours=1, **forgiving)
        self._scheduler.add_job(self.look, "date", misfire_grace_time=None)
        self._scheduler.start()

    def close(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Fire what is due, and wake for what comes next."""
        try:
            fired, upcoming = await self._threads.call(self.fire_due)
        except Exception:
            log.exception("clock_failed")
            return
        if fired:
            self._on_fired()
        self._wake_for(upcoming)

    def _wake_for(self, upcoming: datetime | None) -> None:
        if upcoming is None or upcoming == self._next:
            return
        self._next = upcoming
        self._scheduler.add_job(
            self._tick,
            "date",
            run_date=max(upcoming, self._now()),
            id="next",
            replace_existing=True,
            misfire_grace_time=None,
        )

    async def _tick(self) -> None:
        self._next = None
        await self.look()

    def fire_due(self) -> tuple[int, datetime | None]:
        """Put due deadlines into the inbox; how many, and when the next one is due."""
        if not self._leader.lead():
            return 0, None
        with self._database.read() as conn:
            upcoming = deadlines.next_due_at(conn)
        fired = 0
        while upcoming is not None and upcoming <= self._now():
            fired += self._fire_some()
            with self._database.read() as conn:
                upcoming = deadlines.next_due_at(conn)
        return fired, upcoming

    def _fire_some(self) -> int:
        with self._database.write() as conn:
            due = deadlines.due(conn, now=self._now(), limit=_AT_ONCE)
            for row in due:
                event = DeadlineCame(
                    ticket=row.ticket,
                    target=Target(row.target),
                    due_at=row.due_at,
                    at=self._now(),
                )
                known_as = f"deadline:{row.id}:{row.generation}"
                inbox.accept_many(conn, [desk_events.incoming(event, known_as)])
                deadlines.fire(conn, row.id, row.generation)
            return len(due)

    async def _tidy(self) -> None:
        try:
            await self._threads.call(self.tidy)
        except Exception:
            log.exception("tidying_failed")

    def tidy(self) -> None:
        """What nobody needs any more goes; what a dead process was sending is sent again."""
        if not self._leader.lead():
            return
        now = self._now()
        with self._database.write() as conn:
            people.prune_tallies(conn, people.hour_of(now) - _KEEP_TALLIES)
        with self._database.write() as conn:
            outbox.recover(conn, now=now)
        self._forget_raw(now)
        content.sweep(self._database)

    def _forget_raw(self, now: datetime) -> None:
        forgotten = 1
        while forgotten:
            with self._database.write() as conn:
                forgotten = inbox.forget_raw(conn, before=now - self._keep_raw, now=now)

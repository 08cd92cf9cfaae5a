"""The clock: deadlines that are due become messages to ourselves; and what is done by the day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway.core.events import DeadlineCame
from gateway.core.policy import Policy
from gateway.core.ports import Incoming
from gateway.core.rounds import digest_due, handovers_due
from gateway.core.targets import Target
from gateway.runtime import desk_events
from gateway.runtime.edits import Edits
from gateway.runtime.threads import Threads
from gateway.store import content, deadlines, inbox, kept, outbox, people
from gateway.store.database import Database, ring
from gateway.store.deadlines import DeadlineRow
from gateway.store.errors import is_temporary
from gateway.store.leader import Leader

_AT_ONCE = 500
_SWEEP = 30  # seconds; catches what a missed wake-up or a dead process left
_BREATH = 0.5  # seconds between tickets that are measured anew: mail comes in meanwhile
_ROUND = 20  # seconds
_KEEP_TALLIES = 48  # hours
log = structlog.get_logger(__name__)

R = TypeVar("R")


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
        policy: Callable[[], Policy],
    ) -> None:
        self._database = database
        self._leader = leader
        self._now = now
        self._keep_raw = keep_raw
        self._threads = threads
        self._on_fired = on_fired
        self._edits = Edits(database, policy, now)
        self._policy = policy
        self._digested: date | None = None  # the last day whose digest is in the inbox
        self._handed: frozenset[datetime] = frozenset()  # ends of shifts whose hand-over is there
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._next: datetime | None = None
        self._looking = asyncio.Lock()
        self._asked = False
        self._closing = False

    def start(self) -> None:
        """Begin to tick, on the running loop."""
        forgiving = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        add = self._scheduler.add_job
        add(self._job, "interval", [self.look], seconds=_SWEEP, **forgiving)
        add(self._job, "interval", [self._recover], seconds=_SWEEP, **forgiving)
        add(self._job, "interval", [self._round], seconds=_ROUND, **forgiving)
        add(self._job, "interval", [self._tidy], hours=1, **forgiving)
        add(self._job, "interval", [self._measure], seconds=_SWEEP, **forgiving)
        add(self._job, "date", [self.look], misfire_grace_time=None)
        add(self._job, "date", [self._measure], misfire_grace_time=None)
        self._scheduler.start()

    def close(self) -> None:
        """Tick no more."""
        self._closing = True
        self._scheduler.shutdown(wait=False)

    async def _job(self, work: Callable[[], Awaitable[None]]) -> None:
        """One job; APScheduler cancels what runs when it is shut down, which is no failure."""
        try:
            await work()
        except asyncio.CancelledError:
            if not self._closing:
                raise

    async def look(self) -> None:
        """Fire what is due, and wake for what comes next. Asked for meanwhile: once more."""
        self._asked = True
        if self._looking.locked():
            return
        async with self._looking:
            while self._asked:
                self._asked = False
                await self._look()

    async def _look(self) -> None:
        found = await self._try("clock_failed", self.fire_due)
        if found is None:
            return
        fired, upcoming = found
        if fired:
            self._on_fired()
        self._wake_for(upcoming)

    async def _try(self, event: str, function: Callable[[], R]) -> R | None:
        """The result; None where it failed, which is logged: the next sweep tries again."""
        try:
            return await self._threads.call(function)
        except Exception as problem:
            known = is_temporary(problem)
            (log.warning if known else log.exception)(event, error=str(problem))
            return None

    def _wake_for(self, upcoming: datetime | None) -> None:
        if upcoming is None or upcoming == self._next:
            return
        self._next = upcoming
        self._scheduler.add_job(
            self._job,
            "date",
            [self._tick],
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
            fired = deadlines.fire(conn, now=self._now(), limit=_AT_ONCE)
            inbox.accept_many(conn, [deadline_came(row, self._now()) for row in fired])
            return len(fired)

    async def _measure(self) -> None:
        """Tickets that are to be measured anew after an edit, a few at a time."""
        while await self._try("measuring_failed", self.measure_some):
            self._on_fired()
            await asyncio.sleep(_BREATH)

    def measure_some(self) -> bool:
        """Have some tickets looked at after an edit; whether there may be more."""
        return self._leader.lead() and self._edits.step()

    async def _round(self) -> None:
        if await self._try("round_failed", self.make_round):
            self._on_fired()

    def make_round(self) -> bool:
        """What is done at this hour of the day, and summaries; whether there was something."""
        if not self._leader.lead():
            return False
        made = [self._make_digest(), self._make_handovers(), self._make_summaries()]
        return any(made)

    def _make_digest(self) -> bool:
        """Whether the day's digest is due; told just once."""
        day = digest_due(self._policy(), self._now())
        if day is None or day == self._digested:
            return False
        with self._database.write() as conn:
            (accepted,) = inbox.accept_many(conn, [desk_events.of_digest(day, self._now())])
        self._digested = day
        return not accepted.duplicate

    def _make_handovers(self) -> bool:
        """Whether shifts ended of which nobody has heard; told just once."""
        due = handovers_due(self._policy(), self._now())
        fresh = [ended for ended in due if ended not in self._handed]
        if not fresh:
            return False
        rows = [desk_events.of_handover(ended, self._now()) for ended in fresh]
        with self._database.write() as conn:
            accepted = inbox.accept_many(conn, rows)
        self._handed = frozenset(due)
        return not all(one.duplicate for one in accepted)

    def _make_summaries(self) -> bool:
        """Whether what was kept for somebody is due now."""
        with self._database.read() as conn:
            due = kept.due(conn, self._now())
        if due:
            with self._database.write() as conn:
                rows = [desk_events.of_summary(*one, self._now()) for one in due]
                inbox.accept_many(conn, rows)
        return bool(due)

    async def _recover(self) -> None:
        await self._try("recovering_failed", self.recover)

    def recover(self) -> list[int]:
        """What a dead process was sending waits again, with the same Message-ID; which."""
        if not self._leader.lead():
            return []
        with self._database.write() as conn:
            again = outbox.recover(conn, now=self._now())
            if again:
                ring(conn)
        if again:
            log.warning("sending_again", outbox=again)
        return again

    async def _tidy(self) -> None:
        await self._try("tidying_failed", self.tidy)

    def tidy(self) -> None:
        """What nobody needs any more goes."""
        if not self._leader.lead():
            return
        now = self._now()
        with self._database.write() as conn:
            people.prune_tallies(conn, people.hour_of(now) - _KEEP_TALLIES)
        self._forget_raw(now)
        content.sweep(self._database)

    def _forget_raw(self, now: datetime) -> None:
        forgotten = 1
        while forgotten:
            with self._database.write() as conn:
                forgotten = inbox.forget_raw(conn, before=now - self._keep_raw, now=now)


def deadline_came(row: DeadlineRow, now: datetime) -> Incoming:
    """A deadline that came, as a row for the inbox: it is there once for each time it is set."""
    event = DeadlineCame(ticket=row.ticket, target=Target(row.target), due_at=row.due_at, at=now)
    return desk_events.incoming(event, f"deadline:{row.id}:{row.generation}")

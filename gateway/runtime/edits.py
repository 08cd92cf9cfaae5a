"""After service levels or calendars were edited, open tickets are measured by what they say now.

Each ticket is looked at by an event of its own, which takes the same road as a deadline that came:
nothing is lost where the daemon stops in between, and mail that comes meanwhile need not wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from gateway.core.business_hours import Calendar
from gateway.core.events import DeadlineCame
from gateway.core.model import State
from gateway.core.policy import Policy
from gateway.core.sla import Sla
from gateway.core.targets import Target
from gateway.runtime import desk_events
from gateway.store import inbox, memory, tickets
from gateway.store.database import Database

_KEY = "service levels"
_AT_ONCE = 200  # tickets
_COUNTING = (State.NEW, State.OPEN)  # where clocks run; the others are measured when they go on


class Edits:
    """Finds the tickets to be measured anew, some at each step."""

    def __init__(
        self, database: Database, policy: Callable[[], Policy], now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._policy = policy
        self._now = now
        self._known: str | None = None

    def step(self) -> bool:
        """Have some tickets looked at; whether there may be more."""
        mark = fingerprint(self._policy(), self._now().year)
        if mark == self._known:
            return False
        with self._database.read() as conn:
            kept = memory.recall(conn, _KEY)
        if kept is None:  # nothing was measured before
            kept = self._begun(mark, after=None)
        elif kept["of"] != mark:
            kept = self._begun(mark, after=0)
        if kept["after"] is None:
            self._known = mark
            return False
        self._some(kept)
        return True

    def _begun(self, mark: str, *, after: int | None) -> dict[str, Any]:
        kept = {"v": 1, "of": mark, "after": after}
        if mark:
            with self._database.write() as conn:
                memory.keep(conn, _KEY, kept)
        return kept

    def _some(self, kept: dict[str, Any]) -> None:
        with self._database.write() as conn:
            found = tickets.with_clocks(conn, _COUNTING, after=kept["after"], limit=_AT_ONCE)
            inbox.accept_many(conn, [self._look(number, kept["of"]) for number in found])
            memory.keep(conn, _KEY, kept | {"after": found[-1] if found else None})

    def _look(self, number: int, mark: str) -> Any:
        now = self._now()
        event = DeadlineCame(ticket=number, target=Target.RESOLUTION, due_at=now, at=now)
        return desk_events.incoming(event, f"edited:{mark}:{number}")


def fingerprint(policy: Policy, year: int) -> str:
    """The same for the same service levels, in every process; holidays of this year and the next.

    Empty where the desk has no service levels.
    """
    if not policy.slas:
        return ""
    whole = hashlib.sha256()
    for part in _parts(policy, year):
        whole.update(repr(part).encode() + b"\0")
    return whole.hexdigest()[:32]


def _parts(policy: Policy, year: int) -> Iterator[object]:
    for name in sorted(policy.slas):
        yield _of_sla(policy.slas[name])
    for name in sorted(policy.calendars):
        yield _of_calendar(policy.calendars[name].calendar, year)
    yield sorted((queue.name, queue.sla, queue.reassuring) for queue in policy.queues)


def _of_sla(sla: Sla) -> object:
    tiers = {0: sla.times} | dict(sla.by_tier)
    times = sorted(
        (tier, target.value, priority.value, allowed.text)
        for tier, by_target in tiers.items()
        for target, by_priority in by_target.items()
        for priority, allowed in by_priority.items()
    )
    return sla.name, sla.calendar, times, sorted(sla.paused_in), sla.steps


def _of_calendar(calendar: Calendar, year: int) -> object:
    days = sorted({*calendar.closed_on, *calendar.holidays(year), *calendar.holidays(year + 1)})
    return calendar.name, calendar.timezone, calendar.week, days, sorted(calendar.open_on.items())

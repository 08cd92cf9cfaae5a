"""What the desk does by itself at hours of the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.core.day import end_of, moment_of
from gateway.core.handover import ends_of_shifts
from gateway.core.policy import Policy

LATE = timedelta(hours=2)  # what is later than this is not sent: the day has its own course
_WEEKEND = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A moment at which the desk speaks by itself: a day's digest, or else the end of shifts."""

    at: datetime
    digest: date | None = None


def digest_due(policy: Policy, now: datetime) -> date | None:
    """The day whose digest is due at this moment, if one is. It may have been sent already."""
    if policy.digest is None:
        return None
    day = now.astimezone(ZoneInfo(policy.timezone)).date()
    since = now - moment_of(day, policy.digest, policy.timezone)
    return day if timedelta(0) <= since <= LATE and is_working_day(policy, day) else None


def handovers_due(policy: Policy, now: datetime) -> tuple[datetime, ...]:
    """The ends of shifts whose hand-over is due at this moment. It may have been sent already."""
    return ends_of_shifts(policy, now - LATE, now) if policy.hand_over else ()


def rounds_between(policy: Policy, since: datetime, until: datetime) -> Iterator[Round]:
    """What is due after a moment and up to another one, in order. Computed day by day."""
    shifts = policy.hand_over and any(agent.shift for agent in policy.agents)
    while since < until and (policy.digest is not None or shifts):
        day = since.astimezone(ZoneInfo(policy.timezone)).date()
        end = min(end_of(day, policy.timezone), until)
        yield from sorted(_of_day(policy, day, since, end), key=lambda one: one.at)
        since = end


def _of_day(policy: Policy, day: date, since: datetime, until: datetime) -> Iterator[Round]:
    """Those of one day; the digest of the next one may be due at the very end of it."""
    for one in (day, day + _DAY):
        at = moment_of(one, policy.digest, policy.timezone) if policy.digest is not None else None
        if at is not None and since < at <= until and is_working_day(policy, one):
            yield Round(at=at.astimezone(UTC), digest=one)
    if policy.hand_over:
        yield from (Round(at=at) for at in ends_of_shifts(policy, since, until))


def is_working_day(policy: Policy, day: date) -> bool:
    """Whether the desk's calendar has open hours on a day; without one: Monday to Friday."""
    if policy.hours is None:
        return day.weekday() < _WEEKEND
    start = moment_of(day, time(0), policy.timezone)
    return bool(policy.hours.spans(start, end_of(day, policy.timezone)))

"""What the desk does by itself at hours of the day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.core.day import end_of, moment_of
from gateway.core.handover import ends_of_shifts
from gateway.core.policy import Policy

LATE = timedelta(hours=2)  # what is later than this is not sent: the day has its own course
_WEEKEND = 5


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


def is_working_day(policy: Policy, day: date) -> bool:
    """Whether the desk's calendar has open hours on a day; without one: Monday to Friday."""
    if policy.hours is None:
        return day.weekday() < _WEEKEND
    start = moment_of(day, time(0), policy.timezone)
    return bool(policy.hours.spans(start, end_of(day, policy.timezone)))

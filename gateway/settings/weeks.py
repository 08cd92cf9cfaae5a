"""How long an allowance is by the hours of a calendar, roughly: what faults are found by."""

from __future__ import annotations

from gateway.core.targets import Allowance
from gateway.settings.service import CalendarTable

_MINUTES_A_DAY = 1440
Week = tuple[int, int]
"""The open minutes of a week, and its working days."""


def open_minutes(table: CalendarTable | None) -> Week:
    """The week of a calendar, overlaps counted twice; None: round the clock."""
    if table is None:
        return 7 * _MINUTES_A_DAY, 7
    days = [shifts for shifts in table.hours.by_day().values() if shifts]
    return sum(shift.end - shift.start for day in days for shift in day), len(days)


def weeks_of(allowed: Allowance, week: Week) -> float:
    """How many such weeks an allowance takes. The calendar is open at some time."""
    minutes, days = week
    return allowed.days / days if allowed.days else allowed.span.total_seconds() / 60 / minutes

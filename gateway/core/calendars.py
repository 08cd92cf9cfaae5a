"""Calendars as people write them: hours of a weekday, days, and the one that is always open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from gateway.core.business_hours import Calendar, Hours, Shift

ALWAYS = "always"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS_WORDS = 'hours such as "09:00-18:00", or "22:00-06:00" into the next day'
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY = 1440  # minutes


def parse_shift(text: str) -> Shift:
    """``"09:00-18:00"``; an end that is not after its start is on the next day, at most 24:00.

    Raises ValueError with the words of what is expected.
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(HOURS_WORDS)
    start, end = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if start == _DAY:
        raise ValueError("a start before 24:00")
    return Shift(start, end if end > start else end + _DAY)


def _minutes(hours: str, minutes: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY:
        raise ValueError("a time from 00:00 to 24:00")
    return total


def week_of(hours: Mapping[str, tuple[Shift, ...]]) -> tuple[tuple[Shift, ...], ...]:
    """The shifts of each weekday, Monday first, from those that are given; the rest is closed."""
    return tuple(hours.get(day, ()) for day in WEEKDAYS)


def usual(week: tuple[tuple[Shift, ...], ...]) -> tuple[Shift, ...]:
    """The hours of an extra open day whose weekday has none: those of the week's first open day."""
    return next((shifts for shifts in week if shifts), ())


def opened(
    week: tuple[tuple[Shift, ...], ...], days: frozenset[date]
) -> dict[date, tuple[Shift, ...]]:
    """The shifts of extra open days: of their weekday, else as `usual`."""
    return {day: week[day.weekday()] or usual(week) for day in days}


def always() -> Calendar:
    """Round the clock, every day of the year."""
    return Calendar(name=ALWAYS, week=((Shift(0, _DAY),),) * 7)


def only_always() -> dict[str, Hours]:
    """The calendars of a desk that has none of its own."""
    return {ALWAYS: Hours(always())}

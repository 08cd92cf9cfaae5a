"""Days of a time zone, as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def moment_of(day: date, at: time, timezone: str) -> datetime:
    """A time of day of a time zone, in UTC; one that a clock change skips is that much later."""
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)


def end_of(day: date, timezone: str) -> datetime:
    """When a day of a time zone ends, in UTC."""
    return moment_of(day + timedelta(days=1), time(0), timezone)

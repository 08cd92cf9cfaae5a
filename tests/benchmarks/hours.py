"""Deadlines worked out a second, by calendars with lunch, nights, holidays and summer time."""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta

from gateway.core.business_hours import Calendar, Hours
from gateway.core.calendars import parse_shift, week_of
from gateway.settings.holiday_dates import holidays_of
from tests.benchmarks import report

_DEADLINES = 50_000
_ZONES = {"Europe/Madrid": "ES-MD", "America/New_York": "US-NY", "Australia/Sydney": "AU-NSW"}
_HOURS = {"office": "09:00-14:00 15:00-18:00", "nights": "22:00-06:00", "all day": "00:00-24:00"}


def run(options: argparse.Namespace) -> None:
    del options
    cases = _cases()
    calendars = [_calendar(zone, hours) for zone in _ZONES for hours in _HOURS.values()]
    cold = time.perf_counter()
    for hours in calendars:
        for year in (2025, 2026, 2027):
            hours.add(datetime(year, 6, 1, tzinfo=UTC), timedelta(hours=1))
    years = (time.perf_counter() - cold) / (3 * len(calendars))
    report.say(f"a year of a calendar worked out once: {years * 1e3:.1f} ms, holidays included")
    start = time.perf_counter()
    for number, (at, span) in enumerate(cases):
        calendars[number % len(calendars)].add(at, span)
    rate = len(cases) / (time.perf_counter() - start)
    report.verdict("deadlines worked out a second, on one core", rate, "/s", at_least=20_000)


def _cases() -> list[tuple[datetime, timedelta]]:
    draw = random.Random(5)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    year = 365 * 24 * 3600
    return [
        (
            begin + timedelta(seconds=draw.randrange(2 * year)),
            timedelta(minutes=draw.randrange(1, 6000)),
        )
        for _ in range(_DEADLINES)
    ]


def _calendar(zone: str, hours: str) -> Hours:
    shifts = tuple(parse_shift(text) for text in hours.split())
    week = week_of(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), shifts))
    holidays = holidays_of(_ZONES[zone])
    return Hours(Calendar(name=hours, timezone=zone, week=week, holidays=holidays))

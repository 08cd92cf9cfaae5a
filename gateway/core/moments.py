"""Durations and moments as people write them in commands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,4})\s?([smhdw])", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes lunedì lunedi",
            "tuesday tue martes martedì martedi",
            "wednesday wed miércoles miercoles mercoledì mercoledi",
            "thursday thu jueves giovedì giovedi",
            "friday fri viernes venerdì venerdi",
            "saturday sat sábado sabado sabato",
            "sunday sun domingo domenica",
        )
    )
    for name in names.split()
}
_TOMORROW = frozenset({"tomorrow", "mañana", "domani"})


def parse_duration(text: str) -> timedelta | None:
    """``30s``, ``15m``, ``4h``, ``2d`` or ``1w``; None for anything else, and for nothing."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or int(found.group(1)) == 0:
        return None
    return timedelta(seconds=int(found.group(1)) * _UNITS[found.group(2)])


def parse_moment(text: str, now: datetime, timezone: str) -> datetime | None:
    """A weekday, ``tomorrow``, ``2026-12-01``, ``15:00`` or a duration: the moment it names.

    A day means its first minute in the desk's time zone, and is always ahead of ``now``.
    None where the words name no moment, or one that is over. Result in UTC.
    """
    words = text.strip().lower()
    span = parse_duration(words)
    try:
        if span is not None:
            return now + span
        local = now.astimezone(ZoneInfo(timezone))
        found = _clock(words, local) or _day(words, local)
        at = found.astimezone(UTC) if found else None
    except OverflowError:  # the ends of the calendar, as some mails are dated
        return None
    return at if at and at > now else None


def _clock(words: str, local: datetime) -> datetime | None:
    found = _CLOCK.fullmatch(words)
    if not found or int(found.group(1)) > 23 or int(found.group(2)) > 59:
        return None
    at = time(int(found.group(1)), int(found.group(2)))
    today = datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    if today > local:
        return today
    return datetime.combine(local.date() + timedelta(days=1), at, tzinfo=local.tzinfo)


def _day(words: str, local: datetime) -> datetime | None:
    wanted = _date(words, local.date())
    return datetime.combine(wanted, time(), tzinfo=local.tzinfo) if wanted else None


def _date(words: str, today: date) -> date | None:
    if words in _TOMORROW:
        return today + timedelta(days=1)
    if words in _DAYS:
        return today + timedelta(days=(_DAYS[words] - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def in_words(span: timedelta) -> str:
    """A duration as people read it, in the largest unit that it is a whole number of."""
    seconds = int(span.total_seconds())
    for name, unit in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count, left = divmod(seconds, unit)
        if count and not left:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{seconds} seconds"

"""Durations and moments as people write them in commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,4})\s?([smhdw])", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes lunedì lunedi lundi montag segunda segunda-feira",
            "tuesday tue martes martedì martedi mardi dienstag terça terça-feira",
            "wednesday wed miércoles miercoles mercoledì mercoledi mercredi mittwoch quarta "
            "quarta-feira",
            "thursday thu jueves giovedì giovedi jeudi donnerstag quinta quinta-feira",
            "friday fri viernes venerdì venerdi vendredi freitag sexta sexta-feira",
            "saturday sat sábado sabado sabato samedi samstag sonnabend",
            "sunday sun domingo domenica dimanche sonntag",
        )
    )
    for name in names.split()
}
_TOMORROW = frozenset("tomorrow mañana domani demain morgen amanhã".split())
_TODAY = frozenset("today hoy oggi aujourd'hui heute hoje".split())


def parse_duration(text: str) -> timedelta | None:
    """``30s``, ``15m``, ``4h``, ``2d`` or ``1w``; None for anything else, and for nothing."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or int(found.group(1)) == 0:
        return None
    return timedelta(seconds=int(found.group(1)) * _UNITS[found.group(2)])


def parse_moment(
    text: str,
    now: datetime,
    timezone: str,
    *,
    ends: Callable[[date], datetime] | None = None,
) -> datetime | None:
    """A day, ``15:00``, both in this order, or a duration: the moment that it names.

    A day is a weekday, ``tomorrow`` or ``2026-12-01``. Alone it means its first minute in the time
    zone; with ``ends``, which says when a day ends, its end, and then ``today`` is one, too. It is
    always ahead of ``now``. None where the words name no moment, or one that is over. In UTC.
    """
    words = text.strip().lower()
    span = parse_duration(words)
    try:
        if span is not None:
            return now + span
        local = now.astimezone(ZoneInfo(timezone))
        found = _clock(words, local) or _day_and_clock(words, local) or _day(words, local, ends)
        at = found.astimezone(UTC) if found else None
    except OverflowError:  # the ends of the calendar, as some mails are dated
        return None
    return at if at and at > now else None


def _clock(words: str, local: datetime) -> datetime | None:
    at = _time(words)
    if at is None:
        return None
    today = datetime.combine(local.date(), at, tzinfo=local.tzinfo)
    if today > local:
        return today
    return datetime.combine(local.date() + timedelta(days=1), at, tzinfo=local.tzinfo)


def _time(words: str) -> time | None:
    found = _CLOCK.fullmatch(words)
    if not found or int(found.group(1)) > 23 or int(found.group(2)) > 59:
        return None
    return time(int(found.group(1)), int(found.group(2)))


def _day_and_clock(words: str, local: datetime) -> datetime | None:
    """``tomorrow 10:00``."""
    first, _, last = words.rpartition(" ")
    day, at = _date(first.strip(), local.date(), today_too=True), _time(last)
    return datetime.combine(day, at, tzinfo=local.tzinfo) if day and at is not None else None


def _day(words: str, local: datetime, ends: Callable[[date], datetime] | None) -> datetime | None:
    wanted = _date(words, local.date(), today_too=ends is not None)
    if wanted is None:
        return None
    return ends(wanted) if ends else datetime.combine(wanted, time(), tzinfo=local.tzinfo)


def _date(words: str, today: date, *, today_too: bool) -> date | None:
    if today_too and words in _TODAY:
        return today
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

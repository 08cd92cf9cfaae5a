"""Moments in the reader's words and the desk's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from gateway.runtime.rendering.phrases import Phrases


def moment(at: datetime, now: datetime, zone: ZoneInfo, phrases: Phrases) -> str:
    """``Monday 5 January, 10:00``; with the year where it is not this one."""
    return _said("time.moment", at, now, zone, phrases)


def brief(at: datetime, now: datetime, zone: ZoneInfo, phrases: Phrases) -> str:
    """``5 Jan, 10:00``; with the year where it is not this one."""
    return _said("time.brief", at, now, zone, phrases)


def at_place(at: datetime, now: datetime, zone: ZoneInfo, phrases: Phrases) -> str:
    """``Monday 5 January, 10:00 (Madrid time)``: for whoever may be somewhere else."""
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return phrases.get("time.at_place", moment=moment(at, now, zone, phrases), place=place)


def _said(form: str, at: datetime, now: datetime, zone: ZoneInfo, phrases: Phrases) -> str:
    there = _local(at, zone)
    this_year = there.year == _local(now, zone).year
    minute = there.replace(second=0, microsecond=0, tzinfo=None)
    return _minute(form if this_year else f"{form}_year", minute, phrases)


@lru_cache(maxsize=256)  # what comes in together is told of in the same words
def _minute(form: str, there: datetime, phrases: Phrases) -> str:
    return phrases.get(
        form,
        weekday=phrases.list("time.weekdays")[there.weekday()],
        day=_day(there, phrases),
        month=phrases.list("time.months")[there.month - 1],
        mon=phrases.list("time.months_short")[there.month - 1],
        year=there.year,
        time=_clock(there, phrases),
    )


def _day(at: datetime, phrases: Phrases) -> str:
    """Some languages count the first day of a month, and name the others by number."""
    return phrases.get("time.first_day") if at.day == 1 else str(at.day)


def _clock(at: datetime, phrases: Phrases) -> str:
    """``09:05`` from ``{hh}:{minute}``; ``{hour}`` has no zero before it."""
    return phrases.get("time.clock", hour=at.hour, hh=f"{at.hour:02}", minute=f"{at.minute:02}")


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # the last day of the year 9999, as some mails are dated
        return at


def ago(at: datetime, now: datetime, phrases: Phrases) -> str:
    """``4 minutes ago``, in the largest unit that fits; what lies ahead is ``just now``."""
    gone = now - at
    for name, unit in _UNITS:
        if gone >= unit:
            return phrases.counted(f"time.{name}_ago", gone // unit)
    return phrases.get("time.just_now")


_UNITS = (
    ("days", timedelta(days=1)),
    ("hours", timedelta(hours=1)),
    ("minutes", timedelta(minutes=1)),
)

"""The stretches of a year in which a time zone keeps one offset from UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_STEP = timedelta(hours=12)  # no zone ever changed its offset twice within that
_MARGIN = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Period:
    """One offset from a moment (in it) to another (not in it); all in microseconds since 1970."""

    start: int
    end: int
    offset: int


@lru_cache(maxsize=1024)
def periods(zone: ZoneInfo, year: int) -> tuple[Period, ...]:
    """The periods that cover a year of UTC and some days around it, in order, without a gap."""
    first = datetime(year, 1, 1, tzinfo=UTC) - _MARGIN
    last = datetime(year + 1, 1, 1, tzinfo=UTC) + _MARGIN
    bounds = [first]
    at = first
    while at < last:
        ahead = min(at + _STEP, last)
        if _offset(zone, ahead) != _offset(zone, at):
            bounds.append(_change(zone, at, ahead))
        at = ahead
    return tuple(
        Period(_number(start), _number(end), _offset(zone, start) // MICROSECOND)
        for start, end in pairwise([*bounds, last])
    )


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second of the new offset."""
    old = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(zone, middle) == old:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _number(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND

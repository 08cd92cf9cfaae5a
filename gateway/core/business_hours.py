"""Open time: what a calendar counts between two moments.

Open is when the clock on the wall of the calendar's place shows a time within its hours. From that
one sentence follows what happens when that clock is moved: the hour that is left out in spring is
nobody's working hour, and of the hour that comes twice in autumn both are counted.

All arithmetic is in UTC, in whole microseconds; a year of a calendar is worked out once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.core.zones import EPOCH, MICROSECOND, Period, periods

LONGEST = 100  # years that a deadline may lie ahead
_DAY = 86_400_000_000  # microseconds
_MINUTE = 60_000_000
_MARGIN = 3  # days: a shift of two days ago may reach into a year, in any time zone


class NeverOpenError(ValueError):
    """A calendar has not so much open time within a hundred years."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Opening hours: minutes after local midnight of the day that they begin on.

    ``start`` is from 0 to 1439; ``end`` is after it, and beyond 1440 in the next day.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment (in it) to another one (not in it), in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length, in whole seconds."""
        return int((self.end - self.start).total_seconds())


def no_holidays(_year: int) -> frozenset[date]:
    """For a calendar that knows none."""
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When somebody works.

    ``week`` holds the shifts of each weekday, Monday first. ``holidays`` gives the dates of a year
    on which no shift begins, ``closed_on`` more of them; on ``open_on`` these shifts begin,
    whatever the others say. ``timezone`` is an IANA name.
    """

    name: str
    week: tuple[tuple[Shift, ...], ...]
    timezone: str = "UTC"
    holidays: Callable[[int], frozenset[date]] = field(default=no_holidays, compare=False)
    closed_on: frozenset[date] = frozenset()
    open_on: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)

    def shifts(self, day: date) -> tuple[Shift, ...]:
        """The shifts that begin on a day."""
        if day in self.open_on:
            return self.open_on[day]
        if day in self.closed_on or day in self.holidays(day.year):
            return ()
        return self.week[day.weekday()]


@dataclass(frozen=True, slots=True)
class _Year:
    """The open time of one year of UTC, in microseconds since 1970, in order and disjoint.

    ``after[i]`` is the open time from the year's beginning to the end of span ``i``. A working
    day is known by its first and last open moment and its length.
    """

    starts: list[int]
    ends: list[int]
    after: list[int]
    firsts: list[int]
    lasts: list[int]
    lengths: list[int]

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def until(self, moment: int) -> int:
        """The open time from the year's beginning to a moment."""
        i = bisect_right(self.starts, moment) - 1
        return self.after[i] - max(0, self.ends[i] - moment) if i >= 0 else 0

    def moment(self, amount: int) -> int:
        """The first moment by which so much (more than nothing, at most all) was open."""
        i = bisect_left(self.after, amount)
        return self.ends[i] - (self.after[i] - amount)


class Hours:
    """The open time of a calendar. All moments are aware; results are in UTC."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._zone = ZoneInfo(calendar.timezone)
        self._years: dict[int, _Year] = {}

    def __repr__(self) -> str:
        return f"Hours({self.calendar.name!r})"

    def is_open(self, at: datetime) -> bool:
        """Whether a moment is within the hours."""
        moment = _number(at)
        year = self._year(at.astimezone(UTC).year)
        i = bisect_right(year.starts, moment) - 1
        return i >= 0 and moment < year.ends[i]

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """When so much open time has gone by since a moment: the first moment of which that holds.

        What ends with the day is due at its end, not when the next one begins. Nothing, or less,
        leaves the moment as it is. Raises `NeverOpenError`.
        """
        left = amount // MICROSECOND
        if left <= 0:
            return start.astimezone(UTC)
        number = start.astimezone(UTC).year
        left += self._year(number).until(_number(start))
        for ahead in range(number, number + LONGEST):
            year = self._year(ahead)
            if left <= year.total:
                return _moment(year.moment(left))
            left -= year.total
        raise NeverOpenError(f"the calendar {self.calendar.name} has not so much open time")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from a moment to a later one; nothing where it is not later."""
        if end <= start:
            return timedelta(0)
        first, last = start.astimezone(UTC).year, end.astimezone(UTC).year
        counted = self._year(last).until(_number(end)) - self._year(first).until(_number(start))
        counted += sum(self._year(number).total for number in range(first, last))
        return counted * MICROSECOND

    def spans(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """The stretches of open time from a moment to a later one, in order, none touching."""
        joined: list[list[int]] = []
        for low, high in self._clipped(start, end):
            if joined and joined[-1][1] == low:  # over the end of the year
                joined[-1][1] = high
            else:
                joined.append([low, high])
        return tuple(Span(_moment(low), _moment(high)) for low, high in joined)

    def _clipped(self, start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
        first, last = _number(start), _number(end)
        for number in range(start.astimezone(UTC).year, end.astimezone(UTC).year + 1):
            year = self._year(number)
            for i in range(bisect_right(year.ends, first), bisect_left(year.starts, last)):
                yield max(first, year.starts[i]), min(last, year.ends[i])

    def endings(self, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """When working days ended, later than a moment and up to another one.

        Breaks within a day end none, nor does what goes on without a gap.
        """
        first, last = _number(after), _number(until)
        years = range(after.astimezone(UTC).year - 1, until.astimezone(UTC).year + 1)
        ends = (end for number in years for end in self._year(number).lasts if first < end <= last)
        return tuple(at for at in map(_moment, ends) if not self.is_open(at))

    def working_days(self, start: datetime, count: int) -> timedelta:
        """The open time of so many working days, each by its own length.

        The first one is the day that ``start`` lies in, from its first open moment to its last
        one; else the next. Raises `NeverOpenError`.
        """
        total = 0
        for length in self._lengths(start):
            if count == 0:
                return total * MICROSECOND
            total, count = total + length, count - 1
        raise NeverOpenError(f"the calendar {self.calendar.name} has not so many working days")

    def _lengths(self, start: datetime) -> Iterator[int]:
        moment, number = _number(start), start.astimezone(UTC).year
        begun = self._year(number - 1)  # a day may have begun last year
        if begun.lasts and moment < begun.lasts[-1]:
            yield begun.lengths[-1]
        year = self._year(number)
        i = bisect_right(year.firsts, moment) - 1
        if i < 0 or moment >= year.lasts[i]:
            i += 1
        yield from year.lengths[i:]
        for ahead in range(number + 1, number + LONGEST):
            yield from self._year(ahead).lengths

    def _year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = _worked_out(self.calendar, self._zone, number)
        return found


def _worked_out(calendar: Calendar, zone: ZoneInfo, number: int) -> _Year:
    if not date.min.year + 1 < number < date.max.year - 1:
        raise NeverOpenError(f"the year {number} is out of reach")
    first, last = date(number, 1, 1), date(number + 1, 1, 1)
    low, high = _midnight(first), _midnight(last)
    margin = timedelta(days=_MARGIN)
    known = periods(zone, number)
    pieces: list[tuple[int, int]] = []
    days: list[tuple[int, int, int]] = []
    covered = low - _MARGIN * _DAY
    for day in _days(first - margin, last + margin):
        own = _joined(_pieces(day, calendar.shifts(day), known))
        pieces += own
        left = [(max(start, covered), end) for start, end in own if end > covered]
        if left:
            covered = left[-1][1]
            days.append((left[0][0], covered, sum(end - start for start, end in left)))
    spans = [(max(s, low), min(e, high)) for s, e in _joined(pieces) if s < high and e > low]
    return _year(spans, [day for day in days if low <= day[0] < high])


def _year(spans: list[tuple[int, int]], days: list[tuple[int, int, int]]) -> _Year:
    total, after = 0, []
    for start, end in spans:
        total += end - start
        after.append(total)
    return _Year(
        starts=[start for start, _ in spans],
        ends=[end for _, end in spans],
        after=after,
        firsts=[first for first, _, _ in days],
        lasts=[last for _, last, _ in days],
        lengths=[length for _, _, length in days],
    )


def _days(first: date, end: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), end.toordinal()):
        yield date.fromordinal(ordinal)


def _midnight(day: date) -> int:
    return (day.toordinal() - EPOCH.toordinal()) * _DAY


def _pieces(
    day: date, shifts: tuple[Shift, ...], known: tuple[Period, ...]
) -> Iterator[tuple[int, int]]:
    """A day's shifts in UTC: as often, and as long, as the clock on the wall shows them."""
    midnight = _midnight(day)
    for shift in shifts:
        start, end = midnight + shift.start * _MINUTE, midnight + shift.end * _MINUTE
        for period in known:
            low = max(start - period.offset, period.start)
            high = min(end - period.offset, period.end)
            if low < high:
                yield low, high


def _joined(pieces: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; what overlaps or touches is one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _number(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def _moment(number: int) -> datetime:
    return EPOCH + number * MICROSECOND

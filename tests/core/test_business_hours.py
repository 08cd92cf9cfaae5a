"""Open time, checked by hand, and against a model that looks at each minute's wall clock."""

import itertools
import random
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.core.business_hours import Calendar, Hours, NeverOpenError, Shift
from gateway.core.calendars import always, opened, parse_shift, week_of

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
WORKING = ("mon", "tue", "wed", "thu", "fri")


def shifts(*texts: str) -> tuple[Shift, ...]:
    return tuple(parse_shift(text) for text in texts)


def calendar(zone: str = "UTC", *, off: Any = (), **days: Any) -> Hours:
    """Hours by weekday, several with a space between; ``off`` are holidays."""
    week = week_of({day: shifts(*hours.split()) for day, hours in days.items()})
    holidays = frozenset(date.fromisoformat(day) for day in off)
    return Hours(
        Calendar(name="c", timezone=zone, week=week, holidays=lambda year: _of(holidays, year))
    )


def _of(days: frozenset[date], year: int) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)


def daily(hours: str, zone: str = "UTC") -> Hours:
    return calendar(zone, **dict.fromkeys((*WORKING, "sat", "sun"), hours))


OFFICE = calendar("Europe/Madrid", **dict.fromkeys(WORKING, "09:00-14:00 15:00-18:00"))


def at(text: str, zone: str = "Europe/Madrid") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-01-05 09:00", 2, "2026-01-05 11:00"),
        ("2026-01-05 13:00", 2, "2026-01-05 16:00"),  # over lunch
        ("2026-01-05 14:30", 1, "2026-01-05 16:00"),  # at lunch
        ("2026-01-05 09:00", 5, "2026-01-05 14:00"),  # due when lunch begins, not when it ends
        ("2026-01-05 09:00", 8, "2026-01-05 18:00"),  # due when the day ends
        ("2026-01-05 17:00", 2, "2026-01-06 10:00"),
        ("2026-01-09 17:30", 1, "2026-01-12 09:30"),  # over the weekend
        ("2026-01-10 12:00", 8, "2026-01-12 18:00"),  # at the weekend
        ("2026-12-31 17:30", 1, "2027-01-01 09:30"),  # over the end of the year
        ("2028-02-28 17:00", 9 + 8, "2028-03-01 18:00"),  # over a leap day
        ("2026-01-05 09:00", 40 * 52, "2027-01-01 18:00"),
    ],
)
def test_open_time_is_added(start, hours, due):
    assert OFFICE.add(at(start), hours * HOUR) == at(due)
    assert OFFICE.between(at(start), at(due)) == hours * HOUR


def test_nothing_to_add_is_due_at_once_even_when_closed():
    assert OFFICE.add(at("2026-01-10 12:00"), timedelta(0)) == at("2026-01-10 12:00")


def test_holidays_and_extra_days():
    closed = replace(
        OFFICE.calendar,
        holidays=lambda year: frozenset({date(year, 1, 6)}),
        closed_on=frozenset({date(2026, 1, 8)}),
        open_on=opened(OFFICE.calendar.week, frozenset({date(2026, 1, 10)})),
    )
    hours = Hours(closed)
    assert hours.add(at("2026-01-05 17:00"), 2 * HOUR) == at("2026-01-07 10:00")
    assert hours.add(at("2026-01-07 17:00"), 2 * HOUR) == at("2026-01-09 10:00")
    assert hours.add(at("2026-01-09 17:00"), 2 * HOUR) == at("2026-01-10 10:00")  # a Saturday
    open_holiday = replace(closed, open_on=opened(closed.week, frozenset({date(2026, 1, 6)})))
    assert Hours(open_holiday).add(at("2026-01-05 17:00"), 2 * HOUR) == at("2026-01-06 10:00")


def test_closed_for_three_weeks():
    month = tuple(f"2026-08-{day:02}" for day in range(3, 25))
    hours = calendar("Europe/Madrid", off=month, **dict.fromkeys(WORKING, "09:00-18:00"))
    assert hours.add(at("2026-07-31 17:00"), 2 * HOUR) == at("2026-08-25 10:00")
    assert hours.between(at("2026-08-01 00:00"), at("2026-08-25 00:00")) == timedelta(0)


def test_never_open_is_an_error_and_no_endless_loop():
    with pytest.raises(NeverOpenError):
        calendar("Europe/Madrid").add(at("2026-01-05 09:00"), MINUTE)
    with pytest.raises(NeverOpenError):
        calendar("Europe/Madrid").working_days(at("2026-01-05 09:00"), 1)
    with pytest.raises(NeverOpenError):
        OFFICE.add(at("2026-01-05 09:00"), timedelta(days=100_000))
    with pytest.raises(NeverOpenError):
        OFFICE.add(datetime(9999, 12, 31, tzinfo=UTC), HOUR)


def test_a_night_belongs_to_the_day_it_begins_on():
    nights = calendar("Europe/Madrid", off=("2026-01-06",), mon="22:00-06:00", tue="22:00-06:00")
    assert nights.between(at("2026-01-06 00:00"), at("2026-01-06 06:00")) == 6 * HOUR
    assert nights.between(at("2026-01-06 22:00"), at("2026-01-07 06:00")) == timedelta(0)
    assert nights.add(at("2026-01-05 23:00"), 8 * HOUR) == at("2026-01-12 23:00")


def test_overlaps_count_once():
    hours = daily("09:00-17:00 12:00-20:00 22:00-10:00")
    start = at("2026-01-05 00:00", "UTC")
    assert hours.between(start, start + DAY) == 22 * HOUR  # closed from 20:00 to 22:00
    assert len(hours.spans(start, start + DAY)) == 2


def test_a_span_goes_over_the_end_of_the_year_in_one_piece():
    start = at("2026-12-31 20:00", "UTC")
    (span,) = Hours(always()).spans(start, start + 8 * HOUR)
    assert (span.start, span.end, span.seconds) == (start, start + 8 * HOUR, 8 * 3600)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", "2026-03-29", 23),
        ("Europe/Madrid", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),  # half an hour of summer time
        ("America/Havana", "2026-11-01", 25),
        ("Asia/Kolkata", "2026-03-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),  # a day that never was
    ],
)
def test_round_the_clock_counts_the_hours_that_the_day_had(zone, day, hours):
    start = at(f"{day} 00:00", zone)
    end = (start.replace(tzinfo=None) + DAY).replace(tzinfo=ZoneInfo(zone))
    whole = daily("00:00-24:00", zone)
    assert whole.between(start, end) == timedelta(hours=hours)


def test_the_hour_that_is_left_out_is_worked_by_nobody_and_the_one_that_comes_twice_is_twice():
    early = daily("02:00-04:00", "Europe/Madrid")
    spring, autumn = at("2026-03-29 00:00"), at("2026-10-25 00:00")
    assert early.between(spring, spring + DAY) == HOUR
    assert early.between(autumn, autumn + DAY) == 3 * HOUR
    nights = daily("22:00-06:00", "Europe/Madrid")
    assert nights.add(at("2026-03-28 22:00"), 8 * HOUR) == at("2026-03-29 23:00")
    assert nights.add(at("2026-10-24 22:00"), 9 * HOUR) == at("2026-10-25 06:00")


def test_a_zone_of_half_an_hour():
    office = calendar("Asia/Kolkata", **dict.fromkeys(WORKING, "09:30-18:00"))
    start = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)  # 08:30 there
    assert office.add(start, HOUR) == datetime(2026, 1, 5, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-01-05 09:00", 1, "2026-01-05 18:00"),
        ("2026-01-05 11:00", 1, "2026-01-06 11:00"),  # the same hour of the next working day
        ("2026-01-05 14:30", 1, "2026-01-06 14:00"),  # at lunch the morning is over
        ("2026-01-04 11:00", 1, "2026-01-05 18:00"),  # a whole day, once it begins
        ("2026-01-05 20:00", 2, "2026-01-07 18:00"),
        ("2026-01-08 11:00", 2, "2026-01-12 11:00"),
    ],
)
def test_working_days_have_their_own_length(start, count, due):
    allowed = OFFICE.working_days(at(start), count)
    assert allowed == count * 8 * HOUR
    assert OFFICE.add(at(start), allowed) == at(due)


def test_a_short_friday_is_a_working_day():
    office = calendar("Europe/Madrid", thu="09:00-18:00", fri="09:00-15:00", mon="09:00-18:00")
    assert office.working_days(at("2026-01-08 11:00"), 2) == 15 * HOUR
    assert office.working_days(at("2026-01-09 14:00"), 1) == 6 * HOUR
    assert office.add(at("2026-01-09 14:00"), 6 * HOUR) == at("2026-01-12 14:00")


def test_a_night_that_the_year_began_in_is_a_working_day_of_last_year():
    nights = daily("22:00-06:00")
    assert nights.working_days(at("2027-01-01 03:00", "UTC"), 1) == 8 * HOUR
    assert nights.working_days(at("2027-01-01 07:00", "UTC"), 1) == 8 * HOUR


# The model: minute by minute, what the clock on the wall shows.

ZONES = (
    *("UTC", "Europe/Madrid", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata"),
    *(
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Havana",
        "America/St_Johns",
        "Asia/Kathmandu",
    ),
    *("Pacific/Chatham", "Africa/Casablanca", "Asia/Tehran", "Atlantic/Azores"),
)
_LENGTH = 60 * 1440  # minutes


@dataclass
class Model:
    """The open minutes of sixty days, one by one, and how many there were before each."""

    start: datetime
    before: list[int]

    @classmethod
    def of(cls, made: Calendar, start: datetime) -> "Model":
        zone = ZoneInfo(made.timezone)
        minutes = (start + n * MINUTE for n in range(_LENGTH))
        flags = (_is_open(made, m.astimezone(zone).replace(tzinfo=None)) for m in minutes)
        return cls(start, [0, *itertools.accumulate(flags)])

    def due(self, offset: int, amount: int) -> datetime | None:
        """When so many open minutes are over, counted from a minute on."""
        reached = bisect_left(self.before, self.before[offset] + amount)
        return self.start + reached * MINUTE if reached < len(self.before) else None

    def between(self, low: int, high: int) -> timedelta:
        return (self.before[high] - self.before[low]) * MINUTE


def _is_open(made: Calendar, wall: datetime) -> bool:
    for day in (wall.date(), wall.date() - DAY):
        minute = (wall.date() - day).days * 1440 + wall.hour * 60 + wall.minute
        if any(shift.start <= minute < shift.end for shift in _of_day(made, day)):
            return True
    return False


def _of_day(made: Calendar, day: date) -> tuple[Shift, ...]:
    closed = day in made.closed_on or day in made.holidays(day.year)
    return made.open_on.get(day, () if closed else made.week[day.weekday()])


def _made_up(draw: random.Random, start: datetime) -> Calendar:
    around = [start.date() + n * DAY for n in range(-2, 62)]
    free = frozenset(draw.sample(around, draw.choice((0, 3, 12))))
    week = tuple(_shifts(draw, draw.choice((0, 1, 1, 2, 3))) for _ in range(7))
    special = draw.sample(around, draw.choice((0, 2)))
    return Calendar(
        name="made up",
        timezone=draw.choice(ZONES),
        week=week,
        holidays=lambda year: _of(free, year),
        closed_on=frozenset(draw.sample(around, draw.choice((0, 2)))),
        open_on={day: _shifts(draw, 1) for day in special},
    )


def _shifts(draw: random.Random, count: int) -> tuple[Shift, ...]:
    found = []
    for _ in range(count):
        start = draw.choice((0, 30, 120, 150, 540, 570, 840, 1320, draw.randrange(1440)))
        length = draw.choice((15, 60, 240, 480, 1440, draw.randrange(1, 1440)))
        found.append(Shift(start, min(start + length, start + 1440)))
    return tuple(found)


_BEGINNINGS = ("2026-01-20", "2026-02-20", "2026-08-20", "2026-10-01", "2027-12-01", "2011-11-01")


@pytest.mark.parametrize("seed", range(24))
def test_every_answer_is_that_of_the_wall_clock_minute_by_minute(seed):
    """Two dozen calendars with a thousand cases each: zones, changes of the clock, holidays."""
    draw = random.Random(seed)
    start = datetime.fromisoformat(draw.choice(_BEGINNINGS)).replace(tzinfo=UTC)
    made = _made_up(draw, start)
    model, hours = Model.of(made, start), Hours(made)
    for _ in range(1000):
        low, high = sorted(draw.randrange(_LENGTH) for _ in range(2))
        first, last = start + low * MINUTE, start + high * MINUTE
        assert hours.between(first, last) == model.between(low, high), (made, first, last)
        assert hours.is_open(first) == (model.before[low + 1] > model.before[low])
        amount = draw.randrange(1, 40 * 60)
        due = model.due(low, amount)
        if due is not None:
            assert hours.add(first, amount * MINUTE) == due, (made, first, amount)
            spans = hours.spans(first, due)
            assert sum((s.end - s.start for s in spans), timedelta(0)) == amount * MINUTE
            assert spans[-1].end == due

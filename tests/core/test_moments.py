"""Durations and days as people write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.moments import in_words, parse_duration, parse_moment
from tests.core.kit import NOW  # Monday 2026-01-05 09:00 UTC, 10:00 in Madrid

MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("30s", 30), ("15m", 900), ("4h", 14_400), ("2d", 172_800), ("1w", 604_800)],
        *[(" 2 D ", 172_800), ("0d", None), ("", None), ("2", None), ("d", None), ("2x", None)],
        *[("-2d", None), ("2d3h", None), ("99999d", None), ("٢d", None), ("1.5h", None)],
    ],
)
def test_durations(text, seconds):
    expected = timedelta(seconds=seconds) if seconds else None
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", "2026-01-05T23:00"),
        ("mañana", "2026-01-05T23:00"),
        ("Domani", "2026-01-05T23:00"),
        ("friday", "2026-01-08T23:00"),
        ("vie", None),
        ("viernes", "2026-01-08T23:00"),
        ("venerdì", "2026-01-08T23:00"),
        ("monday", "2026-01-11T23:00"),  # the next one: today is Monday
        ("2026-12-01", "2026-11-30T23:00"),
        ("2026-07-01", "2026-06-30T22:00"),  # summer time
        ("15:00", "2026-01-05T14:00"),
        ("tomorrow 10:00", "2026-01-06T09:00"),
        ("monday 10:00", "2026-01-12T09:00"),
        ("Friday  15:30", "2026-01-09T14:30"),
        ("lundi 8:00", "2026-01-12T07:00"),
        ("dienstag", "2026-01-05T23:00"),
        ("quarta-feira", "2026-01-06T23:00"),
        ("today 15:00", "2026-01-05T14:00"),
        ("today 09:00", None),  # over
        ("2026-12-01 09:30", "2026-12-01T08:30"),
        ("tomorrow 25:00", None),
        ("today", None),  # its first minute is over
        ("09:30", "2026-01-06T08:30"),  # over today
        ("4h", "2026-01-05T13:00"),
        ("2026-01-05", None),  # its first minute is over
        ("2025-12-31", None),
        ("24:00", None),
        ("12:60", None),
        ("", None),
        ("0001-01-01", None),
        ("someday", None),
        ("2026-13-01", None),
    ],
)
def test_moments(text, expected):
    found = parse_moment(text, NOW, MADRID)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == expected


def test_the_day_of_the_change_to_summer_time_has_its_first_minute():
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert parse_moment("tomorrow", now, MADRID) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert parse_moment("monday", now, MADRID) == datetime(2026, 3, 29, 22, tzinfo=UTC)


@given(st.text(max_size=30), st.datetimes(timezones=st.just(UTC)))
def test_whatever_is_written_gives_a_moment_ahead_or_none(text, now):
    found = parse_moment(text, now, "America/New_York")
    assert found is None or found > now


@pytest.mark.parametrize("word", ["tomorrow", "15:00", "9d", "monday", "9999-12-31"])
def test_the_end_of_the_calendar_is_no_error(word):
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert parse_moment(word, last, "Pacific/Auckland") is None


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=14), "14 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=75), "75 seconds"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_a_duration_in_words(span, words):
    assert in_words(span) == words


def test_a_day_alone_may_mean_its_end():
    def five(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)

    found = [parse_moment(words, NOW, MADRID, ends=five) for words in ("friday", "today", "15:00")]
    assert [at.strftime("%d %H:%M") for at in found if at] == ["09 17:00", "05 17:00", "05 14:00"]

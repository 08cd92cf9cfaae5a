"""When an outgoing message is tried again: a pure table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.runtime.retrying import GIVE_UP_AFTER, next_try

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MIDDLE = 0.5  # jitter that moves nothing


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [
        (1, 0.5),
        (2, 2),
        (3, 5),
        (4, 15),
        (5, 30),
        (6, 60),
        (7, 120),
        (8, 240),
        (9, 240),
        (30, 240),
    ],
)
def test_waits_grow_to_four_hours(attempts: int, minutes: float):
    assert next_try(attempts, FIRST, FIRST, MIDDLE) == FIRST + timedelta(minutes=minutes)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 24), (0.5, 30), (1.0, 36)])
def test_jitter_moves_a_wait_by_a_fifth(jitter: float, seconds: int):
    assert next_try(1, FIRST, FIRST, jitter) == FIRST + timedelta(seconds=seconds)


@pytest.mark.parametrize(("least", "seconds"), [(None, 30), (10.0, 30), (300.0, 300)])
def test_the_network_can_ask_for_a_longer_wait(least: float | None, seconds: int):
    assert next_try(1, FIRST, FIRST, MIDDLE, least) == FIRST + timedelta(seconds=seconds)


def test_given_up_when_the_next_try_would_be_more_than_four_days_after_the_first():
    last = FIRST + GIVE_UP_AFTER - timedelta(hours=4)
    assert next_try(9, FIRST, last, MIDDLE) == FIRST + GIVE_UP_AFTER
    assert next_try(9, FIRST, last + timedelta(seconds=1), MIDDLE) is None


@given(jitter=st.floats(0, 1))
def test_a_message_is_tried_for_days_and_not_for_ever(jitter: float):
    now, tries = FIRST, 1
    while (due := next_try(tries, FIRST, now, jitter)) is not None:
        assert due > now
        now, tries = due, tries + 1
    assert now - FIRST > timedelta(days=3)
    assert tries < 50

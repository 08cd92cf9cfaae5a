"""Passes of links: signed, over after a while, and nobody else's work."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.passes import Passes
from tests.core.kit import NOW

OURS = Passes({1: b"k" * 32}, signs=1)
SOON = NOW + timedelta(minutes=15)


def test_it_says_its_number_and_ends_within_a_minute_of_what_was_asked():
    read = OURS.read(OURS.issue(31, until=SOON))
    assert read is not None
    assert read.number == 31
    assert SOON < read.until <= SOON + timedelta(minutes=1)


def test_an_old_secret_verifies_as_long_as_it_is_known():
    given_out = OURS.issue(31, until=SOON)
    assert Passes({1: b"k" * 32, 2: b"n" * 32}, signs=2).read(given_out) is not None
    assert Passes({2: b"n" * 32}, signs=2).read(given_out) is None
    assert Passes({1: b"n" * 32}, signs=1).read(given_out) is None


@given(at=st.integers(0, 34), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567.A=/ 01"))
def test_whoever_changes_a_letter_has_none(at: int, letter: str):
    given_out = OURS.issue(31, until=SOON)
    changed = given_out[:at] + letter + given_out[at + 1 :]
    assert changed == given_out or OURS.read(changed) is None


@pytest.mark.parametrize("other", ["", "31", "31.", "031.", "٣١.", "31.a", "x" * 10_000])
def test_what_is_none_is_none(other: str):
    assert OURS.read(other) is None
    assert OURS.read(other + OURS.issue(31, until=SOON)[3:]) is None or other == "31."


def test_a_secret_is_not_shown():
    assert "kkkk" not in repr(OURS)

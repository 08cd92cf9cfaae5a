"""How long is waited after failures."""

import pytest

from gateway.channels.telegram.receiving.backoff import BackOff


@pytest.mark.parametrize(
    ("longest", "waits"),
    [
        (60.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]),
        (2.0, [1.0, 2.0, 2.0, 2.0]),
    ],
)
def test_waits_grow_until_the_longest(longest: float, waits: list[float]):
    back_off = BackOff(dice=lambda: 0.5, longest=longest)
    assert [back_off.after_failure() for _ in waits] == waits
    back_off.went_well()
    assert back_off.after_failure() == 1.0


@pytest.mark.parametrize(("dice", "wait"), [(0.0, 0.5), (1.0, 1.5)])
def test_no_two_wait_in_step(dice: float, wait: float):
    assert BackOff(dice=lambda: dice).after_failure() == wait

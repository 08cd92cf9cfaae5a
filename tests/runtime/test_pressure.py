import pytest

from gateway.runtime.pressure import Rush


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def rush_of(clock: Clock, count: int, every: float) -> Rush:
    rush = Rush(clock)
    for _ in range(count):
        rush.arrived()
        clock.now += every
    return rush


@pytest.mark.parametrize(
    ("count", "every", "on"),
    [
        (0, 1.0, False),
        (31, 0.001, False),  # too few to tell
        (40, 0.02, False),  # 50 a second disturb nobody
        (40, 0.002, True),
    ],
)
def test_a_rush_is_many_in_a_short_time(count: int, every: float, on: bool):
    assert rush_of(Clock(), count, every).on is on


def test_a_rush_is_over_when_nothing_more_comes():
    clock = Clock()
    rush = rush_of(clock, 100, 0.001)
    before = rush.on
    clock.now += 1.0
    assert (before, rush.on) == (True, False)
    assert rush.pause_after(0.05) == 0.0


def test_the_more_comes_in_the_longer_others_pause_but_never_for_ever():
    pauses = [rush_of(Clock(), 100, 1 / rate).pause_after(0.04) for rate in (50, 200, 800, 10**6)]
    assert pauses[0] == 0.0
    assert pauses[1] == pytest.approx(0.04 * 200 / 150, rel=0.1)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 0.5

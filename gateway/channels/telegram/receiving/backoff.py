from __future__ import annotations

import random
from collections.abc import Callable

_FIRST, LONGEST = 1.0, 60.0  # seconds


class BackOff:
    """How long to wait after a failure: longer each time, never in step with others.

    ``dice`` gives numbers from 0 to 1; at ``longest`` seconds, give or take half of it, it grows
    no further.
    """

    def __init__(
        self, dice: Callable[[], float] = random.random, *, longest: float = LONGEST
    ) -> None:
        self._dice = dice
        self._longest = longest
        self._wait = _FIRST

    def after_failure(self) -> float:
        """Seconds to wait."""
        wait, self._wait = self._wait, min(self._wait * 2, self._longest)
        return wait * (0.5 + self._dice())

    def went_well(self) -> None:
        """The next failure is the first one."""
        self._wait = _FIRST

from __future__ import annotations

import random
from collections.abc import Callable

_FIRST, _LONGEST = 1.0, 300.0
_REFUSED = 60.0  # at least, after a refused login: who asks too often is locked out


class BackOff:
    """How long to wait after a failure: longer each time, and never in step with others.

    ``dice`` gives numbers from 0 to 1.
    """

    def __init__(self, dice: Callable[[], float] = random.random) -> None:
        self._dice = dice
        self._wait = _FIRST

    def after_failure(self, *, refused: bool = False) -> float:
        """Seconds to wait."""
        wait = max(self._wait, _REFUSED) if refused else self._wait
        self._wait = min(self._wait * 2, _LONGEST)
        return wait * (0.5 + self._dice())

    def went_well(self) -> None:
        """The next failure is the first one."""
        self._wait = _FIRST

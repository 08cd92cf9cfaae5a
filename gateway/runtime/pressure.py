"""Who gives way to whom: accepting comes first, then deciding, then sending."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_LOOKED_AT = 32  # arrivals
_CALM = 100.0  # arrivals a second; up to this many disturb nobody
_EVEN = 150.0  # arrivals a second at which who gives way works half of the time
_LONGEST = 0.5  # seconds; so giving way never becomes standing still


class Rush:
    """How fast messages come in, and how long others pause for them. Safe in any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._moments: deque[float] = deque(maxlen=_LOOKED_AT)

    def arrived(self) -> None:
        """One more message was accepted."""
        self._moments.append(self._clock())

    @property
    def rate(self) -> float:
        """Arrivals a second, of late; 0 before there were enough of them."""
        if len(self._moments) < _LOOKED_AT:
            return 0.0
        return _LOOKED_AT / max(self._clock() - self._moments[0], 1e-6)

    @property
    def on(self) -> bool:
        """Whether so many come in that others should give way."""
        return self.rate > _CALM

    def pause_after(self, worked: float) -> float:
        """Seconds to pause after so many seconds of work: the longer, the more comes in."""
        rate = self.rate
        return min(_LONGEST, worked * rate / _EVEN) if rate > _CALM else 0.0

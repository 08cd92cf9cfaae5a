"""What a process counts while it works: messages in and out, and how long they took."""

from __future__ import annotations

import bisect
import threading
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts at one moment.

    ``took``: messages by the bound that they stayed within, then those beyond the last;
    ``took_in_all`` in seconds.
    """

    came: dict[tuple[str, str], int]
    went: dict[tuple[str, str], int]
    took: tuple[int, ...]
    took_in_all: float


@dataclass(slots=True)
class Figures:
    """Counts since the process began, by channel and outcome. Safe in any thread."""

    _came: Counter[tuple[str, str]] = field(default_factory=Counter)
    _went: Counter[tuple[str, str]] = field(default_factory=Counter)
    _took: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    _took_in_all: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def came(self, channel: str, outcome: str, seconds: float) -> None:
        """A message was handled, so many seconds after it was accepted."""
        with self._lock:
            self._came[channel, outcome] += 1
            self._took[bisect.bisect_left(BOUNDS, seconds)] += 1
            self._took_in_all += max(0.0, seconds)

    def went(self, channel: str, outcome: str) -> None:
        """One try to send came to something."""
        with self._lock:
            self._went[channel, outcome] += 1

    def counted(self) -> Counted:
        """All of it as it stands."""
        with self._lock:
            return Counted(
                came=dict(self._came),
                went=dict(self._went),
                took=tuple(self._took),
                took_in_all=self._took_in_all,
            )

"""A fair lock with two priorities, for the one writer that SQLite allows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

URGENT_IN_A_ROW = 8


class PriorityLock:
    """Handed from holder to holder: the urgent first, each kind in the order it came.

    After `URGENT_IN_A_ROW` urgent holders somebody else who waits gets a turn.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._row = 0
        self._urgent: deque[threading.Lock] = deque()
        self._normal: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for it now."""
        return len(self._urgent) + len(self._normal)

    @contextmanager
    def hold(self, *, urgent: bool) -> Iterator[None]:
        """Wait for the lock and hold it."""
        self._acquire(urgent=urgent)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, *, urgent: bool) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            (self._urgent if urgent else self._normal).append(turn)
        turn.acquire()

    def _release(self) -> None:
        with self._guard:
            following = self._next()
            if following is None:
                self._held = False
            else:
                following.release()

    def _next(self) -> threading.Lock | None:
        if self._urgent and (self._row < URGENT_IN_A_ROW or not self._normal):
            self._row += 1
            return self._urgent.popleft()
        self._row = 0
        return self._normal.popleft() if self._normal else None

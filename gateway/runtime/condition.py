"""How each part of the process is, as it said itself last."""

from __future__ import annotations

import threading

from gateway.core.ports import Trouble


class Condition:
    """What is in the way of each part, or nothing. Safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[str, str | None] = {}
        self._troubles: dict[tuple[str, str], str] = {}

    def expect(self, part: str) -> None:
        """A part that is being started."""
        self._set(part, "is being started")

    def works(self, part: str) -> None:
        """It does its work."""
        self._set(part, None)

    def fell(self, part: str) -> None:
        """It fell over, and is started again."""
        self._set(part, "fell over, and is started again: see the log")

    def heard(self, trouble: Trouble) -> None:
        """A channel is in trouble, or no longer."""
        with self._lock:
            key = (trouble.channel, trouble.key)
            if trouble.over:
                self._troubles.pop(key, None)
            else:
                self._troubles[key] = trouble.words

    def parts(self) -> dict[str, str | None]:
        """Every part with what is in its way, in words; None where nothing is."""
        with self._lock:
            found = dict(self._parts)
            for (channel, key), words in sorted(self._troubles.items()):
                said = f"{key}: {words}"
                before = found.get(channel)
                found[channel] = f"{before}; {said}" if before else said
            return found

    def _set(self, part: str, wrong: str | None) -> None:
        with self._lock:
            self._parts[part] = wrong

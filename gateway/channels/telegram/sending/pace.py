"""Not more than Telegram lets a bot say: 30 messages a second, 20 a minute in a group."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from gateway.core.ports import TemporaryError

_ALL = (1 / 30, 30)  # seconds from one to the next, and how many may come at once
_GROUP = (3.0, 18)
_PERSON = (1.0, 4)
_LONGEST = 20.0  # seconds that a message is held up here; longer, and it goes back to the outbox
_MOST_CHATS = 10_000


class Pace:
    """Counts what is said, by chat; ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full: dict[int, float] = {}  # chat → when all that was said there is forgotten
        self._paused: dict[int, float] = {}

    async def wait(self, chat: int) -> None:
        """Until one more may be said there. Raises TemporaryError where that is far off."""
        seconds = self.reserve(chat)
        if seconds:
            await asyncio.sleep(seconds)

    def reserve(self, chat: int) -> float:
        """Count one more message; in how many seconds it may go. Raises TemporaryError."""
        now = self._clock()
        each = {0: _ALL, chat: _GROUP if chat < 0 else _PERSON}
        wait = max(
            self._paused.get(chat, now) - now,
            *(
                self._full.get(who, now) - now - step * (burst - 1)
                for who, (step, burst) in each.items()
            ),
            0.0,
        )
        if wait > _LONGEST:
            raise TemporaryError("Telegram allows only so many messages a minute", after=wait)
        for who, (step, _burst) in each.items():
            self._full[who] = max(self._full.get(who, now), now) + step
        self._forget(now)
        return wait

    def pause(self, chat: int, seconds: float) -> None:
        """Telegram asks for silence there."""
        self._paused[chat] = self._clock() + seconds

    def _forget(self, now: float) -> None:
        if len(self._full) > _MOST_CHATS:
            self._full = {chat: until for chat, until in self._full.items() if until > now}
            self._paused = {chat: until for chat, until in self._paused.items() if until > now}

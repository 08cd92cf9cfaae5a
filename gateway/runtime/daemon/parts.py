"""What is run and started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.core.ports import Door, Trouble

_RESTART = (1.0, 5.0, 15.0, 60.0)  # seconds before a channel that fell over is started again
_STEADY = 60.0  # seconds that a part works before what was wrong with it is over
_FALLS_TOLD = 2  # in a row, before leads hear of it


class Part(Protocol):
    """What is run and started again: every channel, and services such as the desk's pages."""

    @property
    def name(self) -> str:
        """What it is called in logs."""
        ...

    async def run(self, door: Door, ready: Callable[[], None]) -> None:
        """Run until cancelled; call ``ready`` when it does its work."""
        ...


class _Falls:
    """How often a part fell over in a row; leads hear of one that does not recover by itself."""

    def __init__(self, part: str, door: Door) -> None:
        self._part = part
        self._door = door
        self._times = 0
        self._steady: asyncio.TimerHandle | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def works(self) -> None:
        """It does its work; over is what was wrong when that is so for a while."""
        loop = asyncio.get_running_loop()
        self._steady = loop.call_later(_STEADY, self._recovered)

    def calm(self) -> None:
        """It works no more, for now."""
        if self._steady is not None:
            self._steady.cancel()

    async def fell(self) -> float:
        """It fell over once more; the seconds until it is started again."""
        self._times += 1
        if self._times == _FALLS_TOLD:
            words = (
                f"The part {self._part} of the desk falls over again and again. It is started "
                "anew each time, and the others go on; the log says what is wrong."
            )
            await self._door.report(Trouble(channel=self._part, key=self._part, words=words))
        return _RESTART[min(self._times, len(_RESTART)) - 1]

    def _recovered(self) -> None:
        told, self._times = self._times >= _FALLS_TOLD, 0
        if told:
            over = Trouble(channel=self._part, key=self._part, words="It works again.", over=True)
            self._telling.add(asyncio.ensure_future(self._door.report(over)))

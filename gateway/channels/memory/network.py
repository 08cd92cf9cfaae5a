"""What would be beyond a socket: hands messages in, takes them, fails as it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field


class NoSuchUserError(Exception):
    """The network knows nobody by this address."""


class LostReplyError(ConnectionError):
    """The connection was lost after the message had been handed over."""


@dataclass(slots=True, eq=False)
class Packet:
    """One message on its way in; ``acknowledged`` is done when the desk has it."""

    id: str
    raw: bytes = field(repr=False)
    acknowledged: asyncio.Future[None]


@dataclass(slots=True)
class Network:
    """``posted`` is what was taken, as (address, text); ``problems`` are raised first, in order."""

    arriving: asyncio.Queue[Packet] = field(default_factory=asyncio.Queue)
    posted: list[tuple[str, str]] = field(default_factory=list)
    problems: deque[Exception] = field(default_factory=deque)

    async def deliver(self, id: str, raw: bytes) -> None:
        """Hand a message to the desk; returns when it was acknowledged, raises when it was not."""
        packet = Packet(id, raw, asyncio.get_running_loop().create_future())
        await self.arriving.put(packet)
        await packet.acknowledged

    async def post(self, address: str, text: str) -> str:
        """Take a message for somebody; its id. Raises OSError and NoSuchUserError."""
        if self.problems:
            raise self.problems.popleft()
        self.posted.append((address, text))
        return str(len(self.posted))

"""What would be beyond a socket: hands messages in, takes them, fails as it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from gateway.core.ports import Outbound


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
    """``posted`` is what was taken, as (address, text); ``problems`` are raised first, in order.

    ``taken`` is the same as it was sent, ``shown`` what stands there now, by id: an edit replaces
    what it names, unless that is in ``gone``. Where a network has ``topics``, a ticket's card opens
    one. ``files`` are the octets that lie there by their reference, or what fetching them raises.
    """

    arriving: asyncio.Queue[Packet] = field(default_factory=asyncio.Queue)
    posted: list[tuple[str, str]] = field(default_factory=list)
    problems: deque[Exception] = field(default_factory=deque)
    taken: list[Outbound] = field(default_factory=list)
    shown: dict[str, Outbound] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    topics: bool = False
    files: dict[str, bytes | Exception] = field(default_factory=dict)

    async def deliver(self, id: str, raw: bytes) -> None:
        """Hand a message to the desk; returns when it was acknowledged, raises when it was not."""
        packet = Packet(id, raw, asyncio.get_running_loop().create_future())
        await self.arriving.put(packet)
        await packet.acknowledged

    async def post(self, outbound: Outbound, edits: str) -> str:
        """Take a message for somebody, or an edit of one; its id.

        Raises OSError and NoSuchUserError.
        """
        if self.problems:
            raise self.problems.popleft()
        text = "\n\n".join(block.text for block in outbound.document.blocks)
        self.posted.append((outbound.to.address, text))
        self.taken.append(outbound)
        there = edits in self.shown and edits not in self.gone
        own = edits if there else str(len(self.posted))
        self.shown[own] = outbound
        return own

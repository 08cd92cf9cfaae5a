"""The channel itself: receive, acknowledge after accepting, send, and say how sending failed."""

from __future__ import annotations

from collections.abc import Callable

from gateway.channels.memory.network import LostReplyError, Network, NoSuchUserError, Packet
from gateway.channels.memory.reading import read
from gateway.channels.memory.settings import MemoryTable
from gateway.core.model import Message
from gateway.core.ports import (
    Incoming,
    Intake,
    IntakeUnavailableError,
    MaybeSentError,
    Outbound,
    PermanentError,
    Receipt,
    Surroundings,
    TemporaryError,
)


class MemoryChannel:
    """See `core.ports.Channel`. Tests and demonstrations speak through ``network``."""

    def __init__(self, table: MemoryTable, around: Surroundings, name: str = "memory") -> None:
        self.name = name
        self._password = table.password
        self._now = around.now
        self.network = Network()

    def __repr__(self) -> str:
        return f"MemoryChannel({len(self.network.posted)} posted)"

    def read(self, incoming: Incoming) -> Message:
        """The network's JSON as a message."""
        return read(self.name, incoming.raw)

    async def run(self, intake: Intake, ready: Callable[[], None]) -> None:
        """Take in what arrives, one after the other."""
        ready()
        while True:
            await self._take(intake, await self.network.arriving.get())

    async def _take(self, intake: Intake, packet: Packet) -> None:
        incoming = Incoming(
            channel=self.name, external_id=packet.id, raw=packet.raw, received_at=self._now()
        )
        try:
            await intake.accept(incoming)
        except IntakeUnavailableError as problem:
            packet.acknowledged.set_exception(problem)  # the network will bring it again
        except BaseException:
            packet.acknowledged.cancel()
            raise
        else:
            packet.acknowledged.set_result(None)

    async def send(self, outbound: Outbound) -> Receipt:
        """Post the document as plain text; an edit in place, where what it names is still there."""
        try:
            own = await self.network.post(outbound, outbound.edits.removeprefix(f"{self.name}:"))
        except NoSuchUserError:
            raise PermanentError(f"the network knows nobody by {outbound.to.address}") from None
        except LostReplyError as problem:
            raise MaybeSentError("the network did not say whether it took it") from problem
        except OSError as problem:
            raise TemporaryError(f"the network failed: {type(problem).__name__}") from problem
        opens_topic = self.network.topics and outbound.kind == "card"
        topic = (f"{self.name}:topic:{own}",) if opens_topic else ()
        return Receipt(keys=(f"{self.name}:{own}", *topic))

    async def fetch(self, ref: str, most: int) -> bytes:
        """See `core.ports.Fetches`."""
        found = self.network.files.get(ref)
        if isinstance(found, Exception):
            raise found
        if found is None:
            raise PermanentError("the network has no such file any more")
        if len(found) > most:
            raise PermanentError(f"it has {len(found)} octets; {most} are allowed")
        return found


def build(table: MemoryTable, around: Surroundings, name: str = "memory") -> MemoryChannel:
    """The channel of a ``[memory]`` table; under another ``name`` it stands for that network."""
    return MemoryChannel(table, around, name)

"""A listener on a free port, an inbox in memory behind it, and a peer to talk to it."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.channels.email.listening import ListenOptions, MailListener
from gateway.core.ports import Accepted, Incoming

PATIENCE = 10.0  # seconds until a test gives up
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
OURS = {"support@acme.example", "sales@acme.example", "post@desk.example", "ünal@acme.example"}
BEGIN = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n"


@dataclass
class Inbox:
    """Keeps what it accepts. ``failures`` are raised first, one a time; ``door`` can be shut."""

    kept: list[Incoming] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    door: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def accept(self, incoming: Incoming) -> Accepted:
        if self.failures:
            raise self.failures.pop(0)
        await self._count(1)
        await self.door.wait()
        self.kept.append(incoming)
        number = len(self.kept)
        await self._count(-1)
        return Accepted(number)

    async def _count(self, step: int) -> None:
        async with self.changed:
            self.waiting += step
            self.changed.notify_all()

    async def until_waiting(self, count: int) -> None:
        """Until so many messages stand before the door."""
        async with self.changed:
            ready = self.changed.wait_for(lambda: self.waiting == count)
            await asyncio.wait_for(ready, PATIENCE)

    @property
    def bodies(self) -> list[bytes]:
        """What was kept, each without the Received header that was put before it."""
        return [without_trace(incoming.raw) for incoming in self.kept]


def without_trace(raw: bytes) -> bytes:
    assert raw.startswith(b"Received: ")
    return raw.split(b"\r\n", 3)[3]


class Talk:
    """The peer's side of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> str:
        """The next reply, all of its lines; empty where the other side hung up."""
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), PATIENCE)).decode()
            lines.append(line)
            if line[3:4] != "-":
                return "".join(lines).replace("\r\n", "\n").rstrip("\n")

    async def replies(self, count: int) -> list[str]:
        return [await self.reply() for _ in range(count)]

    async def send(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    async def say(self, line: str) -> str:
        await self.send(line.encode() + b"\r\n")
        return await self.reply()

    async def begin(self, hello: str = "EHLO") -> None:
        """Everything up to the reply to DATA."""
        await self.say(f"{hello} client.example")
        await self.send(BEGIN)
        assert [r[:3] for r in await self.replies(3)] == ["250", "250", "354"]

    async def ended(self) -> bool:
        """Whether the other side hung up, with nothing more to say."""
        return await asyncio.wait_for(self.reader.read(), PATIENCE) == b""

    async def secure(self, context: ssl.SSLContext) -> None:
        await self.writer.start_tls(context, server_hostname="desk.example")


@dataclass
class Desk:
    listener: MailListener
    inbox: Inbox

    @contextlib.asynccontextmanager
    async def dial(self) -> AsyncIterator[Talk]:
        talk = Talk(*await asyncio.open_connection("127.0.0.1", self.listener.port))
        try:
            yield talk
        finally:
            talk.writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(talk.writer.wait_closed(), 1)

    @contextlib.asynccontextmanager
    async def greeted(self) -> AsyncIterator[Talk]:
        async with self.dial() as talk:
            assert (await talk.reply()).startswith("220 ")
            yield talk


def is_ours(address: str) -> bool:
    if address == "bug@acme.example":
        raise OSError("a bug on our side")
    return address.lower() in OURS or address.lower() == "postmaster@desk.example"


def lane_of(raw: bytes) -> str:
    if b"no lane" in raw:
        raise ValueError("a bug on our side")
    return "lane"


@contextlib.asynccontextmanager
async def open_desk(**options: Any) -> AsyncIterator[Desk]:
    chosen = ListenOptions(host="127.0.0.1", port=0, hostname="desk.example", **options)
    inbox = Inbox()
    inbox.door.set()
    listener = MailListener(chosen, inbox, is_ours, lambda: NOON, lane_of)
    await listener.start()
    try:
        yield Desk(listener, inbox)
    finally:
        await listener.close(grace=0)

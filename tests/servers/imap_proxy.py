"""A proxy before an IMAP server that cuts connections, and answers in pieces, as it is told."""

import asyncio
import contextlib
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum


class When(Enum):
    """Where a connection is cut, of a command and its answer."""

    BEFORE = "the server never hears the command"
    WITHIN = "half of the answer arrives"
    AFTER = "the server does it, and no answer arrives"
    SILENT = "no answer arrives, and the connection stays"


@dataclass
class ImapProxy:
    """Cuts at the command with that number (over all connections), or of that name, once each.

    ``commands`` are the names of those that it saw: ``SELECT``, ``UID FETCH``, ``DONE``.
    ``hears`` is asked about each line, with the number of its connection, before it goes on: if
    false, the server never hears it and the connection is cut. ``passed`` is told after. ``hides``
    are capabilities that it does not let through; ``pieces``: each packet comes in two.
    """

    target: int
    at: dict[int | str, When] = field(default_factory=dict)
    hides: set[str] = field(default_factory=set)
    pieces: bool = False
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    hears: Callable[[str, int], bool] = lambda _line, _connection: True
    passed: Callable[[str, int], None] = lambda _line, _connection: None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._between(self.connections, reader, writer)
        finally:
            await _closed(writer)

    async def _between(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
        link = _Link(self, number, writer, up_writer)
        down = asyncio.create_task(link.answers(up_reader))
        try:
            await link.commands(reader)
        except (ConnectionError, _Cut):
            pass
        finally:
            down.cancel()
            up_writer.close()
            await asyncio.gather(down, return_exceptions=True)
            await _closed(up_writer)

    def cut_for(self, line: bytes) -> When | None:
        """What is to happen to this command of a client."""
        words = line.decode(errors="replace").split()
        name = " ".join(words[1:3] if words[1:2] == ["UID"] else words[1:2]) or "".join(words)
        self.lines.append(line.decode(errors="replace").strip())
        self.commands.append(name)
        for key in (len(self.commands), name):
            if key in self.at:
                return self.at.pop(key)
        return None


class _Cut(Exception):
    """The script ends this connection."""


@dataclass
class _Link:
    proxy: ImapProxy
    number: int
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    cut: When | None = None

    async def commands(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            when = self.proxy.cut_for(line)
            if when is When.BEFORE:
                raise _Cut
            self.cut = when or self.cut
            if not self.proxy.hears(line.decode(errors="replace"), self.number):
                raise _Cut
            self.server.write(line)
            await self.server.drain()
            self.proxy.passed(line.decode(errors="replace"), self.number)

    async def answers(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65_536):
            if self.cut is When.SILENT:
                continue
            if self.cut is not None:
                half = data[: len(data) // 2] if self.cut is When.WITHIN else b""
                self.client.write(half)
                break
            await self._pass_on(_without(data, self.proxy.hides))
        self.client.close()

    async def _pass_on(self, data: bytes) -> None:
        if not self.proxy.pieces:
            self.client.write(data)
            return
        place = random.randrange(len(data)) + 1
        self.client.write(data[:place])
        await self.client.drain()
        await asyncio.sleep(0.02)
        self.client.write(data[place:])


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _without(data: bytes, hidden: set[str]) -> bytes:
    if b"CAPABILITY" in data:
        for name in hidden:
            data = data.replace(f" {name}".encode(), b"")
    return data


@contextlib.asynccontextmanager
async def imap_proxy(proxy: ImapProxy) -> AsyncIterator[ImapProxy]:
    """The proxy on a free port, on the running loop."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(proxy.serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@contextlib.contextmanager
def imap_proxy_thread(proxy: ImapProxy) -> Iterator[ImapProxy]:
    """The same on a loop of its own, for tests that are not on one."""
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with imap_proxy(proxy):
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        started.wait(10)
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()

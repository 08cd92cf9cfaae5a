"""A clamd of our own that takes its protocol at its word, and knows one malware."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

MALWARE = b"THIS-WOULD-BE-MALWARE"
NAME = "Test.Malware-1"


@dataclass
class Scanner:
    """What it is asked is kept in ``scanned``; anything against the protocol in ``wrong``."""

    place: str = ""
    limit: int = 10_000_000
    silent: bool = False
    answer: bytes | None = None
    scanned: list[bytes] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.wrong.append(f"hung up in the middle: {error}")
        finally:
            self.at_once -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if self.silent:
            await reader.read()
            return
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            writer.write(await self._answer(reader))
        else:
            self.wrong.append(f"no such command: {command!r}")
            writer.write(b"UNKNOWN COMMAND\0")
        await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        data = bytearray()
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(length)
            if len(data) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.scanned.append(bytes(data))
        await asyncio.sleep(0)  # so that others may come in between
        if self.answer is not None:
            return self.answer
        return f"stream: {NAME} FOUND\0".encode() if MALWARE in data else b"stream: OK\0"


@asynccontextmanager
async def clamd(socket: Path | None = None) -> AsyncIterator[Scanner]:
    """A scanner on a free port of the loopback, or at a unix socket."""
    scanner = Scanner()
    if socket is None:
        server = await asyncio.start_server(scanner.serve, "127.0.0.1", 0)
        scanner.place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(scanner.serve, socket)
        scanner.place = str(socket)
    async with server:
        yield scanner

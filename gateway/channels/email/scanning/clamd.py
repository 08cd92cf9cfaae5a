"""The protocol of clamd (clamd(8)): one connection for each question."""

from __future__ import annotations

import asyncio
import re
import struct
from dataclasses import dataclass

_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4_096
_LENGTH = struct.Struct(">I")
_FOUND = re.compile(r"stream: (.{1,200}) FOUND$")


class ScanError(Exception):
    """Nobody has looked: the scanner is away, too slow, or refused. The text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamd:
    """A clamd at ``place``: ``host:port``, or the path of a unix socket. ``timeout`` in seconds."""

    place: str
    timeout: float = 30.0

    async def scan(self, data: bytes) -> str:
        """The name of the malware in these octets; empty if there is none. Raises `ScanError`."""
        answer = await self._asked(b"zINSTREAM\0", data)
        if answer == "stream: OK":
            return ""
        found = _FOUND.match(answer)
        if found is None:
            raise ScanError(f"it answered {answer[:200]!r}")
        return found[1] if found[1].isprintable() else "malware"

    async def ping(self) -> None:
        """Raises `ScanError` if nobody is there."""
        answer = await self._asked(b"zPING\0", None)
        if answer != "PONG":
            raise ScanError(f"it answered {answer[:200]!r}")

    async def _asked(self, command: bytes, data: bytes | None) -> str:
        try:
            async with asyncio.timeout(self.timeout):
                reader, writer = await self._connection()
                try:
                    return await _conversation(reader, writer, command, data)
                finally:
                    writer.close()
        except TimeoutError:
            raise ScanError(f"no answer within {self.timeout:g} seconds") from None
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScanError(str(error) or type(error).__name__) from error

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "/" in self.place:
            return await asyncio.open_unix_connection(self.place, limit=_LONGEST_ANSWER)
        host, _, port = self.place.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port), limit=_LONGEST_ANSWER)


async def _conversation(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    command: bytes,
    data: bytes | None,
) -> str:
    """The answer. A clamd whose limit is reached answers and hangs up before all is sent."""
    writer.write(command)
    try:
        if data is not None:
            for begin in range(0, len(data), _CHUNK):
                chunk = data[begin : begin + _CHUNK]
                writer.write(_LENGTH.pack(len(chunk)))
                writer.write(chunk)
                await writer.drain()
            writer.write(_LENGTH.pack(0))
        await writer.drain()
    except ConnectionError:
        pass  # its answer is still to be read
    answer = await reader.readuntil(b"\0")
    return answer[:-1].decode("utf-8", "replace").strip()

from __future__ import annotations

import asyncio

from gateway.channels.email.listening.replies import Refusal

BLOCK = 64 * 1024
LINE_LIMIT = 1000  # 512 octets (RFC 5321, section 4.5.3.1.4) and room for the parameters announced


class Disconnected(Exception):
    """The peer is gone: there is nobody left to answer."""


class Wire:
    """What a peer sends, as command lines or as blocks; what came too early waits here."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._waiting = bytearray()

    async def line(self) -> bytes:
        """The next line, its end included.

        Raises `Disconnected`, and `Refusal` for a line that was too long and is dropped.
        """
        searched = 0
        too_long = False
        while (end := self._waiting.find(b"\n", searched)) < 0:
            searched = len(self._waiting)
            if searched > LINE_LIMIT:
                too_long, searched = True, 0
                self._waiting.clear()
            self._waiting += await self._read()
        line = bytes(self._waiting[: end + 1])
        del self._waiting[: end + 1]
        if too_long or len(line) > LINE_LIMIT:
            raise Refusal(f"500 5.5.2 line too long: at most {LINE_LIMIT} octets")
        return line

    async def block(self) -> bytes:
        """At least one octet of what comes next. Raises `Disconnected`."""
        if not self._waiting:
            return await self._read()
        block = bytes(self._waiting)
        self._waiting.clear()
        return block

    def put_back(self, octets: bytes) -> None:
        """Octets of the last block that belong to the next command."""
        self._waiting[:0] = octets

    def clear(self) -> None:
        """Forget what came too early."""
        self._waiting.clear()

    async def _read(self) -> bytes:
        try:
            block = await self._reader.read(BLOCK)
        except OSError as error:  # reset, timed out, no route, TLS broken
            raise Disconnected from error
        if not block:
            raise Disconnected
        return block

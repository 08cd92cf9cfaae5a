"""An IMAP server that lets in whoever bears a token, checks how it is said, and has one mail."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field


@dataclass
class BearerImap:
    """``good`` says whether an access token is; ``said`` are the SASL strings that came."""

    user: str
    good: Callable[[str], bool]
    mail: bytes
    port: int = 0
    said: list[str] = field(default_factory=list)
    after_refusal: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, _, command = line.decode().strip().partition(" ")
                writer.write(await self._answer(tag, command.upper(), reader, writer))
                await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(
        self,
        tag: str,
        command: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bytes:
        if command == "CAPABILITY":
            said = "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n"
        elif command == "AUTHENTICATE XOAUTH2":
            return await self._authenticate(tag, reader, writer)
        elif command.startswith(("SELECT", "EXAMINE")):
            said = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] good\r\n* OK [UIDNEXT 2] good\r\n"
        elif command.startswith("UID SEARCH"):
            said = "* SEARCH 1\r\n"
        elif command.startswith("UID FETCH"):
            return self._fetched(command) + f"{tag} OK done\r\n".encode()
        else:
            said = ""
        return f"{said}{tag} OK done\r\n".encode()

    async def _authenticate(
        self, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        writer.write(b"+ \r\n")
        said = base64.b64decode(await reader.readline(), validate=False).decode()
        self.said.append(said)
        begin, end = f"user={self.user}\x01auth=Bearer ", "\x01\x01"
        right = said.startswith(begin) and said.endswith(end)
        if right and self.good(said.removeprefix(begin).removesuffix(end)):
            return f"{tag} OK welcome\r\n".encode()
        status = json.dumps({"status": "401", "schemes": "bearer"}).encode()
        writer.write(b"+ " + base64.b64encode(status) + b"\r\n")
        self.after_refusal.append(await reader.readline())
        return f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n".encode()

    def _fetched(self, command: str) -> bytes:
        facts = f'UID 1 RFC822.SIZE {len(self.mail)} INTERNALDATE "05-Jan-2026 08:59:00 +0000"'
        if "BODY.PEEK[]" in command:
            facts += f" BODY[] {{{len(self.mail)}}}"
            return f"* 1 FETCH ({facts}\r\n".encode() + self.mail + b")\r\n"
        return f"* 1 FETCH ({facts})\r\n".encode()


@contextlib.asynccontextmanager
async def bearer_imap(server: BearerImap) -> AsyncIterator[BearerImap]:
    """The server on a free port, on the running loop."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(server.serve(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()

"""A mail server that fails as it is told.

A script gives, for each stage, what happens the first time, the second time and so on; when it
is used up, the stage goes well. Stages: ``connect``, the commands, ``content`` (before the
mail's octets are read) and ``dot`` (after all of them).
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

DROP = "drop"
SILENT = "silent"

_GOOD = {
    "connect": "220 test ESMTP",
    "EHLO": "250 test",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go ahead",
    "dot": "250 2.0.0 Ok: queued as 1A2B",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 Bye",
    "STARTTLS": "220 Ready",
    "AUTH": "235 2.7.0 Welcome",
}


class Dropped(Exception):
    """The script ends this connection."""


class ScriptedServer:
    """What happened is in ``connections``, ``commands`` and ``mails``."""

    def __init__(
        self,
        script: Mapping[str, Iterable[str]] | None = None,
        *,
        offers: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.connections = 0
        self._open = 0
        self._none_open = asyncio.Event()
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.port = 0
        self._script = defaultdict(list, {k: list(v) for k, v in (script or {}).items()})
        self._offers = list(offers)
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()

    def verbs(self) -> list[str]:
        return [command.split()[0] for command in self.commands]

    def drop_all(self) -> None:
        for writer in self._writers:
            writer.close()

    async def all_closed(self) -> None:
        async with asyncio.timeout(5):
            await self._none_open.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open += 1
        self._none_open.clear()
        self._writers.add(writer)
        try:
            await self._converse(reader, writer)
        except (Dropped, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            self._open -= 1
            if not self._open:
                self._none_open.set()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._act("connect", writer)
        while line := await reader.readline():
            command = line.decode().rstrip("\r\n")
            self.commands.append(command)
            verb = command.split()[0].upper()
            said = await self._act(verb, writer)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and said.startswith("220") and self._tls:
                await writer.start_tls(self._tls)
            if verb == "DATA" and said.startswith("354"):
                await self._content(reader, writer)

    async def _content(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._script["content"] and self._script["content"].pop(0) == DROP:
            raise Dropped
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                raise Dropped
            lines.append(line.removeprefix(b"."))
        self.mails.append(b"".join(lines))
        await self._act("dot", writer)

    async def _act(self, stage: str, writer: asyncio.StreamWriter) -> str:
        queue = self._script[stage]
        said = queue.pop(0) if queue else _GOOD[stage]
        if said == DROP:
            raise Dropped
        if said == SILENT:
            await asyncio.Event().wait()
        if stage == "EHLO" and said == _GOOD["EHLO"]:
            lines = [said, *self._offers]
            said = "\r\n".join(f"250-{line.removeprefix('250 ')}" for line in lines)
            said += "\r\n250 HELP"
        writer.write(said.encode() + b"\r\n")
        await writer.drain()
        if said.startswith("421"):
            raise Dropped
        return said


@asynccontextmanager
async def running(server: ScriptedServer, **options: object) -> AsyncIterator[ScriptedServer]:
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(server.serve(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()

"""Servers that answer what nobody understands, or far too much: nothing is lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from gateway.channels.email.imap import backoff, mailbox
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.mailbox_settings import First
from gateway.channels.email.security import Security
from tests.channels.email.imap.watched import Watched, eventually, letter

GOOD = letter("good")


@dataclass
class OddImap:
    """Answers as a server does, but the first command of a name as it is told; one mail inside."""

    odd: dict[str, list[bytes]]
    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    seen: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(self._odd("greeting") or b"* OK ready\r\n")
            while line := await reader.readline():
                tag, _, command = line.decode().strip().partition(" ")
                said = self._answer(command.upper(), tag)
                writer.write(said.replace(b"TAG", tag.encode()))
                if said.endswith(b"CLOSE"):
                    break
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _odd(self, name: str) -> bytes | None:
        waiting = self.odd.get(name)
        return waiting.pop(0) if waiting else None

    def _answer(self, command: str, tag: str) -> bytes:
        if "AUTHENTICATE" in command:
            self.tag = tag
            return b"+ \r\n"
        if " " not in command and not command:  # the client's half of SASL
            return f"{self.tag} OK in\r\n".encode()
        name = " ".join(command.split()[:2] if command.startswith("UID") else command.split()[:1])
        name += " BODY" * ("BODY.PEEK[]" in command)
        self.seen.append(name)
        return self._odd(name) or self._usual(name)

    def _usual(self, name: str) -> bytes:
        facts = f'UID 1 RFC822.SIZE {len(GOOD)} INTERNALDATE "05-Jan-2026 08:59:00 +0000"'
        usual = {
            "CAPABILITY": f"* CAPABILITY {self.capabilities}\r\n".encode(),
            "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
            "UID SEARCH": b"* SEARCH 1\r\n",
            "UID FETCH": f"* 1 FETCH ({facts})\r\n".encode(),
            "UID FETCH BODY": f"* 1 FETCH (UID 1 BODY[] {{{len(GOOD)}}}\r\n".encode()
            + GOOD
            + b")\r\n",
        }
        return usual.get(name, b"") + b"TAG OK done\r\n"


@contextlib.asynccontextmanager
async def odd_imap(server: OddImap) -> AsyncIterator[OddImap]:
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


def box(server: OddImap) -> MailboxOptions:
    return MailboxOptions(
        name="email.mailbox[1]",
        host="127.0.0.1",
        port=server.port,
        user="support@acme.example",
        password=SecretStr("geheim"),
        security=Security.NONE,
        first=First.ALL,
        timeout=1.0,
        poll=0.1,
        max_message_bytes=100_000,
    )


ODD: list[tuple[str, bytes]] = [
    ("greeting", b"* BYE too many connections\r\n"),
    ("greeting", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    ("greeting", b"\x16\x03\x01\x00\xff"),
    ("CAPABILITY", b"* CAPABILITY\r\nTAG OK done\r\n"),
    ("CAPABILITY", b"TAG NO [SERVERBUG] never\r\n"),
    ("SELECT", b"TAG NO [INUSE] locked by somebody else\r\n"),
    ("SELECT", b"* OK [UIDVALIDITY x] no\r\nTAG OK done\r\n"),
    ("SELECT", b"* BYE shutting down\r\nCLOSE"),
    ("UID SEARCH", b"* SEARCH one two\r\nTAG OK done\r\n"),
    ("UID SEARCH", b"* SEARCH " + b"1 " * 600_000 + b"\r\nTAG OK done\r\n"),
    ("UID SEARCH", b"TAG BAD what?\r\n"),
    ("UID FETCH", b"* 1 FETCH (UID 1 RFC822.SIZE\r\nTAG OK done\r\n"),
    ("UID FETCH", b"* 1 FETCH (((((((\r\nTAG OK done\r\n"),
    ("UID FETCH", b"TAG NO [EXPUNGEISSUED] later\r\n"),
    ("UID FETCH", b"* 9 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n\xff\xfe\r\nTAG OK done\r\n"),
    ("UID FETCH BODY", b"* 1 FETCH (UID 1 BODY[] {4000000000}\r\n"),
    ("UID FETCH BODY", b"* 1 FETCH (UID 1 BODY[] {200}\r\nhalf of itCLOSE"),
    ("UID FETCH BODY", b"* 1 FETCH (UID 1 BODY[] {4}\r\nabcdefgh)\r\nTAG OK done\r\n"),
    ("UID STORE", b"TAG NO [OVERQUOTA] no room\r\n"),
    ("UID STORE", b"TAG BAD what?\r\n"),
    ("UID STORE", b"* BYE\r\nCLOSE"),
]


@pytest.mark.parametrize(("name", "said"), ODD, ids=[f"{n}-{s[:24]!r}" for n, s in ODD])
async def test_it_comes_back_and_takes_the_mail_in(
    monkeypatch: pytest.MonkeyPatch, name: str, said: bytes
):
    monkeypatch.setattr(backoff, "_FIRST", 0.02)
    monkeypatch.setattr(mailbox, "_AGAIN", 0.1)
    watched = Watched()
    async with odd_imap(OddImap({name: [said]})) as server, watched.watching(box(server)):
        assert await watched.until(1) == ["good"]
        await eventually(lambda: not server.odd[name] and _settled(watched, box(server).book))
    assert watched.inbox.again == []
    assert "geheim" not in repr(watched.inbox.troubles)


def _settled(watched: Watched, book: str) -> bool:
    pages = [note for key, note in watched.notebook.scan(book) if key.startswith("page/")]
    return bool(pages) and all(not page["due"] and not page["open"] for page in pages)


async def test_a_mail_that_the_server_cannot_deliver_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(backoff, "_FIRST", 0.02)
    watched = Watched()
    refused = b"TAG NO [SERVERBUG] The message is corrupt\r\n"
    nil = b"* 1 FETCH (UID 1 BODY[] NIL)\r\nTAG OK done\r\n"
    many = b"* 1 FETCH (UID 1 RFC822.SIZE many)\r\nTAG OK done\r\n"
    for name, said in (("UID FETCH BODY", refused), ("UID FETCH BODY", nil), ("UID FETCH", many)):
        watched.notebook.books.clear()
        watched.inbox.troubles.clear()
        async with odd_imap(OddImap({name: [said] * 9})) as server, watched.watching(box(server)):
            await eventually(lambda: watched.inbox.troubles)
        assert "the server cannot deliver it (UID 1)" in watched.inbox.troubles[0].words
        assert watched.inbox.mails == {}


async def test_a_password_is_never_said_where_it_is_not_wanted():
    watched = Watched()
    server = OddImap({}, capabilities="IMAP4rev1 LOGINDISABLED")
    async with odd_imap(server), watched.watching(box(server)):
        await eventually(lambda: watched.inbox.troubles)
    assert 'try security = "starttls"' in watched.inbox.troubles[0].words
    assert "LOGIN" not in server.seen

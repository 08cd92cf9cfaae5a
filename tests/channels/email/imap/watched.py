"""Mailboxes under test: a notebook in memory, an inbox in memory, and the real threads."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from pydantic import SecretStr

from gateway.channels.email.imap.credentials import Credentials, Password
from gateway.channels.email.imap.mailboxes import Box, Mailboxes
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.reading import lane_of
from gateway.channels.email.security import Security
from gateway.core.ports import Accepted, Incoming, IntakeUnavailableError, Note, Trouble
from tests.servers import Dovecot

_serial = count(1)


class MemoryNotebook:
    """The honest twin of the stored one: whole documents, through JSON, in the order of keys."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def get(self, book: str, key: str) -> Note | None:
        with self._lock:
            text = self.books.get(book, {}).get(key)
        return None if text is None else dict(json.loads(text))

    def write(self, book: str, put: Mapping[str, Note], delete: Iterable[str] = ()) -> None:
        texts = {key: json.dumps(dict(note)) for key, note in put.items()}
        with self._lock:
            kept = self.books.setdefault(book, {})
            for key in delete:
                kept.pop(key, None)
            kept.update(texts)

    def scan(self, book: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, Note]]:
        with self._lock:
            kept = dict(self.books.get(book, {}))
        keys = sorted(key for key in kept if key > after)[:limit]
        return [(key, json.loads(kept[key])) for key in keys]


class MyTurn:
    """Every turn is ours, unless a test gives some away."""

    def __init__(self) -> None:
        self.others: set[str] = set()
        self.left: list[str] = []

    def take(self, name: str) -> bool:
        return name not in self.others

    def leave(self, name: str) -> None:
        self.left.append(name)


@dataclass
class Inbox:
    """Keeps what it accepts, each id once; ``down`` for so many mails first."""

    down: int = 0
    mails: dict[str, Incoming] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    async def report(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)

    async def accept(self, incoming: Incoming) -> Accepted:
        if self.down:
            self.down -= 1
            raise IntakeUnavailableError("the disk is full")
        if incoming.external_id in self.mails:
            self.again.append(incoming.external_id)
            return Accepted(1, duplicate=True)
        self.mails[incoming.external_id] = incoming
        return Accepted(len(self.mails))

    @property
    def subjects(self) -> list[str]:
        return [subject_of(mail.raw) for mail in self.mails.values()]


def subject_of(raw: bytes) -> str:
    line = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"subject:"))
    return line.partition(b":")[2].strip().decode()


def letter(subject: str = "", *, size: int = 0, **headers: str) -> bytes:
    """A mail; ``size`` octets at least."""
    number = next(_serial)
    given = {
        "From": "Ada Byron <ada@example.org>",
        "To": "support@acme.example",
        "Subject": subject or f"mail {number}",
        "Message-ID": f"<letter-{number}@example.org>",
        "Date": "Mon, 05 Jan 2026 08:59:00 +0000",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    body = "Words.\r\n" + "x" * 70 * (size // 72) + "\r\n" * bool(size)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def options(server: Dovecot, user: str, **more: Any) -> MailboxOptions:
    given: dict[str, Any] = {
        "name": "email.mailbox[1]",
        "host": server.host,
        "port": server.port,
        "user": user,
        "password": SecretStr(server.password),
        "security": Security.NONE,
        "move_to": "Processed",
        "poll": 0.3,
        "timeout": 10.0,
    }
    return MailboxOptions(**given | more)


@dataclass
class Watched:
    """What some mailboxes brought, and what they remember."""

    inbox: Inbox = field(default_factory=Inbox)
    notebook: MemoryNotebook = field(default_factory=MemoryNotebook)
    turns: MyTurn = field(default_factory=MyTurn)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)

    @contextlib.asynccontextmanager
    async def watching(
        self, *boxes: MailboxOptions, keys: Credentials | None = None
    ) -> AsyncIterator[asyncio.Task[None]]:
        mailboxes = self.mailboxes([(box, keys or Password(box.password)) for box in boxes])
        task = asyncio.create_task(mailboxes.run(self.inbox, self.inbox.report))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def mailboxes(self, boxes: Sequence[Box]) -> Mailboxes:
        return Mailboxes(
            boxes,
            notebook=self.notebook,
            turns=self.turns,
            now=lambda: self.now,
            lane_of=lane_of,
        )

    async def until(self, count: int, patience: float = 15.0) -> list[str]:
        """Wait for so many mails; their subjects."""
        await eventually(lambda: len(self.inbox.mails) >= count, patience)
        return self.inbox.subjects


async def eventually(done: Any, patience: float = 15.0) -> None:
    async with asyncio.timeout(patience):
        while not done():  # noqa: ASYNC110 - what it waits for happens in threads
            await asyncio.sleep(0.02)


def append(server: Dovecot, user: str, mails: Sequence[bytes], folder: str = "INBOX", **more: Any):
    """Put mails into a folder, as somebody else does."""
    with server.login(user) as client:
        for mail in mails:
            client.append(folder, mail, **more)


def flags(server: Dovecot, user: str, folder: str = "INBOX") -> dict[str, tuple[bytes, ...]]:
    """The subjects in a folder with their flags."""
    with server.login(user) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"])
        return {subject_of(mail[b"BODY[]"]): mail[b"FLAGS"] for mail in found.values()}

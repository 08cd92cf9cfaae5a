"""A workspace, the channel in it, and what the desk would be around it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from gateway.channels.slack.channel import SlackChannel, build
from gateway.channels.slack.settings import SlackTable
from gateway.core.addresses import AddressBook, Key
from gateway.core.documents import Block, Document
from gateway.core.model import Message, Party
from gateway.core.ports import (
    Accepted,
    Incoming,
    IntakeUnavailableError,
    Note,
    Outbound,
    Receipt,
    Surroundings,
    Trouble,
)
from tests.servers.slack import Channel, SlackServer, User

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA, BEA, GUEST, STRANGER, BOT = "U0ADA", "U0BEA", "U0GUEST", "U0FAR", "U0DESK"
BOOK = AddressBook(
    keys=(Key(id=0, secret=b"a-secret-of-the-tests"),),
    desk_address="support@acme.example",
    queues={"support": ("support@acme.example",)},
)


class MemoryNotebook:
    """The desk's notebook, in memory."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, Note]] = {}

    def get(self, book: str, key: str) -> Note | None:
        return self.books.get(book, {}).get(key)

    def write(self, book: str, put: Mapping[str, Note], delete: Iterable[str] = ()) -> None:
        self.books.setdefault(book, {}).update(put)
        for key in delete:
            self.books[book].pop(key, None)

    def scan(self, book: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, Note]]:
        return [pair for pair in sorted(self.books.get(book, {}).items()) if pair[0] > after][
            :limit
        ]


@dataclass
class Door:
    """Keeps what is accepted and told. ``full``: it takes nothing."""

    kept: list[Incoming] = field(default_factory=list)
    told: list[Trouble] = field(default_factory=list)
    full: bool = False

    async def accept(self, incoming: Incoming) -> Accepted:
        if self.full:
            raise IntakeUnavailableError("the disk is full")
        known = [i.external_id for i in self.kept]
        if incoming.external_id in known:
            return Accepted(known.index(incoming.external_id) + 1, duplicate=True)
        self.kept.append(incoming)
        return Accepted(len(self.kept))

    async def report(self, trouble: Trouble) -> None:
        self.told.append(trouble)


@dataclass
class Desk:
    """The channel with a server beyond it."""

    server: SlackServer
    channel: SlackChannel
    door: Door
    notebook: MemoryNotebook

    @property
    def general(self) -> Channel:
        return self.server.world.channels["C0GENERAL"]

    @property
    def secret(self) -> Channel:
        return self.server.world.channels["C0SECRET"]

    @property
    def triage(self) -> Channel:
        return self.server.world.channels["C0TRIAGE"]

    def heard(self) -> list[Message]:
        """What came in, as the core sees it, without what is ignored."""
        return [m for m in self.everything() if not m.ignored]

    def everything(self) -> list[Message]:
        return [self.channel.read(incoming) for incoming in self.door.kept]

    async def channel_send_and_close(self, said: Outbound) -> Receipt:
        """Send by a channel that then lets go, as another process would."""
        try:
            return await self.channel.send(said)
        finally:
            await self.channel.close()

    async def notebook_knows(self, ts: str) -> None:
        """A post in the room is noted, as sending it does."""
        self.notebook.write("slack.threads", {f"slack:C0TRIAGE:{ts}": {"v": 1}})

    async def until(self, condition: Any) -> None:
        """Wait for something that is done beside what is acknowledged."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - the server has no event for everything
                await asyncio.sleep(0.005)


def table_of(server: SlackServer, **more: Any) -> SlackTable:
    given: dict[str, Any] = {
        "bot_token": SecretStr(server.bot_token),
        "app_token": SecretStr(server.app_token),
        "triage_channel": "C0TRIAGE",
        "mail_domains": ("acme.example",),
        "api_url": server.api_url,
    }
    return SlackTable.model_validate(given | more)


def populate(server: SlackServer) -> None:
    world = server.world
    world.add_user(User(ADA, "Ada Lovelace", "Ada@acme.example", locale="de-DE"))
    world.add_user(User(BEA, "Bea", "bea@acme.example"))
    world.add_user(User(GUEST, "Guest", "guest@acme.example", is_restricted=True))
    world.add_user(User(STRANGER, "Far", "far@acme.example", team="T0OTHER", is_stranger=True))
    world.add_channel(Channel("C0GENERAL", "general"), ADA, BEA, GUEST)
    world.add_channel(Channel("C0SECRET", "secret", private=True), ADA, BEA)
    world.add_channel(Channel("C0TRIAGE", "triage"), BEA)


@contextlib.asynccontextmanager
async def at_work(desk: Desk) -> AsyncIterator[Desk]:
    """The channel runs."""
    ready = asyncio.Event()
    task = asyncio.create_task(desk.channel.run(desk.door, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def desk_at(
    server: SlackServer, notebook: MemoryNotebook | None = None, *, web: bool = False, **more: Any
) -> Desk:
    notebook = notebook or MemoryNotebook()
    around = Surroundings(
        book=BOOK,
        now=lambda: NOON,
        notebook=notebook,
        web=web,
        is_agent=lambda who: who.address == BEA,
    )
    return Desk(server, build(table_of(server, **more), around), Door(), notebook)


def outbound(text: str = "Hello Ada", **more: Any) -> Outbound:
    blocks = more.pop("blocks", (Block(kind="words", text=text),))
    given: dict[str, Any] = {
        "id": 1,
        "ticket": 7,
        "channel": "slack",
        "to": Party(channel="slack", address=ADA),
        "sender": Party(address="support@acme.example", name="Support"),
        "document": Document(subject=more.pop("subject", "Printer"), blocks=blocks),
        "message_id": "<1@acme.example>",
        "created_at": NOON,
    }
    return Outbound(**(given | more))

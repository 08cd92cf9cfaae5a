"""A channel, a Bot API that it talks to, and a desk that keeps what comes in."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from gateway.channels.telegram import plugin
from gateway.channels.telegram.channel import TelegramChannel
from gateway.core.addresses import AddressBook, Key
from gateway.core.documents import Block, Document
from gateway.core.model import Message, Party
from gateway.core.ports import (
    Accepted,
    Incoming,
    IntakeUnavailableError,
    Note,
    Outbound,
    Surroundings,
    Trouble,
)
from tests.channels.email.sending.outbounds import outbound
from tests.servers.bot_api import BotApi

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ROOM = -1_001_234


class Memory:
    """A notebook that lives as long as a test."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, Note]] = {}

    def get(self, book: str, key: str) -> Note | None:
        return self.books.get(book, {}).get(key)

    def write(self, book: str, put: Mapping[str, Note], delete: Any = ()) -> None:
        notes = self.books.setdefault(book, {})
        notes.update(put)
        for key in delete:
            notes.pop(key, None)

    def scan(self, book: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, Note]]:
        notes = sorted(self.books.get(book, {}).items())
        return [(key, note) for key, note in notes if key > after][:limit]


@dataclass
class Desk:
    """Keeps what it accepts, each id once; ``full`` as long as a test says so."""

    kept: list[Incoming] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    full: bool = False

    async def accept(self, incoming: Incoming) -> Accepted:
        if self.full:
            raise IntakeUnavailableError("the disk is full")
        twice = incoming.external_id in {one.external_id for one in self.kept}
        if not twice:
            self.kept.append(incoming)
        return Accepted(len(self.kept), duplicate=twice)

    async def report(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)


@dataclass
class Rig:
    """One channel before one Bot API; ``restarted`` gives another one after it."""

    api: BotApi
    notebook: Memory = field(default_factory=Memory)
    desk: Desk = field(default_factory=Desk)
    config: dict[str, Any] = field(default_factory=dict)
    public_url: str = ""
    now: Callable[[], datetime] = lambda: NOON
    strangers: set[str] = field(default_factory=set)  # who are no agents
    channel: TelegramChannel = field(init=False)
    made: ClassVar[list[TelegramChannel]] = []

    def __post_init__(self) -> None:
        given = {"token": self.api.token, "api_url": self.api.url} | self.config
        around = Surroundings(
            book=AddressBook(
                keys=(Key(id=0, secret=b"of the tests"),),
                desk_address="support@acme.example",
                queues={"support": ("support@acme.example",)},
            ),
            now=self.now,
            notebook=self.notebook,
            public_url=self.public_url,
            is_agent=lambda who: who.address not in self.strangers,
        )
        table = plugin.settings.model_validate(given)
        channel = plugin.build(table, around)
        assert isinstance(channel, TelegramChannel)
        self.channel = channel
        self.made.append(channel)

    def restarted(self) -> "Rig":
        return Rig(self.api, self.notebook, self.desk, self.config, self.public_url, self.now)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        ready = asyncio.Event()
        task = asyncio.create_task(self.channel.run(self.desk, ready.set))
        await ready.wait()
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.channel.close()

    async def acknowledged(self) -> None:
        await until(lambda: not self.api.waiting, "all updates to be acknowledged")

    def read(self) -> list[Message]:
        return [self.channel.read(one) for one in self.desk.kept]

    def said(self) -> list[Message]:
        return [message for message in self.read() if not message.ignored]


async def until(true: Callable[[], object], what: str, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        await asyncio.sleep(0.01)


def to_send(*blocks: Block, to: int | str = 0, **more: Any) -> Outbound:
    blocks = blocks or (Block(kind="text", text="We are on it."),)
    subject = more.pop("subject", "#7 Printer on fire")
    party = Party(address=str(to), channel="telegram", name=more.pop("name", ""))
    given = {"document": Document(subject=subject, blocks=blocks), "kind": "answer"} | more
    return outbound(channel="telegram", to=party, **given)


def said(text: str, html: str | None = None) -> Block:
    return Block(kind="words", text=text, html=html)


@contextlib.contextmanager
def nothing_lost(api: BotApi) -> Iterator[None]:
    """Every update is acknowledged in the end."""
    yield
    assert api.waiting == []

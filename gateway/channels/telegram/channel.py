"""Telegram: updates in by polling or posts, messages out, files fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog
from telegram.error import InvalidToken, RetryAfter, TelegramError

from gateway.channels.telegram.checking import check_telegram
from gateway.channels.telegram.failures import retry_after, words_of
from gateway.channels.telegram.fetching import fetch
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.reading import read
from gateway.channels.telegram.receiving.backoff import BackOff
from gateway.channels.telegram.receiving.following import Follower
from gateway.channels.telegram.receiving.hooking import PATH, Receiver
from gateway.channels.telegram.receiving.polling import Poller
from gateway.channels.telegram.receiving.room import Room
from gateway.channels.telegram.receiving.taking import Books, Me, Taker
from gateway.channels.telegram.receiving.telling import Teller
from gateway.channels.telegram.sending.pace import Pace
from gateway.channels.telegram.sending.posting import Poster
from gateway.channels.telegram.sending.sender import Sender
from gateway.channels.telegram.sending.topics import Topics
from gateway.channels.telegram.settings import CHANNEL, Mode, TelegramTable
from gateway.channels.telegram.wire import bot_of
from gateway.core.model import Message
from gateway.core.ports import (
    Door,
    Finding,
    Hook,
    Incoming,
    Outbound,
    Receipt,
    Surroundings,
)

_REVOKED = 600.0  # seconds until a token that was refused is tried again
log = structlog.get_logger(__name__)


class TelegramChannel:
    """See `core.ports.Channel`, `Fetches`, `Hooks` and `Checks`."""

    name = CHANNEL

    def __init__(self, table: TelegramTable, around: Surroundings) -> None:
        self._table = table
        self._around = around
        self._bot = bot_of(table.token, table.api_url)
        notebook, now = around.notebook, around.now
        self._room = Room(table.agents_chat, Book("telegram.room", notebook, now, keep=None))
        self._books = Books(
            albums=Book("telegram.albums", notebook, now),
            asked=Book("telegram.asked", notebook, now),
        )
        self._sent = Book("telegram.sent", notebook, now)
        poster = Poster(self._bot, Pace(), self._sent)
        topics = Topics(self._bot, Book("telegram.topics", notebook, now, most=50_000, keep=None))
        self._sender = Sender(poster, topics, self._room)
        self._receiver = Receiver(table.hook_secret, self._books.albums)
        self._opened = False

    def read(self, incoming: Incoming) -> Message:
        """An update, or an album, as the core sees it."""
        return replace(read(incoming), queue=self._table.queue)

    async def run(self, door: Door, ready: Callable[[], None]) -> None:
        """Take updates in until cancelled. A network that is away is waited for by nobody."""
        await self._open()
        await self._room.recall()
        for book in (self._books.albums, self._books.asked, self._sent):
            await book.tidy()
        teller = Teller(door.report, self._around.now)
        follower = Follower(self._bot, self._room, self._books.asked, teller, self._around.is_agent)
        taker = Taker(door, self._room, self._books, self._around.now, follower.follow)
        ready()
        try:
            if self._table.mode is Mode.POLLING:
                await self._poll(taker, teller)
            else:
                await self._be_posted_to(taker, teller)
        finally:
            self._receiver.taker = None
            await taker.close()

    async def _poll(self, taker: Taker, teller: Teller) -> None:
        async def meet() -> None:
            await self._meet(taker)
            if (await self._bot.get_webhook_info()).url:
                log.warning("telegram_webhook_taken_off")
                await self._bot.delete_webhook()

        albums, turns = self._books.albums, self._around.turns
        await Poller(self._bot, taker, albums, teller, meet, turns).run()

    async def _be_posted_to(self, taker: Taker, teller: Teller) -> None:
        """Have Telegram post, and see to it that it does."""
        back_off = BackOff()
        while True:
            try:
                await self._meet(taker)
                self._receiver.taker = taker
                await self._bot.set_webhook(
                    self._hook_url, secret_token=self._table.hook_secret, allowed_updates=[]
                )
            except InvalidToken:
                await teller.token_refused()
                await asyncio.sleep(_REVOKED)
            except RetryAfter as error:
                await asyncio.sleep(retry_after(error))
            except TelegramError as error:
                log.warning("telegram_waits", kind=type(error).__name__, why=words_of(error))
                await teller.down(words_of(error))
                await asyncio.sleep(back_off.after_failure())
            else:
                await teller.up()
                back_off.went_well()
                await asyncio.sleep(_REVOKED)

    async def _meet(self, taker: Taker) -> None:
        me = await self._bot.get_me()
        taker.me = Me(id=me.id, username=me.username or "")
        log.info("telegram_bot", username=me.username)

    @property
    def _hook_url(self) -> str:
        base = self._around.public_url
        return f"{base.rstrip('/')}{PATH}" if base else ""

    async def send(self, outbound: Outbound) -> Receipt:
        """Into the person's chat, or where it is to be said."""
        await self._open()
        return await self._sender.send(outbound)

    async def fetch(self, ref: str, most: int) -> bytes:
        """See `core.ports.Fetches`."""
        await self._open()
        return await fetch(self._bot, ref, most)

    def hooks(self) -> Mapping[str, Hook]:
        """See `core.ports.Hooks`."""
        return {PATH: self._receiver.receive} if self._table.mode is Mode.WEBHOOK else {}

    async def check(self) -> list[Finding]:
        """See `core.ports.Checks`."""
        try:
            await self._open()
            return await check_telegram(self._table, self._bot, self._hook_url)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        self._opened = False
        await self._bot.let_go()

    async def _open(self) -> None:
        if not self._opened:
            self._opened = True
            await self._bot.open()


def build(table: TelegramTable, around: Surroundings) -> TelegramChannel:
    """The channel of a ``[telegram]`` table."""
    return TelegramChannel(table, around)

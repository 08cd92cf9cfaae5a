"""Topics of the agents' group: one for each ticket, named, closed and opened as the ticket goes."""

from __future__ import annotations

import re
from collections.abc import Awaitable

import structlog
from telegram.error import BadRequest, TelegramError

from gateway.channels.telegram.failures import changed_nothing
from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.wire import TelegramBot

_TAG = re.compile(r"^\[#(\d+)\] ?")  # as mail has it
_LONGEST_NAME = 128  # characters
log = structlog.get_logger(__name__)


def topic_name(subject: str) -> str:
    """What a ticket's topic is called."""
    name = _TAG.sub(r"#\1 ", " ".join(subject.split())) or "?"
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


class Topics:
    """Makes topics and keeps them in step. ``book`` has what each is called, and whether closed."""

    def __init__(self, bot: TelegramBot, book: Book) -> None:
        self._bot = bot
        self._book = book

    async def make(self, chat: int, subject: str) -> Place:
        """A new topic. Raises TelegramError."""
        name = topic_name(subject)
        made = await self._bot.create_forum_topic(chat, name)
        place = Place(chat=chat, topic=made.message_thread_id)
        await self._book.try_to_put(place.key, {"name": name, "closed": False})
        return place

    async def follow(self, place: Place, subject: str, *, closed: bool) -> None:
        """Name, close or open a topic. What fails of that is logged: the card tells it all."""
        note = await self._book.try_to_get(place.key) or {"name": None, "closed": False}
        name = topic_name(subject)
        wanted = {"name": name, "closed": closed}
        if {key: note[key] for key in wanted} == wanted:
            return
        try:
            if note["closed"] and not closed:
                await self._quietly(self._bot.reopen_forum_topic(place.chat, place.topic))
            if note["name"] != name:
                await self._quietly(self._bot.edit_forum_topic(place.chat, place.topic, name=name))
            if closed and not note["closed"]:
                await self._quietly(self._bot.close_forum_topic(place.chat, place.topic))
        except TelegramError as error:
            log.warning("telegram_topic_not_followed", kind=type(error).__name__)
            return
        await self._book.try_to_put(place.key, wanted)

    async def pin(self, place: Place) -> None:
        """Keep a message in sight, where the bot may."""
        try:
            await self._bot.pin_chat_message(place.chat, place.message, disable_notification=True)
        except TelegramError as error:
            log.info("telegram_not_pinned", kind=type(error).__name__)

    @staticmethod
    async def _quietly(doing: Awaitable[bool]) -> None:
        try:
            await doing
        except BadRequest as error:
            if not changed_nothing(error):
                raise

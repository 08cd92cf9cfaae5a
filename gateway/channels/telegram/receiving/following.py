"""What follows once an update is on disk: presses answered, questions asked, groups left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from telegram import ForceReply, MessageEntity, User
from telegram.error import BadRequest, Forbidden

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.reading.context import person, place_in, topic_in
from gateway.channels.telegram.reading.fields import Table, table, whole, words
from gateway.channels.telegram.reading.pressing import ASKS
from gateway.channels.telegram.receiving.room import Room
from gateway.channels.telegram.receiving.telling import ROOM, Teller
from gateway.channels.telegram.receiving.updates import message_of
from gateway.channels.telegram.sending.formatting import utf16
from gateway.channels.telegram.sending.words import words_for
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.model import Party

_GROUPS = ("group", "supergroup", "channel")
_INSIDE = ("member", "administrator", "restricted", "creator")
log = structlog.get_logger(__name__)


class Follower:
    """Does what an update asks for beside the inbox. ``asked`` remembers the desk's questions."""

    def __init__(
        self,
        bot: TelegramBot,
        room: Room,
        asked: Book,
        teller: Teller,
        is_agent: Callable[[Party], bool],
    ) -> None:
        self._bot = bot
        self._room = room
        self._asked = asked
        self._teller = teller
        self._is_agent = is_agent

    async def follow(self, update: dict[str, Any]) -> None:
        """Raises TelegramError and others: nothing is lost by any of it."""
        if query := table(update, "callback_query"):
            await self._pressed(query)
        elif change := table(update, "my_chat_member"):
            await self._membership(change)
        else:
            await self._said(message_of(update))

    async def _pressed(self, query: Table) -> None:
        """Telegram shows that something is under way until a press is answered.

        Who is no agent is told so alone: with the others it would look as if nothing happened.
        """
        under = table(query, "message")
        room = self._room
        in_room = bool(room.configured) and whole(table(under, "chat"), "id") == room.now
        refused = in_room and not self._is_agent(person(table(query, "from")))
        await self._answer(query, refused=refused)
        said = words(query, "data")
        if said.startswith(ASKS) and in_room and not refused:
            await self._ask(query, under, said.removeprefix(ASKS))

    async def _answer(self, query: Table, *, refused: bool) -> None:
        given: dict[str, Any] = {}
        if refused:
            language = words(table(query, "from"), "language_code")
            given = {"text": words_for(language)["not_agent"], "show_alert": True}
        try:
            await self._bot.answer_callback_query(words(query, "id"), **given)
        except BadRequest:
            pass  # it was pressed too long ago: nobody waits for it any more

    async def _ask(self, query: Table, under: Table, line: str) -> None:
        """Have the agent write the words that go with a button."""
        user = table(query, "from")
        called = person(user).shown
        text = f"{called}: {words_for(words(user, 'language_code'))['write_here']}"
        who = User(id=whole(user, "id"), first_name=called, is_bot=False)
        mention = MessageEntity(MessageEntity.TEXT_MENTION, 0, utf16(called), user=who)
        text += f"\n{line.splitlines()[-1]}"
        sent = await self._bot.send_message(
            whole(table(under, "chat"), "id"),
            text,
            entities=[mention],
            message_thread_id=topic_in(under) or None,
            reply_markup=ForceReply(selective=True),
        )
        place = Place(chat=sent.chat_id, message=sent.message_id)
        await self._asked.put(place.key, {"line": line})

    async def _membership(self, change: Table) -> None:
        chat = table(change, "chat")
        id = whole(chat, "id")
        inside = words(table(change, "new_chat_member"), "status") in _INSIDE
        if self._room.configured and id == self._room.now:
            await self._tell_of_room(inside=inside)
        elif inside and words(chat, "type") in _GROUPS:
            await self._leave(id)

    async def _tell_of_room(self, *, inside: bool) -> None:
        if inside:
            await self._teller.right(ROOM, "The bot is in the agents' group again.")
            return
        await self._teller.wrong(
            ROOM,
            "The bot was taken out of the agents' group, so no ticket is shown there. Take it in "
            "again and make it an admin that may manage topics.",
        )

    async def _said(self, message: Table) -> None:
        """The group may have become another one; in foreign groups nothing is for us to hear."""
        chat = table(message, "chat")
        id, to = whole(chat, "id"), whole(message, "migrate_to_chat_id")
        if to and id:
            await self.moved(id, to)
        elif (
            words(chat, "type") in _GROUPS
            and id != self._room.now
            and not table(message, "left_chat_member")
            and not whole(message, "migrate_from_chat_id")
            and place_in(message).message
        ):
            await self._leave(id)

    async def moved(self, before: int, to: int) -> None:
        """A group has another id from now on."""
        if await self._room.moved(before, to):
            await self._teller.wrong(
                f"{ROOM} {to}",
                f"The agents' group on Telegram became a supergroup and has the id {to} now. The "
                f"desk follows it already. Write agents_chat = {to} into the config, so that it "
                "finds it if its database is ever lost.",
            )

    async def _leave(self, chat: int) -> None:
        log.warning("telegram_group_left", chat=chat)
        try:
            await self._bot.leave_chat(chat)
        except (BadRequest, Forbidden):
            pass  # it is not in there any more

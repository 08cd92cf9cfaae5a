"""Posts the parts of one message, each once: what went out before a failure is not said again."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, RetryAfter, TelegramError

from gateway.channels.telegram.failures import changed_nothing, is_gone, retry_after
from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.sending.content import Content
from gateway.channels.telegram.sending.formatting import LONGEST_CAPTION, Text, utf16
from gateway.channels.telegram.sending.pace import Pace
from gateway.channels.telegram.sending.parts import NO_PREVIEW, Part, Parts, Step
from gateway.channels.telegram.sending.progress import Out
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.ports import MaybeSentError

_A_CAPTION = "no text in the message to edit"


class Poster:
    """Puts contents into chats. ``sent`` remembers, by outbox row, what of it is out."""

    def __init__(self, bot: TelegramBot, pace: Pace, sent: Book) -> None:
        self._bot = bot
        self._pace = pace
        self._sent = sent
        self._parts = Parts(bot)

    async def post(
        self,
        id: int,
        attempt: int,
        place: Place,
        content: Content,
        keyboard: InlineKeyboardMarkup | None,
    ) -> Out:
        """Post all of it that is not out yet; what is out then.

        Raises TelegramError; MaybeSentError where the desk died while it posted a part.
        """
        out = await self.already(id, place) if attempt > 1 else Out()
        if attempt > 1 and await self._was_posting(id, place):
            await self.note(id, place, out)  # whoever has it sent again knows what that means
            raise MaybeSentError("the desk was stopped while it was handed to Telegram")
        out = out.towards(content)
        for part in self._parts.of(place, out.rest(content), keyboard):
            out = await self._one(id, place, part, out)
            await self.note(id, place, out)
        return out

    async def _one(self, id: int, place: Place, part: Part, out: Out) -> Out:
        """Post one part. That it is tried is on disk before: nobody can ask Telegram afterwards."""

        async def post() -> list[int]:
            await self.note(id, place, out, posting=True)
            return await part.step()

        try:
            ids = await self.paced(place.chat, post)
        except TelegramError:
            await self.note(id, place, out)  # what is known of it, the error says
            raise
        return out.went(ids, part.texts, part.files)

    async def _was_posting(self, id: int, place: Place) -> bool:
        note = await self._sent.try_to_get(str(id))
        return bool(note and note["at"] == place.key and note.get("posting"))

    async def already(self, id: int, place: Place) -> Out:
        """What of a row of the outbox is out there already."""
        note = await self._sent.try_to_get(str(id))
        return Out.from_note(note) if note and note["at"] == place.key else Out()

    async def note(self, id: int, place: Place, out: Out, *, posting: bool = False) -> None:
        """Remember what is out, and whether more of it is just being posted."""
        note = {"at": place.key, **out.to_note()}
        await self._sent.try_to_put(str(id), note | ({"posting": True} if posting else {}))

    async def paced(self, chat: int, step: Step) -> list[int]:
        """Do something in a chat when that is allowed."""
        await self._pace.wait(chat)
        try:
            return await step()
        except RetryAfter as error:
            self._pace.pause(chat, retry_after(error))
            raise

    async def edit(self, place: Place, text: Text, keyboard: InlineKeyboardMarkup | None) -> None:
        """Have a message say something else. Raises TelegramError."""

        async def change() -> list[int]:
            try:
                await self._edit_text(place, text, keyboard)
            except BadRequest as error:
                if _A_CAPTION not in error.message.lower():
                    raise
                await self._edit_caption(place, text, keyboard)
            return []

        try:
            await self.paced(place.chat, change)
        except BadRequest as error:
            if not changed_nothing(error):
                raise

    async def take_away(self, place: Place) -> None:
        """A message goes; where Telegram does not let it go any more, after two days, it is empty.

        Raises TelegramError.
        """

        async def take() -> list[int]:
            await self._bot.delete_message(place.chat, place.message)
            return []

        try:
            await self.paced(place.chat, take)
        except BadRequest as error:
            if not is_gone(error):
                await self.edit(place, Text(text="…"), None)

    async def _edit_text(
        self, place: Place, text: Text, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        await self._bot.edit_message_text(
            text.text,
            chat_id=place.chat,
            message_id=place.message,
            entities=text.entities,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )

    async def _edit_caption(
        self, place: Place, text: Text, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        fits = utf16(text.text) <= LONGEST_CAPTION
        await self._bot.edit_message_caption(
            chat_id=place.chat,
            message_id=place.message,
            caption=text.text if fits else text.text[: LONGEST_CAPTION // 2 - 1] + "…",
            caption_entities=text.entities if fits else (),
            reply_markup=keyboard,
        )

"""Posts the parts of one message, each once: what went out before a failure is not said again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from telegram import (
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
)
from telegram.error import BadRequest, RetryAfter, TelegramError

from gateway.channels.telegram.failures import changed_nothing, is_gone, retry_after
from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.sending.content import Content
from gateway.channels.telegram.sending.files import Kind, Packed
from gateway.channels.telegram.sending.formatting import LONGEST_CAPTION, Text, utf16
from gateway.channels.telegram.sending.pace import Pace
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.ports import MaybeSentError

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_A_CAPTION = "no text in the message to edit"
Step = Callable[[], Awaitable[list[int]]]


class Poster:
    """Puts contents into chats. ``sent`` remembers, by outbox row, what of it is out."""

    def __init__(self, bot: TelegramBot, pace: Pace, sent: Book) -> None:
        self._bot = bot
        self._pace = pace
        self._sent = sent

    async def post(
        self,
        id: int,
        attempt: int,
        place: Place,
        content: Content,
        keyboard: InlineKeyboardMarkup | None,
    ) -> list[int]:
        """Post all of it; the message ids, the first one first.

        Raises TelegramError; MaybeSentError where the desk died while it posted a part.
        """
        steps = self._steps(place, content, keyboard)
        out = await self.already(id, place) if attempt > 1 else []
        if attempt > 1 and await self._was_posting(id, place):
            await self.note(id, place, out)  # whoever has it sent again knows what that means
            raise MaybeSentError("the desk was stopped while it was handed to Telegram")
        for step in steps[len(out) :]:
            out = [*out, await self._one(id, place, step, out)]
            await self.note(id, place, out)
        return [one for part in out for one in part]

    async def _one(
        self, id: int, place: Place, step: Step, out: Sequence[Sequence[int]]
    ) -> list[int]:
        """Post one part. That it is tried is on disk before: nobody can ask Telegram afterwards."""

        async def post() -> list[int]:
            await self.note(id, place, out, posting=True)
            return await step()

        try:
            return await self.paced(place.chat, post)
        except TelegramError:
            await self.note(id, place, out)  # what is known of it, the error says
            raise

    async def _was_posting(self, id: int, place: Place) -> bool:
        note = await self._sent.try_to_get(str(id))
        return bool(note and note["at"] == place.key and note.get("posting"))

    async def already(self, id: int, place: Place) -> list[list[int]]:
        """What of a row of the outbox is out there already, part by part."""
        note = await self._sent.try_to_get(str(id))
        return list(note["out"]) if note and note["at"] == place.key else []

    async def note(
        self, id: int, place: Place, out: Sequence[Sequence[int]], *, posting: bool = False
    ) -> None:
        """Remember what is out, and whether more of it is just being posted."""
        note = {"at": place.key, "out": [list(p) for p in out]}
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
            link_preview_options=_NO_PREVIEW,
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

    def _steps(
        self, place: Place, content: Content, keyboard: InlineKeyboardMarkup | None
    ) -> list[Step]:
        texts, files = list(content.texts), list(content.files)
        caption = None
        if len(texts) == 1 and files and utf16(texts[0].text) <= LONGEST_CAPTION:
            single = len(files[0].files) == 1
            caption = texts.pop() if single or keyboard is None else None
        last = len(texts) - 1
        steps = [
            self._text_step(place, text, keyboard if n == last else None)
            for n, text in enumerate(texts)
        ]
        for n, packed in enumerate(files):
            first = n == 0 and caption is not None
            steps.append(
                self._files_step(
                    place, packed, caption if first else None, keyboard if first else None
                )
            )
        return steps

    def _text_step(self, place: Place, text: Text, keyboard: InlineKeyboardMarkup | None) -> Step:
        async def send() -> list[int]:
            sent = await self._bot.send_message(
                place.chat,
                text.text,
                entities=text.entities,
                message_thread_id=place.topic or None,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard,
            )
            return [sent.message_id]

        return send

    def _files_step(
        self,
        place: Place,
        packed: Packed,
        caption: Text | None,
        keyboard: InlineKeyboardMarkup | None,
    ) -> Step:
        async def send() -> list[int]:
            if len(packed.files) > 1:
                return [one.message_id for one in await self._album(place, packed, caption)]
            return [(await self._file(place, packed, caption, keyboard)).message_id]

        return send

    async def _album(self, place: Place, packed: Packed, caption: Text | None) -> Sequence[Message]:
        form = InputMediaPhoto if packed.kind is Kind.PHOTO else InputMediaDocument
        media = [form(file.data, filename=file.name) for file in packed.files]
        return await self._bot.send_media_group(
            place.chat,
            media,
            message_thread_id=place.topic or None,
            caption=caption.text if caption else None,
            caption_entities=caption.entities if caption else None,
        )

    async def _file(
        self,
        place: Place,
        packed: Packed,
        caption: Text | None,
        keyboard: InlineKeyboardMarkup | None,
    ) -> Message:
        (file,) = packed.files
        given = InputFile(file.data, filename=file.name)
        said = {
            "message_thread_id": place.topic or None,
            "caption": caption.text if caption else None,
            "caption_entities": caption.entities if caption else None,
            "reply_markup": keyboard,
        }
        if packed.kind is Kind.PHOTO:
            return await self._bot.send_photo(place.chat, given, **said)  # type: ignore[arg-type]
        return await self._bot.send_document(place.chat, given, **said)  # type: ignore[arg-type]

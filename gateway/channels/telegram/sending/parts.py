"""The parts of one message: each is one call, and one message or album in the chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from telegram import (
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
)

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.sending.content import Content
from gateway.channels.telegram.sending.files import Kind, Packed
from gateway.channels.telegram.sending.formatting import LONGEST_CAPTION, Text, utf16
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.model import Attachment

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Step = Callable[[], Awaitable[list[int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``step`` posts it and gives the message ids; ``texts`` and ``files`` are what it holds."""

    step: Step
    texts: int = 0
    files: tuple[Attachment, ...] = ()


class Parts:
    """Makes the parts of contents."""

    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot

    def of(
        self, place: Place, content: Content, keyboard: InlineKeyboardMarkup | None
    ) -> list[Part]:
        """The parts of a content, in order. The buttons stand under the last words."""
        texts, files = list(content.texts), list(content.files)
        caption = None
        if len(texts) == 1 and files and utf16(texts[0].text) <= LONGEST_CAPTION:
            single = len(files[0].files) == 1
            caption = texts.pop() if single or keyboard is None else None
        last = len(texts) - 1
        parts = [
            Part(step=self._text_step(place, text, keyboard if n == last else None), texts=1)
            for n, text in enumerate(texts)
        ]
        for n, packed in enumerate(files):
            above, under = (caption, keyboard) if n == 0 and caption is not None else (None, None)
            step = self._files_step(place, packed, above, under)
            parts.append(Part(step=step, texts=int(above is not None), files=packed.files))
        return parts

    def _text_step(self, place: Place, text: Text, keyboard: InlineKeyboardMarkup | None) -> Step:
        async def send() -> list[int]:
            sent = await self._bot.send_message(
                place.chat,
                text.text,
                entities=text.entities,
                message_thread_id=place.topic or None,
                link_preview_options=NO_PREVIEW,
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

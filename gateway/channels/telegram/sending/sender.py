"""One message of the outbox, to where it belongs: a person's chat, a topic, a card."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from gateway.channels.telegram.failures import is_gone, send_error
from gateway.channels.telegram.keys import Place, place_of
from gateway.channels.telegram.receiving.room import Room
from gateway.channels.telegram.sending.content import CARD, Content, content_of
from gateway.channels.telegram.sending.formatting import Text
from gateway.channels.telegram.sending.keyboards import keyboard_of
from gateway.channels.telegram.sending.posting import Poster
from gateway.channels.telegram.sending.progress import Out
from gateway.channels.telegram.sending.topics import Topics
from gateway.core.ports import Outbound, PermanentError, Receipt


class Sender:
    """See `core.ports.Channel.send`. ``moved`` hears that a group has another id."""

    def __init__(self, poster: Poster, topics: Topics, room: Room) -> None:
        self._poster = poster
        self._topics = topics
        self._room = room

    async def send(self, outbound: Outbound) -> Receipt:
        """Raises TemporaryError, PermanentError or MaybeSentError."""
        try:
            return await self._to_its_place(outbound)
        except ChatMigrated as moved:
            await self._follow(outbound, moved)
        except TelegramError as error:
            raise send_error(error) from None
        try:
            return await self._to_its_place(outbound)
        except TelegramError as error:
            raise send_error(error) from None

    async def _follow(self, outbound: Outbound, moved: ChatMigrated) -> None:
        await self._room.moved(self._place(outbound).chat, moved.new_chat_id)

    async def _to_its_place(self, outbound: Outbound) -> Receipt:
        if outbound.kind == CARD:
            return await self._card(outbound)
        if outbound.edits and (edited := await self._edited(outbound)):
            return edited
        if outbound.alone and outbound.to.address.isdecimal():
            return await self._to_one_alone(outbound)
        return await self._post(outbound, self._place(outbound))

    def _place(self, outbound: Outbound) -> Place:
        """Where it is put: the place that is named, else the chat of whom it is for."""
        place = place_of(outbound.place) if outbound.place else None
        place = place or place_of(f"telegram:{outbound.to.address}")
        if place is None:
            raise PermanentError("they have no account at Telegram that is known")
        return Place(
            chat=self._room.address_of(place.chat), message=place.message, topic=place.topic
        )

    async def _to_one_alone(self, outbound: Outbound) -> Receipt:
        """In a private chat; where that cannot be, at the place where they spoke."""
        private = Place(chat=int(outbound.to.address))
        try:
            return await self._post(outbound, private)
        except (Forbidden, BadRequest):
            place = self._place(outbound)
            if place.chat == private.chat:
                raise
            return await self._post(outbound, place)

    async def _post(self, outbound: Outbound, place: Place) -> Receipt:
        content, keyboard = content_of(outbound, titled=place.topic == 0), _keyboard(outbound)
        out = await self._poster.post(outbound.id, outbound.attempt, place, content, keyboard)
        if not out.ids:
            return Receipt(remark="there was nothing in it to say")
        return _receipt(place.chat, out.ids, words=out.said)

    async def _edited(self, outbound: Outbound) -> Receipt | None:
        """What was said before says this now, all pieces of it; None where its beginning is gone.

        What is longer follows, and what is left over goes.
        """
        place = place_of(outbound.edits)
        if place is None or not place.message:
            return None
        texts = content_of(outbound, titled=place_of(outbound.place) is None).texts
        there = [place, *filter(None, map(place_of, outbound.pieces))]
        if not texts or not await self._change(outbound, there[0], texts, 0):
            return None
        ids, new = [place.message], []
        for number in range(1, len(texts)):
            old = there[number] if number < len(there) else None
            if old is not None and await self._change(outbound, old, texts, number):
                ids.append(old.message)
            else:
                new.append(texts[number])
        for surplus in there[len(texts) :]:
            await self._poster.take_away(surplus)
        ids += await self._rest(outbound, new)
        return _receipt(place.chat, ids, words=len(ids))

    async def _change(
        self, outbound: Outbound, place: Place, texts: Sequence[Text], number: int
    ) -> bool:
        """Have one piece say what it says now; False where it is gone."""
        keyboard = _keyboard(outbound) if number == len(texts) - 1 else None
        try:
            await self._poster.edit(place, texts[number], keyboard)
        except BadRequest as error:
            if is_gone(error):
                return False
            raise
        return True

    async def _rest(self, outbound: Outbound, texts: Sequence[Text]) -> list[int]:
        if not texts:
            return []
        place, rest = self._place(outbound), Content(texts=tuple(texts))
        keyboard = _keyboard(outbound)
        out = await self._poster.post(outbound.id, outbound.attempt, place, rest, keyboard)
        return out.ids

    async def _card(self, outbound: Outbound) -> Receipt:
        """A ticket's card, in a topic of its own; changed where it stands, if it is there."""
        content = content_of(outbound, titled=True)
        card = Content(texts=content.texts[:1])
        before, topic = place_of(outbound.edits), place_of(outbound.place)
        if before is not None and topic is not None and topic.topic:
            try:
                await self._poster.edit(before, card.texts[0], _card_keyboard(outbound))
            except BadRequest as error:
                if not is_gone(error):
                    raise
            else:
                await self._follow_topic(outbound, topic)
                return Receipt(keys=(before.key, topic.key))
        return await self._new_card(outbound, card, topic)

    async def _new_card(self, outbound: Outbound, card: Content, topic: Place | None) -> Receipt:
        if topic is None or not topic.topic:
            topic = await self._topic_for(outbound)
        try:
            message = await self._put_card(outbound, card, topic)
        except BadRequest as error:
            if not is_gone(error):
                raise
            topic = await self._topic_for(outbound)
            message = await self._put_card(outbound, card, topic)
        await self._topics.pin(message)
        return Receipt(keys=(message.key, topic.key))

    async def _put_card(self, outbound: Outbound, card: Content, topic: Place) -> Place:
        """Post it. One that was out before a failure may say how the ticket stood then."""
        keyboard = _card_keyboard(outbound)
        out = await self._poster.post(outbound.id, outbound.attempt, topic, card, keyboard)
        message = Place(chat=topic.chat, message=out.ids[0])
        if outbound.attempt > 1:
            await self._poster.edit(message, card.texts[0], keyboard)
        return message

    async def _topic_for(self, outbound: Outbound) -> Place:
        """A topic of its own; the one that was made before a failure, where there is one."""
        chat = Place(chat=self._place(outbound).chat)
        made = await self._poster.already(-outbound.id, chat) if outbound.attempt > 1 else Out()
        if made.ids:
            return Place(chat=chat.chat, topic=made.ids[0])
        topic = await self._topics.make(chat.chat, outbound.document.subject)
        await self._poster.note(-outbound.id, chat, Out(parts=((topic.topic,),)))
        return topic

    async def _follow_topic(self, outbound: Outbound, topic: Place) -> None:
        await self._topics.follow(topic, outbound.document.subject, closed=outbound.over)


def _keyboard(outbound: Outbound) -> InlineKeyboardMarkup | None:
    return keyboard_of(outbound.actions)


def _receipt(chat: int, ids: Sequence[int], *, words: int) -> Receipt:
    return Receipt(keys=tuple(Place(chat=chat, message=id).key for id in ids), words=words)


def _card_keyboard(outbound: Outbound) -> InlineKeyboardMarkup | None:
    """The buttons of a card; in a closed topic nobody could write the words that some ask for."""
    return keyboard_of([a for a in outbound.actions if not (outbound.over and a.asks)])

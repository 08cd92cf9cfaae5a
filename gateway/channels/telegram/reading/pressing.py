"""Buttons that were pressed: what they say is said by whoever pressed them."""

from __future__ import annotations

from dataclasses import replace

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.reading.context import (
    NAME,
    Context,
    fingerprint,
    person,
    place_in,
    topic_in,
)
from gateway.channels.telegram.reading.fields import Table, table, whole, words
from gateway.channels.telegram.reading.ignoring import ignored
from gateway.channels.telegram.reading.messages import language_of
from gateway.core.chat import Request, Spoken, Where
from gateway.core.model import Message

ASKS = "?"
"""Begins what a button carries that asks for words first."""


def read_press(query: Table, context: Context) -> Message:
    """A press (callback query)."""
    said, under = words(query, "data").strip(), table(query, "message")
    id = words(query, "id")
    author = person(table(query, "from"))
    chat = whole(table(under, "chat"), "id")
    if not said or said.startswith(ASKS) or not author.address:
        kind = "callback_query: words are asked for" if said else "callback_query without words"
        return ignored(kind, {"from": query.get("from")}, id)
    message = Message(
        channel=NAME,
        author=author,
        fingerprint=fingerprint("press", id),
        refers_to=_under(under),
        language=language_of(table(query, "from")),
        chat=Spoken(where=Where.DIRECT, pressed=True),
    )
    if chat == context.room and chat:
        return _of_agent(message, said, under)
    if str(chat) == author.address:
        return _of_person(message, said, chat)
    return ignored("callback_query in a foreign chat", {"from": query.get("from")}, id)


def _under(message: Table) -> tuple[str, ...]:
    """The message that bears the button, then its topic."""
    place, topic = place_in(message), topic_in(message)
    found = [place.key] if place.message else []
    return (*found, place.within(topic).key) if topic else tuple(found)


def _of_agent(message: Message, said: str, under: Table) -> Message:
    place = place_in(under).within(topic_in(under))
    spoken = Spoken(where=Where.DESK, place=place.key, pressed=True)
    return replace(message, text=said, full_text=said, chat=spoken)


def _of_person(message: Message, said: str, chat: int) -> Message:
    place = Place(chat=chat).key
    request = Request.of(said)
    spoken = Spoken(
        where=Where.DIRECT,
        conversation=place,
        place=place,
        shown_to_author_alone=True,
        pressed=True,
        request=request,
    )
    text = "" if request else said
    return replace(message, text=text, full_text=text, chat=spoken)

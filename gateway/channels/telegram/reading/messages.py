"""What somebody wrote, whole or in parts of an album, new or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.reading.commands import as_lines, asked, for_another, ticket_named
from gateway.channels.telegram.reading.context import (
    NAME,
    Context,
    author_of,
    fingerprint,
    place_in,
    topic_in,
)
from gateway.channels.telegram.reading.fields import Table, moment, table, whole, words
from gateway.channels.telegram.reading.files import files_of, told_apart
from gateway.channels.telegram.reading.ignoring import ignored, says_nothing
from gateway.channels.telegram.reading.wording import Wording, subject_of, wording
from gateway.core.chat import Edit, Spoken, Where
from gateway.core.model import Message


def read_message(messages: Sequence[Table], context: Context, *, edited: bool = False) -> Message:
    """A message, or the parts of an album; ``edited``: it replaces an earlier one."""
    first = messages[0]
    id = place_in(first).key
    if what := says_nothing(messages):
        return ignored(what, first, id)
    chat, kind = table(first, "chat"), words(table(first, "chat"), "type")
    if not author_of(first).address:
        return ignored("message of nobody", first, id)
    if table(first, "from").get("is_bot") is True and not table(first, "sender_chat"):
        return ignored("message of a bot", first, id)
    if kind == "private":
        return _direct(messages, context, edited=edited)
    if context.room and whole(chat, "id") == context.room:
        return _in_room(messages, context, edited=edited)
    return ignored(f"message in a {kind or '?'} chat", first, id)


def _direct(messages: Sequence[Table], context: Context, *, edited: bool) -> Message:
    """Somebody and the bot, alone."""
    said = wording(messages)
    chat = Place(chat=place_in(messages[0]).chat)
    spoken = Spoken(
        where=Where.DIRECT, conversation=chat.key, place=chat.key, shown_to_author_alone=True
    )
    request = None if edited else asked(said.text, context.called)
    number, text = ticket_named(said.text)
    text = as_lines(text, context.called, known_alone=True)
    if request is not None:
        spoken = replace(spoken, request=request.request)
        said = Wording.plain(request.words)
    elif text != said.text:
        spoken = replace(spoken, ticket=number)
        said = Wording.plain(text)
    return _message(messages, said, spoken, context, edited=edited)


def _in_room(messages: Sequence[Table], context: Context, *, edited: bool) -> Message:
    """In the agents' group: in a ticket's topic, or around it."""
    first = messages[0]
    said = wording(messages)
    if for_another(said.text, context.called):
        return ignored("command for another bot", first, place_in(first).key)
    topic = topic_in(first)
    here = place_in(first).within(topic)
    number, text = (None, said.text) if topic else ticket_named(said.text)
    if number is not None and text and not text.startswith(("#", "/")):
        text = f"#{text}"  # ``#7 take``
    lines = as_lines(text, context.called)
    if context.asked:
        said = replace(said, text=f"{context.asked}\n{text}", full=f"{context.asked}\n{text}")
    elif lines != said.text:
        said = Wording.plain(lines)
    spoken = Spoken(where=Where.DESK, place=here.key, ticket=number)
    return _message(messages, said, spoken, context, edited=edited)


def _message(
    messages: Sequence[Table], said: Wording, spoken: Spoken, context: Context, *, edited: bool
) -> Message:
    first = messages[0]
    own = place_in(first).key
    files = told_apart(file for message in messages for file in files_of(message))
    if edited:
        spoken = replace(spoken, edit=Edit(key=own))
    spoken = replace(spoken, files=() if edited else files)
    stamp = whole(first, "edit_date") if edited else 0
    return Message(
        channel=NAME,
        author=author_of(first),
        fingerprint=fingerprint(own, *((stamp, said.text) if edited else ())),
        own_key=None if edited or not place_in(first).message else own,
        refers_to=_refers_to(messages, context),
        subject=subject_of(said.title) or (files[0].name if files else ""),
        sent_at=moment(first, "edit_date" if edited else "date"),
        text=said.text,
        full_text=said.full,
        html=said.html,
        language=language_of(table(first, "from")),
        chat=spoken,
    )


def language_of(user: Table) -> str | None:
    """The language that somebody's Telegram is in, such as ``de``."""
    code = words(user, "language_code").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else None


def _refers_to(messages: Sequence[Table], context: Context) -> tuple[str, ...]:
    """What is answered, then the topic; last the other parts, so that answers to them are known."""
    first = messages[0]
    place, topic = place_in(first), topic_in(first)
    replied = whole(table(first, "reply_to_message"), "message_id")
    found = [context.after] if context.after else []
    if replied and replied != topic:  # all that stands in a topic answers its beginning
        found.append(replace(place, message=replied).key)
    if topic:
        found.append(place.within(topic).key)
    return (*found, *(place_in(part).key for part in messages[1:]))

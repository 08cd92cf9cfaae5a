from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.reading.fields import Table, table, whole, words
from gateway.core.model import Party

NAME = "telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was known when an update was taken in.

    ``room`` is the id of the agents' group, 0 for none; ``me`` and ``called`` are the bot's id and
    name. ``asked`` is the line that the desk asked for words to, where this answers such a
    question; ``after`` is the key of the album that this is a late part of.
    """

    room: int = 0
    me: int = 0
    called: str = ""
    asked: str = ""
    after: str = ""

    @classmethod
    def of(cls, envelope: Mapping[str, Any]) -> Context:
        """As it stands in an envelope, whatever does."""
        return cls(
            room=whole(envelope, "room"),
            me=whole(table(envelope, "bot"), "id"),
            called=words(table(envelope, "bot"), "username").lower(),
            asked=words(envelope, "asked"),
            after=words(envelope, "after"),
        )


def fingerprint(*parts: object) -> str:
    """The same for the same message, and for no other."""
    said = "\0".join((NAME, *map(str, parts)))
    return blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def person(stored: Table) -> Party:
    """Somebody, known by their id alone: names and user names can be anybody's."""
    id = whole(stored, "id")
    name = " ".join(f"{words(stored, 'first_name')} {words(stored, 'last_name')}".split())
    return Party(address=str(id) if id else "", name=name[:100], channel=NAME)


def author_of(message: Table) -> Party:
    """Who says it. For a group or channel as such, an anonymous admin, that is nobody's id."""
    chat = table(message, "sender_chat")
    if not chat:
        return person(table(message, "from"))
    title = words(message, "author_signature") or words(chat, "title")
    return Party(address=str(whole(chat, "id")), name=title[:100], channel=NAME)


def place_in(message: Table) -> Place:
    """The place of a message."""
    return Place(chat=whole(table(message, "chat"), "id"), message=whole(message, "message_id"))


def topic_in(message: Table) -> int:
    """The topic that it stands in; 0 outside of topics and in the general one."""
    return whole(message, "message_thread_id") if message.get("is_topic_message") is True else 0

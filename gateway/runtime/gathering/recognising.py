"""By what a message is recognised: keys that are known, and words that were said before."""

from __future__ import annotations

from gateway.core.chat import Where
from gateway.core.echoes import GONE, OPENED, WORDS, echo_key
from gateway.core.events import MessageArrived
from gateway.core.model import Message
from gateway.core.placement import Clues

_SAME = "same:"


def fingerprint_key(message: Message) -> str:
    """The thread key under which a message is known to be there already."""
    return _SAME + message.fingerprint


def is_fingerprint(key: str) -> bool:
    """Whether a thread key stands for a whole message."""
    return key.startswith(_SAME)


def keys_of(message: Message, clues: Clues) -> list[str]:
    """Every key by which a message may be known, or find its ticket."""
    own = (clues.own_key, clues.source_key, clues.conversation, fingerprint_key(message))
    return [*clues.keys, *(key for key in own if key)]


def is_met(message: Message) -> bool:
    """Whether its author is somebody to remember: a person, be it behind a machine."""
    if message.ignored:
        return False
    if message.chat is not None and message.chat.where is Where.DESK:
        return False  # agents, and whoever else may be in their room
    return message.automatic is None or bool(message.source and message.source.person)


def echoes(event: MessageArrived, ticket: int) -> dict[str, tuple[str, str]]:
    """The tallies of what an author repeats, by the field that they fill.

    ``ticket`` is the number of the one that the message belongs to, else 0. Nothing is counted of
    what was imported.
    """
    if not event.live:
        return {}
    message = event.message
    opened = {"opened": (OPENED, message.author.address)}
    if message.chat is not None:  # people say "hello?" there as often as they like
        return opened | ({"gone": (GONE, message.own_key)} if message.own_key else {})
    key = echo_key(message, ticket)
    return opened | ({"words": (WORDS, key)} if key else {})

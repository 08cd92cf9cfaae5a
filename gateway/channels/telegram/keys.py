"""The keys by which Telegram's messages, topics and chats are known to the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_KEY = re.compile(r"telegram:(-?\d{1,19})(?::(?:(\d{1,19})|topic:(\d{1,19})))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A chat, a topic of it (``topic``) or a message in it (``message``); 0: none."""

    chat: int
    message: int = 0
    topic: int = 0

    @property
    def key(self) -> str:
        """``telegram:42``, ``telegram:-100:topic:7`` or ``telegram:42:7``."""
        if self.message:
            return f"telegram:{self.chat}:{self.message}"
        return f"telegram:{self.chat}:topic:{self.topic}" if self.topic else f"telegram:{self.chat}"

    def within(self, topic: int) -> Place:
        """A topic of the same chat."""
        return Place(chat=self.chat, topic=topic)

    def moved(self, chats: dict[int, int]) -> Place:
        """Where it is now, if its chat has another id by now."""
        return replace(self, chat=chats.get(self.chat, self.chat))


def place_of(key: str) -> Place | None:
    """The place of a key; None where it is another network's."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    return Place(chat=int(found[1]), message=int(found[2] or 0), topic=int(found[3] or 0))

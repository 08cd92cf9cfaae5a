"""The keys by which Slack's messages and conversations are known to the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"slack:([A-Z0-9]+)(?::(\d+\.\d+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation, or a message in it. ``ts`` is what Slack calls the message's time stamp."""

    channel: str
    ts: str = ""

    @property
    def key(self) -> str:
        """The key of the conversation (``slack:D123``) or message (``slack:C123:1700000000.1``)."""
        return f"slack:{self.channel}:{self.ts}" if self.ts else f"slack:{self.channel}"

    @property
    def direct(self) -> bool:
        """Whether it is between one person and the desk."""
        return self.channel.startswith("D")


def place_of(key: str) -> Place | None:
    """The place of a key; None where it is another network's."""
    found = _KEY.fullmatch(key)
    return Place(found[1], found[2] or "") if found else None

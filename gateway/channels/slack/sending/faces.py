"""Pictures of people beside what they said. Slack shows them small, and loads them by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.channels.slack.sending.buttons import short
from gateway.core.model import Party

_NAME = 100  # characters
_BLOCK = "context"  # nothing else that is posted is one

Block = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Somebody's picture, and who it shows."""

    url: str
    name: str

    def block(self) -> Block:
        """The picture alone: the name stands below it."""
        picture = {"type": "image", "image_url": self.url, "alt_text": short(self.name, _NAME)}
        return {"type": _BLOCK, "elements": [picture]}


Faces = Callable[[Party], Awaitable[Face | None]]
"""Finds somebody's; None where there is none, or it cannot be told soon."""


def without_face(blocks: Sequence[Block]) -> list[Block]:
    """The same, of which Slack has nothing to load."""
    return [block for block in blocks if block["type"] != _BLOCK]

"""The agents' group, wherever it is by now."""

from __future__ import annotations

import structlog

from gateway.channels.telegram.memory import Book

_MOVED = "moved"
log = structlog.get_logger(__name__)


class Room:
    """A group that becomes a supergroup has another id from then on; it is followed.

    ``configured`` is its id in the config, 0 for none; ``book`` remembers where it went.
    """

    def __init__(self, configured: int, book: Book) -> None:
        self.configured = configured
        self.now = configured
        self._book = book

    async def recall(self) -> None:
        """What was noted of it before."""
        note = await self._book.try_to_get(_MOVED)
        if note is not None and note.get("from") == self.configured:
            self.now = int(note["to"])

    async def moved(self, before: int, to: int) -> bool:
        """A group has another id; whether that is news about ours."""
        if not self.configured or before not in (self.configured, self.now) or to == self.now:
            return False
        self.now = to
        log.warning("telegram_group_moved", before=before, now=to)
        await self._book.try_to_put(_MOVED, {"from": self.configured, "to": to})
        return True

    def address_of(self, chat: int) -> int:
        """Where a chat of that id is now."""
        return self.now if chat == self.configured else chat

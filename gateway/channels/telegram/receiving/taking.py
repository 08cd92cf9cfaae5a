"""One update, or an album, into the inbox; and what Telegram is to be told after that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.reading.context import place_in
from gateway.channels.telegram.reading.fields import table, whole
from gateway.channels.telegram.receiving.planning import Item
from gateway.channels.telegram.receiving.room import Room
from gateway.channels.telegram.receiving.updates import id_of
from gateway.core.ports import Incoming, Intake, IntakeUnavailableError, NotebookUnavailableError

_GRACE = 0.5  # seconds
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The bot itself."""

    id: int
    username: str


@dataclass(slots=True, kw_only=True)
class Books:
    """What is remembered of what came in.

    ``albums``: which parts an album was taken in with. ``asked``: by the key of a question of the
    desk's, the line that its answer stands below.
    """

    albums: Book
    asked: Book


class Taker:
    """Takes items in. ``afterwards`` is what follows from an update once it is on disk."""

    def __init__(
        self,
        intake: Intake,
        room: Room,
        books: Books,
        now: Callable[[], datetime],
        afterwards: Callable[[dict[str, Any]], Coroutine[Any, Any, None]],
    ) -> None:
        self.me = Me(id=0, username="")
        self._intake = intake
        self._room = room
        self._books = books
        self._now = now
        self._afterwards = afterwards
        self._following: set[asyncio.Task[None]] = set()

    async def take(self, item: Item) -> None:
        """Returns when it is on disk. Raises IntakeUnavailableError."""
        try:
            for one in await self._whole(item):
                await self._intake.accept(await self._incoming(one))
        except NotebookUnavailableError as away:
            raise IntakeUnavailableError(str(away)) from away
        for update in item.updates:
            task = asyncio.create_task(self._follow(update))
            self._following.add(task)
            task.add_done_callback(self._following.discard)

    async def close(self) -> None:
        """Let go of what is under way; what is nearly done is finished."""
        if self._following:
            await asyncio.wait(self._following, timeout=_GRACE)
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    async def _follow(self, update: dict[str, Any]) -> None:
        try:
            await self._afterwards(update)
        except Exception as problem:
            # It is in the inbox already: whatever this was, nothing is lost by it.
            log.warning("telegram_not_followed", kind=type(problem).__name__)

    async def _whole(self, item: Item) -> list[Item]:
        """The item; parts of an album that was noted with others are messages of their own.

        By what they are known, nobody can tell whether those others came in.
        """
        note = await self._books.albums.get(item.album) if item.album else None
        if note is None or sorted(note["parts"]) == sorted(item.ids):
            return [item]
        first = str(note["first"])
        singles = [replace(item, updates=(one,), album="") for one in item.updates]
        return [replace(one, after="" if _key_of(one) == first else first) for one in singles]

    async def _incoming(self, item: Item) -> Incoming:
        first = item.updates[0]
        envelope: dict[str, Any] = {
            "v": 1,
            "bot": {"id": self.me.id, "username": self.me.username},
            "room": self._room.now,
        }
        if item.after:
            envelope["after"] = item.after
        if line := await self._asked(first):
            envelope["asked"] = line
        if item.album:
            await self._note_album(item)
        stored: Any = list(item.updates) if item.album else first
        return Incoming(
            channel="telegram",
            external_id=f"album:{item.album}" if item.album else f"update:{id_of(first)}",
            raw=json.dumps(stored, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            received_at=self._now(),
            envelope=envelope,
            lane=item.lane,
        )

    async def _note_album(self, item: Item) -> None:
        """Before it is taken in: what comes after a crash, or late, is told apart by it."""
        await self._books.albums.put(item.album, {"parts": list(item.ids), "first": _key_of(item)})

    async def _asked(self, update: dict[str, Any]) -> str:
        message = table(update, "message")
        question = table(message, "reply_to_message")
        if not self.me.id or whole(table(question, "from"), "id") != self.me.id:
            return ""
        place = place_in({"chat": message.get("chat"), "message_id": question.get("message_id")})
        note = await self._books.asked.get(place.key)
        return str(note["line"]) if note else ""


def _key_of(item: Item) -> str:
    return place_in(table(item.updates[0], "message")).key

"""Telegram posts updates to us: answered when they are on disk (Bot API, setWebhook)."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Sequence
from typing import Any

from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.receiving.planning import Item, plan
from gateway.channels.telegram.receiving.taking import Taker
from gateway.channels.telegram.receiving.updates import Update, album_of, id_of, lane_of
from gateway.core.ports import (
    HookReply,
    HookRequest,
    IntakeUnavailableError,
    NotebookUnavailableError,
)

PATH = "/telegram/updates"
_HEADER = "x-telegram-bot-api-secret-token"
_QUIET = 1.0  # seconds
_AWAY = HookReply(status=503, body=b"come again")


class Receiver:
    """Takes posts while a ``taker`` is there. ``secret`` is what Telegram sends along."""

    def __init__(self, secret: str, albums: Book) -> None:
        self.taker: Taker | None = None
        self._secret = secret.encode()
        self._albums = albums
        self._parts: dict[str, list[Update]] = {}
        self._gathering: dict[str, asyncio.Task[None]] = {}
        self._lanes: dict[str, asyncio.Lock] = {}

    async def receive(self, request: HookRequest) -> HookReply:
        """Answer one post."""
        given = request.headers.get(_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            return HookReply(status=401, body=b"not from Telegram")
        if self.taker is None:
            return _AWAY
        update = _update(request.body)
        if update is None:
            return HookReply(status=400, body=b"no update")
        try:
            await self._take(update)
        except (IntakeUnavailableError, NotebookUnavailableError):
            return _AWAY
        return HookReply()

    async def _take(self, update: Update) -> None:
        album = album_of(update)
        if not album:
            await self._in_order([update])
            return
        self._parts.setdefault(album, []).append(update)
        if album not in self._gathering:
            self._gathering[album] = asyncio.create_task(self._gather(album))
        await asyncio.shield(self._gathering[album])

    async def _gather(self, album: str) -> None:
        """Wait until no further part has come for a while."""
        count = 0
        try:
            while count != len(self._parts[album]):
                count = len(self._parts[album])
                await asyncio.sleep(_QUIET)
        finally:
            parts = self._parts.pop(album)
            del self._gathering[album]
        await self._in_order(sorted({id_of(p): p for p in parts}.values(), key=id_of))

    async def _in_order(self, updates: Sequence[Update]) -> None:
        """What belongs to one conversation is taken in one after the other."""
        lane = lane_of(updates[0])
        lock = self._lanes.setdefault(lane, asyncio.Lock())
        async with lock:
            for item in await self._items(updates):
                if self.taker is None:
                    raise IntakeUnavailableError("the channel is being stopped")
                await self.taker.take(item)
        if len(self._lanes) > 10_000:
            self._lanes = {name: one for name, one in self._lanes.items() if one.locked()}

    async def _items(self, updates: Sequence[Update]) -> list[Item]:
        album = album_of(updates[0])
        note = await self._albums.get(album) if album else None
        known = {album: note} if note is not None else {}
        planned = plan(updates, known, {album: len(updates)} if album else {})
        return [item for items in planned.ready for item in items]


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        stored = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return stored if isinstance(stored, dict) and id_of(stored) else None

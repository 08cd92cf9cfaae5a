"""What the channel remembers for itself: in memory, and in the desk's notebook beside it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog

from gateway.core.ports import Note, Notebook, NotebookUnavailableError

log = structlog.get_logger(__name__)


class Book:
    """One book of notes, the newest ``most`` of them. Without a notebook it forgets on restart."""

    def __init__(self, name: str, notebook: Notebook | None, *, most: int = 2_000) -> None:
        self._name = name
        self._notebook = notebook
        self._most = most
        self._at_hand: OrderedDict[str, Note] = OrderedDict()

    async def get(self, key: str) -> Note | None:
        """The note of a key, None where there is none. Raises NotebookUnavailableError."""
        if key in self._at_hand or self._notebook is None:
            return self._at_hand.get(key)
        found = await asyncio.to_thread(self._notebook.get, self._name, key)
        if found is not None:
            self._keep(key, found)
        return found

    async def put(self, key: str, note: Mapping[str, Any]) -> None:
        """Write a note with its version; the oldest go. Raises NotebookUnavailableError."""
        whole = {"v": 1, **note}
        if self._at_hand.get(key) == whole:
            return
        gone = self._keep(key, whole)
        if self._notebook is not None:
            await asyncio.to_thread(self._notebook.write, self._name, {key: whole}, gone)

    async def try_to_put(self, key: str, note: Mapping[str, Any]) -> None:
        """As `put`, where it is no loss if the notebook is away."""
        try:
            await self.put(key, note)
        except NotebookUnavailableError as away:
            log.warning("telegram_note_unwritten", book=self._name, error=str(away))

    async def try_to_get(self, key: str) -> Note | None:
        """As `get`, where it is no loss if the notebook is away."""
        try:
            return await self.get(key)
        except NotebookUnavailableError as away:
            log.warning("telegram_note_unread", book=self._name, error=str(away))
            return None

    def _keep(self, key: str, note: Note) -> list[str]:
        self._at_hand[key] = note
        self._at_hand.move_to_end(key)
        gone = []
        while len(self._at_hand) > self._most:
            gone.append(self._at_hand.popitem(last=False)[0])
        return gone

"""What the channel remembers for itself: in memory, and in the desk's notebook beside it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.core.ports import Note, Notebook, NotebookUnavailableError

_PAGE = 1_000
log = structlog.get_logger(__name__)


class Book:
    """One book of notes, ``most`` of them in memory. Without a notebook it forgets on restart.

    ``keep``: what is older than that is forgotten by `tidy`; None: nothing is.
    """

    def __init__(
        self,
        name: str,
        notebook: Notebook | None,
        now: Callable[[], datetime],
        *,
        most: int = 2_000,
        keep: timedelta | None = timedelta(days=30),
    ) -> None:
        self._name = name
        self._notebook = notebook
        self._now = now
        self._most = most
        self._keep_for = keep
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
        """Write a note with its version and day. Raises NotebookUnavailableError."""
        whole = {"v": 1, "on": self._now().date().isoformat(), **note}
        if self._at_hand.get(key) == whole:
            return
        self._keep(key, whole)
        if self._notebook is not None:
            await asyncio.to_thread(self._notebook.write, self._name, {key: whole})

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

    async def tidy(self) -> None:
        """Forget what is older than is kept."""
        if self._notebook is None or self._keep_for is None:
            return
        first = (self._now() - self._keep_for).date().isoformat()
        try:
            await asyncio.to_thread(self._forget, self._notebook, first)
        except NotebookUnavailableError as away:
            log.warning("telegram_notes_kept", book=self._name, error=str(away))

    def _forget(self, notebook: Notebook, first: str) -> None:
        after = ""
        while notes := notebook.scan(self._name, after=after, limit=_PAGE):
            old = [key for key, note in notes if note["on"] < first]
            if old:
                notebook.write(self._name, {}, old)
            after = notes[-1][0]

    def _keep(self, key: str, note: Note) -> None:
        self._at_hand[key] = note
        self._at_hand.move_to_end(key)
        while len(self._at_hand) > self._most:
            self._at_hand.popitem(last=False)

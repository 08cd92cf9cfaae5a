"""What the channel remembers for itself: in memory, and in the desk's notebook beside it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from gateway.core.ports import Note, Notebook, NotebookUnavailableError

_MOST = 50_000  # notes of a book that are kept in memory
log = structlog.get_logger(__name__)


class Book:
    """One book of notes. Without a notebook it forgets with the process."""

    def __init__(self, name: str, notebook: Notebook | None) -> None:
        self._name = name
        self._notebook = notebook
        self._seen: OrderedDict[str, Note] = OrderedDict()

    def at_hand(self, key: str) -> Note | None:
        """The note, if it is in memory."""
        return self._seen.get(key)

    async def get(self, key: str) -> Note | None:
        """The note of a key; None where there is none, or the notebook is away."""
        if key in self._seen or self._notebook is None:
            return self._seen.get(key)
        try:
            found = await asyncio.to_thread(self._notebook.get, self._name, key)
        except NotebookUnavailableError as away:
            log.warning("slack_note_unread", book=self._name, error=str(away))
            return None
        if found is not None:
            self._keep(key, found)
        return found

    async def put(self, notes: Mapping[str, Mapping[str, Any]]) -> None:
        """Write notes, those that are new or changed. Raises NotebookUnavailableError."""
        new = {key: note for key, note in notes.items() if self._seen.get(key) != note}
        if not new:
            return
        if self._notebook is not None:
            await asyncio.to_thread(self._notebook.write, self._name, new)
        for key, note in new.items():
            self._keep(key, note)

    async def try_to_put(self, notes: Mapping[str, Mapping[str, Any]]) -> None:
        """As `put`, where it is no loss if the notebook is away."""
        try:
            await self.put(notes)
        except NotebookUnavailableError as away:
            log.warning("slack_note_unwritten", book=self._name, error=str(away))

    def _keep(self, key: str, note: Note) -> None:
        self._seen[key] = note
        self._seen.move_to_end(key)
        while len(self._seen) > _MOST:
            self._seen.popitem(last=False)


class Threads:
    """The threads that are tickets, or may be: what is said in others is nobody's business here."""

    def __init__(self, notebook: Notebook | None) -> None:
        self._book = Book("slack.threads", notebook)

    async def knows(self, keys: Iterable[str]) -> bool:
        """Whether one of these is such a thread."""
        for key in keys:
            if await self._book.get(key) is not None:
                return True
        return False

    async def note(self, key: str) -> None:
        """From now on it is one. Raises NotebookUnavailableError."""
        await self._book.put({key: {"v": 1}})

    async def try_to_note(self, key: str) -> None:
        """As `note`, after a post that went out already."""
        await self._book.try_to_put({key: {"v": 1}})

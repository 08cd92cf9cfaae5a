"""After a start: which rows are tried at once, each attempt written down before.

A message that kills the process is among the first rows that wait when the next one starts. So
the attempts at those are counted; who was tried before is tried alone, and who was not, together
with others like it. What happens to a later row is seen after the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile

from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.inbox import InboxRow


class Caution:
    """Counts attempts at the first ``rows`` of them, once in a process: it counts who died."""

    def __init__(self, database: Database, now: Callable[[], datetime], rows: int) -> None:
        self._database = database
        self._now = now
        self._left = rows
        self._noted: set[int] = set()

    @property
    def over(self) -> bool:
        """Whether all of the first rows were tried, or nothing waited any more."""
        return self._left <= 0

    def choose(self, limit: int) -> frozenset[int]:
        """Which rows to try now: one that was tried before, or several; none if nothing waits."""
        with self._database.write() as conn:
            rows = inbox.claim(conn, now=self._now(), limit=min(limit, self._left))
            chosen = [row.id for row in self._first(rows)]
            fresh = [id for id in chosen if id not in self._noted]
            if fresh:
                inbox.note_attempt(conn, fresh)
        self._noted.update(fresh)
        self._left -= len(fresh) if chosen else self._left
        return frozenset(chosen)

    def _first(self, rows: Sequence[InboxRow]) -> list[InboxRow]:
        return list(takewhile(self._is_new, rows)) or list(rows[:1])

    def _is_new(self, row: InboxRow) -> bool:
        return row.attempts == 0 or row.id in self._noted

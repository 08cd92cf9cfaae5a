"""Reading what waits before SQLite's only writer is held, and large mails in a thread apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from gateway.core.events import Event, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Attachment
from gateway.store import Connection, content
from gateway.store.database import Database
from gateway.store.inbox import InboxRow

_SHARE = 0.06  # seconds of one look

Read = Callable[[Connection, InboxRow], Event]


class ReadAhead:
    """Events of rows of the inbox that wait, until they are handled or wait no more.

    A large mail takes as long to read as a hundred others: these do not wait for it, but for
    those of its lane.
    """

    def __init__(self, database: Database, read: Read) -> None:
        self._database = database
        self._read = read
        self._events: dict[int, Event | None] = {}  # None: it could not be read
        self._large: tuple[int, Future[Event | None]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-large")

    def look(self, conn: Connection, rows: Sequence[InboxRow]) -> None:
        """Read some of the rows. What was read of others is forgotten."""
        self._collect()
        known, self._events = self._events, {}
        until = time.monotonic() + _SHARE
        for row in rows:
            if row.id in known:
                self._events[row.id] = known[row.id]
            elif row.digest and not self._database.alone:
                self._begin(row)
            elif time.monotonic() < until:
                self._events[row.id] = self._try(conn, row)

    def ready(self, rows: Sequence[InboxRow]) -> list[InboxRow]:
        """Those of the rows that wait for no large mail, their own or one before in their lane."""
        ready: list[InboxRow] = []
        lanes: set[str] = set()
        for row in rows:
            later = row.digest and row.id not in self._events and not self._database.alone
            if row.lane in lanes or later:
                lanes |= {row.lane} - {""}
            else:
                ready.append(row)
        return ready

    def event(self, row: InboxRow) -> Event | None:
        """What was read of a row; None where it was not, or could not be."""
        return self._events.get(row.id)

    def forget(self, row: InboxRow) -> None:
        """It was handled. Should it come again, it may be another event: released by somebody."""
        self._events.pop(row.id, None)

    def wait(self, seconds: float) -> None:
        """Wait for the large mail that is being read, if there is one."""
        if self._large is not None:
            wait([self._large[1]], timeout=seconds)

    def _collect(self) -> None:
        if self._large is not None and self._large[1].done():
            id, reading = self._large
            self._events[id] = reading.result()
            self._large = None

    def _begin(self, row: InboxRow) -> None:
        if self._large is None:
            self._large = (row.id, self._thread.submit(self._read_large, row))

    def _read_large(self, row: InboxRow) -> Event | None:
        try:
            with self._database.read() as conn:
                return self._try(conn, row)
        except Exception:
            return None

    def _try(self, conn: Connection, row: InboxRow) -> Event | None:
        try:
            event = self._prepared(self._read(conn, row))
        except Exception:
            return None  # it happens again where it is dealt with
        return event

    def _prepared(self, event: Event) -> Event:
        """Large files are written and synced before the writer is held, too."""
        if not isinstance(event, MessageArrived) or not event.message.attachments:
            return event
        attachments = tuple(self._kept(one) for one in event.message.attachments)
        return replace(event, message=replace(event.message, attachments=attachments))

    def _kept(self, attachment: Attachment) -> Attachment:
        if not content.too_large(self._database.dialect, attachment.data):
            return attachment
        return replace(attachment, digest=content.prepare(self._database, attachment.data).digest)

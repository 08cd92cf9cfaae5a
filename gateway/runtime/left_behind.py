"""Files that answers went out without: they go after them, each once, to whoever has the answer.

What an answer went without is noted with its receipt. Whoever comes second, that note or the file,
sees the other: each locks the file's row first.
"""

from __future__ import annotations

from datetime import datetime

from gateway.core.changes import NoticeKind
from gateway.core.events import FileSettled
from gateway.runtime import desk_events
from gateway.store import Connection, inbox, outbox, wanted
from gateway.store.outbox import OutboxRow, OutboxState
from gateway.store.wanted import WantedRow, WantedState


def noted(conn: Connection, row: OutboxRow, lacks: tuple[int, ...], now: datetime) -> None:
    """An answer went out without these files: say so to its author, once for each file.

    What came while it was being sent goes after it at once.
    """
    if row.kind != NoticeKind.ANSWER or not lacks:
        return
    for file in wanted.settled(conn, lacks):
        if file.state is WantedState.FETCHED:
            _go_after(conn, file, row, now)
        elif file.state is not WantedState.FAILED:
            _tell(conn, file, now)


def send_after(conn: Connection, file: WantedRow, now: datetime) -> None:
    """A file was fetched: it goes to everybody whose answer went out without it."""
    for row in outbox.words_of_entry(conn, file.entry):
        sent = row.state is OutboxState.SENT and row.kind == NoticeKind.ANSWER
        if sent and file.id in row.lacks:
            _go_after(conn, file, row, now)


def _go_after(conn: Connection, file: WantedRow, row: OutboxRow, now: datetime) -> None:
    ticket = wanted.where(conn, file)
    if ticket is None:
        return
    event = FileSettled(
        ticket=ticket, entry=file.entry, name=file.name, at=now, to=row.to, file=file.id
    )
    inbox.accept_many(conn, [desk_events.incoming(event, f"file:{file.id}:after:{row.id}")])


def _tell(conn: Connection, file: WantedRow, now: datetime) -> None:
    ticket = wanted.where(conn, file)
    if ticket is None:
        return
    event = FileSettled(
        ticket=ticket, entry=file.entry, name=file.name, at=now, tried_again=True, left_behind=True
    )
    inbox.accept_many(conn, [desk_events.incoming(event, f"file:{file.id}:left_behind")])

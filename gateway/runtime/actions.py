"""What an agent or an operator does from a shell: accepted and handled in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from gateway.core.events import AgentActed, TicketAsked
from gateway.runtime import desk_events
from gateway.runtime.applying import Applied
from gateway.runtime.handling import Handler
from gateway.store import inbox
from gateway.store.database import Database


class RefusedActionError(Exception):
    """Nothing was done; ``lines`` say what was found and what is expected."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def do(
    database: Database,
    handler: Handler,
    event: AgentActed | TicketAsked,
    now: Callable[[], datetime],
) -> Applied:
    """Carry out an action; it is on disk when this returns. Raises RefusedActionError."""
    arriving = desk_events.incoming(event, f"action:{uuid.uuid4().hex}")
    with database.write() as conn:
        accepted = inbox.accept_many(conn, [arriving])[0]
        row = inbox.get(conn, accepted.id)
        if row is None:
            raise LookupError("the row that was just written is not there")
        applied = handler.handle(conn, row, event, now()).applied
        if applied.refused:
            raise RefusedActionError(applied.refused)
        inbox.finish(
            conn, row.id, applied.state, now=now(), ticket=applied.ticket, entry=applied.entry
        )
        return applied

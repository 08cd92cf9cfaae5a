"""What the desk's pages may know and do; see `core.pages.Backstage`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from gateway.core.changes import NoticeKind, Say
from gateway.core.deciding import decide
from gateway.core.events import MessageArrived
from gateway.core.explaining import describe
from gateway.core.frozen import replace
from gateway.core.pages import HeldView, Outcome, Readiness
from gateway.runtime import gathering
from gateway.runtime.condition import Condition
from gateway.runtime.figures import Figures
from gateway.runtime.handling import Handler
from gateway.store import Connection, inbox
from gateway.store.database import Database
from gateway.store.depths import depths
from gateway.store.inbox import InboxRow, InboxState

_DATABASE = "database"
_MOST_SHOWN = 20_000  # characters of a mail's words
log = structlog.get_logger(__name__)


class Backstage:
    """Over one process's database, handler and counts. Everything here blocks."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        *,
        now: Callable[[], datetime],
        figures: Figures,
        condition: Condition,
    ) -> None:
        self._database = database
        self._handler = handler
        self._now = now
        self._figures = figures
        self._condition = condition

    def readiness(self) -> Readiness:
        """The database answers, and no part says that something is in its way."""
        parts = {_DATABASE: self._database_trouble(), **self._condition.parts()}
        return Readiness(ready=not any(parts.values()), parts=parts)

    def _database_trouble(self) -> str | None:
        try:
            with self._database.read() as conn:
                inbox.waiting(conn)
        except Exception as problem:
            log.warning("database_not_ready", error=str(problem))
            return f"does not answer: {type(problem).__name__}"
        return None

    def metrics(self) -> bytes:
        """What the process counted, and what waits. Raises what the database raises."""
        from gateway.runtime.metrics import exposition

        with self._database.read() as conn:
            waiting = depths(conn, self._now())
        ready = {part: wrong is None for part, wrong in self._condition.parts().items()}
        return exposition(self._figures.counted(), waiting, ready, self._now())

    def held(self, given: str) -> HeldView | Outcome:
        """The mail of a pass that counts, with what would become of it; nothing is kept."""
        with self._database.rehearsal() as conn:
            row = self._row(conn, given)
            return row if isinstance(row, Outcome) else self._view(conn, row)

    def release(self, given: str) -> Outcome:
        """Let it through in the name of the agent whom it names."""
        with self._database.write() as conn:
            row = self._row(conn, given)
            if isinstance(row, Outcome):
                return row
            agent = self._event(conn, row).message.author.address
            freed = inbox.release(conn, row.id, agent, now=self._now())
        log.info("released_by_link", inbox=row.id)
        return Outcome.RELEASED if freed else Outcome.GONE

    def _row(self, conn: Connection, given: str) -> InboxRow | Outcome:
        read = self._handler.desk.book.passes.read(given)
        if read is None or self._now() >= read.until:
            return Outcome.REFUSED
        row = inbox.get(conn, read.number)
        if row is None or row.state is not InboxState.HELD:
            return Outcome.GONE
        return row

    def _event(self, conn: Connection, row: InboxRow) -> MessageArrived:
        event = self._handler.read(conn, row)
        if not isinstance(event, MessageArrived):
            raise TypeError(f"row {row.id} of the inbox is no message, and is held")
        return event

    def _view(self, conn: Connection, row: InboxRow) -> HeldView:
        event = self._event(conn, row)
        message = event.message
        agent = self._handler.desk.policy.agents_by_email.get(message.author.address)
        vouched = replace(event, released_by=message.author.address)
        gathered = gathering.gather(conn, vouched, self._handler.desk)
        decision = decide(vouched, gathered.situation, self._handler.desk, gathered.placement)
        says = [c for c in decision.changes if isinstance(c, Say) and c.kind is NoticeKind.ANSWER]
        return HeldView(
            agent=agent.name if agent else message.author.shown,
            language=(agent.language if agent else "") or self._handler.desk.policy.language,
            received_at=row.received_at,
            because=row.reason or "",
            subject=message.subject,
            text=message.text[:_MOST_SHOWN],
            answers=tuple((say.to.shown, say.body.text) for say in says if say.body is not None),
            would=tuple(describe(decision, self._handler.desk.policy.desk_name)),
        )

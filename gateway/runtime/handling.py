"""One row of the inbox, from its octets to what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.bursts import Bursts
from gateway.core.changes import Append, Claim, Decision, Open
from gateway.core.deciding import Desk, decide
from gateway.core.events import Event, MessageArrived, SummaryDue
from gateway.core.frozen import replace
from gateway.core.machines import judged
from gateway.core.model import Message
from gateway.core.ports import Incoming
from gateway.runtime import desk_events
from gateway.runtime.applying import Applied, apply
from gateway.runtime.foresight import foresee
from gateway.runtime.gathering import fingerprint_key, gather, seen_by
from gateway.runtime.outgoing import Renders
from gateway.store import Connection, bursts, inbox
from gateway.store.database import savepoint
from gateway.store.errors import ConflictError
from gateway.store.inbox import InboxRow

_TRIES = 5  # at placing again, after another process was faster
_OLD = timedelta(days=1)

Read = Callable[[Incoming], Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A row's fate, with what was decided about it; no ``event`` where it could not be read."""

    row: InboxRow
    applied: Applied
    decision: Decision
    event: Event | None = None


class Handler:
    """Handles rows within the caller's transaction; knows readers by channel.

    Without ``heard`` nobody will hear what is said, and none of it is put into words.
    """

    def __init__(
        self, *, desk: Desk, readers: Mapping[str, Read], renderer: Renders, heard: bool = True
    ) -> None:
        self._heard = heard
        self._desk = desk
        self._readers = readers
        self._renderer = renderer
        self._next: tuple[Desk, Renders] | None = None

    @property
    def desk(self) -> Desk:
        """By what is decided now."""
        return self._desk

    def renew(self, desk: Desk, renderer: Renders) -> None:
        """From the next `settle` on decide and speak by these. Safe in any thread."""
        self._next = (desk, renderer)

    def settle(self) -> None:
        """Between two batches: what was renewed counts from now on."""
        if self._next is not None:
            (self._desk, self._renderer), self._next = self._next, None

    def read(self, conn: Connection, row: InboxRow) -> Event:
        """A row as an event. Raises LookupError for a channel that is not configured."""
        arrived = inbox.incoming(conn, row)
        if row.channel == desk_events.CHANNEL:
            return desk_events.event_of(arrived.raw, row.received_at)
        reader = self._readers.get(row.channel)
        if reader is None:
            raise LookupError(f"channel {row.channel!r} is not configured")
        message = judged(reader(arrived), self._desk.book)
        at = row.received_at if row.live else (message.sent_at or row.received_at)
        return MessageArrived(
            message=message,
            at=at,
            inbox_id=row.id,
            live=row.live,
            old=_is_old(message, row.received_at),
            released_by=row.released_by,
        )

    def foresee(self, conn: Connection, events: Sequence[Event]) -> None:
        """Look up for all of a batch what handling them will ask for."""
        foresee(conn, events, self._desk)

    def handle(
        self,
        conn: Connection,
        row: InboxRow,
        event: Event,
        now: datetime,
        then: Callable[[Connection, Handled], None] = lambda _conn, _handled: None,
    ) -> Handled:
        """Decide and apply; ``then`` is undone with it. Where somebody was faster, place again."""
        for left in reversed(range(_TRIES)):
            try:
                with savepoint(conn):
                    handled = self._once(conn, row, event, now)
                    then(conn, handled)
                    return handled
            except ConflictError:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _once(self, conn: Connection, row: InboxRow, event: Event, now: datetime) -> Handled:
        gathered = gather(conn, event, self._desk, heard=self._heard)
        situation = gathered.situation
        if self._desk.policy.folding.most or isinstance(event, SummaryDue):
            situation = replace(situation, bursts=Bursts(now=now, of=bursts.every(conn)))
        decision = decide(event, situation, self._desk, gathered.placement)
        applied = apply(
            conn,
            _with_fingerprint(event, decision, gathered.copied_on),
            desk=self._desk,
            renderer=self._renderer,
            now=event.at if isinstance(event, MessageArrived) else now,
            clock=now,
            known_keys=gathered.known_keys,
            inbox=row.id,
            seen=seen_by(gathered),
            heard=self._heard,
        )
        return Handled(row=row, applied=applied, decision=decision, event=event)


def _is_old(message: Message, met_at: datetime) -> bool:
    """Whether it was sent, or lay in a mailbox, more than a day before it was met."""
    moments = (message.sent_at, message.delivered_at)
    return any(moment is not None and met_at - moment > _OLD for moment in moments)


def _with_fingerprint(event: Event, decision: Decision, copied_on: int | None) -> Decision:
    """The same message by two ways is one: whatever ticket it went to holds its fingerprint.

    It is taken from a copy of somebody else's (on the ticket ``copied_on``), which was quicker.
    """
    if not isinstance(event, MessageArrived):
        return decision
    opens = any(isinstance(change, Open) for change in decision.changes)
    if decision.ticket is None and not opens:
        return decision
    whole = event.message.fingerprint
    entries = (c for c in decision.changes if isinstance(c, Append) and c.fingerprint == whole)
    ref = next((entry.ref for entry in entries), "")
    claim = Claim(keys=(fingerprint_key(event.message),), ref=ref, taken_from=copied_on)
    return replace(decision, changes=(*decision.changes, claim))

"""Which fetcher looks after which kind of event."""

from __future__ import annotations

from gateway.core.deciding import Desk
from gateway.core.events import (
    AgentActed,
    DeadlineCame,
    DeliveryFailed,
    DigestDue,
    Event,
    FileSettled,
    HandoverDue,
    MessageArrived,
    SummaryDue,
    TicketAsked,
    TroubleReported,
)
from gateway.core.situation import Situation
from gateway.runtime.gathering.agents import for_acted
from gateway.runtime.gathering.asked import for_asked
from gateway.runtime.gathering.gathered import Gathered
from gateway.runtime.gathering.messages import for_message
from gateway.runtime.gathering.rounds import for_digest, for_handover
from gateway.runtime.gathering.staff import with_staff
from gateway.runtime.gathering.summaries import for_summary
from gateway.runtime.gathering.tickets import for_ticket
from gateway.store import Connection


def gather(conn: Connection, event: Event, desk: Desk, *, heard: bool = True) -> Gathered:
    """What is to be known about an event; not ``heard``: what it takes to decide, not to tell."""
    return with_staff(conn, event, _gather(conn, event, desk, heard=heard), desk.policy)


def _gather(conn: Connection, event: Event, desk: Desk, *, heard: bool) -> Gathered:
    match event:
        case MessageArrived():
            return for_message(conn, event, desk)
        case AgentActed():
            return for_acted(conn, event)
        case TicketAsked():
            return for_asked(conn, event)
        case DeadlineCame() | DeliveryFailed() | FileSettled():
            return for_ticket(conn, event, desk)
        case TroubleReported():
            return Gathered(situation=Situation())
        case DigestDue():
            return for_digest(conn, event, desk, heard=heard)
        case HandoverDue():
            return for_handover(conn, event, desk, heard=heard)
        case SummaryDue():
            return for_summary(conn, event)

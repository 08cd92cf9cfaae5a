"""What is to be known of a ticket that is opened by hand."""

from __future__ import annotations

from datetime import datetime

from gateway.core.events import TicketAsked
from gateway.core.model import Party
from gateway.core.situation import Sender, Situation
from gateway.runtime.gathering.counts import tallies_of
from gateway.runtime.gathering.gathered import Gathered
from gateway.runtime.gathering.sent import came_back
from gateway.store import Connection, people


def _meet(conn: Connection, party: Party, now: datetime) -> Sender:
    if not party.address:
        return Sender()
    identity = people.meet(conn, party, now)
    return Sender(
        verified=identity.verified, language=identity.language, came_back=identity.bounced
    )


def for_asked(conn: Connection, event: TicketAsked) -> Gathered:
    """What is to be known when a ticket is opened by hand."""
    return Gathered(
        situation=Situation(
            came_back=came_back(conn, (event.requester.address,)),
            sender=_meet(conn, event.requester, event.at),
            tallies=tallies_of(conn, event.requester.address, event.at),
        )
    )

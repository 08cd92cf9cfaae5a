"""What the desk does at hours of the day needs to be known before: digests, hand-overs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gateway.core.agenda import agenda_of, whose
from gateway.core.day import end_of
from gateway.core.deciding import Desk
from gateway.core.events import DigestDue, HandoverDue
from gateway.core.handover import leaving
from gateway.core.model import Ticket
from gateway.core.situation import Situation
from gateway.runtime.gathering.gathered import Gathered
from gateway.store import Connection, people, tickets


def for_digest(conn: Connection, event: DigestDue, desk: Desk, *, heard: bool = True) -> Gathered:
    """What is before the desk when the hour of the digest has come."""
    until = end_of(event.day, desk.policy.timezone)
    agenda = agenda_of(_open(conn, heard=heard), event.at, until)
    return Gathered(situation=Situation(agenda=agenda, away=_away(conn, event.at)))


def for_handover(
    conn: Connection, event: HandoverDue, desk: Desk, *, heard: bool = True
) -> Gathered:
    """What those leave open whose shift ended."""
    goers = {agent.email for agent in leaving(desk.policy, event.ended)}
    every = _open(conn, heard=heard) if goers else ()
    left = tuple(ticket for ticket in every if not goers.isdisjoint(whose(ticket)))
    return Gathered(situation=Situation(left=left, away=_away(conn, event.at)))


def _open(conn: Connection, *, heard: bool) -> Iterable[Ticket]:
    """Every open ticket; where nobody hears of them, so many that it is clear who would."""
    return tickets.every_open(conn) if heard else tickets.open_of_each(conn)


def _away(conn: Connection, now: datetime) -> dict[str, datetime | None]:
    """Who is away now, and until when."""
    gone = people.away_agents(conn)
    return {agent: back for agent, back in gone.items() if back is None or back > now}

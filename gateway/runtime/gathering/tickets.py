"""What is to be known of a ticket to which something happened by itself."""

from __future__ import annotations

from gateway.core.deciding import Desk
from gateway.core.deciding.sources import COUNTED
from gateway.core.events import DeadlineCame, DeliveryFailed, FileSettled
from gateway.core.frozen import replace
from gateway.core.model import Ticket
from gateway.core.situation import Situation
from gateway.core.targets import SERVICE, Target
from gateway.runtime.addressees import addressee_of
from gateway.runtime.gathering.agents import HISTORY
from gateway.runtime.gathering.counts import count_of
from gateway.runtime.gathering.gathered import Gathered
from gateway.store import Connection, deadlines, entries, fetched, linking, people, tickets


def _writes_outside(target: Target, ticket: Ticket, desk: Desk) -> bool:
    """Whether a deadline may have something to say to the requester."""
    return target is Target.NUDGE or (
        target in SERVICE and bool(desk.policy.rules_for(ticket).more)
    )


def _may_climb(ticket: Ticket, desk: Desk) -> bool:
    """Whether time alone may take a ticket to the next tier, who then read what was tried."""
    return any(step.raise_tier for step in desk.policy.rules_for(ticket).steps)


def for_ticket(
    conn: Connection, event: DeadlineCame | DeliveryFailed | FileSettled, desk: Desk
) -> Gathered:
    """What is to be known when a deadline came or a delivery failed."""
    ticket = tickets.load(conn, event.ticket)
    words = entries.last_words(conn, event.ticket) if ticket else None
    situation = Situation(ticket=ticket, last_words=words)
    if isinstance(event, DeadlineCame):
        due = deadlines.due_at(conn, event.ticket, event.target)
        situation = replace(situation, due_at=due)
        if event.target is Target.REPEATS:
            hour = people.hour_of(event.due_at) - 1  # it is due when that one is over
            counted = count_of(conn, COUNTED, str(event.ticket), hour)
            situation = replace(situation, repeats=counted)
        if ticket is not None and _writes_outside(event.target, ticket, desk):
            situation = replace(situation, addressee=addressee_of(conn, ticket, event.at))
        if ticket is not None and event.target in SERVICE and _may_climb(ticket, desk):
            said = tuple(entries.recent(conn, ticket.number, HISTORY))
            situation = replace(situation, history=said)
    elif isinstance(event, DeliveryFailed) and event.unreachable:
        said_in = entries.fact(conn, event.entry) if event.entry else None
        other_way = linking.verified_mail_of(conn, event.to)
        situation = replace(situation, answered=said_in, other_way=other_way)
    elif isinstance(event, FileSettled):
        said_in = entries.fact(conn, event.entry)
        file = fetched.file_of(conn, event.file) if event.file else None
        situation = replace(situation, answered=said_in, file=file)
    return Gathered(situation=situation)

"""Fetches what is known of a ticket's requester, where the desk may write to them by itself."""

from __future__ import annotations

from datetime import datetime

from gateway.core.model import Ticket
from gateway.core.situation import EVERYBODY, Addressee, Tallies
from gateway.store import Connection, entries, people


def tally_keys(address: str) -> list[tuple[str, str]]:
    """The counters that a mail of the desk's own to an address raises."""
    domain = address.rpartition("@")[2]
    return [("recipient", address), ("domain", domain), ("overall", EVERYBODY)]


def addressee_of(conn: Connection, ticket: Ticket, now: datetime) -> Addressee:
    """What is known of a ticket's requester now."""
    requester = ticket.requester
    keys = tally_keys(requester.address)
    counts = people.tallies(conn, keys, people.hour_of(now))
    recipient, domain, overall = (counts[key] for key in keys)
    known = people.find(conn, requester)
    return Addressee(
        verified=known is not None and known.verified,
        came_back=known is not None and known.bounced,
        tallies=Tallies(recipient=recipient, domain=domain, overall=overall),
        answer=entries.last_answer(conn, ticket.number),
    )

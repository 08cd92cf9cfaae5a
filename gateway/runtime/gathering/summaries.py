"""Fetches what a summary is to list."""

from __future__ import annotations

from gateway.core.deciding.summaries import MOST_LISTED
from gateway.core.events import SummaryDue
from gateway.core.frozen import replace
from gateway.core.model import EntryFact, Ticket
from gateway.core.situation import Kept, Situation
from gateway.runtime.gathering.gathered import Gathered
from gateway.runtime.gathering.merges import load_living
from gateway.store import Connection, entries, kept


def for_summary(conn: Connection, event: SummaryDue) -> Gathered:
    """What was kept for an agent, with the tickets and the words.

    What is about no words of its own, such as a reminder, has the ticket's last ones.
    """
    them = kept.of(conn, event.agent, event.sort, MOST_LISTED + 1)  # one more: is there any?
    tickets = load_living(conn, {one.ticket for one in them})
    known: dict[int, EntryFact] = {}
    listed = tuple(_with_words(conn, one, tickets, known) for one in them)
    return Gathered(situation=Situation(kept=listed, others=tickets, entries=known))


def _with_words(
    conn: Connection, one: Kept, tickets: dict[int, Ticket], known: dict[int, EntryFact]
) -> Kept:
    ticket = tickets.get(one.ticket)
    if one.entry is not None:
        fact = entries.fact(conn, one.entry)
    else:
        fact = entries.last_words(conn, ticket.number) if ticket else None
    if fact is None:
        return one
    known[fact.id] = fact
    return replace(one, entry=fact.id)

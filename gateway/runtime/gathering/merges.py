"""Tickets as they are, and as they live on: a merged one leads to another."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.model import Ticket
from gateway.core.reasons import Reason, Why
from gateway.store import Connection, entries, tickets


def load_living(conn: Connection, numbers: Iterable[int]) -> dict[int, Ticket]:
    """Tickets by the numbers asked for; a merged one is replaced by the one it lives on in."""
    wanted = set(numbers)
    return {n: t for n, t in living(load_with_merged(conn, wanted)).items() if n in wanted}


def load_with_merged(conn: Connection, numbers: Iterable[int]) -> dict[int, Ticket]:
    """Tickets as they are themselves, and those that the merged ones lead to."""
    wanted = set(numbers)
    if not wanted:
        return {}
    loaded = tickets.load_many(conn, wanted)
    while targets := {t.merged_into for t in loaded.values() if t.merged_into} - set(loaded):
        found = tickets.load_many(conn, targets)
        loaded |= found
        if not found:
            break
    return loaded


def came_along(conn: Connection, ticket: Ticket) -> dict[int, frozenset[str]]:
    """By each ticket that this one went on in, who came to take part there by that merge."""
    found: dict[int, frozenset[str]] = {}
    loaded = load_with_merged(conn, (ticket.number,))
    while (into := loaded.get(ticket.merged_into or 0)) is not None and into.number not in found:
        reasons = (
            Reason.of(Why.JOINED, other=ticket.number),
            Reason.of(Why.MERGED, merged=ticket.number, ticket=into.number),
        )
        found[into.number] = entries.joined_by(conn, into.number, map(str, reasons))
        ticket = into
    return found


def living(loaded: dict[int, Ticket]) -> dict[int, Ticket]:
    """Each ticket, or the one that it was merged into."""
    return {number: _followed(loaded, ticket) for number, ticket in loaded.items()}


def _followed(loaded: dict[int, Ticket], ticket: Ticket) -> Ticket:
    passed: set[int] = set()
    while (into := loaded.get(ticket.merged_into or 0)) is not None and into.number not in passed:
        passed.add(into.number)
        ticket = into
    return ticket

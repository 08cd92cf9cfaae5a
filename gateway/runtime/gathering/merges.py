"""Tickets as they are, and as they live on: a merged one leads to another."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.model import Ticket
from gateway.store import Connection, tickets

_MERGES = 10  # how far merged tickets are followed


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
    for _ in range(_MERGES):
        targets = {t.merged_into for t in loaded.values() if t.merged_into} - set(loaded)
        if not targets:
            break
        loaded |= tickets.load_many(conn, targets)
    return loaded


def living(loaded: dict[int, Ticket]) -> dict[int, Ticket]:
    """Each ticket, or the one that it was merged into."""
    return {number: _followed(loaded, ticket) for number, ticket in loaded.items()}


def _followed(loaded: dict[int, Ticket], ticket: Ticket) -> Ticket:
    for _ in range(_MERGES):
        if ticket.merged_into is None or ticket.merged_into not in loaded:
            break
        ticket = loaded[ticket.merged_into]
    return ticket

"""How a ticket follows from the changes made to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gateway.core.changes import Alter, Change, Open, Tick, Wait
from gateway.core.frozen import replace
from gateway.core.model import State, Ticket


def opened(change: Open, number: int, now: datetime) -> Ticket:
    """The ticket that an `Open` makes, under its number."""
    return Ticket(
        number=number,
        subject=change.subject,
        requester=change.requester,
        queue=change.queue,
        created_at=now,
        updated_at=now,
        priority=change.priority,
        tier=change.tier,
        tags=change.tags,
        participants=change.participants,
        language=change.language,
        channel=change.channel,
        root=change.root,
        previous=change.previous,
        list_id=change.list_id,
        place=change.place,
        sla=change.sla,
        silent=change.silent,
        clocks=change.clocks,
    )


def altered(ticket: Ticket, change: Alter, now: datetime) -> Ticket:
    """The ticket after an `Alter`. States carry their times along.

    ``updated_at`` never goes back, whatever the date of what was imported or released late.
    """
    more: dict[str, Any] = {change.field: change.new, "updated_at": max(ticket.updated_at, now)}
    if change.field == "state":
        more["resolved_at"] = _resolved_at(ticket, change.new, now)
        more["closed_at"] = now if change.new is State.CLOSED else None
    return replace(ticket, **more)


def folded(changes: Iterable[Change], ticket: Ticket | None, now: datetime) -> Ticket | None:
    """The ticket after the changes; ``ticket`` is None where they open it."""
    for change in changes:
        if isinstance(change, Open):
            ticket = opened(change, 0, now)
        elif ticket is not None:
            ticket = _after(ticket, change, now)
    return ticket


def _after(ticket: Ticket, change: Change, now: datetime) -> Ticket:
    match change:
        case Alter():
            return altered(ticket, change, now)
        case Tick():
            return replace(ticket, clocks=change.clocks)
        case Wait():
            return replace(ticket, waiting=change.waiting)
    return ticket


def _resolved_at(ticket: Ticket, state: State, now: datetime) -> datetime | None:
    if state is State.RESOLVED:
        return now
    return ticket.resolved_at if state is State.CLOSED else None

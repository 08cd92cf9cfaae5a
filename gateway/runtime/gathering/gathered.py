from __future__ import annotations

from dataclasses import dataclass, field

from gateway.core.model import Ticket
from gateway.core.placement import Placement
from gateway.core.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A situation, where the message belongs, and which of its keys are taken already.

    ``copied_on``: the ticket on which a copy of the message stands that somebody else sent.
    """

    situation: Situation
    placement: Placement | None = None
    known_keys: frozenset[str] = field(default_factory=frozenset)
    copied_on: int | None = None


def seen_by(gathered: Gathered) -> dict[int, Ticket]:
    """Every ticket that a decision may write to, as it saw it: of several loads the first one."""
    situation, placed = gathered.situation, gathered.placement
    them = [*situation.others.values(), situation.ticket]
    them += [t for one in situation.shift.values() for t in (*one.others.values(), one.ticket)]
    if placed is not None:
        them += [*placed.kin.joined, *placed.kin.strangers, *placed.kin.seem]
        them += [placed.original, placed.replaces, placed.ticket]
    return {ticket.number: ticket for ticket in them if ticket is not None}

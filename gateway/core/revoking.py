"""Which signed addresses of a ticket live: not those that were revoked, or replaced since."""

from __future__ import annotations

from gateway.core.addresses import SignedAddress
from gateway.core.frozen import replace
from gateway.core.model import Ticket


def address_generation(ticket: Ticket, correspondent: str) -> int:
    """What goes into a correspondent's signed addresses.

    The ticket's count of revocations is the high half, how often this correspondent's own
    address got out the low half.
    """
    return ticket.generation % 16 << 4 | ticket.leaked.count(correspondent) % 16


def without_address(ticket: Ticket, correspondent: str) -> Ticket:
    """The ticket after a correspondent's own address got out: that one is dead from now on.

    Where the low half would begin again, all addresses are revoked: none may come alive again.
    """
    leaked = (*ticket.leaked, correspondent)
    revoked = leaked.count(correspondent) % 16 == 0
    return replace(ticket, leaked=leaked, generation=ticket.generation + revoked)


def alive(signed: SignedAddress, ticket: Ticket, correspondent: str) -> bool:
    """Whether a signed address has not been revoked or replaced since."""
    return signed.generation == address_generation(ticket, correspondent)

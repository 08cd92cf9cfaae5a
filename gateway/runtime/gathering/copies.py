"""Whether a copy of a message that came before it is that message, by another way.

Who knows somebody's mail, such as those who got it too, can send a copy of it, and be quicker. What
they make of it must not have the mail itself thrown away.
"""

from __future__ import annotations

from gateway.core.model import Message, Role
from gateway.core.placement import Candidates, Placement
from gateway.store import Connection, entries

Copy = tuple[int, int | None]
"""The ticket and entry that a message's fingerprint leads to."""


def copy_stands(conn: Connection, message: Message, copy: Copy) -> bool:
    """Whether the message is surely there already.

    Not where the copy is known to be forged and this is proven, nor where its author was nobody on
    the ticket: then it depends on where this one belongs.
    """
    _, entry = copy
    if not entry or message.proof.forged:
        return True
    if entries.is_forged(conn, entry):
        return not message.proof.verified
    said = entries.fact(conn, entry)
    return said is None or said.author.role is not Role.STRANGER


def is_elsewhere(
    conn: Connection, message: Message, copy: Copy, placement: Placement, found: Candidates
) -> bool:
    """Whether the message is another one than its copy: proven, or on a ticket of its author's."""
    number, entry = copy
    if entry and entries.is_forged(conn, entry):
        return True
    there, copied = placement.ticket, found.tickets.get(number)
    if there is None or copied is None or there.number == copied.number:
        return False
    return there.role_of(message.author, *found.accounts) is not Role.STRANGER

"""Which tickets turn out to be one conversation? Pure, as placing is.

An answer that comes before what it answers opens a ticket. When what it answers comes, and is an
answer to something on another ticket itself, or when a message refers to both, one conversation
stands on two tickets. They are joined where nobody outside gains by it: whoever made up ids so
that a ticket was swallowed by their own would get the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gateway.core.model import Message, State, Ticket

if TYPE_CHECKING:
    from gateway.core.place import Candidates, Clues


def same_conversation(
    message: Message, clues: Clues, found: Candidates, ticket: Ticket | None, *, live: bool
) -> tuple[Ticket, ...]:
    """Tickets that nobody has touched yet and that belong to ``ticket``, the message's own one."""
    if ticket is None or message.proof.forged or message.source is not None:
        return ()
    linked = {other.number: other for other in _linked(clues, found) if _untouched(other)}
    linked.pop(ticket.number, None)
    return tuple(o for o in linked.values() if not live or _open_to_all(message, ticket, o))


def _linked(clues: Clues, found: Candidates) -> Iterator[Ticket]:
    """The tickets of what the message refers to, and of what was said of it before it came."""
    waiting = found.keys.get(clues.own_key or "", (0, None))
    owners = [waiting[0]] if waiting[1] is None else []
    owners += [found.keys.get(key, (0, None))[0] for key in clues.keys]
    yield from (t for number in owners if (t := found.tickets.get(number)) is not None)


def _untouched(ticket: Ticket) -> bool:
    return ticket.state is State.NEW and ticket.assignee is None


def _open_to_all(message: Message, one: Ticket, other: Ticket) -> bool:
    """Whether whoever hears of one ticket hears of the other anyway: a list's, or all their own."""
    if message.list_id and message.list_id == one.list_id == other.list_id:
        return True
    return {p.address for p in one.people} == {p.address for p in other.people}

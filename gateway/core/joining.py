"""Which tickets turn out to be one conversation? Pure, as placing is.

An answer that comes before what it answers opens a ticket. When what it answers comes, and is an
answer to something on another ticket itself, or when a message refers to both, one conversation
stands on two tickets. They are joined where nobody has done anything on the other one yet. The
people of the one take part in the other where nobody outside gains by it: whoever made up ids so
that a ticket was swallowed by their own would get the answers. Else they stay strangers there, as
if they had written in order, and agents are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.addresses import AddressBook
from gateway.core.clocks import ClockState
from gateway.core.model import Automatic, Message, Role, State, Ticket
from gateway.core.placement import NO_KIN, Candidates, Clues, Kin, Placement
from gateway.core.policy import Policy
from gateway.core.targets import Target

_RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


def same_conversation(
    message: Message,
    clues: Clues,
    found: Candidates,
    placed: Placement,
    book: AddressBook,
    policy: Policy,
    *,
    live: bool,
) -> Kin:
    """The tickets that belong to the one where the message is ``placed``, or seem to.

    Only those are joined that nobody has touched yet, and of an archive only what came with it.
    """
    ticket = placed.ticket
    if ticket is None or message.proof.forged or message.source is not None:
        return NO_KIN
    early = _opened_by_an_answer(clues, found)
    linked = {other.number: other for other in (*early, *_referred(clues, found))}
    linked.pop(ticket.number, None)
    if not linked:
        return NO_KIN
    starts = _wants_an_answer(message, ticket, found, policy)
    after = _people_after(message, placed, found, book, policy)

    def may_come(other: Ticket) -> bool:
        if not _untouched(other, found) or _leaves_its_circle(other, ticket, policy):
            return False
        if live:
            return starts or _is_looked_after(other, ticket)
        return other.number not in found.awaited

    free = [other for other in linked.values() if may_come(other)]

    def joins(other: Ticket) -> bool:
        if not live or _open_to_all(message, ticket, other):
            return True
        return other in early and _as_in_order(message, ticket, other, after, found)

    joined = tuple(filter(joins, free))
    takes_in = _takes_in(message, ticket, found)
    waiting = (*early, *_answering_the_same(clues, found)) if takes_in else ()
    strangers = tuple(o for o in free if o in waiting and o not in joined)
    done = {o.number for o in (*joined, *strangers)}
    apart = (o for o in early if o.number in linked and o.number not in done)
    return Kin(
        joined=joined,
        strangers=strangers,
        seem=tuple(o for o in apart if o.state is not State.CLOSED),
    )


def held_for(ticket: int) -> str:
    """How an answer is held that was meant for a ticket which was joined to the one it is on."""
    return f"elsewhere {ticket}"


def _opened_by_an_answer(clues: Clues, found: Candidates) -> tuple[Ticket, ...]:
    """The ticket on which somebody answered this very message before it came."""
    number, entry = found.keys.get(clues.own_key or "", (0, None))
    ticket = found.tickets.get(number)
    return (ticket,) if ticket is not None and entry is None else ()


def _answering_the_same(clues: Clues, found: Candidates) -> tuple[Ticket, ...]:
    """The tickets on which somebody answered what this message answers, which has not come yet."""
    owners = (found.keys.get(key, (0, 0)) for key in clues.keys)
    absent = (number for number, entry in owners if entry is None)
    return tuple(t for number in absent if (t := found.tickets.get(number)) is not None)


def _takes_in(message: Message, ticket: Ticket, found: Candidates) -> bool:
    """Whether strangers' early answers come to a ticket with this message.

    A machine's mail shows nothing, and on a ticket that is over, or that waits on, nobody would
    look at them.
    """
    if message.automatic not in (None, Automatic.BULK):
        return False
    if ticket.state in (State.NEW, State.OPEN):
        return True
    goes_on = message.automatic is None and _takes_part(message, ticket, found)
    return goes_on and ticket.state in (State.PENDING, State.ON_HOLD)


def _wants_an_answer(message: Message, ticket: Ticket, found: Candidates, policy: Policy) -> bool:
    """Whether the message itself has an answer due on the ticket."""
    by_person = message.automatic is None and _takes_part(message, ticket, found)
    return by_person and policy.rules_for(ticket).sla.has(Target.NEXT_RESPONSE)


def _is_looked_after(other: Ticket, ticket: Ticket) -> bool:
    """Whether an answer is due on the ticket as it was on the other one, whose clocks stop."""
    return _answer_is_due(ticket) or not _answer_is_due(other)


def _answer_is_due(ticket: Ticket) -> bool:
    clocks = (ticket.clocks.of(target) for target in _RESPONSES)
    return any(clock is not None and clock.state is ClockState.RUNNING for clock in clocks)


def _referred(clues: Clues, found: Candidates) -> Iterator[Ticket]:
    """The tickets of what the message refers to."""
    owners = (found.keys.get(key, (0, None))[0] for key in clues.keys)
    yield from (t for number in owners if (t := found.tickets.get(number)) is not None)


def _untouched(ticket: Ticket, found: Candidates) -> bool:
    """Whether no agent has done anything about it, nor a machine goes on with it."""
    fresh = ticket.state is State.NEW and ticket.assignee is None
    return fresh and ticket.number not in found.touched


def _leaves_its_circle(other: Ticket, ticket: Ticket, policy: Policy) -> bool:
    """Whether other agents would see the words: more of them, or no longer those who did."""
    queues = (policy.queues_by_name.get(one.queue) for one in (other, ticket))
    restricted = any(queue is not None and queue.restricted for queue in queues)
    return restricted and ticket.queue != other.queue


def _open_to_all(message: Message, one: Ticket, other: Ticket) -> bool:
    """Whether whoever hears of one ticket hears of the other anyway: a list's, or all their own."""
    if message.list_id and message.list_id == one.list_id == other.list_id:
        return True
    return _addresses(one) == _addresses(other)


def _addresses(ticket: Ticket) -> frozenset[str]:
    return frozenset(p.address for p in ticket.people)


def _people_after(
    message: Message, placed: Placement, found: Candidates, book: AddressBook, policy: Policy
) -> frozenset[str]:
    """Who takes part once the message is there: whom a participant writes to does, too."""
    assert placed.ticket is not None  # noqa: S101 - the caller has looked
    people = _addresses(placed.ticket)
    sure = placed.matched_by != "subject" or message.proof.verified
    if not sure or message.automatic is not None or not _takes_part(message, placed.ticket, found):
        return people
    sent_to = {p.address for p in (*message.to, *message.cc) if p.address}
    ours = {*policy.agents_by_email, *policy.own_lists, *book.plain}
    return people | {a for a in sent_to - ours if not book.looks_ours(a)}


def _takes_part(message: Message, ticket: Ticket, found: Candidates) -> bool:
    return ticket.role_of(message.author, *found.accounts) is not Role.STRANGER


def _as_in_order(
    message: Message, ticket: Ticket, other: Ticket, after: frozenset[str], found: Candidates
) -> bool:
    """Whether joining gives the same as if the early answer had come after what it answers.

    Who wrote it takes part in what it answers, so that they learn nothing by it. And they wrote
    to everybody there, so that nobody there learns anything either; or to the author of what
    they answered, who is proved to have written that in this conversation.
    """
    if other.requester.address not in after:
        return False
    heard = _addresses(other)
    if after <= heard:
        return True
    proved = message.proof.verified and _takes_part(message, ticket, found)
    return proved and message.author.address in heard

"""Which ticket does a message belong to? Pure: the message and the candidates decide.

In this order: a signed reply address, a number said outright in a chat, references, what goes on
in a private chat, a subject tag of somebody who takes part, else a new ticket. A reference
*places* an entry; what its author may see and trigger is decided elsewhere (``core.speakers``).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from gateway.core.addresses import AddressBook, AddressKind, SignedAddress
from gateway.core.conversations import (
    Standing,
    by_conversation,
    by_number,
    conversation_of,
    is_of_itself,
    own_key_of,
)
from gateway.core.frozen import replace
from gateway.core.joining import same_conversation
from gateway.core.model import Automatic, Message, Party, Role, State, Ticket
from gateway.core.moments import in_words
from gateway.core.placement import ON_TICKETS, Candidates, Clues, Placement
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.revoking import alive

_TAG = re.compile(r"\[#(\d{1,12})\]", re.ASCII)


def clues_of(message: Message, book: AddressBook) -> Clues:
    """What a message tells of where it belongs."""
    signed = tuple(s for r in message.recipients if (s := book.read(r)) is not None)
    tag = _TAG.search(message.subject)
    return Clues(
        signed=signed,
        keys=message.refers_to,
        own_key=own_key_of(message),
        source_key=_source_key(message),
        conversation=message.chat.conversation if message.chat else "",
        named=message.chat.ticket if message.chat else None,
        tag=int(tag.group(1)) if tag else None,
    )


def _source_key(message: Message) -> str | None:
    """What the mail of a source is about."""
    return message.source.key or None if message.source else None


def place(
    message: Message, clues: Clues, found: Candidates, book: AddressBook, policy: Policy,
    now: datetime, *, live: bool = True,
) -> Placement:  # fmt: skip
    """Say where a message belongs. ``now`` is the moment it was accepted.

    ``live``: it came now; else it is of an archive that an operator takes in.
    """
    signed, own = _strongest(message, clues, found, book)
    dead = own and signed is not None and _dead(signed, found, message.author.address)
    placed = (
        _by_own_words(message, clues, found)
        or _by_source(message, clues, found)
        or _by_standing_address(message, signed, policy, own=own)
        or _by_address(clues, found, signed, own=own)
        or _by_number(message, clues, found, policy)
        or _by_reference(clues, found)
        or _by_earlier_answer(clues, found)
        or _by_conversation(message, found, policy, now)
        or _by_tag(message, clues, found, policy)
        or Placement(because=Reason.of(Why.NOTHING_MATCHED))
    )
    original = placed.original
    if own and signed is not None and signed.kind in ON_TICKETS:
        original = found.originals.get(signed.number)
    placed = _unless_closed_too_long(message, placed, policy, now, found.accounts)
    kin = same_conversation(message, clues, found, placed, book, policy, live=live)
    return replace(placed, signed=signed, own_address=own, dead=dead, original=original, kin=kin)


def _strongest(
    message: Message, clues: Clues, found: Candidates, book: AddressBook
) -> tuple[SignedAddress | None, bool]:
    """The signed address made for this author, else the first of a ticket; and whether it was.

    Of several that were made for them: one that lives, and rather a ticket's.
    """
    author = message.author.address
    own = [s for s in clues.signed if s.kind is not AddressKind.BOUNCE and book.made_for(s, author)]
    if own:
        return min(own, key=lambda s: (_dead(s, found, author), s.kind not in ON_TICKETS)), True
    return next((s for s in clues.signed if s.kind in ON_TICKETS), None), False


def _dead(signed: SignedAddress, found: Candidates, correspondent: str) -> bool:
    """Whether an address of a ticket was revoked or replaced, or its ticket is not there."""
    if signed.kind not in ON_TICKETS:
        return False
    ticket = _named_by(signed, found)
    if ticket is None:
        return signed.number not in found.tickets
    return not alive(signed, ticket, correspondent)


def _named_by(signed: SignedAddress, found: Candidates) -> Ticket | None:
    """The very ticket that an address names, merged or not; None where it is not known."""
    ticket = found.originals.get(signed.number) or found.tickets.get(signed.number)
    return ticket if ticket is not None and ticket.number == signed.number else None


def _by_source(message: Message, clues: Clues, found: Candidates) -> Placement | None:
    """The open ticket of the same source and key, whatever the mail refers to; else a new one."""
    if message.source is None or clues.source_key is None:
        return None
    owner, _ = found.keys.get(clues.source_key, (0, None))
    ticket = found.tickets.get(owner)
    if ticket is None:
        return Placement(because=Reason.of(Why.NOTHING_MATCHED))
    name = message.source.name
    if ticket.state in (State.RESOLVED, State.CLOSED):
        again = Reason.of(
            Why.SOURCE_AGAIN, source=name, ticket=ticket.number, state=ticket.state.value
        )
        return Placement(because=again, replaces=ticket, taken_from=owner)
    because = Reason.of(Why.SOURCE_KEY, source=name, ticket=ticket.number)
    return Placement(because=because, ticket=ticket, matched_by="references")


def _by_own_words(message: Message, clues: Clues, found: Candidates) -> Placement | None:
    """In a chat: the entry that holds earlier, or later, words of this very message."""
    number, entry = found.keys.get(clues.own_key or "", (0, None))
    ticket = found.tickets.get(number)
    if ticket is None or entry is None or not is_of_itself(message):
        return None
    return Placement(
        because=Reason.of(Why.OTHER_WORDS, ticket=number, entry=entry),
        ticket=ticket,
        matched_by="references",
        answered=entry,
        other_words=True,
    )


def _by_standing_address(
    message: Message, signed: SignedAddress | None, policy: Policy, *, own: bool
) -> Placement | None:
    """An agent's own standing address asks for a new ticket, whatever the mail refers to."""
    if not own or signed is None or signed.kind is not AddressKind.STANDING:
        return None
    agent = policy.agents_by_email.get(message.author.address)
    if agent is None:
        return None
    return Placement(because=Reason.of(Why.STANDING_ADDRESS, agent=agent.name))


def _by_address(
    clues: Clues, found: Candidates, signed: SignedAddress | None, *, own: bool
) -> Placement | None:
    if signed is None or signed.kind not in ON_TICKETS:
        return None
    ticket = found.tickets.get(signed.number)
    if ticket is None or _revoked(signed, found):
        return None
    why = Why.REPLY_ADDRESS if own else Why.REPLY_ADDRESS_OF_OTHER
    return Placement(
        because=Reason.of(why, ticket=signed.number),
        ticket=ticket,
        matched_by="token" if own else "references",
        answered=_answered(clues, found, ticket),
    )


def _by_number(
    message: Message, clues: Clues, found: Candidates, policy: Policy
) -> Placement | None:
    """The ticket that was named outright in a chat."""
    named = by_number(message, found.tickets.get(clues.named or 0), policy, found.accounts)
    if named is None:
        return None
    return replace(_standing(named), original=found.originals.get(clues.named or 0))


def _by_conversation(
    message: Message, found: Candidates, policy: Policy, now: datetime
) -> Placement | None:
    """The ticket that goes on in the private chat that this was said in."""
    number, _ = found.keys.get(conversation_of(message, policy), (0, None))
    ticket = found.tickets.get(number)
    owner = (number, ticket) if ticket else None
    standing = by_conversation(message, owner, found.accounts, now)
    return _standing(standing) if standing else None


def _standing(found: Standing) -> Placement:
    return Placement(
        because=found.because,
        ticket=found.ticket,
        matched_by="references" if found.ticket else None,
        taken_from=found.taken_from,
        unseen=found.unseen,
    )


def _revoked(signed: SignedAddress, found: Candidates) -> bool:
    """Whether all addresses of the ticket were revoked since, whosever this one is."""
    ticket = _named_by(signed, found)
    return ticket is not None and signed.generation >> 4 != ticket.generation % 16


def _answered(clues: Clues, found: Candidates, ticket: Ticket) -> int | None:
    """The entry that the strongest reference points at, on this ticket."""
    for key in clues.keys:
        number, entry = found.keys.get(key, (0, None))
        at = found.tickets.get(number)
        if entry is not None and at is not None and at.number == ticket.number:
            return entry
    return None


def _by_reference(clues: Clues, found: Candidates) -> Placement | None:
    """The ticket of the nearest message that came; else of one that others referred to as well."""
    came = [key for key in clues.keys if found.keys.get(key, (0, None))[1] is not None]
    for key in (*came, *clues.keys):
        number, _ = found.keys.get(key, (0, None))
        ticket = found.tickets.get(number)
        if ticket is not None:
            return Placement(
                because=Reason.of(Why.REFERENCE, ticket=number),
                ticket=ticket,
                matched_by="references",
                answered=_answered(clues, found, ticket),
                original=found.originals.get(number),
            )
    return None


def _by_earlier_answer(clues: Clues, found: Candidates) -> Placement | None:
    """An id that others referred to before its message came; one that came is another message."""
    number, entry = found.keys.get(clues.own_key or "", (0, None))
    ticket = found.tickets.get(number)
    if ticket is None or entry is not None:
        return None
    return Placement(
        because=Reason.of(Why.ANSWERED_EARLIER, ticket=number),
        ticket=ticket,
        matched_by="references",
    )


def _by_tag(message: Message, clues: Clues, found: Candidates, policy: Policy) -> Placement | None:
    ticket = found.tickets.get(clues.tag or 0)
    if ticket is None or message.proof.forged:
        return None
    agent = message.author.address in policy.agents_by_email and message.proof.verified
    if ticket.role_of(message.author, *found.accounts) is Role.STRANGER and not agent:
        return None
    return Placement(
        because=Reason.of(Why.SUBJECT_TAG, ticket=clues.tag),
        ticket=ticket,
        matched_by="subject",
    )


def _unless_closed_too_long(
    message: Message,
    placed: Placement,
    policy: Policy,
    now: datetime,
    accounts: tuple[Party, ...],
) -> Placement:
    ticket = placed.ticket
    if ticket is None or not closed_too_long(ticket, policy.reopen_within, now):
        return placed
    if message.automatic not in (None, Automatic.BULK):
        return placed
    takes_part = ticket.role_of(message.author, *accounts) is not Role.STRANGER
    if policy.agent_of(message.author) is not None and not takes_part:
        return placed
    return Placement(
        because=Reason.of(
            Why.CLOSED_TOO_LONG, ticket=ticket.number, limit=in_words(policy.reopen_within)
        ),
        previous=ticket if takes_part and not message.proof.forged else None,
    )


def closed_too_long(ticket: Ticket, limit: timedelta, now: datetime) -> bool:
    """Whether a ticket is closed for longer than may be reopened."""
    closed = ticket.closed_at
    return ticket.state is State.CLOSED and closed is not None and now - closed > limit

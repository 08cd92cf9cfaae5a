"""Whether the desk may write to a requester by itself, and how it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.chat import Action, Ask, Request
from gateway.core.courtesy import capped
from gateway.core.deciding.draft import Desk, is_the_desks
from gateway.core.model import Party, Ticket
from gateway.core.notices import facts_for_people
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Addressee


def against_approaching(ticket: Ticket, addressee: Addressee, desk: Desk) -> Reason | None:
    """Why nothing may ever go to the requester by the desk itself, as things stand, or None.

    Not to machines and not to addresses that nobody vouches for: neither a proof, nor an agent who
    wrote there before. Nor where mail came back, or would only come to the desk again.
    """
    address = ticket.requester.address
    if ticket.silent:
        return Reason.of(Why.NOT_BY_ITSELF)
    unwritable = ticket.requester.channel == "email" and "@" not in address
    if not address or unwritable or is_the_desks(desk, address):
        return Reason.of(Why.NO_ADDRESS)
    if addressee.came_back:
        return Reason.of(Why.CAME_BACK, address=address)
    known = addressee.verified or ticket.requester.channel != "email"  # a chat names its people
    if not known and addressee.answer is None:
        return Reason.of(Why.NOT_KNOWN)
    return None


def against_now(addressee: Addressee, policy: Policy) -> Reason | None:
    """Why it may not go out now, or None: the caps of confirmations count for it as well."""
    return capped(addressee.tallies, policy.caps)


def to_requester(
    policy: Policy,
    ticket: Ticket,
    kind: NoticeKind,
    because: Reason,
    *,
    about: int | None = None,
    facts: Mapping[str, Any],
) -> Say:
    """Something that the desk itself says to a requester, in their language."""
    return Say(
        kind=kind,
        to=ticket.requester,
        reach=Reach.REQUESTER,
        because=because,
        about=about,
        language=ticket.language,
        facts=facts_for_people(policy, ticket) | dict(facts),
        shown_to=(ticket.requester,),
        capped=True,
        place=ticket.place if ticket.requester.channel == ticket.channel else "",
        actions=buttons_for(ticket.requester) if kind is NoticeKind.RESOLVED else (),
    )


def buttons_for(to: Party) -> tuple[Action, ...]:
    """Whether it is solved, asked by buttons in a chat; the labels are names of phrases."""
    if to.channel == "email":
        return ()
    return (
        Action(label="press.solved", says=Request(ask=Ask.SOLVED).says, main=True),
        Action(label="press.not_solved", says=Request(ask=Ask.NOT_SOLVED).says),
    )


def closes_at(policy: Policy, now: datetime) -> datetime:
    """When a ticket that is resolved now is closed."""
    return now + policy.auto_close_after

"""An agent's answer that must not go out yet is kept, and its author is asked."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.changes import Append, NoticeKind, Reach
from gateway.core.deciding.draft import Desk, Draft, agent_author
from gateway.core.deciding.pacing import too_fast
from gateway.core.deciding.publishing import Words
from gateway.core.frozen import replace
from gateway.core.joining import held_for
from gateway.core.leaks import internal_in_files, internal_left
from gateway.core.model import (
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Party,
    Role,
    Ticket,
    Visibility,
)
from gateway.core.notices import whose
from gateway.core.placement import Placement
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why an answer is held for its author.

    ``newer``: the entry that it should have seen. ``meant_for``: the ticket, joined to another one
    since, whose requester was to hear it.
    """

    held: str
    because: Reason
    newer: EntryFact | None = None
    meant_for: Ticket | None = None


def doubt_of(
    words: Words, agent: Agent, placement: Placement, situation: Situation, desk: Desk
) -> Doubt | None:
    """Why an answer must not go out yet, or None."""
    doubt = _of_words(words, agent, situation, desk) or _overtaken(agent, situation)
    return _elsewhere(placement, situation, doubt, desk.policy) or doubt


def _of_words(words: Words, agent: Agent, situation: Situation, desk: Desk) -> Doubt | None:
    """What stands in the words, or that there are too many of them."""
    notes = [e for e in situation.history if e.kind is EntryKind.NOTE]
    others = [e.text for e in notes if e.author.address != agent.email]
    own = [e.text for e in notes if e.author.address == agent.email]
    left = internal_left(words.body.text, others, desk.book.looks_ours, own=own)
    left = left or internal_in_files(words.attachments, others, desk.book, own=own)
    if left is not None:
        return Doubt(held="mark", because=Reason.of(Why.MARK_SURVIVED, what=left))
    fast = too_fast(situation, desk.policy)
    return Doubt(held="too_fast", because=fast) if fast is not None else None


def _overtaken(agent: Agent, situation: Situation) -> Doubt | None:
    """Somebody else wrote after what it answers."""
    newer = [e for e in situation.newer if e.author.address != agent.email]
    if not newer:
        return None
    other = newer[-1].author.shown
    because = Reason.of(Why.OVERTAKEN, other=other)
    return Doubt(held="overtaken", because=because, newer=newer[-1])


def _elsewhere(
    placement: Placement, situation: Situation, doubt: Doubt | None, policy: Policy
) -> Doubt | None:
    """A joined ticket's requester was to hear this, and others would where it goes now.

    Whatever else is doubtful about it (``doubt``) is told with it, for ``#send`` asks no more.
    """
    named, ticket = placement.original, placement.ticket
    if named is None or ticket is None or named.number == ticket.number:
        return None
    absent = not _hears(ticket, named.requester)
    gains = situation.was_joined and _others_hear(ticket, named, policy)
    if not absent and not gains:
        return None
    held = held_for(named.number)
    if doubt is not None:
        return replace(doubt, held=held, meant_for=named)
    because = Reason.of(Why.ELSEWHERE, other=named.requester.shown, ticket=ticket.number)
    return Doubt(held=held, because=because, meant_for=named)


def _hears(ticket: Ticket, them: Party) -> bool:
    return ticket.role_of(them) is not Role.STRANGER or them.address in ticket.watchers


def _others_hear(ticket: Ticket, named: Ticket, policy: Policy) -> bool:
    """Whether an answer reaches somebody outside whom one on the named ticket would not reach."""
    known = {p.address for p in named.people} | policy.agents_by_email.keys()
    return any(p.address not in known for p in ticket.people)


def hold(draft: Draft, agent: Agent, words: Words, doubt: Doubt) -> None:
    """Keep the answer as a note of its author, and explain to them alone."""
    body = Body(text=words.body.text, full_text=words.original)
    ref = keep(draft, agent, words, doubt.because, body, held=doubt.held)
    newer, meant_for = doubt.newer, doubt.meant_for
    draft.tell(
        agent,
        NoticeKind.HELD_ANSWER,
        doubt.because,
        reach=Reach.PUBLIC,
        about=newer.id if newer else ref,
        facts={
            "overtaken": newer is not None,
            "why": str(doubt.because),
            "other": newer.author.shown if newer else "",
            "other_words": newer.text if newer else "",
            "other_at": newer.at if newer else None,
            "answer": words.body.text,
            "meant_for": _whom(meant_for, draft.ticket) if meant_for else None,
        },
    )


def _whom(meant_for: Ticket, here: Ticket) -> dict[str, object]:
    """Whom an answer was meant for, and whether they hear it here."""
    return {**whose(meant_for), "here": _hears(here, meant_for.requester)}


def keep(
    draft: Draft,
    agent: Agent,
    words: Words,
    because: Reason,
    body: Body,
    *,
    held: str | None = None,
) -> str:
    """An agent's mail that goes to nobody stays on the ticket as a note; gives its ref."""
    return draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            direction=Direction.IN,
            channel=words.channel,
            author=agent_author(agent, words.channel),
            because=because,
            body=body,
            attachments=words.attachments,
            fingerprint=words.fingerprint,
            message_id=words.message_id,
            held=held,
            proof=words.proof,
        )
    )

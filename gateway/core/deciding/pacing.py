"""Two machines that answer each other through the desk fall silent, whatever they call themselves.

Nothing is lost by it: what they write stays on the ticket, an agent's answer is held for them
and they hear so, within the caps, and a lead is told, once.
"""

from __future__ import annotations

from gateway.core.audience import for_loops
from gateway.core.changes import Change, Decision, NoticeKind, Reach, Say, Skip
from gateway.core.courtesy import capped
from gateway.core.deciding.draft import Desk
from gateway.core.frozen import replace
from gateway.core.model import Body, Ticket
from gateway.core.notices import to_agent
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def too_fast(situation: Situation, policy: Policy) -> Reason | None:
    """Why nothing is to be sent from a ticket by itself, or None."""
    caps = policy.caps
    if situation.pace >= caps.per_ticket:
        return Reason.of(Why.TOO_FAST, limit=caps.per_ticket)
    if situation.tallies.words >= caps.per_words:
        return Reason.of(Why.SAME_WORDS, limit=caps.per_words)
    return None


def _begins(situation: Situation, policy: Policy) -> bool:
    """Whether this is the first message for which nothing is sent."""
    caps = policy.caps
    if situation.pace >= caps.per_ticket:
        return situation.pace == caps.per_ticket
    return situation.tallies.words == caps.per_words


def paced(decision: Decision, situation: Situation, desk: Desk) -> Decision:
    """The decision without what it would say, where the ticket is too fast."""
    because = too_fast(situation, desk.policy)
    if because is None or situation.ticket is None:
        return decision
    kept: tuple[Change, ...] = tuple(c for c in decision.changes if not isinstance(c, Say))
    kept += _held_for(decision, situation, desk)
    quiet = Skip(what="notices", because=because)
    told = _told(situation.ticket, because, situation, desk)
    return replace(decision, changes=(*kept, quiet, *told))


def _held_for(decision: Decision, situation: Situation, desk: Desk) -> tuple[Say, ...]:
    """Whose answer is held hears it, as often as anybody hears from a machine within the hour."""
    if capped(situation.tallies, desk.policy.caps) is not None:
        return ()
    says = (c for c in decision.changes if isinstance(c, Say))
    return tuple(replace(s, capped=True) for s in says if s.kind is NoticeKind.HELD_ANSWER)


def _told(ticket: Ticket, because: Reason, situation: Situation, desk: Desk) -> tuple[Say, ...]:
    """Those who can look into it hear of it when it begins, and then no more."""
    if not _begins(situation, desk.policy):
        return ()
    return tuple(
        to_agent(
            desk.policy,
            ticket,
            lead,
            NoticeKind.NOTE,
            because,
            reach=Reach.INTERNAL,
            facts={"author": desk.policy.desk_name},
            body=Body(text=f"{because}."),
        )
        for lead in for_loops(desk.policy, ticket)
    )

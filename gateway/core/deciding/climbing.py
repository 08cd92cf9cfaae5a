"""To the next tier: the same move by `#escalate` and by the clock."""

from __future__ import annotations

from gateway.core.deciding.draft import Draft
from gateway.core.model import Author, EntryKind
from gateway.core.policy import Agent
from gateway.core.reasons import Reason
from gateway.core.situation import Situation

_LONGEST = 200  # characters of what somebody tried


def climb(draft: Draft, because: Reason, author: Author) -> tuple[Agent, ...]:
    """Raise the tier, and say who hears of it: at the top, a lead.

    Who has the ticket keeps it only if they are of the new tier.
    """
    policy, ticket = draft.policy, draft.ticket
    higher = sorted({a.tier for a in policy.agents if a.tier > ticket.tier})
    if not higher:
        return policy.leads_of(ticket.queue)
    draft.alter("tier", higher[0], because, author)
    assignee = policy.agents_by_email.get(ticket.assignee or "")
    if assignee is not None and assignee.tier != higher[0]:
        give_back(draft, because, author)
    there = [a for a in policy.agents if a.tier == higher[0] and policy.may_see(a, ticket.queue)]
    own = tuple(a for a in there if ticket.queue in a.queues)
    return own or tuple(there) or policy.leads_of(ticket.queue)


def give_back(draft: Draft, because: Reason, author: Author) -> None:
    """The ticket is its queue's again, which assigns by hand."""
    draft.alter("assignee", None, because, author)


def tried(draft: Draft, situation: Situation) -> tuple[str, ...]:
    """What agents said so far, newest last: what the next tier wants to know first."""
    kinds = (EntryKind.MESSAGE, EntryKind.NOTE)
    known = draft.policy.agents_by_email
    said = [
        e for e in situation.history if e.kind in kinds and e.author.address in known and e.text
    ]
    return tuple(f"{e.author.name}: {' '.join(e.text.split())[:_LONGEST]}" for e in said[-3:])

"""To the next tier: the same move by `#escalate` and by the clock."""

from __future__ import annotations

from gateway.core.assignment import knows
from gateway.core.changes import NoticeKind, Reach
from gateway.core.commands import parse
from gateway.core.deciding.assigning import assign
from gateway.core.deciding.draft import Draft
from gateway.core.model import Author, EntryKind
from gateway.core.policy import Agent
from gateway.core.reasons import Reason
from gateway.core.situation import Situation

_LONGEST = 200  # characters of what somebody tried


def climb(draft: Draft, situation: Situation, because: Reason, author: Author) -> tuple[Agent, ...]:
    """Raise the tier, and say who hears of it: at the top, a lead.

    Who has the ticket keeps it only if they are of the new tier; else it is assigned there as its
    queue says, and they hear where it went, as does the agent who did it.
    """
    policy, ticket = draft.policy, draft.ticket
    higher = sorted({a.tier for a in policy.agents if a.tier > ticket.tier})
    if not higher:
        return policy.leads_of(ticket.queue)
    draft.alter("tier", higher[0], because, author)
    before = policy.agents_by_email.get(ticket.assignee or "")
    lost = before is not None and before.tier != higher[0]
    given = give_back(draft, situation, because, author) if lost or before is None else None
    told = (given,) if given else _there(draft)
    by = policy.agents_by_email.get(author.address)
    for agent in dict.fromkeys(a for a in (before if lost else None, by) if a is not None):
        if agent not in told:
            _pass_on(draft, situation, agent, given, because)
    return told


def _there(draft: Draft) -> tuple[Agent, ...]:
    """Those of a ticket's tier who hear of it: of its queue, with its skill, else a lead."""
    policy, ticket = draft.policy, draft.ticket
    queue = policy.queues_by_name.get(ticket.queue)
    there = [a for a in policy.agents if a.tier == ticket.tier and policy.may_see(a, ticket.queue)]
    skilled = [a for a in there if knows(a, queue.skill if queue else "")] or there
    own = tuple(a for a in skilled if ticket.queue in a.queues)
    return own or tuple(skilled) or policy.leads_of(ticket.queue)


def _pass_on(
    draft: Draft, situation: Situation, to: Agent, given: Agent | None, because: Reason
) -> None:
    """Tell somebody where the ticket went."""
    draft.tell(
        to,
        NoticeKind.PASSED_ON,
        because,
        reach=Reach.INTERNAL,
        facts={
            "to": given.name if given else "",
            "tier": draft.ticket.tier,
            "tried": tried(draft, situation),
        },
    )


def give_back(draft: Draft, situation: Situation, because: Reason, author: Author) -> Agent | None:
    """The ticket is its queue's again, which assigns it to somebody else if it does so itself."""
    before = draft.ticket.assignee or ""
    draft.alter("assignee", None, because, author)
    return assign(draft, situation, but=before)


def tried(draft: Draft, situation: Situation) -> tuple[str, ...]:
    """What agents said so far, newest last: what the next tier wants to know first."""
    kinds = (EntryKind.MESSAGE, EntryKind.NOTE)
    known = draft.policy.agents_by_email
    theirs = (e for e in situation.history if e.kind in kinds and e.author.address in known)
    said = [(e.author.name, words) for e in theirs if (words := parse(e.text).rest)]
    return tuple(f"{name}: {' '.join(words.split())[:_LONGEST]}" for name, words in said[-3:])

"""Who hears what: pure functions from policy and ticket to agents, in the config's order."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.model import Party, Ticket
from gateway.core.policy import Agent, Notify, Policy


def for_new(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    """Who hears of a new ticket, as its queue says; an empty queue means the lead."""
    queue = policy.queues_by_name.get(ticket.queue)
    notify = queue.notify if queue else Notify.QUEUE
    if notify is Notify.NOBODY:
        return ()
    if notify is Notify.LEAD:
        return policy.leads_of(ticket.queue)
    return policy.agents_of(ticket.queue, ticket.tier) or policy.leads_of(ticket.queue)


def for_words(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    """Who hears the requester: the assignee, else as for a new ticket; and who watches."""
    assignee = policy.agents_by_email.get(ticket.assignee or "")
    first = (assignee,) if assignee else for_new(policy, ticket)
    return _once((*first, *_watchers(policy, ticket)))


def for_copies(policy: Policy, ticket: Ticket, author: str) -> tuple[Agent, ...]:
    """Who gets a copy of a public answer or a note: the assignee and who watches, the author
    apart.
    """
    assignee = policy.agents_by_email.get(ticket.assignee or "")
    them = (*((assignee,) if assignee else ()), *_watchers(policy, ticket))
    return without(_once(them), author)


def without(agents: Iterable[Agent], author: str) -> tuple[Agent, ...]:
    """All of them but the one whose doing it was."""
    return tuple(a for a in agents if a.email != author)


def as_party(agent: Agent) -> Party:
    """An agent as somebody to send to."""
    return Party(address=agent.email, name=agent.name)


def _watchers(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    known = policy.agents_by_email
    return tuple(known[w] for w in ticket.watchers if w in known)


def _once(agents: Iterable[Agent]) -> tuple[Agent, ...]:
    return tuple({a.email: a for a in agents}.values())

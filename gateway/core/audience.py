"""Who hears what: pure functions from policy and ticket to agents, in the config's order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gateway.core.escalation import ROLES, Hears
from gateway.core.model import Party, Ticket
from gateway.core.policy import Agent, Notify, Policy


def for_new(policy: Policy, ticket: Ticket, now: datetime) -> tuple[Agent, ...]:
    """Who hears of a new ticket, as its queue says: those on shift, if anybody is.

    An empty queue means the lead.
    """
    return _staff(policy, ticket, _of_queue(policy, ticket, now))


def _of_queue(policy: Policy, ticket: Ticket, now: datetime) -> tuple[Agent, ...]:
    queue = policy.queues_by_name.get(ticket.queue)
    notify = queue.notify if queue else Notify.QUEUE
    if notify is Notify.NOBODY:
        return ()
    if notify is Notify.LEAD:
        return policy.leads_of(ticket.queue)
    own = policy.agents_of(ticket.queue, ticket.tier)
    return _working(policy, own, now) or own or policy.leads_of(ticket.queue)


def for_want_of_others(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    """Who hears of a new ticket where those who should are those who wrote it.

    Nobody where the queue tells nobody.
    """
    queue = policy.queues_by_name.get(ticket.queue)
    if queue is not None and queue.notify is Notify.NOBODY:
        return ()
    return _staff(policy, ticket, policy.agents_of(ticket.queue) or policy.leads_of(ticket.queue))


def for_words(policy: Policy, ticket: Ticket, now: datetime) -> tuple[Agent, ...]:
    """Who hears the requester: the assignee, else as for a new ticket; and who watches."""
    assignee = _assignee(policy, ticket)
    first = (assignee,) if assignee else _of_queue(policy, ticket, now)
    return _staff(policy, ticket, (*first, *_watchers(policy, ticket)))


def for_deadlines(policy: Policy, ticket: Ticket, now: datetime) -> tuple[Agent, ...]:
    """Who hears of what the clock did: as of words; a queue that tells nobody means its lead."""
    leads = _staff(policy, ticket, policy.leads_of(ticket.queue))
    return for_words(policy, ticket, now) or leads


def for_loops(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    """Who looks into a ticket on which machines seem to answer each other: its leads."""
    return _staff(policy, ticket, policy.leads_of(ticket.queue))


def for_troubles(policy: Policy) -> tuple[Agent, ...]:
    """Who hears that the desk itself needs a person: every lead; without any, every agent."""
    return tuple(a for a in policy.agents if a.lead) or policy.agents


def for_failures(policy: Policy, ticket: Ticket, failed: str, now: datetime) -> tuple[Agent, ...]:
    """Who hears that something did not arrive: somebody always, and not by the way that failed."""
    told = without(for_words(policy, ticket, now), failed)
    return told or without(_staff(policy, ticket, policy.leads_of(ticket.queue)), failed)


def for_copies(policy: Policy, ticket: Ticket, author: str) -> tuple[Agent, ...]:
    """Who gets a copy of a public answer or a note: assignee and watchers, its author apart."""
    assignee = _assignee(policy, ticket)
    them = (*((assignee,) if assignee else ()), *_watchers(policy, ticket))
    return without(_staff(policy, ticket, them), author)


def for_promise(policy: Policy, ticket: Ticket, by: str, now: datetime) -> tuple[Agent, ...]:
    """Who hears of a promise: who made it, and who has the ticket.

    Where neither is on shift, somebody who is hears it, too: as of a step that tells the assignee.
    """
    maker, assignee = policy.agents_by_email.get(by), _assignee(policy, ticket)
    told = _staff(policy, ticket, (a for a in (maker, assignee) if a is not None))
    if _working(policy, told, now):
        return told
    others = for_step(policy, ticket, (Hears.ASSIGNEE.value,), now)
    return _staff(policy, ticket, (*told, *others))


def for_step(
    policy: Policy,
    ticket: Ticket,
    names: Iterable[str],
    now: datetime,
    *,
    off_shift: bool = False,
) -> tuple[Agent, ...]:
    """Whom a step of the ladder tells: an address as it stands, the others only while on shift.

    With ``off_shift``, whoever is named hears it, be it night; an empty queue still means its lead.

    ``assignee`` off shift, or nobody, means the queue; a queue without anybody on shift means who
    is on call in it, and then its lead. Where nobody at all is on shift or on call, they hear it
    all the same: somebody has to.
    """
    told: list[Agent] = []
    for name in names:
        if name not in ROLES:
            told.append(_at(policy, name))
        elif off_shift:
            told += _named(policy, ticket, name)
        else:
            told += _heard(policy, ticket, name, now)
    return _staff(policy, ticket, told)


def _at(policy: Policy, address: str) -> Agent:
    known = policy.agents_by_email.get(address)
    return known or Agent(name="", email=address, lead=True)  # the operator named them


def _named(policy: Policy, ticket: Ticket, role: str) -> tuple[Agent, ...]:
    """Everybody of a role, whether they work now or not."""
    assignee, leads = _assignee(policy, ticket), policy.leads_of(ticket.queue)
    if role == Hears.ASSIGNEE and assignee is not None:
        return (assignee,)
    if role == Hears.LEAD:
        return leads
    own = policy.agents_of(ticket.queue, ticket.tier)
    return own or policy.agents_of(ticket.queue) or leads


def _heard(policy: Policy, ticket: Ticket, role: str, now: datetime) -> tuple[Agent, ...]:
    assignee = _assignee(policy, ticket)
    leads = policy.leads_of(ticket.queue)
    own = policy.agents_of(ticket.queue, ticket.tier)
    first = (assignee,) if role == Hears.ASSIGNEE and assignee else ()
    chain = [first, own] if role != Hears.LEAD else [leads]
    for those in chain:
        if there := _staff(policy, ticket, _working(policy, those, now)):
            return there
    on_call = tuple(a for a in policy.agents_of(ticket.queue) if a.on_call)
    lead = _working(policy, leads, now)
    return next((those for those in (on_call, lead, leads, first, own) if those), ())


def _working(policy: Policy, agents: Iterable[Agent], now: datetime) -> tuple[Agent, ...]:
    return tuple(a for a in agents if policy.on_shift(a, now))


def without(agents: Iterable[Agent], author: str) -> tuple[Agent, ...]:
    """All of them but the one whose doing it was."""
    return tuple(a for a in agents if a.email != author)


def acts_as(policy: Policy, party: Party) -> str:
    """By which address somebody is compared with agents: an agent's own, by whatever account."""
    agent = policy.agent_of(party)
    return agent.email if agent else party.address


def as_party(agent: Agent) -> Party:
    """An agent as somebody to send to."""
    return Party(address=agent.email, name=agent.name)


def _watchers(policy: Policy, ticket: Ticket) -> tuple[Agent, ...]:
    known = policy.agents_by_email
    return tuple(known[w] for w in ticket.watchers if w in known)


def _assignee(policy: Policy, ticket: Ticket) -> Agent | None:
    """Who has it; nobody where they left or may not see its queue any more."""
    agent = policy.agents_by_email.get(ticket.assignee or "")
    return agent if agent and policy.may_see(agent, ticket.queue) else None


def _staff(policy: Policy, ticket: Ticket, agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """Each once, and only who may see it as an agent.

    Somebody who asked for help is the requester on that ticket and no more, unless they have it
    themselves.
    """
    requester = acts_as(policy, ticket.requester)
    asks = requester if requester != ticket.assignee else ""
    return tuple(
        {a.email: a for a in agents if a.email != asks and policy.may_see(a, ticket.queue)}.values()
    )

"""The end of a shift: who goes and who takes over, from the calendars of the agents' shifts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from gateway.core.agenda import whose
from gateway.core.business_hours import Hours
from gateway.core.model import Ticket
from gateway.core.policy import Agent, Policy
from gateway.core.sla import hours_of

_MOMENT = timedelta(microseconds=1)
_AHEAD = timedelta(days=14)  # who comes on later than that finds everything else changed, too


def ends_of_shifts(policy: Policy, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """When shifts of agents ended, after a moment and up to another one; each moment once."""
    names = {agent.shift for agent in policy.agents if agent.shift}
    ends = {end for name in names for end in _hours(policy, name).endings(since, until)}
    return tuple(sorted(ends))


def leaving(policy: Policy, at: datetime) -> tuple[Agent, ...]:
    """The agents whose shift ends at a moment, in the config's order."""
    return tuple(
        agent
        for agent in policy.agents
        if agent.shift and at in _hours(policy, agent.shift).endings(at - _MOMENT, at)
    )


def takers(
    policy: Policy, goer: Agent, queue: str, at: datetime, away: Collection[str] = ()
) -> tuple[Agent, ...]:
    """Who takes over in a queue from somebody whose shift ends: who works then, else comes first.

    Those of their own tier, if it has others. Nobody where they are back themselves before anybody
    else comes: then the same people go on. Who has no shift comes and goes at no time.
    """
    others = [a for a in policy.agents_of(queue) if a.shift and a.email != goer.email]
    others = [a for a in others if a.email not in away]
    others = [a for a in others if a.tier == goer.tier] or others
    working = tuple(a for a in others if _hours(policy, a.shift).is_open(at))
    if working:
        return working
    starts = {a.email: _start(policy, a, at) for a in (*others, goer)}
    first = min((s for a in others if (s := starts[a.email])), default=None)
    back = starts[goer.email]
    if first is None or (back is not None and back <= first):
        return ()
    return tuple(a for a in others if starts[a.email] == first)


def handed_over(
    policy: Policy, tickets: Iterable[Ticket], at: datetime, away: Collection[str]
) -> Mapping[Agent, tuple[tuple[Ticket, Agent], ...]]:
    """Who is handed what at the end of a shift: each ticket, with whom it comes from.

    Of those who go it is what they have, and what they promised. Somebody who has it already, or
    promised it themselves, is told nothing new.
    """
    goers = {a.email: a for a in leaving(policy, at) if a.email not in away}
    known: dict[tuple[str, str], tuple[Agent, ...]] = {}
    found: dict[Agent, dict[int, tuple[Ticket, Agent]]] = {}
    for ticket in tickets:
        theirs = whose(ticket)
        for goer in (a for email, a in goers.items() if email in theirs):
            place = (goer.email, ticket.queue)
            if place not in known:
                known[place] = takers(policy, goer, ticket.queue, at, away)
            for taker in (a for a in known[place] if a.email not in theirs):
                found.setdefault(taker, {}).setdefault(ticket.number, (ticket, goer))
    return {taker: tuple(them.values()) for taker, them in found.items()}


def _start(policy: Policy, agent: Agent, at: datetime) -> datetime | None:
    """When somebody works next."""
    spans = _hours(policy, agent.shift).spans(at, at + _AHEAD)
    return spans[0].start if spans else None


def _hours(policy: Policy, shift: str) -> Hours:
    return hours_of(policy.calendars, shift)

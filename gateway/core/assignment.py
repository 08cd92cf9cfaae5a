"""To whom the desk itself gives a ticket: pure, from the policy and a frozen look at the staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.frozen import replace
from gateway.core.model import Ticket
from gateway.core.policy import Agent, Assign, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """How the agents stand.

    ``loads``: the open tickets of each who has any (those that the choice depends on). ``away``:
    until when (None: until they say so). ``given``: who got a queue's last ticket.
    """

    loads: Mapping[str, int] = field(default_factory=dict)
    away: Mapping[str, datetime | None] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    def is_away(self, agent: str, now: datetime) -> bool:
        """Whether somebody is away."""
        return agent in self.away and not _is_back(self.away[agent], now)

    def after(self, queue: str, agent: str) -> Staff:
        """The staff once somebody got one more ticket of a queue."""
        loads = {**self.loads, agent: self.loads.get(agent, 0) + 1}
        return replace(self, loads=loads, given={**self.given, queue: agent})

    def gone(self, agent: str) -> Staff:
        """The staff while somebody is away."""
        return replace(self, away={**self.away, agent: None})


def _is_back(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


def free_for(
    policy: Policy, ticket: Ticket, staff: Staff, now: datetime, *, but: str = ""
) -> tuple[Agent, ...]:
    """The agents who can be given a ticket, in the config's order.

    They work in its queue, on its tier, are on shift and not away, have the skill that the queue
    asks for, and room for one more. Nobody gets the ticket by which they ask for help themselves.
    ``but``: somebody who is not to get it.
    """
    queue = policy.queues_by_name.get(ticket.queue)
    skill = queue.skill.casefold() if queue else ""
    return tuple(
        agent
        for agent in policy.agents_of(ticket.queue, ticket.tier)
        if agent.email not in (but, ticket.requester.address)
        and knows(agent, skill)
        and policy.on_shift(agent, now)
        and not staff.is_away(agent.email, now)
        and not (agent.limit and staff.loads.get(agent.email, 0) >= agent.limit)
    )


def knows(agent: Agent, skill: str) -> bool:
    """Whether an agent has a skill, case aside; everybody has none."""
    return not skill or skill.casefold() in (s.casefold() for s in agent.skills)


def choose(
    policy: Policy, ticket: Ticket, staff: Staff, now: datetime, *, but: str = ""
) -> Agent | None:
    """Whom the queue's way of assigning gives a ticket; nobody where that is done by hand.

    ``round_robin``: the next one in the config's order after who got the last; ``least_busy``:
    who has fewest open tickets, and of those the next one in turn.
    """
    queue = policy.queues_by_name.get(ticket.queue)
    if queue is None or queue.assign is Assign.MANUAL:
        return None
    free = free_for(policy, ticket, staff, now, but=but)
    if not free:
        return None
    in_turn = _in_turn(policy.agents, free, staff.given.get(queue.name, ""))
    if queue.assign is Assign.ROUND_ROBIN:
        return in_turn[0]
    return min(in_turn, key=lambda agent: staff.loads.get(agent.email, 0))


def _in_turn(agents: Sequence[Agent], free: Sequence[Agent], last: str) -> list[Agent]:
    """Those who are free, beginning with the one after who was last, whether he is free or not."""
    places = {agent.email: n for n, agent in enumerate(agents)}
    begins = places.get(last, -1) + 1
    return sorted(free, key=lambda a: (places[a.email] < begins, places[a.email]))

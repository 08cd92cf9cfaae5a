"""Fetches how the agents stand, where a decision may give somebody a ticket."""

from __future__ import annotations

from gateway.core.assignment import Staff
from gateway.core.events import AgentActed, DeadlineCame, Event, MessageArrived, TicketAsked
from gateway.core.frozen import replace
from gateway.core.model import Ticket
from gateway.core.policy import Assign, Policy
from gateway.core.targets import SERVICE
from gateway.runtime.gathering.gathered import Gathered
from gateway.store import Connection, people, rotation


def with_staff(conn: Connection, event: Event, gathered: Gathered, policy: Policy) -> Gathered:
    """The same, with the staff: only where a queue assigns by itself, and the event may ask it."""
    turning = [queue.name for queue in policy.queues if queue.assign is not Assign.MANUAL]
    if not (turning and _may_ask(event, gathered, policy)):
        return gathered
    staff = Staff(
        loads=rotation.loads(conn, _counted(policy)),
        away=people.away_agents(conn),
        given=rotation.last_given(conn, turning),
    )
    situation = gathered.situation
    shift = {number: replace(one, staff=staff) for number, one in situation.shift.items()}
    return replace(gathered, situation=replace(situation, staff=staff, shift=shift))


def _may_ask(event: Event, gathered: Gathered, policy: Policy) -> bool:
    """A new ticket, an agent's commands, a step of the ladder that gives tickets."""
    match event:
        case MessageArrived():
            placed = gathered.placement
            new = placed is None or placed.ticket is None
            return new or event.message.author.address in policy.agents_by_email
        case DeadlineCame():
            ticket = gathered.situation.ticket
            return event.target in SERVICE and ticket is not None and _may_give(ticket, policy)
        case AgentActed() | TicketAsked():
            return True
        case _:
            return False


def _may_give(ticket: Ticket, policy: Policy) -> bool:
    """Whether a step of the ladder may give a ticket to somebody else."""
    return any(step.reassign or step.raise_tier for step in policy.rules_for(ticket).steps)


def _counted(policy: Policy) -> list[str]:
    """Whose tickets have to be counted: who has a limit, or competes for the fewest."""
    least = {q.name for q in policy.queues if q.assign is Assign.LEAST_BUSY}
    return [a.email for a in policy.agents if a.limit or least.intersection(a.queues)]

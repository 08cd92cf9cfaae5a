"""What is said in the agents' room, where that is no word on a ticket."""

from __future__ import annotations

from gateway.core.changes import Decision
from gateway.core.chat import Where
from gateway.core.commands import Fault, parse
from gateway.core.deciding.answers import GLOBAL
from gateway.core.deciding.automatic import dropped
from gateway.core.deciding.draft import Desk
from gateway.core.deciding.opening import explain_without
from gateway.core.events import MessageArrived
from gateway.core.placement import Placement
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.speakers import Speaker

_SOME_TICKET = "to be said in the thread of a ticket; or #for and whose request it is"


def decide_in_room(
    event: MessageArrived, placement: Placement, speaker: Speaker, desk: Desk
) -> Decision | None:
    """What goes to no ticket, with the reason; None for what an agent says on one, or to the desk.

    Being in the room makes nobody an agent: whose account is not in the config is nobody there.
    """
    chat, agent = event.message.chat, speaker.agent
    if chat is None:
        return None
    in_room = chat.where is Where.DESK
    if in_room and agent is None:
        account = event.message.author.address
        return dropped(Reason.of(Why.NO_AGENT_THERE, account=account))
    if agent is None:
        return None
    ticket = placement.ticket
    if ticket is not None and desk.policy.may_see(agent, ticket.queue):
        return None
    number = chat.ticket or (ticket.number if ticket is not None else None)
    if number is not None:
        because = Reason.of(Why.NO_SUCH_TICKET, agent=agent.name, ticket=number)
        return explain_without(event, agent, because, (_no_such(number),), desk)
    return _of_no_ticket(event, agent, desk) if in_room else None


def _no_such(number: int) -> Fault:
    """The same for one that is not there and one that they may not see."""
    return Fault(line=f"ticket {number}", expected="the number of a ticket that you can see")


def _of_no_ticket(event: MessageArrived, agent: Agent, desk: Desk) -> Decision | None:
    """Talk among agents, or a command that needs a ticket; None for one that does not."""
    parsed = parse(event.message.text)
    if not parsed.commands and not parsed.faults:
        return dropped(Reason.of(Why.AMONG_AGENTS))
    if parsed.faults or parsed.has("for") or all(c.name in GLOBAL for c in parsed.commands):
        return None
    line = parsed.commands[0].line
    because = Reason.of(Why.COMMAND_WRONG, line=line)
    fault = Fault(line=line, expected=_SOME_TICKET)
    return explain_without(event, agent, because, (fault,), desk)

"""What is said in chats, where that differs from mail."""

from __future__ import annotations

from gateway.core.changes import Decision, Drop, Link
from gateway.core.chat import Where
from gateway.core.deciding.automatic import dropped
from gateway.core.deciding.draft import Desk
from gateway.core.deciding.requests import decide_request, no_such_ticket
from gateway.core.deciding.revising import decide_revision
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.placement import Placement
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def decide_chat(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What is to be done about what is no message for a ticket, or None for one that is."""
    message, chat = event.message, event.message.chat
    if message.ignored:
        return dropped(Reason.of(Why.IGNORED, kind=message.ignored))
    revised = decide_revision(event, placement, situation, desk)
    if revised is not None or chat is None or chat.where is Where.DESK:
        return revised
    if placement.unseen is not None and desk.policy.agent_of(message.author) is None:
        return no_such_ticket(event, placement, situation, desk)
    asked = decide_request(event, placement, situation, desk)
    if asked is not None:
        return asked
    if chat.overheard and placement.ticket is None:
        return dropped(Reason.of(Why.OVERHEARD))
    return None


def with_links(decision: Decision, event: object, situation: Situation) -> Decision:
    """The decision, and who its author is now known to be by the word of their network."""
    vouched = situation.sender.vouched
    if not vouched or not isinstance(event, MessageArrived):
        return decision
    if any(isinstance(change, Drop) for change in decision.changes):
        return decision
    links = (Link(one=event.message.author, other=other) for other in vouched)
    return replace(decision, changes=(*decision.changes, *links))

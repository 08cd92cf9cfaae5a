"""What is said in chats, where that differs from mail."""

from __future__ import annotations

from gateway.core.changes import Decision
from gateway.core.deciding.automatic import dropped
from gateway.core.events import MessageArrived
from gateway.core.reasons import Reason, Why


def decide_chat(event: MessageArrived) -> Decision | None:
    """What is to be done about an event of a chat that is no message, or None for a message."""
    message = event.message
    if message.ignored:
        return dropped(Reason.of(Why.IGNORED, kind=message.ignored))
    return None

"""People of a chat take part in a ticket: their other accounts join, their private chat goes on."""

from __future__ import annotations

from gateway.core.changes import Claim
from gateway.core.conversations import common_place, conversation_of
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.model import Message, Role
from gateway.core.placement import Placement


def join(draft: Draft, message: Message, placement: Placement) -> None:
    """Another account of somebody who takes part hears answers from now on, too."""
    ticket = draft.ticket
    known = ticket.role_of(message.author) is not Role.STRANGER
    reads_it_anyway = ticket.place and common_place(message) == ticket.place
    if known or reads_it_anyway:
        return
    participants = (*ticket.participants, message.author)
    draft.alter("participants", participants, placement.because, desk_author(draft.policy))


def claim_conversation(draft: Draft, message: Message, placement: Placement) -> None:
    """The private chat goes on with this ticket, if it does not with another one."""
    key = conversation_of(message, draft.policy)
    if key:
        draft.add(Claim(keys=(key,), taken_from=placement.taken_from))

"""What a requester is told at once, and what is done about machines that say they are none."""

from __future__ import annotations

from gateway.core.audience import for_loops
from gateway.core.changes import NoticeKind, Skip
from gateway.core.courtesy import against_confirming, begins, may_repeat_words, repetitive
from gateway.core.deciding.draft import Draft, is_the_desks
from gateway.core.events import MessageArrived
from gateway.core.model import Body, Message
from gateway.core.notices import confirmation
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def confirm(draft: Draft, event: MessageArrived, situation: Situation, ref: str) -> None:
    """Confirm a new ticket to who wrote, or note why they are told nothing."""
    against = against_confirming(event, situation.tallies, draft.policy.caps)
    if against is None and is_the_desks(draft.desk, event.message.author.address):
        against = Reason.of(Why.NOT_TO_MACHINES)  # we should only be talking to ourselves
    if against is not None:
        draft.add(Skip(what="confirmation", because=against))
        _tell_of_machine(draft, event.message, situation)
        return
    repeat = may_repeat_words(event, situation.sender)
    because = Reason.of(Why.REQUESTER_WROTE, author=event.message.author.shown)
    author = event.message.author
    draft.say(confirmation(draft.policy, draft.ticket, author, because, repeat=repeat, about=ref))


def _tell_of_machine(draft: Draft, message: Message, situation: Situation) -> None:
    """Leads hear once of somebody who seems to be a machine that says it is none."""
    tallies, caps = situation.tallies, draft.policy.caps
    because = repetitive(message, tallies, caps)
    if because is None or not begins(tallies, caps):
        return
    for lead in for_loops(draft.policy, draft.ticket):
        words = Body(text=f"{because}.")
        facts = {"author": draft.policy.desk_name}
        draft.tell(lead, NoticeKind.NOTE, because, facts=facts, body=words)

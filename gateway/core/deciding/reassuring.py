"""A requester hears that it is being worked on before a target is missed, where a queue says so."""

from __future__ import annotations

from gateway.core.changes import NoticeKind
from gateway.core.clocks import Clock, ClockState
from gateway.core.deciding.approaching import against_approaching, against_now, to_requester
from gateway.core.deciding.draft import Draft
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.targets import Target

_RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


def reassure(draft: Draft, situation: Situation, clock: Clock) -> str:
    """Tell the requester, if they may be written to; in words, what was done."""
    against = _against(draft, situation, clock)
    if against is not None:
        return f"said nothing to the requester: {against}"
    ticket, policy = draft.ticket, draft.policy
    queue = policy.queues_by_name.get(ticket.queue)
    says_when = queue is not None and queue.say_when and clock.target in _RESPONSES
    because = Reason.of(Why.STILL_OPEN, target=clock.target.words)
    facts = {"expected_at": clock.due_at if says_when else None}
    draft.say(to_requester(policy, ticket, NoticeKind.STILL_OPEN, because, facts=facts))
    return "told the requester that it is being worked on"


def _against(draft: Draft, situation: Situation, clock: Clock) -> Reason | None:
    """An answer that is due says more than the whole of it: one of the two is enough."""
    if clock.target is Target.RESOLUTION and _answer_is_due(draft):
        return Reason.of(Why.ANSWER_DUE_FIRST)
    never = against_approaching(draft.ticket, situation.addressee, draft.desk)
    return never or against_now(situation.addressee, draft.policy)


def _answer_is_due(draft: Draft) -> bool:
    responses = (draft.ticket.clocks.of(target) for target in _RESPONSES)
    return any(c is not None and c.due_at and c.state is ClockState.RUNNING for c in responses)

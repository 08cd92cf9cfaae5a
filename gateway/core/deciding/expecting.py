"""Telling a requester when to expect an answer, where their queue says so."""

from __future__ import annotations

from gateway.core.changes import Change, Decision, NoticeKind, Open, Say
from gateway.core.frozen import replace
from gateway.core.policy import Policy
from gateway.core.targets import Target


def with_expectation(decision: Decision, policy: Policy) -> Decision:
    """The decision, with the time of the first answer in the confirmation of a new ticket."""
    fresh = next((c for c in decision.changes if isinstance(c, Open)), None)
    queue = policy.queues_by_name.get(fresh.queue) if fresh else None
    if fresh is None or queue is None or not queue.say_when:
        return decision
    clock = fresh.clocks.of(Target.FIRST_RESPONSE)
    if clock is None or clock.due_at is None:
        return decision
    expected = {"expected_at": clock.due_at}

    def told(change: Change) -> Change:
        if isinstance(change, Say) and change.kind is NoticeKind.CONFIRMATION:
            return replace(change, facts={**change.facts, **expected})
        return change

    return replace(decision, changes=tuple(told(change) for change in decision.changes))

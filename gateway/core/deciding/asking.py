"""What is resolved asks its requester, once, whether it really is solved."""

from __future__ import annotations

from datetime import datetime

from gateway.core.changes import Alter, Change, Decision, NoticeKind, Open, Say, Skip
from gateway.core.deciding.approaching import (
    against_approaching,
    against_now,
    buttons_for,
    closes_at,
    to_requester,
)
from gateway.core.deciding.draft import Desk
from gateway.core.frozen import replace
from gateway.core.model import State, Ticket
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.tickets import folded

_UNASKED = frozenset({"source_over"})  # nobody is there who could tell


def with_question(
    decision: Decision, seen: Ticket | None, situation: Situation, desk: Desk, now: datetime
) -> Decision:
    """The decision; where it resolves a ticket, its requester is asked.

    Where an answer goes out by the same decision, the question stands in that mail. A ticket that
    is resolved as it is opened was over before: its confirmation is enough.
    """
    because = _resolved_because(decision)
    if because is None or any(isinstance(c, Open) for c in decision.changes):
        return decision
    after = folded(decision.changes, seen, now)
    if after is None or after.state is not State.RESOLVED:
        return decision
    unanswered = because.why is Why.NO_ANSWER_CAME
    queue = desk.policy.queues_by_name.get(after.queue)
    if not unanswered and queue is not None and not queue.ask_solved:
        skipped = Skip(what="resolved", because=Reason.of(Why.NOT_ASKED, queue=after.queue))
        return replace(decision, changes=(*decision.changes, skipped))
    facts = {"closes_at": closes_at(desk.policy, now), "unanswered": unanswered}
    if any(_is_answer(c, after) for c in decision.changes):
        asked = tuple(_asking(c, after, facts) for c in decision.changes)
        return replace(decision, changes=asked)
    against = against_approaching(after, situation.addressee, desk)
    against = against or against_now(situation.addressee, desk.policy)
    told: Change = (
        Skip(what="resolved", because=against)
        if against is not None
        else to_requester(desk.policy, after, NoticeKind.RESOLVED, because, facts=facts)
    )
    return replace(decision, changes=(*decision.changes, told))


def _resolved_because(decision: Decision) -> Reason | None:
    """Why the ticket is resolved now and was not before; None where that is not so."""
    moves = [c for c in decision.changes if isinstance(c, Alter) and c.field == "state"]
    last = moves[-1] if moves and moves[-1].new is State.RESOLVED else None
    return last.because if last is not None and last.because.code not in _UNASKED else None


def _is_answer(change: Change, ticket: Ticket) -> bool:
    to = ticket.requester.address
    return isinstance(change, Say) and change.kind is NoticeKind.ANSWER and change.to.address == to


def _asking(change: Change, ticket: Ticket, facts: dict[str, object]) -> Change:
    """An answer to the requester asks them as well; what goes to others does not."""
    if not _is_answer(change, ticket):
        return change
    assert isinstance(change, Say)  # noqa: S101 - only that is an answer
    facts = {**change.facts, **facts, "asks": True}
    return replace(change, facts=facts, actions=buttons_for(change.to))

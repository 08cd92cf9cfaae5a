"""Requesters who do not answer are reminded, and in the end told that their ticket is resolved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.core.changes import (
    Change,
    Decision,
    NoticeKind,
    Skip,
    StartDeadline,
    StopDeadline,
    Wait,
)
from gateway.core.deciding.approaching import against_approaching, against_now, to_requester
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.deciding.incoming import note_judgement
from gateway.core.deciding.saying import answers
from gateway.core.frozen import replace
from gateway.core.model import State, Ticket
from gateway.core.moments import in_words
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.states import Cause
from gateway.core.targets import Target
from gateway.core.tickets import folded
from gateway.core.waiting import Waiting, next_turn, reminded

_LATER = timedelta(hours=1)  # a reminder that a cap kept back: caps count by the hour


def with_waiting(
    decision: Decision, seen: Ticket | None, policy: Policy, now: datetime
) -> Decision:
    """The decision, with what it does to the waiting for the requester of its ticket.

    ``seen`` is the ticket as it was decided about, None for a new one. No decider needs to know.
    """
    waits = seen is not None and seen.waiting is not None
    if not waits and _last_of_wake(decision.changes) is None:
        return decision
    after = folded(decision.changes, seen, now)
    if after is None:
        return decision
    waiting = _after(decision.changes, after, policy, now)
    if waiting == after.waiting:
        return decision
    because = Reason.of(Why.WAITS_FOR_ANSWER, requester=after.requester.shown)
    follows = (Wait(waiting=waiting), _deadline(after, waiting, policy, because))
    return replace(decision, changes=(*decision.changes, *follows))


def _after(
    changes: tuple[Change, ...], after: Ticket, policy: Policy, now: datetime
) -> Waiting | None:
    """What comes back by itself reminds nobody; an agent's answer is waited for from the start."""
    if after.state is not State.PENDING or not policy.patience_for(after).reminders:
        return None
    wake = _last_of_wake(changes)
    if isinstance(wake, StartDeadline):
        return None
    begins = wake is not None or (after.waiting is not None and bool(answers(changes)))
    return Waiting(since=now) if begins else after.waiting


def _last_of_wake(changes: Iterable[Change]) -> StartDeadline | StopDeadline | None:
    """Every `#pending` says whether the ticket comes back by itself."""
    timed = [c for c in changes if isinstance(c, StartDeadline | StopDeadline)]
    return next((c for c in reversed(timed) if c.target is Target.WAKE), None)


def _deadline(
    ticket: Ticket, waiting: Waiting | None, policy: Policy, because: Reason
) -> StartDeadline | StopDeadline:
    turn = None
    if waiting is not None:
        turn = next_turn(waiting, policy.patience_for(ticket), policy.hours_for(ticket))
    if turn is None:
        return StopDeadline(target=Target.NUDGE, because=because)
    return StartDeadline(target=Target.NUDGE, due_at=turn.due_at, because=because)


def nudge(draft: Draft, situation: Situation) -> None:
    """The time of a reminder, or of giving up, has come; the world is looked at again."""
    ticket, policy = draft.ticket, draft.policy
    waiting = ticket.waiting
    if ticket.state is not State.PENDING or waiting is None:
        return
    turn = next_turn(waiting, policy.patience_for(ticket), policy.hours_for(ticket))
    because = Reason.of(Why.WAITS_FOR_ANSWER, requester=ticket.requester.shown)
    if turn is None:
        draft.wait_for(None)
    elif turn.due_at > draft.now:  # the config was edited meanwhile
        draft.add(_deadline(ticket, waiting, policy, because))
    elif not _hindered(draft, situation):
        if turn.resolves:
            gone = Reason.of(Why.NO_ANSWER_CAME, requester=ticket.requester.shown)
            draft.move_state(Cause.UNANSWERED, gone, desk_author(policy))
        else:
            _remind(draft, situation, waiting)


def _hindered(draft: Draft, situation: Situation) -> bool:
    """Whether nothing can be said to the requester: ever, or for now.

    Then nothing is given up either; whoever has the ticket sees why it waits on.
    """
    never = against_approaching(draft.ticket, situation.addressee, draft.desk)
    if never is not None:
        draft.wait_for(None)
        note_judgement(draft, never)
        return True
    later = against_now(situation.addressee, draft.policy)
    if later is not None:
        draft.add(Skip(what="waiting", because=later))
        draft.start(Target.NUDGE, _LATER, later)
    return later is not None


def _remind(draft: Draft, situation: Situation, waiting: Waiting) -> None:
    ticket, policy = draft.ticket, draft.policy
    span = in_words(draft.now - waiting.since)
    because = Reason.of(Why.NO_ANSWER_YET, requester=ticket.requester.shown, span=span)
    hours, patience = policy.hours_for(ticket), policy.patience_for(ticket)
    now_waiting = reminded(waiting, patience, hours, draft.now)
    draft.wait_for(now_waiting)
    draft.add(_deadline(draft.ticket, now_waiting, policy, because))
    turn = next_turn(now_waiting, patience, hours)
    asked = situation.addressee.answer
    draft.say(
        to_requester(
            policy,
            ticket,
            NoticeKind.WAITING,
            because,
            about=asked.id if asked else None,
            facts={
                "author": asked.author.name if asked else "",
                "other_words": asked.text if asked else "",
                "gives_up_at": turn.due_at if turn is not None and turn.resolves else None,
            },
        )
    )

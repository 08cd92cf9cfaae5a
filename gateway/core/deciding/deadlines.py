"""A deadline that has come is a message to ourselves: the world is looked at again first."""

from __future__ import annotations

from gateway.core.audience import for_deadlines
from gateway.core.changes import Decision, NoticeKind, Reach
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.deciding.promising import remind_of_promise
from gateway.core.deciding.sources import tell_counted
from gateway.core.deciding.steps import take_steps
from gateway.core.deciding.waiting import nudge
from gateway.core.events import DeadlineCame
from gateway.core.model import State
from gateway.core.moments import in_words
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.states import Cause
from gateway.core.targets import Target


def decide_deadline(event: DeadlineCame, situation: Situation, desk: Desk) -> Decision:
    """What a deadline does now; nothing where the ticket has moved on meanwhile."""
    if situation.ticket is None:
        return Decision(ticket=None, changes=())
    if situation.due_at is not None and situation.due_at > event.at:
        return Decision(ticket=situation.ticket.number, changes=())
    draft = Draft(situation.ticket, desk, event.at)
    if event.target is Target.WAKE:
        _wake(draft, situation)
    elif event.target is Target.REPEATS:
        tell_counted(draft, situation.repeats)
    elif event.target is Target.AUTO_CLOSE:
        _auto_close(draft)
    elif event.target is Target.NUDGE:
        nudge(draft, situation)
    elif event.target is Target.PROMISE:
        remind_of_promise(draft, situation)
    else:
        take_steps(draft, situation, event.target)
    return draft.decision()


def _wake(draft: Draft, situation: Situation) -> None:
    waited = draft.ticket.state
    because = Reason.of(Why.TIME_IS_OVER)
    if not draft.move_state(Cause.TIME_OVER, because, desk_author(draft.policy)):
        return
    last = situation.last_words
    for agent in for_deadlines(draft.policy, draft.ticket, draft.now):
        draft.tell(
            agent,
            NoticeKind.WOKE,
            because,
            reach=Reach.INTERNAL,
            about=last.id if last else None,
            facts={"last_words": last.text if last else "", "waited": waited.value},
        )


def _auto_close(draft: Draft) -> None:
    """Only what has been resolved for so long, if it was opened and resolved again meanwhile."""
    ticket, limit = draft.ticket, draft.policy.auto_close_after
    if ticket.state is not State.RESOLVED:
        return
    because = Reason.of(Why.AUTO_CLOSED, limit=in_words(limit))
    resolved = ticket.resolved_at or draft.now
    if ticket.resolved_at is not None and resolved + limit > draft.now:
        draft.start(Target.AUTO_CLOSE, resolved + limit - draft.now, because)
        return
    draft.move_state(Cause.AUTO_CLOSE, because, desk_author(draft.policy))

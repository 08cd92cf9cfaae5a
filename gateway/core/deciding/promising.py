"""What an agent promised: it reminds them, an answer keeps it, and it ends with its ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gateway.core.audience import for_promise
from gateway.core.changes import (
    Alter,
    Cancel,
    Change,
    Decision,
    NoticeKind,
    Reach,
    StartDeadline,
    StopDeadline,
)
from gateway.core.commands import Command
from gateway.core.deciding.act import Act, WrongCommandError
from gateway.core.deciding.draft import Draft, by_agent, desk_author
from gateway.core.deciding.saying import answers
from gateway.core.frozen import replace
from gateway.core.model import State, Ticket
from gateway.core.moments import parse_moment
from gateway.core.policy import Agent, Policy
from gateway.core.promises import Promise, end_of_work, next_look
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.targets import Target
from gateway.core.tickets import folded

_RESTING = (State.RESOLVED, State.CLOSED)
_EXPECTED = 'a moment ahead, such as "15:00", "tomorrow 10:00", "2h" or "friday"; or "off"'


def promise(act: Act, command: Command) -> None:
    """``#promise 15:00``; without a moment, or with ``off``, it is taken back."""
    draft, because = act.draft, by_agent(act.agent, command.line)
    words = " ".join(command.args).lower()
    if words in ("", "off"):
        if draft.alter("promise", None, because, act.author):
            draft.add(StopDeadline(target=Target.PROMISE, because=because))
        return
    if draft.ticket.state in _RESTING:
        raise WrongCommandError(command, "an open ticket: #open it first")
    due = _promised(words, act.agent, draft)
    if due is None:
        raise WrongCommandError(command, _EXPECTED)
    made = Promise(by=act.agent.email, due_at=due, made_at=draft.now)
    draft.alter("promise", made, because, act.author)
    if draft.live:
        draft.add(_looked_at(made, draft.policy, draft.now, because))


def _promised(words: str, agent: Agent, draft: Draft) -> datetime | None:
    """The moment, where the agent is; a day alone means the end of their work on it."""
    policy = draft.policy
    shift = policy.calendars.get(agent.shift)
    zone = shift.calendar.timezone if shift else policy.timezone
    hours = shift or policy.hours_for(draft.ticket)
    return parse_moment(words, draft.now, zone, ends=lambda day: end_of_work(hours, day, zone))


def _looked_at(made: Promise, policy: Policy, now: datetime, because: Reason) -> StartDeadline:
    at = next_look(made, policy.remind_promise, now)
    return StartDeadline(target=Target.PROMISE, due_at=at, because=because)


def carried(act: Act, target: Ticket, because: Reason) -> tuple[Change, ...]:
    """A promise goes along into another ticket as its own is merged; of two the earlier counts."""
    made, there = act.draft.ticket.promise, target.promise
    if made is None or not made.is_open:
        return ()
    if there is not None and there.is_open and there.due_at <= made.due_at:
        return ()
    looked_at = _looked_at(made, act.draft.policy, act.draft.now, because)
    return Alter(field="promise", new=made, because=because, author=act.author), looked_at


def with_promise(
    decision: Decision, seen: Ticket | None, policy: Policy, now: datetime
) -> Decision:
    """The decision, with what it does to a promise that was made before.

    ``seen`` is the ticket as it was decided about, None for a new one.
    """
    made = seen.promise if seen is not None else None
    if seen is None or made is None or _says_so_itself(decision.changes):
        return decision
    after = folded(decision.changes, seen, now)
    follows = _follows(made, after, decision.changes, policy, now) if after else ()
    return replace(decision, changes=(*decision.changes, *follows)) if follows else decision


def _says_so_itself(changes: Iterable[Change]) -> bool:
    return any(isinstance(c, Alter) and c.field == "promise" for c in changes)


def _follows(
    made: Promise, after: Ticket, changes: tuple[Change, ...], policy: Policy, now: datetime
) -> tuple[Change, ...]:
    answer = next(iter(answers(changes)), None)
    if answer is not None and made.is_open:
        why = Why.PROMISE_KEPT if now <= made.due_at else Why.PROMISE_KEPT_LATE
        because = Reason.of(why, agent=answer.author.shown)
        return _off(replace(made, kept_at=now), because, policy)
    if after.state in _RESTING and made.is_open:
        return _off(None, Reason.of(Why.PROMISE_MOOT, state=after.state.value), policy)
    if any(isinstance(c, Cancel) for c in changes) and _kept_just_now(made, policy, now):
        because = Reason.of(Why.ANSWER_TAKEN_BACK)
        again = replace(made, kept_at=None)
        told = Alter(field="promise", new=again, because=because, author=desk_author(policy))
        return told, _looked_at(again, policy, now, because)
    return ()


def _kept_just_now(made: Promise, policy: Policy, now: datetime) -> bool:
    """Whether the answer that is taken back may be the one that kept it."""
    return made.kept_at is not None and now - made.kept_at <= policy.answer_delay


def _off(new: Promise | None, because: Reason, policy: Policy) -> tuple[Change, ...]:
    return (
        Alter(field="promise", new=new, because=because, author=desk_author(policy)),
        StopDeadline(target=Target.PROMISE, because=because),
    )


def remind_of_promise(draft: Draft, situation: Situation) -> None:
    """Its time has come, or will soon; the world is looked at again."""
    made, policy = draft.ticket.promise, draft.policy
    if made is None or not made.is_open or draft.ticket.state in _RESTING:
        return
    late = made.due_at <= draft.now
    if not late and draft.now < made.due_at - policy.remind_promise:  # edited meanwhile
        draft.add(_looked_at(made, policy, draft.now, Reason.of(Why.POLICY_EDITED)))
        return
    known = policy.agents_by_email.get(made.by)
    because = Reason.of(
        Why.PROMISE_DUE if late else Why.PROMISE_SOON, agent=known.name if known else made.by
    )
    if not late:
        draft.add(StartDeadline(target=Target.PROMISE, due_at=made.due_at, because=because))
    last = situation.last_words
    for agent in for_promise(policy, draft.ticket, made.by, draft.now):
        draft.tell(
            agent,
            NoticeKind.OVERDUE if late else NoticeKind.REMINDER,
            because,
            reach=Reach.INTERNAL,
            about=last.id if last else None,
            facts={
                "target": Target.PROMISE.value,
                "due_at": made.due_at,
                "late": late,
                "last_words": last.text if last else "",
            },
        )

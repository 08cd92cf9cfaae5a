"""The ladder is climbed: what the steps of a service level do when their time has come."""

from __future__ import annotations

from typing import Any

from gateway.core.audience import for_step
from gateway.core.changes import NoticeKind, Reach
from gateway.core.clocks import Clock, ClockState, Mark, What
from gateway.core.deciding.assigning import tell_given
from gateway.core.deciding.climbing import climb, give_back, tried
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.deciding.reassuring import reassure
from gateway.core.escalation import Step
from gateway.core.model import Priority
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.sla import look, retarget
from gateway.core.targets import Target


def take_steps(draft: Draft, situation: Situation, target: Target) -> None:
    """The steps of a target that have come; none where the world has moved on meanwhile."""
    clock = draft.ticket.clocks.of(target)
    if clock is None or clock.state is not ClockState.RUNNING:
        return
    rules = draft.policy.rules_for(draft.ticket)
    current, edited = retarget(clock, rules, draft.now, Reason.of(Why.POLICY_EDITED))
    found = look(current, rules, draft.now)
    came = tuple(_take(draft, situation, found.clock, step) for step in found.steps)
    clocks = draft.ticket.clocks.with_(found.clock)
    draft.tick(clocks, (*edited, *found.marks, *came))


def _take(draft: Draft, situation: Situation, clock: Clock, step: Step) -> Mark:
    """One step: first what it changes, so that who is told reads how it stands then."""
    words = clock.target.words
    because = Reason.of(Why.OVERDUE, target=words)
    if step.early:
        because = Reason.of(Why.DUE_SOON, target=words, at=step.at)
    did, new = _change(draft, situation, step, because)
    facts = {"target": clock.target.value, "due_at": clock.due_at, "late": not step.early}
    escalated = facts | {"author": draft.policy.desk_name, "tried": tried(draft, situation)}
    if step.reassures:
        did.append(reassure(draft, situation, clock))
    for agent in new:
        _tell(draft, agent, NoticeKind.ESCALATED, because, situation, escalated)
    told = for_step(draft.policy, draft.ticket, step.notify, draft.now, off_shift=step.off_shift)
    kind = NoticeKind.REMINDER if step.early else NoticeKind.OVERDUE
    for agent in told:
        if agent not in new:
            _tell(draft, agent, kind, because, situation, facts)
    everybody = dict.fromkeys(a.name or a.email for a in (*new, *told))
    did += [f"told {', '.join(everybody)}"] if everybody else []
    why = Reason.of(Why.STEP_CAME, at=step.at, did="; ".join(did) or "nothing was left to do")
    return Mark(target=clock.target, at=draft.now, what=What.STEP, because=why, due_at=clock.due_at)


def _change(
    draft: Draft, situation: Situation, step: Step, because: Reason
) -> tuple[list[str], tuple[Agent, ...]]:
    """What a step changes: in words, and who gets the ticket with a higher tier."""
    did: list[str] = []
    author = desk_author(draft.policy)
    if step.raise_priority and draft.alter("priority", _higher(draft), because, author):
        did.append(f"priority {draft.ticket.priority.value}")
    new: tuple[Agent, ...] = ()
    if step.raise_tier:
        tier = draft.ticket.tier
        climbed = climb(draft, situation, because, author)
        new = climbed if step.off_shift else _there(draft, climbed)
        did.append(f"tier {draft.ticket.tier}" if draft.ticket.tier > tier else "the highest tier")
    if step.reassign and draft.ticket.assignee is not None:
        given = give_back(draft, situation, because, author)
        did.append(f"given to {given.name}" if given else "given back to the queue")
        if given is not None:
            tell_given(draft, given, situation.last_words)
    return did, new


def _higher(draft: Draft) -> Priority:
    known = list(Priority)
    return known[min(known.index(draft.ticket.priority) + 1, len(known) - 1)]


def _there(draft: Draft, agents: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Who of a new tier is told: those on shift, else on call, else all of them."""
    working = tuple(a for a in agents if draft.policy.on_shift(a, draft.now))
    return working or tuple(a for a in agents if a.on_call) or agents


def _tell(
    draft: Draft,
    agent: Agent,
    kind: NoticeKind,
    because: Reason,
    situation: Situation,
    facts: dict[str, Any],
) -> None:
    """An answer to it is a note; somebody who is no agent gets no address to answer to."""
    last = situation.last_words
    known = agent.email in draft.policy.agents_by_email
    draft.tell(
        agent,
        kind,
        because,
        reach=Reach.INTERNAL if known else Reach.NOBODY,
        about=last.id if last else None,
        facts=facts | {"last_words": last.text if last else ""},
    )

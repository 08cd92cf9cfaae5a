"""How a ticket's clocks follow from what was decided: no decider needs to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from gateway.core.changes import (
    Absorb,
    Alter,
    Append,
    Cancel,
    Change,
    Decision,
    Open,
    StartDeadline,
    StopDeadline,
    Tick,
)
from gateway.core.clocks import NO_CLOCKS, Clock, Clocks, ClockState, Mark
from gateway.core.deciding.saying import answers, messages
from gateway.core.frozen import replace
from gateway.core.model import Direction, Role, State, Ticket
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.sla import (
    NO_SLA,
    Rules,
    Ticked,
    arrive,
    meet,
    pause,
    resume,
    retarget,
    start,
    take_over,
)
from gateway.core.solved import says_solved
from gateway.core.targets import SERVICE, Target
from gateway.core.thanks import is_bare_thanks
from gateway.core.tickets import folded

_RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
_MEASURING = frozenset({"queue", "priority", "tier", "sla"})
_RESTING = frozenset({State.RESOLVED, State.CLOSED})
_THEIRS = frozenset({Role.REQUESTER, Role.PARTICIPANT})


def with_clocks(
    decision: Decision,
    seen: Ticket | None,
    policy: Policy,
    now: datetime,
    *,
    came: Target | None = None,
    machine: bool = False,
) -> Decision:
    """The decision, with what it does to the clocks of its ticket.

    ``seen`` is the ticket as it was decided about, None for a new one. ``came`` is the target
    whose deadline brought the event: it is set anew. ``machine``: the words are those of one that
    may open tickets, and want no answer.
    """
    if not policy.slas and (seen is None or not seen.clocks.all):
        return decision
    before = seen.clocks if seen is not None else NO_CLOCKS
    after = folded(decision.changes, seen, now)
    if after is None:
        return decision
    found = clocks_after(decision.changes, seen, after, policy, now, machine=machine)
    known = next((c.marks for c in decision.changes if isinstance(c, Tick)), ())
    ticked = Tick(clocks=found.clocks, marks=(*known, *found.marks))
    if found.clocks == before and not ticked.marks and came is None:
        return decision
    rest = tuple(_opening(c, ticked) for c in decision.changes if not isinstance(c, Tick))
    return replace(
        decision, changes=(*rest, ticked, *_deadlines(before, ticked, _why(decision), came))
    )


def _opening(change: Change, ticked: Tick) -> Change:
    """A new ticket is written with its clocks at once."""
    return replace(change, clocks=ticked.clocks) if isinstance(change, Open) else change


def _why(decision: Decision) -> Reason:
    reasons = (getattr(change, "because", None) for change in decision.changes)
    return next((r for r in reasons if r is not None), Reason.of(Why.POLICY_EDITED))


def _deadlines(
    before: Clocks, ticked: Tick, because: Reason, came: Target | None
) -> Iterable[StartDeadline | StopDeadline]:
    """The due times that differ from those that are set."""
    reasons = {mark.target: mark.because for mark in ticked.marks}
    for target in SERVICE:
        old, new = before.of(target), ticked.clocks.of(target)
        was, due = old.next_at if old else None, new.next_at if new else None
        why = reasons.get(target, because)
        if due is not None and (due != was or target is came):
            yield StartDeadline(target=target, due_at=due, because=why)
        elif due is None and was is not None and target is not came:
            yield StopDeadline(target=target, because=why)


class _Ticking:
    """The clocks of a ticket in the making."""

    def __init__(self, clocks: Clocks, rules: Rules, now: datetime) -> None:
        self.clocks = clocks
        self.rules = rules
        self.now = now
        self.marks: list[Mark] = []

    def start(self, target: Target, because: Reason) -> None:
        """A fresh clock, where the policy has times for this target at all."""
        if self.rules.sla.has(target):
            self._take(start(target, self.rules, self.now, because))

    def do(
        self,
        clock: Clock,
        what: Callable[[Clock, Rules, datetime, Reason], Ticked],
        because: Reason,
    ) -> None:
        """Something happens to a clock, as it stands now."""
        current = self.clocks.of(clock.target)
        if current is not None:
            self._take(what(current, self.rules, self.now, because))

    def take_over(self, target: Target, other: Clock, because: Reason) -> None:
        """Another clock is this target's from now on, if it began earlier."""
        current = self.clocks.of(target)
        if current is not None:
            self._take(take_over(current, other, self.now, because))

    def arrive(self) -> None:
        """The ticket is on another tier now."""
        for clock in self.clocks.all:
            self.clocks = self.clocks.with_(arrive(clock, self.rules, self.now))

    def _take(self, ticked: Ticked) -> None:
        clock, marks = ticked
        self.clocks = self.clocks.with_(clock)
        self.marks += marks


def clocks_after(
    changes: Iterable[Change],
    before: Ticket | None,
    after: Ticket,
    policy: Policy,
    now: datetime,
    *,
    machine: bool = False,
) -> Tick:
    """What a decision's changes do to the clocks of the ticket, and the lines that tells of it.

    ``before`` is the ticket without them, None where they open it; ``after`` the ticket with
    them, its clocks as they were.
    """
    changes = tuple(changes)
    ticking = _Ticking(after.clocks, policy.rules_for(after), now)
    if before is None:
        for target in (Target.FIRST_RESPONSE, Target.RESOLUTION):
            ticking.start(target, Reason.of(Why.TICKET_OPENED))
    elif not machine:
        _words(ticking, changes, before)
        _along(ticking, changes)
    _answers(ticking, changes)
    _taken_back(ticking, changes, policy)
    _settle(ticking, after, _of_state(changes))
    if before is not None:
        _measure(ticking, changes, before, after)
    return Tick(clocks=ticking.clocks, marks=tuple(ticking.marks))


def _wants_nothing(said: Append, before: Ticket) -> bool:
    """A bare thanks; and on a ticket that rests, that it is solved."""
    text = said.body.text if said.body else ""
    files = len(said.attachments) + len(said.files) + len(said.wanted)
    rests = before.state in _RESTING
    return is_bare_thanks(text, attachments=files) or (
        rests and says_solved(text, attachments=files)
    )


def _words(ticking: _Ticking, changes: tuple[Change, ...], before: Ticket) -> None:
    """What the requester writes wants an answer, unless it says that all is well."""
    for said in messages(changes, Direction.IN):
        clock = ticking.clocks.of(Target.NEXT_RESPONSE)
        waiting = clock is not None and clock.state is not ClockState.MET
        if said.author.role in _THEIRS and not _wants_nothing(said, before) and not waiting:
            because = Reason.of(Why.REQUESTER_WROTE, author=said.author.shown)
            ticking.start(Target.NEXT_RESPONSE, because)


def _along(ticking: _Ticking, changes: tuple[Change, ...]) -> None:
    """Somebody whose ticket was joined to this one waits since they wrote, and not since now."""
    for joined in (change for change in changes if isinstance(change, Absorb)):
        theirs = [one for one in _responses(joined.clocks) if one.state is ClockState.RUNNING]
        for clock in _responses(ticking.clocks):
            for other in theirs:
                ticking.take_over(clock.target, other, joined.because)


def _answers(ticking: _Ticking, changes: tuple[Change, ...]) -> None:
    for said in answers(changes):
        because = Reason.of(Why.AGENT_ANSWERED, agent=said.author.shown)
        for clock in _responses(ticking.clocks):
            ticking.do(clock, meet, because)


def _responses(clocks: Clocks) -> list[Clock]:
    return [clock for clock in clocks.all if clock.target in _RESPONSES]


def _taken_back(ticking: _Ticking, changes: tuple[Change, ...], policy: Policy) -> None:
    """An answer that was taken back met nothing; only one of the last moments can be."""
    if not any(isinstance(change, Cancel) for change in changes):
        return
    for clock in _responses(ticking.clocks):
        met = clock.met_at
        if met is not None and ticking.now - met <= policy.answer_delay:
            ticking.do(clock, resume, Reason.of(Why.ANSWER_TAKEN_BACK))


def _of_state(changes: tuple[Change, ...]) -> Reason:
    """Why the state is what it is now."""
    moves = [c for c in changes if isinstance(c, Alter) and c.field in ("state", "merged_into")]
    return moves[-1].because if moves else Reason.of(Why.POLICY_EDITED)


def _settle(ticking: _Ticking, ticket: Ticket, because: Reason) -> None:
    """Each clock runs, stands still or is met, as the ticket's state has it.

    A ticket that was merged into another one is not resolved: its clocks stand still.
    """
    resting = ticket.state in _RESTING
    still = resting or ticket.state in ticking.rules.sla.paused_in
    merged = ticket.merged_into is not None
    for clock in ticking.clocks.all:
        met = clock.state is ClockState.MET
        if clock.target is Target.RESOLUTION and resting:
            ticking.do(clock, pause if merged else meet, because)
        elif clock.target is Target.RESOLUTION or not met:
            ticking.do(clock, _rest if still else resume, because)


def set_aside(ticket: Ticket, policy: Policy, now: datetime, because: Reason) -> Tick:
    """The clocks of a ticket that goes on in another one: those that run stand still."""
    ticking = _Ticking(ticket.clocks, policy.rules_for(ticket), now)
    for clock in ticket.clocks.all:
        ticking.do(clock, pause, because)
    return Tick(clocks=ticking.clocks, marks=tuple(ticking.marks))


def _rest(clock: Clock, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """It stands still; one that was met goes on first, which shows that it is open again."""
    resumed, marks = resume(clock, rules, now, because) if clock.met_at else (clock, ())
    paused, more = pause(resumed, rules, now, because)
    return paused, (*marks, *more)


def _measure(ticking: _Ticking, changes: tuple[Change, ...], before: Ticket, after: Ticket) -> None:
    """Clocks are measured anew where what they are measured by has changed."""
    moved = [c for c in changes if isinstance(c, Alter) and c.field in _MEASURING]
    because = _anew(moved[0]) if moved else Reason.of(Why.POLICY_EDITED)
    if before.tier != after.tier:
        ticking.arrive()
    if moved and ticking.rules.sla is not NO_SLA:
        _missing(ticking, after, because)
    for clock in ticking.clocks.all:
        ticking.do(clock, retarget, because)


def _anew(change: Alter) -> Reason:
    """What a clock is measured by is different now, and why."""
    value = getattr(change.new, "value", change.new)
    return Reason.of(
        Why.MEASURED_ANEW, what=change.field, value=value or "none", because=change.because
    )


def _missing(ticking: _Ticking, ticket: Ticket, because: Reason) -> None:
    """A ticket that comes to a queue with service levels from one without gets its clocks there."""
    if ticket.state in _RESTING or ticket.merged_into is not None:
        return
    if ticket.state is State.NEW and ticking.clocks.of(Target.FIRST_RESPONSE) is None:
        ticking.start(Target.FIRST_RESPONSE, because)
    if ticking.clocks.of(Target.RESOLUTION) is None:
        ticking.start(Target.RESOLUTION, because)

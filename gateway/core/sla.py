"""Service levels: what a policy allows for each target, and the clocks that count it.

Every function takes a clock as it is and gives what it becomes, with the lines that its ledger
gets. ``now`` never goes back: a clock that was changed later than that is taken to be at its last
change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.core.business_hours import Hours, NeverOpenError
from gateway.core.calendars import ALWAYS
from gateway.core.clocks import Clock, ClockState, Mark, Stretch, What
from gateway.core.escalation import Step
from gateway.core.frozen import replace
from gateway.core.model import Priority, State
from gateway.core.reasons import Reason, Why
from gateway.core.targets import Allowance, Target

Times = Mapping[Target, Mapping[Priority, Allowance]]
Calendars = Mapping[str, Hours]
Ticked = tuple[Clock, tuple[Mark, ...]]
_BREACH = "breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """A policy: the times it allows, by whose calendar, and what happens as they go by.

    ``by_tier`` are times of a tier's own, counted from the ticket's arrival there.
    """

    name: str
    calendar: str = ALWAYS
    times: Times = field(default_factory=dict)
    by_tier: Mapping[int, Times] = field(default_factory=dict)
    paused_in: frozenset[State] = frozenset({State.PENDING, State.ON_HOLD})
    steps: tuple[Step, ...] = ()

    def allowance(self, target: Target, priority: Priority, tier: int) -> Allowance | None:
        """The time allowed; None where the policy has none."""
        own = self._of_tier(target, priority, tier)
        return own or self.times.get(target, {}).get(priority)

    def has(self, target: Target) -> bool:
        """Whether it has a time for a target at all, at any priority."""
        return any(target in times for times in (self.times, *self.by_tier.values()))

    def counts_from_arrival(self, target: Target, priority: Priority, tier: int) -> bool:
        """Whether the time allowed is the tier's own."""
        return self._of_tier(target, priority, tier) is not None

    def _of_tier(self, target: Target, priority: Priority, tier: int) -> Allowance | None:
        return self.by_tier.get(tier, {}).get(target, {}).get(priority)


NO_SLA = Sla(name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts for one ticket as it stands: its policy, by priority and tier.

    ``more``: steps of its queue's own.
    """

    sla: Sla
    calendars: Calendars
    priority: Priority
    tier: int
    more: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that comes as time goes by: the policy's steps, and those of the ticket's queue."""
        return (*self.sla.steps, *self.more)

    def allowance(self, target: Target) -> Allowance | None:
        """The time allowed for a target; None where there is none."""
        return self.sla.allowance(target, self.priority, self.tier)

    def origin(self, clock: Clock) -> datetime:
        """From when a clock's time is counted."""
        own = self.sla.counts_from_arrival(clock.target, self.priority, self.tier)
        return clock.arrived_at if own else clock.started_at


def start(target: Target, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """A clock that begins to run now."""
    clock = Clock(
        target=target,
        policy=rules.sla.name,
        calendar=rules.sla.calendar,
        allowed=rules.allowance(target),
        state=ClockState.RUNNING,
        started_at=now,
        arrived_at=now,
        origin=now,
        since=now,
    )
    return _marked(_planned(clock, rules), now, What.STARTED, because)


def take_over(clock: Clock, other: Clock, now: datetime, because: Reason) -> Ticked:
    """The count of another clock goes on as this one's, if both run and it began earlier."""
    running = clock.state is other.state is ClockState.RUNNING
    if not running or other.started_at >= clock.started_at:
        return clock, ()
    return _marked(replace(other, target=clock.target), now, What.RETARGETED, because)


def pause(clock: Clock, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """It stands still; what it has used stays used."""
    if clock.state is not ClockState.RUNNING:
        return clock, ()
    late, marks = breach(clock, now)
    stopped = replace(_closed(late, rules, now), state=ClockState.PAUSED, next_at=None)
    return _marked(stopped, now, What.PAUSED, because, marks)


def resume(clock: Clock, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """It goes on where it was, whether it stood still or was met before its ticket came back."""
    if clock.state is ClockState.RUNNING:
        return clock, ()
    going = replace(clock, state=ClockState.RUNNING, since=max(now, clock.since))
    return _marked(_planned(going, rules), now, What.RESUMED, because)


def meet(clock: Clock, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """It is done; late, if it was due before."""
    if clock.state is ClockState.MET:
        return clock, ()
    late, marks = breach(clock, now)
    done = replace(_closed(late, rules, now), state=ClockState.MET, next_at=None)
    return _marked(done, now, What.MET, because, marks)


def arrive(clock: Clock, rules: Rules, now: datetime) -> Clock:
    """The ticket has come to another tier; what it used before stays on the ones before."""
    now = max(now, clock.since)
    running = clock.state is ClockState.RUNNING
    return replace(_closed(clock, rules, now) if running else clock, arrived_at=now)


def retarget(clock: Clock, rules: Rules, now: datetime, because: Reason) -> Ticked:
    """Measured by what counts now: new due = start + new allowance, less the open time used.

    A count that begins later than the last one has all of its steps before it again. Nothing
    happens where that changes nothing, and to a clock that was met.
    """
    if clock.state is ClockState.MET:
        return clock, ()
    late, marks = breach(clock, now)
    moved, sla = late, rules.sla
    if clock.calendar != sla.calendar and clock.state is ClockState.RUNNING:
        moved = _closed(late, rules, now)
    origin = rules.origin(clock)
    if origin > clock.origin:
        moved = replace(moved, fired=(), late_since=None)
    allowed = rules.allowance(clock.target)
    counts = (sla.name, sla.calendar, allowed, origin)
    if counts != (moved.policy, moved.calendar, moved.allowed, moved.origin):
        policy, calendar, allowed, origin = counts
        moved = replace(moved, policy=policy, calendar=calendar, allowed=allowed, origin=origin)
    moved = _planned(moved, rules, now)
    if _measure(moved) == _measure(clock):
        return moved, marks
    return _marked(moved, now, What.RETARGETED, because, marks)


def _measure(clock: Clock) -> tuple[object, ...]:
    """What a re-targeting shows of a clock; a paused one is due later with every minute."""
    text = clock.allowed.text if clock.allowed else None
    due = clock.due_at if clock.state is ClockState.RUNNING else None
    return clock.policy, clock.calendar, text, clock.origin, due


def breach(clock: Clock, now: datetime) -> Ticked:
    """It was due and is not met: that is never erased."""
    if clock.state is not ClockState.RUNNING or clock.due_at is None or clock.due_at >= now:
        return clock, ()
    return _breached(clock)


def _breached(clock: Clock) -> Ticked:
    if _BREACH in clock.fired or clock.due_at is None:
        return clock, ()
    late = replace(clock, breached=True, late_since=clock.due_at, fired=(*clock.fired, _BREACH))
    return _marked(late, clock.due_at, What.BREACHED, Reason.of(Why.TIME_ALLOWED_OVER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a clock found: the steps that come now, those that came too late to matter."""

    clock: Clock
    marks: tuple[Mark, ...] = ()
    steps: tuple[Step, ...] = ()


def look(clock: Clock, rules: Rules, now: datetime) -> Look:
    """What has come by now. Of several moments that went by, only the last one's steps come.

    The others are recorded as skipped, for the later step has made them pointless.
    """
    if clock.state is not ClockState.RUNNING:
        return Look(clock=clock)
    marks: tuple[Mark, ...] = ()
    if clock.due_at is not None and clock.due_at <= now:
        clock, marks = _breached(clock)
    past = [(at, step) for at, step in _steps(clock, rules) if at <= now]
    last = max((at for at, _ in past), default=now)
    coming = tuple(step for at, step in past if at == last)
    skipped = dict.fromkeys(step.at for at, step in past if at < last)
    for at in skipped:
        because = Reason.of(Why.STEP_SKIPPED, at=at, later=coming[0].at)
        marks += _marked(clock, now, What.STEP, because)[1]
    known = dict.fromkeys((*clock.fired, *skipped, *(step.at for step in coming)))
    seen = clock if len(known) == len(clock.fired) else replace(clock, fired=tuple(known))
    return Look(clock=replace(seen, next_at=_next(seen, rules)), marks=marks, steps=coming)


def due_now(clock: Clock, calendars: Calendars, now: datetime) -> datetime | None:
    """When it is due; of a clock that stands still, when it would be if it went on now."""
    if clock.state is not ClockState.PAUSED or clock.allowed is None:
        return clock.due_at
    try:
        return _moment(clock, 1.0, calendars, now)
    except NeverOpenError:
        return clock.due_at


def used(clock: Clock, calendars: Calendars, now: datetime) -> timedelta:
    """The open time that it has counted so far."""
    total = sum((s.used for s in _counted(clock)), timedelta(0))
    if clock.state is ClockState.RUNNING:
        total += hours_of(calendars, clock.calendar).between(max(clock.since, clock.origin), now)
    return total


def hours_of(calendars: Calendars, name: str) -> Hours:
    """A calendar's hours; one that left the config counts round the clock."""
    return calendars.get(name) or calendars[ALWAYS]


def _counted(clock: Clock) -> Iterator[Stretch]:
    return (stretch for stretch in clock.stretches if stretch.start >= clock.origin)


def _closed(clock: Clock, rules: Rules, now: datetime) -> Clock:
    """What it has run since its last change becomes a stretch of its past."""
    now = max(now, clock.since)
    if clock.state is not ClockState.RUNNING:
        return replace(clock, since=now)
    ran = hours_of(rules.calendars, clock.calendar).between(clock.since, now)
    stretch = Stretch(start=clock.since, end=now, calendar=clock.calendar, used=ran)
    return replace(clock, stretches=(*clock.stretches, stretch), since=now)


def _planned(clock: Clock, rules: Rules, now: datetime | None = None) -> Clock:
    """With the moments at which it is due, and at which somebody is to look at it."""
    due = _due(clock, rules, now or clock.since)
    planned = clock if due == clock.due_at else replace(clock, due_at=due)
    following = _next(planned, rules)
    return planned if following == planned.next_at else replace(planned, next_at=following)


def _due(clock: Clock, rules: Rules, now: datetime) -> datetime | None:
    if clock.allowed is None:
        return None
    try:
        return _moment(clock, 1.0, rules.calendars, now)
    except NeverOpenError:  # a calendar that was edited so; the message must not suffer from it
        return None


def _next(clock: Clock, rules: Rules) -> datetime | None:
    if clock.state is not ClockState.RUNNING or clock.due_at is None:
        return None
    ahead = [at for at, _ in _steps(clock, rules)]
    if _BREACH not in clock.fired:
        ahead.append(clock.due_at)
    return min(ahead, default=None)


def _steps(clock: Clock, rules: Rules) -> Iterator[tuple[datetime, Step]]:
    """The steps that have not come in this count, with their moments."""
    if clock.due_at is None:
        return
    for step in rules.steps:
        if step.on is clock.target and step.at not in clock.fired:
            at = _when(clock, step, rules)
            if at is not None:
                yield at, step


def _when(clock: Clock, step: Step, rules: Rules) -> datetime | None:
    try:
        return _moment_of(clock, step, rules)
    except NeverOpenError:
        return None


def _moment_of(clock: Clock, step: Step, rules: Rules) -> datetime:
    """A share of the time allowed, or open time after it was due: not before it was seen late."""
    if step.after is None:
        return _moment(clock, step.share, rules.calendars, clock.since)
    due = clock.due_at or clock.since
    late = max(due, clock.late_since or due)
    hours = hours_of(rules.calendars, clock.calendar)
    return hours.add(late, step.after.open_time(hours, late))


def _moment(clock: Clock, share: float, calendars: Calendars, now: datetime) -> datetime:
    """When the open time used reaches a share of what is allowed.

    Raises `NeverOpenError`.
    """
    hours = hours_of(calendars, clock.calendar)
    assert clock.allowed is not None  # noqa: S101 - the callers have looked
    left = clock.allowed.open_time(hours, clock.origin) * share
    for stretch in _counted(clock):
        if left <= stretch.used:
            return hours_of(calendars, stretch.calendar).add(stretch.start, left)
        left -= stretch.used
    running = clock.state is ClockState.RUNNING
    return hours.add(max(clock.since, clock.origin) if running else now, left)


def _marked(
    clock: Clock, now: datetime, what: What, because: Reason, before: tuple[Mark, ...] = ()
) -> Ticked:
    mark = Mark(target=clock.target, at=now, what=what, because=because, due_at=clock.due_at)
    return clock, (*before, mark)

"""Writes down what a replay decides, ticket by ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.changes import Alter, Change, NoticeKind, Open, Reach, Say, Tick
from gateway.core.clocks import Mark, What
from gateway.core.deciding import Desk
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Priority, Ticket
from gateway.core.targets import SERVICE, Target
from gateway.core.tickets import altered, opened
from gateway.runtime.handling import Handled
from gateway.runtime.simulating.results import Deadline, Fate, Run, Story, Told
from gateway.store.inbox import InboxState

_BY_CLOCK = frozenset(
    {
        NoticeKind.REMINDER,
        NoticeKind.OVERDUE,
        NoticeKind.ESCALATED,
        NoticeKind.WAITING,
        NoticeKind.STILL_OPEN,
    }
)
_ROUNDS = frozenset({NoticeKind.DIGEST, NoticeKind.AGENDA, NoticeKind.HANDOVER})
_RULE = "rule"  # the beginning of the codes of reasons that a rule gave


@dataclass(slots=True, kw_only=True)
class _Count:
    """One run of one clock, from start to end."""

    target: Target
    started_at: datetime
    due_at: datetime | None
    breached: bool = False
    ended_at: datetime | None = None
    priority: Priority = Priority.NORMAL


@dataclass(slots=True, kw_only=True)
class _Notes:
    """What is known of a ticket so far."""

    opened_by: str
    ticket: Ticket
    because: list[str] = field(default_factory=list)
    counts: list[_Count] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def last(self, target: Target) -> _Count | None:
        """The newest count of a target."""
        return next((c for c in reversed(self.counts) if c.target is target), None)


class Witness:
    """Sees everything that is handled; `run` says what came of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._notes: dict[int, _Notes] = {}
        self._arrivals: list[datetime] = []
        self._fates: Counter[str] = Counter()
        self._rounds: list[Told] = []

    def see(self, handled: Iterable[Handled]) -> None:
        """What was done just now, in order."""
        for one in handled:
            self._fates[one.applied.state.value] += 1
            if _is_a_persons(one):
                self._arrivals.append(one.row.received_at)
            at = one.row.received_at
            self._note(one, at)
            self._rounds += [
                self._told(change, None, at)
                for change in one.decision.changes
                if isinstance(change, Say) and change.kind in _ROUNDS
            ]
            for also in one.decision.also:
                if also.ticket is not None and also.ticket in self._notes:
                    self._changes(self._notes[also.ticket], also.changes, at)

    def _note(self, handled: Handled, at: datetime) -> None:
        number = handled.applied.ticket
        if number is None:
            return
        fresh = next((c for c in handled.decision.changes if isinstance(c, Open)), None)
        if fresh is not None:
            ticket = opened(fresh, number, at)
            self._notes[number] = _Notes(opened_by=handled.row.external_id, ticket=ticket)
        if number in self._notes:
            self._changes(self._notes[number], handled.decision.changes, at)

    def _changes(self, notes: _Notes, changes: Iterable[Change], at: datetime) -> None:
        for change in changes:
            if isinstance(change, Alter):
                notes.ticket = altered(notes.ticket, change, at)
            if isinstance(change, Tick):
                notes.ticket = replace(notes.ticket, clocks=change.clocks)
                for mark in change.marks:
                    _count(notes, mark)
            if isinstance(change, Say) and _is_by_clock(change):
                notes.told.append(self._told(change, notes.ticket.number, at))
            because = getattr(change, "because", None)
            if because is not None and (because.code.startswith(_RULE) or _ranks(change)):
                notes.because.append(str(because))

    def _told(self, say: Say, ticket: int | None, at: datetime) -> Told:
        policy = self._desk.policy
        agent = policy.agents_by_email.get(say.to.address)
        return Told(
            at=at,
            kind=say.kind.value,
            to=say.to.shown,
            ticket=ticket,
            outside=say.reach is Reach.REQUESTER,
            on_duty=agent is not None and bool(agent.shift) and policy.on_shift(agent, at),
        )

    def run(self, name: str) -> Run:
        """All of it, as it stands now."""
        return Run(
            name=name,
            timezone=self._desk.policy.timezone,
            stories=tuple(_story(notes) for _, notes in sorted(self._notes.items())),
            arrivals=tuple(self._arrivals),
            fates=dict(self._fates),
            rounds=tuple(self._rounds),
        )


def _ranks(change: Change) -> bool:
    """Whether it gives the ticket another priority, be it a rule, a step or an agent."""
    return isinstance(change, Alter) and change.field == "priority"


def _is_by_clock(say: Say) -> bool:
    """Whether nobody wrote or did anything that this would follow from."""
    given_up = say.kind is NoticeKind.RESOLVED and bool(say.facts.get("unanswered"))
    return say.kind in _BY_CLOCK or given_up


def _is_a_persons(one: Handled) -> bool:
    """A message that somebody wrote, and that was not there already."""
    by_hand = isinstance(one.event, MessageArrived) and one.event.message.automatic is None
    return by_hand and one.applied.state is not InboxState.DUPLICATE


def _count(notes: _Notes, mark: Mark) -> None:
    """One line of a ledger, as it bears on the deadlines of the ticket."""
    if mark.target not in SERVICE:
        return
    last = notes.last(mark.target)
    if mark.what is What.STARTED or last is None:
        last = _Count(target=mark.target, started_at=mark.at, due_at=mark.due_at)
        notes.counts.append(last)
    last.due_at = mark.due_at or last.due_at
    last.priority = notes.ticket.priority
    if mark.what is What.BREACHED:
        last.breached = True
    if mark.what is What.MET:
        last.ended_at = mark.at
    if mark.what is What.RESUMED:
        last.ended_at = None


def _story(notes: _Notes) -> Story:
    ticket = notes.ticket
    return Story(
        opened_by=notes.opened_by,
        number=ticket.number,
        subject=ticket.subject,
        opened_at=ticket.created_at,
        queue=ticket.queue,
        priority=ticket.priority,
        because=tuple(dict.fromkeys(notes.because)),
        state=ticket.state.value,
        tier=ticket.tier,
        assignee=ticket.assignee,
        deadlines=tuple(_deadline(c) for c in notes.counts if c.due_at is not None),
        told=tuple(notes.told),
    )


def _deadline(count: _Count) -> Deadline:
    fate = Fate.MISSED if count.breached else Fate.MET if count.ended_at else Fate.RUNNING
    return Deadline(
        target=count.target,
        priority=count.priority,
        started_at=count.started_at,
        due_at=count.due_at,
        fate=fate,
        ended_at=count.ended_at,
    )

"""What a desk has before it: what is open, what is late, what comes due today, who has it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.core.clocks import ClockState
from gateway.core.model import Priority, State, Ticket
from gateway.core.targets import Target

MOST_LISTED = 20  # tickets of one list; the rest is counted
_FAR = datetime.max.replace(tzinfo=UTC)
_RANK = {priority: rank for rank, priority in enumerate(reversed(Priority))}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One ticket of a list. ``due_at`` is its next target's, None where nothing is due.

    ``promised_at``: by when an answer was promised, which may be that very target.
    """

    number: int
    subject: str
    requester: str
    queue: str
    priority: Priority
    state: State
    assignee: str | None
    target: Target | None
    due_at: datetime | None
    promised_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketList:
    """The most pressing tickets of a kind, and how many there are in all."""

    lines: tuple[AgendaLine, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """All of it. ``loads``: open tickets by agent.

    ``of``: each agent's own list, with those on which they promised something.
    """

    open: int = 0
    loads: Mapping[str, int] = field(default_factory=dict)
    late: TicketList = TicketList()
    today: TicketList = TicketList()
    unassigned: TicketList = TicketList()
    of: Mapping[str, TicketList] = field(default_factory=dict)


class _Kept:
    """Keeps the most pressing of what it is shown, however much that is."""

    def __init__(self) -> None:
        self._heap: list[tuple[tuple[float, int, int], AgendaLine]] = []
        self._count = 0

    def show(self, line: AgendaLine) -> None:
        self._count += 1
        # The least pressing is on top, and goes first.
        due = (line.due_at or _FAR).timestamp()
        item = ((-due, -_RANK[line.priority], -line.number), line)
        if len(self._heap) < MOST_LISTED:
            heapq.heappush(self._heap, item)
        else:
            heapq.heappushpop(self._heap, item)

    def list(self) -> TicketList:
        ordered = sorted(self._heap, key=lambda item: item[0], reverse=True)
        return TicketList(lines=tuple(line for _, line in ordered), count=self._count)


def agenda_of(tickets: Iterable[Ticket], now: datetime, until: datetime) -> Agenda:
    """What is before the desk at a moment; what is due before ``until`` is due today.

    ``tickets`` may be a great many: each is looked at once and none is kept that is not listed.
    Resolved and closed ones are not looked at.
    """
    late, today, unassigned = _Kept(), _Kept(), _Kept()
    own: dict[str, _Kept] = {}
    loads: Counter[str] = Counter()
    count = 0
    for ticket in tickets:
        if ticket.state in (State.RESOLVED, State.CLOSED):
            continue
        count += 1
        line = line_of(ticket, now)
        if line.late:
            late.show(line)
        elif line.due_at is not None and line.due_at < until:
            today.show(line)
        if ticket.assignee is None:
            unassigned.show(line)
        else:
            loads[ticket.assignee] += 1
        for agent in whose(ticket):
            own.setdefault(agent, _Kept()).show(line)
    return Agenda(
        open=count,
        loads=dict(loads),
        late=late.list(),
        today=today.list(),
        unassigned=unassigned.list(),
        of={agent: kept.list() for agent, kept in own.items()},
    )


def list_of(tickets: Iterable[Ticket], now: datetime) -> TicketList:
    """These tickets, the most pressing first."""
    kept = _Kept()
    for ticket in tickets:
        kept.show(line_of(ticket, now))
    return kept.list()


def whose(ticket: Ticket) -> frozenset[str]:
    """Who has a ticket that is not over, and who promised something on it."""
    if ticket.state in (State.RESOLVED, State.CLOSED):
        return frozenset()
    made = ticket.promise
    promised = {made.by} if made is not None and made.is_open else set()
    return frozenset(promised | ({ticket.assignee} if ticket.assignee else set()))


def _running(ticket: Ticket) -> Iterator[tuple[datetime, Target]]:
    """What is due on a ticket: its targets, and what was promised."""
    for clock in ticket.clocks.all:
        if clock.state is ClockState.RUNNING and clock.due_at is not None:
            yield clock.due_at, clock.target
    if ticket.promise is not None and ticket.promise.is_open:
        yield ticket.promise.due_at, Target.PROMISE


def line_of(ticket: Ticket, now: datetime) -> AgendaLine:
    """A ticket with what is due next on it."""
    due_at, target = min(_running(ticket), default=(None, None))
    made = ticket.promise
    return AgendaLine(
        number=ticket.number,
        subject=ticket.subject,
        requester=ticket.requester.shown,
        queue=ticket.queue,
        priority=ticket.priority,
        state=ticket.state,
        assignee=ticket.assignee,
        target=target,
        due_at=due_at,
        promised_at=made.due_at if made is not None and made.is_open else None,
        late=due_at is not None and due_at <= now,
    )

"""Faults of how requesters are waited for: steps that would come in no order, or never."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.core.calendars import ALWAYS
from gateway.core.targets import Allowance
from gateway.settings.faults import Doubt, Place
from gateway.settings.models import DeskTable, QueueTable
from gateway.settings.policy import DEFAULT_QUEUE, patience_of
from gateway.settings.service import CalendarTable, SlaTable
from gateway.settings.weeks import Week, open_minutes, weeks_of

_REMIND, _RESOLVE = "remind_requester", "resolve_unanswered"
_YEAR = 52  # weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """What counts for one queue, where each of it stands, and how long that is."""

    reminders: tuple[str, ...]
    resolve: str
    reminders_at: Place
    resolve_at: Place
    length: Callable[[str], float]


def waiting_doubts(
    desk: DeskTable | None,
    queues: Sequence[tuple[int, QueueTable]],
    slas: Sequence[SlaTable],
    calendars: Sequence[CalendarTable],
) -> Iterator[Doubt]:
    """Reminders that go back in time, and those that would come after the ticket is resolved."""
    if desk is None:
        return
    tables = queues or ((None, QueueTable(name=DEFAULT_QUEUE)),)
    for n, queue in tables:
        week = _week(queue, slas, calendars)
        if not week[0]:
            continue  # a calendar that is never open is a fault of its own
        reminders, resolve = patience_of(queue, desk)
        own = ("queues", n) if n is not None else ("desk",)
        steps = _Steps(
            reminders=tuple(text for text in reminders if text),
            resolve=resolve,
            reminders_at=_where(queue.remind_requester, own, _REMIND),
            resolve_at=_where(queue.resolve_unanswered, own, _RESOLVE),
            length=_length(week),
        )
        yield from _backwards(steps)
        yield from _after_the_end(steps)


def _where(own: object, table: tuple[str | int, ...], key: str) -> Place:
    """A queue's own key, else the desk's."""
    return (*(table if own is not None else ("desk",)), key)


def _length(week: Week) -> Callable[[str], float]:
    return lambda text: weeks_of(Allowance.parse(text), week)


def _week(queue: QueueTable, slas: Sequence[SlaTable], calendars: Sequence[CalendarTable]) -> Week:
    """The hours that count for the queue."""
    policy = next((s for s in slas if s.name == (queue.sla or "")), None)
    first = calendars[0].name if calendars else ALWAYS
    name = policy.calendar if policy is not None else first
    table = next((c for c in calendars if c.name == name), None)
    return open_minutes(table)


def _backwards(steps: _Steps) -> Iterator[Doubt]:
    for earlier, later in zip(steps.reminders, steps.reminders[1:], strict=False):
        if steps.length(later) <= steps.length(earlier):
            yield Doubt(
                place=steps.reminders_at,
                found=f'found "{later}" after "{earlier}"',
                expected="each reminder later than the one before: all count from the beginning",
            )


def _after_the_end(steps: _Steps) -> Iterator[Doubt]:
    """A step after the step that ends it."""
    if not steps.resolve:
        return
    if not steps.reminders:
        yield Doubt(
            place=steps.resolve_at,
            found=f'found "{steps.resolve}" without a reminder before it',
            expected=f"{_REMIND} beside it, or no {_RESOLVE}",
        )
    elif steps.length(steps.reminders[-1]) >= steps.length(steps.resolve):
        last = steps.reminders[-1]
        yield Doubt(
            place=steps.resolve_at,
            found=f'found "{steps.resolve}", and a reminder at "{last}", when it is resolved',
            expected=f"a time after the last of {_REMIND}",
        )
    if steps.length(steps.resolve) > _YEAR:
        yield Doubt(
            place=steps.resolve_at,
            found=f'found "{steps.resolve}", more than a year of the hours that count here',
            expected="a shorter time",
        )

"""From the tables of service levels to what the core decides with."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.business_hours import Calendar, Hours, no_holidays
from gateway.core.calendars import only_always, opened, week_of
from gateway.core.escalation import Step, parse_at
from gateway.core.sla import Sla
from gateway.core.targets import SERVICE, Target
from gateway.settings.holiday_dates import holidays_of
from gateway.settings.service import CalendarTable, SlaTable, StepTable


def calendars_of(tables: Iterable[CalendarTable]) -> dict[str, Hours]:
    """The calendars by name, with the one that is built in."""
    return only_always() | {table.name: Hours(_calendar(table)) for table in tables}


def _calendar(table: CalendarTable) -> Calendar:
    week = week_of(table.hours.by_day())
    return Calendar(
        name=table.name,
        timezone=table.timezone,
        week=week,
        holidays=holidays_of(table.holidays) if table.holidays else no_holidays,
        closed_on=frozenset(table.closed_on),
        open_on=opened(week, frozenset(table.open_on)),
    )


def slas_of(tables: Iterable[SlaTable]) -> dict[str, Sla]:
    """The policies by name."""
    return {table.name: _sla(table) for table in tables}


def _sla(table: SlaTable) -> Sla:
    return Sla(
        name=table.name,
        calendar=table.calendar,
        times=table.times(),
        by_tier=table.tier,
        paused_in=table.states(),
        steps=tuple(_step(step) for step in table.escalation),
    )


def reassuring_at(share: str) -> tuple[Step, ...]:
    """The steps at which a requester hears that it is being worked on, of every target."""
    if not share:
        return ()
    return tuple(
        Step(on=target, at=share, share=parse_at(share)[0], reassures=True) for target in SERVICE
    )


def _step(table: StepTable) -> Step:
    share, after = parse_at(table.at)
    return Step(
        on=Target(table.on),
        at=table.at,
        share=share,
        after=after,
        notify=table.notify,
        raise_tier=table.raise_tier,
        raise_priority=table.raise_priority,
        reassign=table.reassign,
        off_shift=table.off_shift,
    )

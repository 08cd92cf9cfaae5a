"""Service levels of a ticket, for scripts and for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gateway.cli.terminal import instant, line, moment
from gateway.core.agenda import line_of
from gateway.core.clocks import Clock, ClockState
from gateway.core.model import Ticket
from gateway.core.policy import Policy
from gateway.core.sla import due_now
from gateway.core.targets import SERVICE, Target

if TYPE_CHECKING:
    from gateway.store.ledger import LedgerRow

Shape = dict[str, Any]


def sla(it: Ticket, policy: Policy, now: datetime) -> Shape:
    """The clocks of a ticket; a target without one is null."""
    name = policy.rules_for(it).sla.name or None
    return {"policy": name} | {target.value: _clock(it, target, policy, now) for target in SERVICE}


def _clock(it: Ticket, target: Target, policy: Policy, now: datetime) -> Shape | None:
    clock = it.clocks.of(target)
    if clock is None or clock.allowed is None:
        return None
    return {
        "due_at": instant(due_now(clock, policy.calendars, now)),
        "met_at": instant(clock.met_at),
        "breached": clock.breached or _late(clock, now),
        "paused_since": instant(clock.paused_since),
        "allowed": clock.allowed.text,
    }


def _late(clock: Clock, now: datetime) -> bool:
    """Whether it runs and was due; the daemon may not have come to write it down."""
    running = clock.state is ClockState.RUNNING
    return running and clock.due_at is not None and clock.due_at < now


def ledgers(rows: Sequence[LedgerRow]) -> Shape:
    """The ledger of each target, oldest first."""
    return {
        target.value: [_line(row) for row in rows if row.target is target] for target in SERVICE
    }


def _line(row: LedgerRow) -> Shape:
    return {
        "at": instant(row.at),
        "what": row.what.value,
        "because": row.because,
        "due_at": instant(row.due_at),
    }


def next_due(it: Ticket, policy: Policy, now: datetime) -> str:
    """What is due or promised first, for a list: when, and whether that is over."""
    found = line_of(it, now)
    if found.due_at is None:
        return "paused" if any(c.paused_since for c in it.clocks.all) else ""
    late = " late" if found.due_at < now else ""
    return f"{moment(found.due_at, policy.timezone)}{late}"


def story(it: Ticket, rows: Sequence[LedgerRow], policy: Policy, now: datetime) -> Iterator[str]:
    """The clocks with their ledgers, in lines."""
    for target in SERVICE:
        clock, own = it.clocks.of(target), [row for row in rows if row.target is target]
        if clock is None and not own:
            continue
        yield ""
        yield f"{target.words}: {_standing(clock, policy, now)}"
        for row in own:
            due = f", due {_exact(row.due_at, policy.timezone)}" if row.due_at else ""
            at = _exact(row.at, policy.timezone)
            yield f"    {at}  {row.what.value}{due}: {line(row.because)}"


def _exact(at: datetime, zone: str) -> str:
    """To the second: by the ledger, figures are checked by hand."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def _standing(clock: Clock | None, policy: Policy, now: datetime) -> str:
    if clock is None or clock.allowed is None:
        return "no time is set for it"
    late = ", late" if clock.breached or _late(clock, now) else ""
    if clock.met_at:
        return f"met {moment(clock.met_at, policy.timezone)}{late}"
    due = moment(due_now(clock, policy.calendars, now), policy.timezone)
    if clock.paused_since:
        since = moment(clock.paused_since, policy.timezone)
        return f"paused since {since}; due {due} if it went on now{late}"
    return f"due {due}{late} ({clock.allowed} of {line(clock.calendar)})"

"""Bursts: one agent is told so much at once; the rest is kept, and comes as one summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.core.frozen import replace


class Sort(StrEnum):
    """What is counted together: a flood of the one never delays the other."""

    EVERYDAY = "everyday"  # new tickets, answers, notes
    PRESSING = "pressing"  # what is due soon, what is late, what was escalated


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """One agent gets at most ``most`` notices of each sort ``within`` that time; 0: any number."""

    most: int = 20
    within: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What one agent was told lately of one sort: the moments, oldest first.

    ``due_at`` is when the summary of what is kept is due; None where nothing is. ``version`` is
    the store's.
    """

    told: tuple[datetime, ...] = ()
    due_at: datetime | None = None
    version: int = 0


NO_BURST = Burst()
TWENTY = Folding()  # what holds where the operator says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """All of them at a moment, by the agent's address and the sort."""

    now: datetime
    of: Mapping[tuple[str, Sort], Burst] = field(default_factory=dict)


def is_full(burst: Burst, folding: Folding, now: datetime) -> bool:
    """Whether the next notice has to be kept: what is kept already comes before it."""
    if not folding.most:
        return False
    return burst.due_at is not None or len(_recent(burst, folding, now)) >= folding.most


def with_notice(burst: Burst, folding: Folding, now: datetime) -> Burst:
    """After one more notice."""
    return replace(burst, told=(*_recent(burst, folding, now), now))


def with_kept(burst: Burst, folding: Folding) -> Burst:
    """After one more was kept: the summary is due when the last one told is long enough ago."""
    if burst.due_at is not None:
        return burst
    return replace(burst, due_at=burst.told[-1] + folding.within)


def with_summary(burst: Burst, folding: Folding, now: datetime, *, more: bool) -> Burst:
    """After a summary, which is a notice as well. ``more``: another one is due at once."""
    return replace(with_notice(burst, folding, now), due_at=now if more else None)


def _recent(burst: Burst, folding: Folding, now: datetime) -> tuple[datetime, ...]:
    since = now - folding.within
    if not burst.told or burst.told[0] > since:
        return burst.told
    return tuple(at for at in burst.told if at > since)

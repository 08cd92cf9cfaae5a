"""All changes together, as one decision about one event."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.core.changes.clocks import StartDeadline, StopDeadline, Tick, Wait
from gateway.core.changes.fates import Drop, Hold, Reconsider, Refuse, Release
from gateway.core.changes.notices import Keep, Listed, Paced, Say
from gateway.core.changes.people import Attempt, Away, Challenge, Given, Link, Verify
from gateway.core.changes.sending import Cancel, Deliver, Reachable, Settle, Unreachable
from gateway.core.changes.ticket import (
    Absorb,
    Alter,
    Append,
    Claim,
    LetGo,
    Move,
    Open,
    Revise,
    TakeBack,
)
from gateway.core.facts import Scene
from gateway.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One more of something: ``scope`` and ``key`` of a tally, by hour, or by day (``…_day``)."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that could have been expected was left out, and why: for the log."""

    what: str
    because: Reason


Change = (
    Open
    | Append
    | Alter
    | Claim
    | Say
    | Keep
    | Listed
    | StartDeadline
    | StopDeadline
    | Tick
    | Wait
    | Hold
    | Drop
    | Release
    | Reconsider
    | Deliver
    | Unreachable
    | Reachable
    | Cancel
    | Settle
    | Move
    | Absorb
    | TakeBack
    | Away
    | Given
    | Verify
    | Link
    | Challenge
    | Attempt
    | LetGo
    | Revise
    | Skip
    | Refuse
)


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """Changes to one ticket: an existing one by number, or the new one (None)."""

    ticket: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done about one event: changes in order, by ticket where they have one.

    ``counts`` is what is remembered of it for the decisions within the hour or day after it,
    ``paced`` of how much agents were told.
    ``scene`` is what the operator's rules looked at, where any were asked.
    """

    ticket: int | None
    changes: tuple[Change, ...]
    matched_by: str | None = None
    also: tuple[On, ...] = ()
    counts: tuple[Count, ...] = ()
    paced: tuple[Paced, ...] = ()
    scene: Scene | None = field(default=None, repr=False, compare=False)

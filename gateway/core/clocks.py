"""The clocks of a ticket: what is counted for one target, as a value, and its ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.core.reasons import Reason
from gateway.core.targets import Allowance, Target

_MICROSECOND = timedelta(microseconds=1)


class ClockState(StrEnum):
    """Whether a clock counts."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"


class What(StrEnum):
    """What happened to a clock: one line of its ledger."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    RETARGETED = "retargeted"
    MET = "met"
    BREACHED = "breached"
    STEP = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line of the ledger. ``due_at`` is when the target is due from then on."""

    target: Target
    at: datetime
    what: What
    because: Reason
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which a clock ran, with the open time that it used by its calendar then."""

    start: datetime
    end: datetime
    calendar: str
    used: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One target of one ticket.

    ``allowed`` is None where the policy has no time for the ticket's priority: it counts all the
    same, and nothing is due. ``origin`` is from when the time is counted: ``started_at``, or
    ``arrived_at`` on a tier that has times of its own. ``since`` is when it began to be in its
    state. ``next_at`` is when somebody is to look at it, ``late_since`` what was due when it was
    breached in this count, ``fired`` the steps that came in this count.
    """

    target: Target
    policy: str
    calendar: str
    allowed: Allowance | None
    state: ClockState
    started_at: datetime
    arrived_at: datetime
    origin: datetime
    since: datetime
    stretches: tuple[Stretch, ...] = ()
    due_at: datetime | None = None
    next_at: datetime | None = None
    breached: bool = False
    late_since: datetime | None = None
    fired: tuple[str, ...] = ()

    @property
    def met_at(self) -> datetime | None:
        """When it was met."""
        return self.since if self.state is ClockState.MET else None

    @property
    def paused_since(self) -> datetime | None:
        """Since when it has been standing still."""
        return self.since if self.state is ClockState.PAUSED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """A ticket's clocks, at most one for each target."""

    all: tuple[Clock, ...] = ()

    def of(self, target: Target) -> Clock | None:
        """The clock of a target, if there ever was one."""
        return next((clock for clock in self.all if clock.target is target), None)

    def with_(self, changed: Clock) -> Clocks:
        """With this one in its place."""
        others = (clock for clock in self.all if clock.target is not changed.target)
        return Clocks(all=(*others, changed))


NO_CLOCKS = Clocks()


def to_json(clocks: Clocks) -> list[dict[str, Any]]:
    """As they are stored."""
    return [_dump(clock) for clock in clocks.all]


def from_json(stored: Iterable[dict[str, Any]]) -> Clocks:
    """As they were stored."""
    return Clocks(all=tuple(_load(one) for one in stored))


def _dump(clock: Clock) -> dict[str, Any]:
    return {
        "target": clock.target.value,
        "policy": clock.policy,
        "calendar": clock.calendar,
        "allowed": clock.allowed.text if clock.allowed else None,
        "state": clock.state.value,
        "started": _text(clock.started_at),
        "arrived": _text(clock.arrived_at),
        "origin": _text(clock.origin),
        "since": _text(clock.since),
        "ran": [
            [_text(s.start), _text(s.end), s.calendar, _number(s.used)] for s in clock.stretches
        ],
        "due": _text(clock.due_at),
        "next": _text(clock.next_at),
        "breached": clock.breached,
        "late": _text(clock.late_since),
        "fired": list(clock.fired),
    }


def _load(stored: dict[str, Any]) -> Clock:
    return Clock(
        target=Target(stored["target"]),
        policy=stored["policy"],
        calendar=stored["calendar"],
        allowed=Allowance.parse(stored["allowed"]) if stored["allowed"] else None,
        state=ClockState(stored["state"]),
        started_at=_moment(stored["started"]),
        arrived_at=_moment(stored["arrived"]),
        origin=_moment(stored["origin"]),
        since=_moment(stored["since"]),
        stretches=tuple(_stretch(*one) for one in stored["ran"]),
        due_at=_maybe(stored["due"]),
        next_at=_maybe(stored["next"]),
        breached=stored["breached"],
        late_since=_maybe(stored["late"]),
        fired=tuple(stored["fired"]),
    )


def _stretch(start: str, end: str, calendar: str, used: int) -> Stretch:
    return Stretch(
        start=_moment(start), end=_moment(end), calendar=calendar, used=used * _MICROSECOND
    )


def _number(span: timedelta) -> int:
    return span // _MICROSECOND


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _maybe(stored: str | None) -> datetime | None:
    return _moment(stored) if stored else None


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)

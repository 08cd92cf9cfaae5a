"""Pending tickets wait for their requester: when they are reminded, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from gateway.core.business_hours import Hours, NeverOpenError
from gateway.core.targets import Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Since when a ticket waits for its requester, how many reminders are past, and the last one.

    A reminder that was left out, for a later one had come as well, is past, too.
    """

    since: datetime
    reminded: int = 0
    reminded_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        last = self.reminded_at.isoformat() if self.reminded_at else None
        return {"since": self.since.isoformat(), "reminded": self.reminded, "last": last}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """As it was stored."""
        last = stored["last"]
        return cls(
            since=datetime.fromisoformat(stored["since"]),
            reminded=stored["reminded"],
            reminded_at=datetime.fromisoformat(last) if last else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a requester is waited for, in open time since their ticket began to wait.

    ``reminders`` in order; ``resolve`` is when it is given up, None for never. Without a reminder
    nothing is given up.
    """

    reminders: tuple[Allowance, ...] = ()
    resolve: Allowance | None = None


NO_PATIENCE = Patience()
"""Nobody is reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What comes next, and when: a reminder, or the ticket is ``resolved``."""

    due_at: datetime
    resolves: bool = False


def next_turn(waiting: Waiting, patience: Patience, hours: Hours) -> Turn | None:
    """What comes next for a ticket that waits; None where nothing does.

    It is given up as long after the last reminder as the policy has it, also where that one came
    late: nobody is given less time to answer because the desk was down.
    """
    try:
        if waiting.reminded < len(patience.reminders):
            after = patience.reminders[waiting.reminded]
            return Turn(due_at=hours.add(waiting.since, after.open_time(hours, waiting.since)))
        if patience.resolve is None or not patience.reminders:
            return None
        last = waiting.reminded_at or waiting.since
        return Turn(due_at=hours.add(last, _left(waiting, patience, hours)), resolves=True)
    except NeverOpenError:  # a calendar that was edited so: it waits on
        return None


def _left(waiting: Waiting, patience: Patience, hours: Hours) -> timedelta:
    """The open time between the last reminder and giving up."""
    assert patience.resolve is not None  # noqa: S101 - the caller has looked
    whole = patience.resolve.open_time(hours, waiting.since)
    last = patience.reminders[-1].open_time(hours, waiting.since)
    return max(whole - last, timedelta(0))


def reminded(waiting: Waiting, patience: Patience, hours: Hours, now: datetime) -> Waiting:
    """The same once a reminder went out: of several that went by, it stands for all of them."""
    past = waiting.reminded + 1
    while past < len(patience.reminders):
        after = patience.reminders[past].open_time(hours, waiting.since)
        if hours.add(waiting.since, after) > now:
            break
        past += 1
    return Waiting(since=waiting.since, reminded=past, reminded_at=now)

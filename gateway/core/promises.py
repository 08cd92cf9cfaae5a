"""Promises: an agent says until when somebody hears from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from gateway.core.business_hours import Hours
from gateway.core.day import end_of, moment_of

_OTHERWISE = time(18)  # when a day ends that no calendar closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Who promised (their mail address), until when, and when that was kept, if it was."""

    by: str
    due_at: datetime
    made_at: datetime
    kept_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it."""
        return self.kept_at is None

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "by": self.by,
            "due": self.due_at.isoformat(),
            "made": self.made_at.isoformat(),
            "kept": self.kept_at.isoformat() if self.kept_at else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """As it was stored."""
        kept = stored["kept"]
        return cls(
            by=stored["by"],
            due_at=datetime.fromisoformat(stored["due"]),
            made_at=datetime.fromisoformat(stored["made"]),
            kept_at=datetime.fromisoformat(kept) if kept else None,
        )


def next_look(promise: Promise, before: timedelta, now: datetime) -> datetime:
    """When its agent hears of it next: so long before it is due, if that is ahead, else then."""
    early = promise.due_at - before
    return early if early > now else promise.due_at


def end_of_work(hours: Hours, day: date, timezone: str) -> datetime:
    """When a day ends for who works by these hours, in UTC; 18:00 where they do not say so."""
    midnight = end_of(day, timezone)
    spans = hours.spans(moment_of(day, time(0), timezone), midnight)
    ends = [span.end for span in spans if span.end < midnight]
    return ends[-1] if ends else moment_of(day, _OTHERWISE, timezone)

"""What deadlines are about, and the time that is allowed for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from gateway.core.business_hours import Hours

ALLOWANCE_WORDS = 'a time such as "30m", "4h", "2d" (of 24 open hours each) or "1bd" (working days)'
_ALLOWANCE = re.compile(r"(\d{1,6})(bd|[smhd])", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_MOST_DAYS = 10_000


class Target(StrEnum):
    """What a deadline is about."""

    WAKE = "wake"  # a pending or held ticket comes back
    AUTO_CLOSE = "auto_close"  # a resolved ticket closes
    NUDGE = "nudge"  # a requester who does not answer is reminded, and then given up
    PROMISE = "promise"  # an agent answers, as they promised
    REPEATS = "repeats"  # what was only counted within an hour is told
    FIRST_RESPONSE = "first_response"  # an agent answers for the first time
    NEXT_RESPONSE = "next_response"  # an agent answers what the requester wrote
    RESOLUTION = "resolution"  # the ticket is resolved

    @property
    def words(self) -> str:
        """As people say it."""
        return self.value.replace("_", " ")


SERVICE = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Open time that is allowed: a fixed span of it, or whole working days.

    ``text`` is as people wrote it, and all that counts when two are compared.
    """

    text: str
    span: timedelta
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """``"2h"`` or ``"1bd"``. Raises ValueError with the words of what is expected."""
        found = _ALLOWANCE.fullmatch(text.strip().lower())
        count = int(found[1]) if found else 0
        if found is None or count == 0:
            raise ValueError(ALLOWANCE_WORDS)
        if found[2] != "bd":
            return cls(text=found[0], span=count * _UNITS[found[2]])
        if count > _MOST_DAYS:
            raise ValueError(f"at most {_MOST_DAYS} working days")
        return cls(text=found[0], span=timedelta(0), days=count)

    def __str__(self) -> str:
        return self.text

    def open_time(self, hours: Hours, start: datetime) -> timedelta:
        """How much open time that is, counted from a moment. Raises `NeverOpenError`."""
        return hours.working_days(start, self.days) if self.days else self.span

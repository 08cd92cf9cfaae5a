from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache

_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_COMMENT = re.compile(r"\([^()]*+\)")
_AROUND_COLON = re.compile(r"\s+:\s*|:\s+")
_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([+-])(\d{2})(\d{2})(?:\s|$)"
)


@lru_cache(maxsize=256)
def date_of(text: str) -> datetime | None:
    """The moment a Date header names, in UTC, or None if it names none (RFC 5322, section 3.3).

    A date without a zone is taken as UTC.
    """
    text = text[:100]
    match = _USUAL.match(text)
    try:
        return _usual(match) if match else _unusual(text)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None


def plausible(moment: datetime, now: datetime) -> bool:
    """Whether a mail can have been written then: since 1980, at most a day after ``now``."""
    return _EARLIEST <= moment <= now + timedelta(days=1)


def _usual(match: re.Match[str]) -> datetime:
    month = _MONTHS.index(match[2].lower()) + 1
    local = datetime(
        int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), tzinfo=UTC
    ) + timedelta(seconds=min(int(match[6] or 0), 60))
    offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
    return local - offset if match[7] == "+" else local + offset


def _unusual(text: str) -> datetime | None:
    text = _AROUND_COLON.sub(":", _COMMENT.sub(" ", text))
    parsed = parsedate_tz(text)
    if parsed is None:
        return _iso(text)
    moment = datetime(*parsed[:5], tzinfo=UTC) + timedelta(seconds=min(parsed[5], 60))
    return moment - timedelta(seconds=parsed[9] or 0)


def _iso(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text.strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

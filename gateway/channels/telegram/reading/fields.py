"""Fields of Telegram's JSON, whatever stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Table = Mapping[str, Any]


def words(stored: Table, key: str) -> str:
    """A field as text; lone surrogates and NUL, which no database takes, become question marks."""
    value = stored.get(key)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\x00", "?")


def table(stored: Table, *path: str) -> Table:
    """The object at the end of a path of keys; an empty one where there is none."""
    for key in path:
        value = stored.get(key)
        if not isinstance(value, dict):
            return {}
        stored = value
    return stored


def tables(stored: Table, key: str) -> list[Table]:
    """The objects of a list."""
    value = stored.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def whole(stored: Table, key: str) -> int:
    """A whole number; 0 where there is none."""
    value = stored.get(key)
    return value if type(value) is int and -(2**62) < value < 2**62 else 0


def decimal(stored: Table, key: str) -> float | None:
    """A number, None where there is none."""
    value = stored.get(key)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else None


def moment(stored: Table, key: str) -> datetime | None:
    """A time, which Telegram counts in seconds since 1970."""
    seconds = whole(stored, key)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**34 else None

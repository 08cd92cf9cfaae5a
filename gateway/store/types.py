"""Column types that hold the same values on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

JsonValue = Any  # what json.loads gives


def clean(text: str) -> str:
    """Text that both databases can hold: no NUL (PostgreSQL), no lone surrogate (UTF-8)."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _clean_or_none(text: str | None) -> str | None:
    return None if text is None else clean(text)


def dump_json(value: JsonValue) -> str:
    """Compact JSON without what PostgreSQL refuses. Raises ValueError on NaN and infinity."""
    text = _dump(value)
    if "\\u0000" in text or "\\ud" in text:
        text = _dump(_cleaned(value))
    return text


# Nothing that is stored holds itself: to look for that takes a third of the time.
_dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


def _cleaned(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(k): _cleaned(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return value


class Words(TypeDecorator[str]):
    """Text that people or networks wrote: kept as far as a database can hold it."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _clean_or_none

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _clean_or_none(value)


class Utc(TypeDecorator[datetime]):
    """A moment: aware going in, stored in UTC, aware coming out. Naive times are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Any:
        return _aware if dialect.name == "postgresql" else _sortable

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return self.bind_processor(dialect)(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"a stored time needs a time zone, found {value!r}")
    return value


def _sortable(value: datetime | None) -> str | None:
    """Fixed width, so that the order of the texts is the order of the moments."""
    if value is None:
        return None
    moment = value if value.tzinfo is UTC else _aware_utc(value)
    return moment.isoformat(" ", "microseconds")[:26]  # without +00:00


def _aware_utc(value: datetime) -> datetime:
    _aware(value)
    return value.astimezone(UTC)


class Json(TypeDecorator[JsonValue]):
    """A JSON document, kept as it was written: JSONB would turn large floats into integers.

    None is NULL.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Any:
        # The statement casts it, so text will do on PostgreSQL, too.
        return _dump_or_none

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> Any:
        return _dump_or_none(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> JsonValue:
        return json.loads(value) if isinstance(value, str) and dialect.name == "sqlite" else value


def _dump_or_none(value: JsonValue) -> str | None:
    return None if value is None else dump_json(value)

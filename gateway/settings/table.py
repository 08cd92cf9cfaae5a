"""What every table of the config is made from, a channel's own tables included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic.fields import FieldInfo

from gateway.settings.faults import Doubt, Place
from gateway.settings.types import Words


@dataclass(frozen=True, slots=True)
class NotYet:
    """A key whose feature this version does not have.

    ``unless``: values that ask for nothing, and are taken without a word. ``words``: what the
    fault says, where "… is not supported by this version" is not enough.
    """

    key: str
    unless: tuple[object, ...] = ()
    words: str = ""


class Table(BaseModel):
    """A table of the config. Every field has a type, a description and mostly a default.

    A field of type `SecretStr` is never shown. Any string field may be given as ``K_env`` or
    ``K_file`` as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    not_yet: ClassVar[tuple[NotYet, ...]] = ()
    for_tests: ClassVar[bool] = False  # such a channel stands in no starter and no reference

    @classmethod
    def wanted(cls, given: Mapping[str, Any]) -> Mapping[str, str]:
        """Credentials that must be given, as this table stands: key → what it is for."""
        del given
        return {}

    def doubts(self) -> Iterable[Doubt]:
        """What is wrong with the table as a whole; places count from the table."""
        return ()

    @property
    def proves_nobody(self) -> bool:
        """Whether no sender of this channel can ever be proven, as the table stands."""
        return False

    @property
    def needs_web(self) -> str:
        """The key for which the desk's own web server is needed, as the table stands; or empty."""
        return ""


def for_people(sections: Mapping[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """The channels' tables that an operator is shown."""
    return {name: m for name, m in sections.items() if not getattr(m, "for_tests", False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """The table that a field holds: one, or a list of them."""

    model: type[BaseModel]
    many: bool


def inner(field: FieldInfo) -> Inner | None:
    """The table (or list of tables) that a field holds, None for a plain value."""
    return _inner(field.annotation, many=False)


def _inner(annotation: Any, *, many: bool) -> Inner | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Inner(model=annotation, many=many)
    origin = get_origin(annotation)
    if origin in (tuple, list):
        return _inner(get_args(annotation)[0], many=True)
    if origin in (Union, UnionType):
        return next((i for a in get_args(annotation) if (i := _inner(a, many=many))), None)
    return None


def field_at(model: type[BaseModel], place: Place) -> FieldInfo | None:
    """The field that a place within a table names, None where there is none."""
    field: FieldInfo | None = None
    for step in place:
        if isinstance(step, int):
            continue
        within = model if field is None else (held.model if (held := inner(field)) else None)
        field = within.model_fields.get(step) if within else None
        if field is None:
            return None
    return field


def is_secret(field: FieldInfo) -> bool:
    """Whether a field's value must never be shown."""
    return field.annotation is SecretStr


def takes_string(field: FieldInfo) -> bool:
    """Whether a field is written as a string, so that it may come from elsewhere."""
    return words_of(field).kind in _STRINGS


_STRINGS = {
    *("string", "mail address", "duration", "time zone", "language", "path", "secret"),
    *("time", "URL", "database URL"),
    "choice",
}


def words_of(field: FieldInfo) -> Words:
    """How a field's value is called, and what is expected of it."""
    marked = next((m for m in field.metadata if isinstance(m, Words)), None)
    return marked or _words(field.annotation, field)


def _words(annotation: Any, field: FieldInfo) -> Words:
    origin = get_origin(annotation)
    if origin is Annotated:
        own = (m for m in get_args(annotation)[1:] if isinstance(m, Words))
        return next(own, None) or _words(get_args(annotation)[0], field)
    if origin in (tuple, list):
        return _list_words(get_args(annotation)[0], field)
    if origin in (Union, UnionType):
        return _words(get_args(annotation)[0], field)
    if choices := _choices(annotation):
        return Words("choice", "one of " + ", ".join(f'"{c}"' for c in choices))
    return _plain_words(annotation, field)


def _list_words(of: Any, field: FieldInfo) -> Words:
    if _inner(of, many=True):
        return Words("tables", "a list of tables")
    one = _words(of, field)
    return Words(f"list of {one.kind}", f"a list, each of it {one.expected}")


def _plain_words(annotation: Any, field: FieldInfo) -> Words:
    if annotation is bool:
        return Words("true or false", "true or false")
    if annotation is int:
        return Words("number", "a whole number" + _bounds(field))
    return Words("string", "a string") if annotation is str else Words("table", "a table")


def _choices(annotation: Any) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(member.value for member in annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _bounds(field: FieldInfo) -> str:
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of at least {low}" if low is not None else ""

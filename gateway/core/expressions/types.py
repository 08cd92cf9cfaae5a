"""Types of what an expression sees, in words that a lead understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of value it is, as messages and the reference call it."""

    TEXT = "text"
    NUMBER = "whole number"
    FRACTION = "number with a fraction"
    TRUTH = "true or false"
    MOMENT = "moment"
    SPAN = "duration"
    LIST = "list"
    MAP = "map"
    RECORD = "record"
    NOTHING = "null"
    UNKNOWN = "unknown"  # after a trouble that is told already


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type. ``of``: what a list or map holds; ``fields``: the parts of a record.

    ``choices``: the only texts there can be, where they are known. ``lower``: the keys of a map
    are in lower case.
    """

    kind: Kind
    of: Type | None = None
    fields: Mapping[str, Type] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    lower: bool = False

    def __str__(self) -> str:
        if self.kind is Kind.LIST:
            return f"list of {self.of}"
        if self.kind is Kind.MAP:
            return f"map of text to {self.of}"
        if self.choices:
            return "one of " + ", ".join(f'"{c}"' for c in self.choices)
        return str(self.kind)

    def meets(self, other: Type) -> bool:
        """Whether values of both may be compared, or stand for each other."""
        if Kind.UNKNOWN in (self.kind, other.kind):
            return True
        if self.kind in NUMERIC and other.kind in NUMERIC:
            return True
        if self.kind is not other.kind:
            return False
        return self.of is None or other.of is None or self.of.meets(other.of)


NUMERIC = frozenset({Kind.NUMBER, Kind.FRACTION})
TEXT = Type(kind=Kind.TEXT)
NUMBER = Type(kind=Kind.NUMBER)
FRACTION = Type(kind=Kind.FRACTION)
TRUTH = Type(kind=Kind.TRUTH)
MOMENT = Type(kind=Kind.MOMENT)
SPAN = Type(kind=Kind.SPAN)
NOTHING = Type(kind=Kind.NOTHING)
UNKNOWN = Type(kind=Kind.UNKNOWN)


def list_of(of: Type) -> Type:
    """A list of values of one type."""
    return Type(kind=Kind.LIST, of=of)


def map_of(of: Type, *, lower: bool = False) -> Type:
    """Values found by a text; one that is not there makes the expression fail."""
    return Type(kind=Kind.MAP, of=of, lower=lower)


def record(**fields: Type) -> Type:
    """A value with named parts, all of them always there."""
    return Type(kind=Kind.RECORD, fields=fields)


def one_of(choices: Iterable[str]) -> Type:
    """A text of a closed list; comparing it with another text is a trouble."""
    return Type(kind=Kind.TEXT, choices=tuple(choices))


@dataclass(frozen=True, slots=True)
class Fact:
    """A name that expressions may use. ``example``: an expression with it."""

    name: str
    type: Type
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All the names that expressions of one place may use."""

    facts: tuple[Fact, ...]

    @property
    def types(self) -> dict[str, Type]:
        """Each name with its type."""
        return {fact.name: fact.type for fact in self.facts}

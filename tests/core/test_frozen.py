"""Changed copies are those that the standard library makes."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.core.frozen import quick, replace


@dataclass(frozen=True, slots=True)
class _One:
    only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Several:
    name: str
    age: int = 3
    worked_out: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "worked_out", f"{self.name} {self.age}")


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (_One(1), {}),
        (_One(1), {"only": 2}),
        (_Several(name="Ada"), {}),
        (_Several(name="Ada"), {"age": 4}),
        (_Several(name="Ada", age=5), {"name": "Bea", "age": 6}),
    ],
)
def test_a_changed_copy_is_that_of_the_standard_library(value, changes):
    before = repr(value)
    assert replace(value, **changes) == dataclasses.replace(value, **changes)
    assert repr(replace(value, **changes)) == repr(dataclasses.replace(value, **changes))
    assert repr(value) == before


@pytest.mark.parametrize(
    ("value", "wrong"),
    [(_Several(name="Ada"), "nothing"), (_Several(name="Ada"), "worked_out"), (_One(1), "nothing")],
)
def test_a_field_that_cannot_be_given_is_refused(value, wrong):
    changes: dict[str, Any] = {wrong: "x"}
    with pytest.raises(TypeError):
        replace(value, **changes)


@dataclass(frozen=True, slots=True)
class _Standard:
    first: int
    second: str = "two"
    own: list[int] = field(default_factory=list)
    named: str = field(default="by name", kw_only=True, repr=False)
    must: int = field(kw_only=True)
    kind: str = field(default="as what makes it might be called", kw_only=True)


_Quick: Any = quick(
    dataclasses.make_dataclass(
        "_Standard",
        [(one.name, one.type, one) for one in dataclasses.fields(_Standard)],
        frozen=True,
        slots=True,
    )
)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((1,), {"must": 2}),
        ((1, "b", [3]), {"must": 2, "named": "x"}),
        ((), {"first": 1, "second": "b", "own": [4], "must": 2, "kind": "k"}),
    ],
)
def test_a_quick_value_is_that_of_the_standard_library(args, named):
    made, wanted = _Quick(*args, **named), _Standard(*args, **named)
    assert type(made) is _Quick
    assert repr(made) == repr(wanted)
    assert dataclasses.asdict(made) == dataclasses.asdict(wanted)
    assert made == _Quick(*args, **named)
    assert replace(made, must=9) == dataclasses.replace(made, must=9) != made


@pytest.mark.parametrize("named", [{}, {"must": 2}, {"first": 1, "must": 2, "more": 3}])
def test_a_quick_value_needs_what_the_standard_one_needs(named):
    with pytest.raises(TypeError):
        _Standard(**named)
    with pytest.raises(TypeError, match=r"_Standard\.__init__"):
        _Quick(**named)


def test_a_quick_value_is_frozen_and_has_lists_of_its_own():
    made = _Quick(1, must=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.first = 2
    assert made.own is not _Quick(1, must=2).own
    assert dataclasses.replace(made, first=3).first == 3


def test_what_is_more_than_its_fields_cannot_be_quick():
    with pytest.raises(TypeError, match="_Several"):
        quick(_Several)

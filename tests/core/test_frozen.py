"""Changed copies are those that the standard library makes."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.core.frozen import replace


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


@pytest.mark.parametrize("wrong", ["nothing", "worked_out"])
def test_a_field_that_cannot_be_given_is_refused(wrong):
    changes: dict[str, Any] = {wrong: "x"}
    with pytest.raises(TypeError):
        replace(_Several(name="Ada"), **changes)

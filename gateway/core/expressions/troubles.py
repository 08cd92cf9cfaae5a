"""What is wrong with an expression."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One fault. ``at``: the character where it begins, from 0; ``hint`` what may be meant."""

    at: int
    found: str
    expected: str = ""
    hint: str = ""


class ExpressionError(ValueError):
    """An expression cannot be used; ``troubles`` holds all that was found."""

    def __init__(self, troubles: Iterable[Trouble]) -> None:
        self.troubles = tuple(sorted(troubles, key=lambda t: t.at))
        super().__init__("; ".join(t.found for t in self.troubles))

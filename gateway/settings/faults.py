"""What is wrong with a config, said so that it can be mended without a look at the manual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

Place = tuple[str | int, ...]
"""Where a key stands: table names, indices (from 0) in lists of tables, the key's own name."""

_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A fault without its file and line: what a table or a cross-check objects to."""

    place: Place
    found: str
    expected: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a config file. ``line`` counts from 1; None where there is no such line."""

    file: Path
    line: int | None
    key: str
    found: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        said = ", ".join(
            part for part in (self.found, self.expected and f"expected {self.expected}") if part
        )
        return ": ".join(part for part in (where, self.key, said) if part) + (
            f" ({self.hint})" if self.hint else ""
        )


class ConfigError(Exception):
    """A config cannot be used. Its text has one line for each fault, all faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.line or 0, f.key)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def spell(place: Place) -> str:
    """A key as people write it: ``desk.name``, ``agents[1].email`` for the first agent's."""
    spelled = ""
    for step in place:
        if isinstance(step, int):
            spelled += f"[{step + 1}]"
        else:
            spelled += f".{step}" if spelled else step
    return spelled


def show(value: object) -> str:
    """A value of a config file in a message: one line, printable, not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{_printable(value)}"'
    if isinstance(value, datetime | date | time):
        return f"the date or time {value}"
    if isinstance(value, list | tuple):
        return "a list"
    return "a table" if isinstance(value, dict) else str(value)


def _printable(text: str) -> str:
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)

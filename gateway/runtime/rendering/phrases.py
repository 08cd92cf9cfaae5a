"""The short words that notices are put together from, one file for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from gateway.runtime.rendering.text import NAME, fill

FILE = "phrases.toml"
Value = str | tuple[str, ...]

# Tables whose English stands in the code that says it; other languages translate what they know.
TRANSLATED = ("why", "what", "expected", "help")


class PhrasesError(ValueError):
    """A file of phrases that cannot be used; says where and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Phrases by ``table.name``. Two are never the same, so that what was said can be kept."""

    values: Mapping[str, Value]

    def get(self, name: str, /, **values: object) -> str:
        """One phrase, filled. Raises KeyError for a name that no file has."""
        return fill(self._text(name), **values)

    def translated(self, table: str, english: str, /, **values: object) -> str:
        """The translation of an English phrase of the code, or the phrase itself."""
        return fill(str(self.values.get(f"{table}.{english}", english)), **values)

    def has(self, name: str) -> bool:
        """Whether there is such a phrase."""
        return name in self.values

    def counted(self, name: str, n: int, /, **values: object) -> str:
        """A phrase for one or for ``n`` of something."""
        one, many = self.list(name)
        return fill(one if n == 1 else many, n=n, **values)

    def list(self, name: str) -> tuple[str, ...]:
        """A list of phrases, such as the days of the week."""
        value = self.values[name]
        return (value,) if isinstance(value, str) else value

    def _text(self, name: str) -> str:
        value = self.values[name]
        return value if isinstance(value, str) else value[-1]


def read(path: Path) -> dict[str, Value]:
    """The phrases of a file, by ``table.name``. Raises `PhrasesError`."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as wrong:
        raise PhrasesError(f"{path}: {wrong}") from wrong
    found: dict[str, Value] = {}
    for table, entries in tables.items():
        if not isinstance(entries, dict):
            raise PhrasesError(f"{path}: {table} stands outside of a table")
        for name, value in entries.items():
            found[f"{table}.{name}"] = _value(path, f"{table}.{name}", value)
    return found


def _value(path: Path, name: str, value: object) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise PhrasesError(f"{path}: {name} is {value!r}, expected text or a list of texts")


def read_override(path: Path, shipped: Mapping[str, Value]) -> dict[str, Value]:
    """The phrases that an operator replaces: only such as there are. Raises `PhrasesError`."""
    found = read(path)
    for name, value in found.items():
        known = shipped.get(name)
        if known is None and name.partition(".")[0] not in TRANSLATED:
            near = get_close_matches(name, shipped, n=1)
            meant = f", perhaps {near[0]} is meant" if near else ""
            raise PhrasesError(f"{path}: there is no phrase {name}{meant}")
        if _shape(value) != _shape(known or ""):
            raise PhrasesError(f"{path}: {name} is {value!r}, expected {_shape(known or '')}")
        _check_names(path, name, value, known)
    return found


def _check_names(path: Path, name: str, value: Value, known: Value | None) -> None:
    strange = set() if known is None else names_in(value) - names_in(known)
    if strange:
        raise PhrasesError(f"{path}: {name} has nothing for {{{min(strange)}}}")


def names_in(value: Value) -> set[str]:
    """The ``{names}`` of a phrase."""
    return set(NAME.findall("\n".join((value,) if isinstance(value, str) else value)))


def _shape(value: Value) -> str:
    return "text" if isinstance(value, str) else f"a list of {len(value)} texts"

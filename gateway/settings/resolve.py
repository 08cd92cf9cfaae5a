"""From a TOML table to what a model takes: values from elsewhere, and keys that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gateway.core.nearest import nearest
from gateway.settings.faults import Doubt, Place, show, spell
from gateway.settings.table import NotYet, Table, inner, takes_string

_MOST = 65_536  # octets of a file that holds a value


@dataclass(slots=True, kw_only=True)
class Resolver:
    """Collects doubts while it walks.

    ``folder`` is the config file's; ``origins`` maps the place of a value to the place of the
    key that gave it (``secret`` → ``secret_env``).
    """

    folder: Path
    environ: Mapping[str, str]
    doubts: list[Doubt] = field(default_factory=list)
    origins: dict[Place, Place] = field(default_factory=dict)

    def table(self, model: type[BaseModel], given: object, place: Place) -> dict[str, Any] | None:
        """The values for a model, None where there is no table at all."""
        if not isinstance(given, dict):
            self.doubts.append(Doubt(place=place, found=f"found {show(given)}", expected="a table"))
            return None
        keys = self._supported(model, given, place)
        values: dict[str, Any] = {}
        for key in keys:
            values.update(self._value(model, keys, key, place))
        for key in _implied(model) - values.keys():
            values[key] = self._inside(model, key, {}, (*place, key))
        self._want(model, keys, values, place)
        return values

    def _supported(
        self, model: type[BaseModel], given: dict[str, Any], place: Place
    ) -> dict[str, Any]:
        rows = model.not_yet if issubclass(model, Table) else ()
        refused = {row.key: row for row in rows if row.key in given}
        self.doubts += not_yet(refused.values(), given, place)
        return {key: value for key, value in given.items() if key not in refused}

    def _value(
        self, model: type[BaseModel], given: dict[str, Any], key: str, place: Place
    ) -> dict[str, Any]:
        known = model.model_fields
        if key in known:
            return {key: self._inside(model, key, given[key], (*place, key))}
        stem, _, way = key.rpartition("_")
        if way not in ("env", "file") or stem not in known or not takes_string(known[stem]):
            self.doubts.append(unknown((*place, key), self._names(model)))
            return {}
        if others := {stem, f"{stem}_env", f"{stem}_file"} & given.keys() - {key}:
            return self._twice((*place, key), sorted(others)[0])
        return self._elsewhere(way, given[key], (*place, stem), (*place, key))

    def _inside(self, model: type[BaseModel], key: str, value: Any, place: Place) -> Any:
        held = inner(model.model_fields[key])
        if held is None:
            return value
        if not held.many:
            return self.table(held.model, value, place)
        if not isinstance(value, list):
            return value
        return [self.table(held.model, one, (*place, n)) for n, one in enumerate(value)]

    def _names(self, model: type[BaseModel]) -> list[str]:
        return [*model.model_fields, *(r.key for r in getattr(model, "not_yet", ()))]

    def _twice(self, place: Place, other: str) -> dict[str, Any]:
        doubt = Doubt(place=place, found=f"found it beside {other}", expected="one of them")
        if (*place[:-1], other) not in {d.place for d in self.doubts}:
            self.doubts.append(doubt)
        return {}

    def _elsewhere(self, way: str, source: object, place: Place, key: Place) -> dict[str, Any]:
        self.origins[place] = key
        if not isinstance(source, str):
            what = "the name of a variable" if way == "env" else "a path"
            self.doubts.append(Doubt(place=key, found=f"found {show(source)}", expected=what))
            return {}
        value = self.environ.get(source) if way == "env" else self._file(source, key)
        return {str(place[-1]): value} if value else {}

    def _file(self, source: str, key: Place) -> str | None:
        if not source:
            return None
        try:
            with (self.folder / source).open("rb") as stream:
                return stream.read(_MOST).decode().strip()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            self.doubts.append(
                Doubt(place=key, found=f"cannot read {show(source)}: {why}", expected="a file")
            )
            return None

    def _want(
        self, model: type[BaseModel], given: dict[str, Any], values: dict[str, Any], place: Place
    ) -> None:
        wanted = model.wanted(values) if issubclass(model, Table) else {}
        for key, purpose in wanted.items():
            if not values.get(key) and (*place, key) not in {d.place for d in self.doubts}:
                self.doubts.append(_missing(key, purpose, given, place))


def _implied(model: type[BaseModel]) -> set[str]:
    """The tables that are there without being written: their defaults need the folder, too."""
    return {
        key
        for key, field_ in model.model_fields.items()
        if (held := inner(field_)) and not held.many and field_.default is not None
    }


def _missing(key: str, purpose: str, given: dict[str, Any], place: Place) -> Doubt:
    name = given.get(f"{key}_env")
    if isinstance(name, str) and name:
        found = f"the environment variable {show(name)} is not set"
        return Doubt(place=(*place, f"{key}_env"), found=found, expected=purpose)
    hint = f"or {key}_env or {key}_file"
    return Doubt(place=(*place, key), found="not given", expected=purpose, hint=hint)


def not_yet(rows: Iterable[NotYet], given: Mapping[str, Any], place: Place) -> Iterator[Doubt]:
    """A doubt for each key whose feature is not there, unless its value asks for nothing."""
    for row in rows:
        if not any(type(v) is type(given[row.key]) and v == given[row.key] for v in row.unless):
            yield Doubt(place=(*place, row.key), found=_refusal(row, given[row.key], place))


def _refusal(row: NotYet, value: object, place: Place) -> str:
    if row.words:
        return row.words
    whole = spell((*place, row.key))
    if isinstance(value, list):
        return f"[[{whole}]] is not supported by this version"
    what = f"[{whole}]" if isinstance(value, dict) else f"{row.key} = {show(value)}"
    return f"{what} is not supported by this version"


def unknown(place: Place, known: list[str]) -> Doubt:
    """A key that nothing knows, with the nearest that something does."""
    hint = nearest(str(place[-1]), known)
    return Doubt(
        place=place,
        found="found an unknown key",
        expected="" if hint else "one of " + ", ".join(known),
        hint=hint,
    )

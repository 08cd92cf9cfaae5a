"""From a config file to settings, or to all of its faults at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.core.policy import AgentProof
from gateway.settings.channel_doubts import channel_doubts
from gateway.settings.contacts import ContactsFile
from gateway.settings.crosscheck import Parts, cross_doubts
from gateway.settings.faults import ConfigError, Doubt, Fault, Place, show, spell
from gateway.settings.lines import Lines
from gateway.settings.models import Settings, TopKeys
from gateway.settings.resolve import Resolver, not_yet, unknown
from gateway.settings.ruling import ContactTable
from gateway.settings.service_doubts import service_doubts
from gateway.settings.table import Table, field_at, inner, is_secret, words_of

M = TypeVar("M", bound=BaseModel)
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A config that was read and found right. ``sections``: the channels' tables by name."""

    path: Path
    settings: Settings
    sections: Mapping[str, BaseModel] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that the config's paths count from."""
        return self.path.parent


def load(path: Path, sections: Mapping[str, type[BaseModel]], environ: Mapping[str, str]) -> Loaded:
    """Read and check a config. ``sections``: the model of each channel's table, by name.

    A section that the file does not have stays unread: its model is not even looked up.
    Raises `ConfigError` with every fault that can be found at once.
    """
    text = _text(path)
    data = _toml(path, text)
    reading = _Reading(folder=path.parent, environ=environ)
    settings = reading.settings({k: v for k, v in data.items() if k not in sections}, sections)
    own = {
        name: made
        for name in data
        if name in sections and (made := reading.section(name, sections[name], data[name]))
    }
    reading.doubts += _proof_doubts(settings, own)
    reading.doubts += channel_doubts(settings, own, data)
    if reading.doubts or reading.foreign or settings is None:
        raise ConfigError(_faults(path, Lines(text), reading))
    return Loaded(path=path, settings=settings, sections=own)


def _proof_doubts(settings: Settings | None, own: Mapping[str, BaseModel]) -> Iterator[Doubt]:
    """A desk that asks agents for two proofs, where one of them never comes."""
    if settings is None or settings.desk.agent_proof is not AgentProof.BOTH:
        return
    for name, table in own.items():
        if isinstance(table, Table) and table.proves_nobody:
            yield Doubt(
                place=("desk", "agent_proof"),
                found=f'found "both", and [{name}] gives no verdict on who sent a message',
                expected=f"{name}.authentication.evaluate = true, or a {name}.trusted_authserv",
                hint="every agent's mail would be held",
            )


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode().replace("\r\n", "\n")
    except FileNotFoundError:
        found, expected, hint = "there is no such file", "a config", "`gateway init` writes one"
    except OSError as error:
        found, expected, hint = f"cannot be read: {error.strerror}", "a config file", ""
    except UnicodeDecodeError as error:
        found, expected, hint = f"octet {error.start} is not UTF-8", "TOML in UTF-8", ""
    fault = Fault(file=path, line=None, key="", found=found, expected=expected, hint=hint)
    raise ConfigError([fault])


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error)
    match = _TOML_PLACE.search(said)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    found = f"not TOML: {_TOML_PLACE.sub('', said)}"
    raise ConfigError([Fault(file=path, line=line, key="", found=found)])


def _faults(path: Path, lines: Lines, reading: _Reading) -> Iterator[Fault]:
    for doubt in dict.fromkeys(reading.doubts):
        place = reading.origins.get(doubt.place, doubt.place)
        yield Fault(
            file=path,
            line=lines.of(place),
            key=spell(place),
            found=doubt.found,
            expected=doubt.expected,
            hint=doubt.hint,
        )
    yield from reading.foreign


class _Reading(Resolver):
    """One pass over a config: what it makes, and what it doubts."""

    def __init__(self, *, folder: Path, environ: Mapping[str, str]) -> None:
        super().__init__(folder=folder, environ=environ)
        self.foreign: list[Fault] = []  # in files that the config names

    def settings(
        self, data: dict[str, Any], sections: Mapping[str, type[BaseModel]]
    ) -> Settings | None:
        rows = [r for r in Settings.not_yet if r.key in data and r.key not in sections]
        self.doubts += not_yet(rows, data, ())
        known = Settings.model_fields
        absent = {row.key for row in Settings.not_yet}
        for key in data:
            if key not in known and key not in absent:
                self.doubts.append(unknown((key,), [*known, *sections, *absent]))
        top = self.make(TopKeys, {k: v for k, v in data.items() if k in TopKeys.model_fields}, ())
        tables = known.keys() - TopKeys.model_fields.keys()
        made = {key: self._part(key, data.get(key)) for key in known if key in tables}
        self.doubts += cross_doubts(_parts(made))
        self.doubts += service_doubts(made)
        if top is not None and top.contacts_file is not None:
            made["contacts"] = [*made["contacts"], *self._contacts(top.contacts_file, made)]
        if self.doubts or self.foreign or top is None:
            return None
        return Settings(**_complete(made | top.model_dump()))

    def _contacts(self, path: Path, made: Mapping[str, Any]) -> list[ContactTable]:
        """The contacts of a file; what is wrong with it stands in that file."""
        found = ContactsFile(path, [one.match for one in made["contacts"] if one is not None])
        self.foreign += found.faults
        return found.contacts

    def _part(self, key: str, given: object) -> Any:
        """A table, or a list of them; one that was not written has its defaults."""
        field_ = Settings.model_fields[key]
        held = inner(field_)
        if held is None:
            raise AssertionError(f"{key} of the settings is no table")
        if given is None and field_.default is None:
            return None
        if not held.many:
            return self.make(held.model, {} if given is None else given, (key,))
        if given is None:
            return ()
        if isinstance(given, list):
            return [self.make(held.model, one, (key, n)) for n, one in enumerate(given)]
        doubt = Doubt(place=(key,), found=f"found {show(given)}", expected=f"[[{key}]] tables")
        self.doubts.append(doubt)
        return ()

    def section(self, name: str, model: type[M], given: object) -> M | None:
        return self.make(model, given, (name,))

    def make(self, model: type[M], given: object, place: Place) -> M | None:
        """The model of a table, None where there can be none.

        After faults it holds what was right, so that the rest of the config is checked as well.
        """
        values = self.table(model, given, place)
        if values is None:
            return None
        try:
            made = self._validated(model, values)
        except ValidationError as error:
            self.doubts += self._found(model, error, place)
            values = {k: v for k, v in values.items() if k not in _wrong(error)}
            return self._salvaged(model, values)
        self.doubts += _own_doubts(made, place)
        return made

    def _salvaged(self, model: type[M], values: dict[str, Any]) -> M | None:
        try:
            return self._validated(model, values)
        except ValidationError:
            return None

    def _validated(self, model: type[M], values: dict[str, Any]) -> M:
        return model.model_validate(values, context={"folder": self.folder})

    def _found(
        self, model: type[BaseModel], error: ValidationError, place: Place
    ) -> Iterator[Doubt]:
        known = {doubt.place for doubt in self.doubts}
        for one in error.errors(include_url=False):
            where = (*place, *one["loc"])
            if where not in known and self.origins.get(where) not in known:
                yield _doubt(model, dict(one), where, len(place))


def _wrong(error: ValidationError) -> set[object]:
    return {one["loc"][0] for one in error.errors(include_url=False) if one["loc"]}


def _doubt(model: type[BaseModel], error: dict[str, Any], where: Place, depth: int) -> Doubt:
    field_ = field_at(model, where[depth:])
    expected = words_of(field_).expected if field_ else "something else"
    if error["type"] == "value_error":
        expected = str(error["ctx"]["error"])
    if error["type"] == "missing":
        return Doubt(place=where, found="not given", expected=expected)
    hidden = field_ is not None and is_secret(field_)
    found = "found a value that is not shown here" if hidden else f"found {show(error['input'])}"
    return Doubt(place=where, found=found, expected=expected)


def _own_doubts(made: BaseModel, place: Place) -> Iterator[Doubt]:
    """What a table and the tables in it object to."""
    if isinstance(made, Table):
        for doubt in made.doubts():
            yield Doubt(
                place=(*place, *doubt.place),
                found=doubt.found,
                expected=doubt.expected,
                hint=doubt.hint,
            )
    for key in type(made).model_fields:
        value = getattr(made, key)
        if isinstance(value, BaseModel):
            yield from _own_doubts(value, (*place, key))
        elif isinstance(value, tuple):
            for n, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from _own_doubts(one, (*place, key, n))


def _parts(made: Mapping[str, Any]) -> Parts:
    """What could be made of the tables, with their places in the file."""

    def numbered(key: str) -> tuple[tuple[int, Any], ...]:
        return tuple((n, one) for n, one in enumerate(made[key]) if one is not None)

    return Parts(
        desk=made["desk"],
        agents=numbered("agents"),
        queues=numbered("queues"),
        rules=numbered("rules"),
        contacts=numbered("contacts"),
        calendars=tuple(calendar.name for _, calendar in numbered("calendars")),
    )


def _complete(made: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in made.items()}

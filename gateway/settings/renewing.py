"""What of an edited config can count at once, and what only after a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pydantic import BaseModel

from gateway.settings.faults import Place, spell
from gateway.settings.load import Loaded

# Listeners, connections and signatures were made from these when the daemon began.
_TABLES = ("database", "http", "log")
_OF_DESK = ("address", "secret", "previous_secrets", "reply_address", "keep_raw")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The config that counts from now on, and the keys whose edits wait for a restart."""

    loaded: Loaded
    restart: tuple[str, ...]


def renewed(
    old: Loaded, new: Loaded, renewable: Mapping[str, frozenset[str]] = MappingProxyType({})
) -> Renewed:
    """The new config, with what cannot change while the daemon runs as it was.

    ``renewable``: the keys of channels' tables that can, by the channel's name.
    """
    waiting = [
        *_differ_in(old.settings, new.settings, _TABLES, ()),
        *_differ_in(old.settings.desk, new.settings.desk, _OF_DESK, ("desk",)),
        *_sections(old, new, renewable),
    ]
    kept = {key: getattr(old.settings.desk, key) for key in _OF_DESK}
    desk = new.settings.desk.model_copy(update=kept)
    tables = {key: getattr(old.settings, key) for key in _TABLES}
    settings = new.settings.model_copy(update=tables | {"desk": desk})
    sections = {
        name: _renewed(section, new.sections.get(name), renewable.get(name, frozenset()))
        for name, section in old.sections.items()
    }
    loaded = dataclasses.replace(new, settings=settings, sections=sections)
    return Renewed(loaded=loaded, restart=tuple(dict.fromkeys(waiting)))


def _renewed(old: BaseModel, new: BaseModel | None, keys: frozenset[str]) -> BaseModel:
    """A channel's table as it was, but for these keys."""
    if new is None:
        return old
    return old.model_copy(update={key: getattr(new, key) for key in keys})


def _sections(old: Loaded, new: Loaded, renewable: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for name in dict.fromkeys((*old.sections, *new.sections)):
        before, after = old.sections.get(name), new.sections.get(name)
        if before is not None and after is not None:
            before = _renewed(before, after, renewable.get(name, frozenset()))
        yield from _differ(before, after, (name,))


def _differ_in(
    old: BaseModel, new: BaseModel, keys: tuple[str, ...], place: Place
) -> Iterator[str]:
    for key in keys:
        yield from _differ(getattr(old, key), getattr(new, key), (*place, key))


def _differ(old: object, new: object, place: Place) -> Iterator[str]:
    """The keys in which two values differ, as people write them; never the values."""
    if old == new:
        return
    if isinstance(old, BaseModel) and isinstance(new, BaseModel):
        yield from _differ_in(old, new, tuple(type(new).model_fields), place)
    else:
        yield spell(place)

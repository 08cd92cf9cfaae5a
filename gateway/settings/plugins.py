"""The channels that are installed, found by their folders; imported when they are asked for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import ModuleType

from pydantic import BaseModel


class Plugins(Mapping[str, type[BaseModel]]):
    """Channel name → model of its table, for `load`. ``package``: where the folders are.

    A folder with a ``plugin`` module is a channel of the folder's name.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    @cached_property
    def _names(self) -> tuple[str, ...]:
        found = pkgutil.iter_modules(importlib.import_module(self._package).__path__)
        return tuple(sorted(m.name for m in found if m.ispkg and self._has_plugin(m.name)))

    def _has_plugin(self, name: str) -> bool:
        package = importlib.util.find_spec(f"{self._package}.{name}")
        paths = package.submodule_search_locations if package else None
        return any(m.name == "plugin" for m in pkgutil.iter_modules(paths))

    def module(self, name: str) -> ModuleType:
        """The channel's plugin: ``name``, ``settings`` and ``build``. KeyError if there is none."""
        if name not in self._names:
            raise KeyError(name)
        return importlib.import_module(f"{self._package}.{name}.plugin")

    def __getitem__(self, name: str) -> type[BaseModel]:
        model: type[BaseModel] = self.module(name).settings
        return model

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

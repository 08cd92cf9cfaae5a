"""Faults between the tables of channels and the rest of the config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from gateway.settings.faults import Doubt
from gateway.settings.models import Settings
from gateway.settings.table import Table


def channel_doubts(
    settings: Settings | None, own: Mapping[str, BaseModel], data: Mapping[str, object]
) -> Iterator[Doubt]:
    """What a channel would need, and what would need a channel. ``data``: all that was written."""
    if settings is None:
        return
    yield from _told_by_nothing(settings, data)
    if settings.http is None:
        yield from _without_web(own)


def _told_by_nothing(settings: Settings, data: Mapping[str, object]) -> Iterator[Doubt]:
    for n, agent in enumerate(settings.agents):
        for way in agent.notify:
            if way != "email" and way not in data:
                yield Doubt(
                    place=("agents", n, "notify"),
                    found=f'found "{way}", which the desk does not use',
                    expected=f"a table [{way}]",
                )


def _without_web(own: Mapping[str, BaseModel]) -> Iterator[Doubt]:
    for name, table in own.items():
        key = table.needs_web if isinstance(table, Table) else ""
        if key:
            yield Doubt(
                place=(name, key),
                found="found it without the table [http]",
                expected="[http], by which the network reaches the desk",
            )

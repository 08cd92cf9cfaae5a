"""What of a batch of updates is taken in now, as what, and what waits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.channels.telegram.receiving.updates import Update, album_of, id_of, lane_of
from gateway.core.ports import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message: an update, or those of an ``album``. ``after``: what a late part belongs to."""

    updates: tuple[Update, ...]
    lane: str
    album: str = ""
    after: str = ""

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its updates."""
        return tuple(map(id_of, self.updates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of a batch.

    ``ready``: what can be taken in, by conversation, each in order. ``waiting``: albums, with how
    many parts of each are there, that may not be whole yet.
    """

    ready: tuple[tuple[Item, ...], ...]
    waiting: Mapping[str, int]


def plan(batch: Iterable[Update], known: Mapping[str, Note], quiet: Mapping[str, int]) -> Plan:
    """The messages of a batch.

    ``known`` are notes of albums that were taken in, or were about to be: exactly those parts are
    the album, others came late. ``quiet`` says of albums with how many parts they have not grown
    for a while. An album is whole, too, once something else follows it in its conversation.
    """
    lanes: dict[str, list[Item]] = {}
    for update in batch:
        lane = lane_of(update) or f"update:{id_of(update)}"
        _add(lanes.setdefault(lane, []), _item(update, known))
    waiting = {
        items[-1].album: len(items[-1].updates)
        for items in lanes.values()
        if _may_grow(items[-1], known, quiet)
    }
    ready = (tuple(items[:-1] if items[-1].album in waiting else items) for items in lanes.values())
    return Plan(ready=tuple(items for items in ready if items), waiting=waiting)


def _item(update: Update, known: Mapping[str, Note]) -> Item:
    album = album_of(update)
    note = known.get(album)
    lane = lane_of(update)
    if note is not None and id_of(update) not in note["parts"]:
        return Item(updates=(update,), lane=lane, after=str(note["first"]))
    return Item(updates=(update,), lane=lane, album=album)


def _add(items: list[Item], item: Item) -> None:
    """Parts of one album that follow each other are one message."""
    if item.album and items and items[-1].album == item.album:
        items[-1] = replace(items[-1], updates=(*items[-1].updates, *item.updates))
    else:
        items.append(item)


def _may_grow(item: Item, known: Mapping[str, Note], quiet: Mapping[str, int]) -> bool:
    if not item.album or item.album in known:
        return False
    return quiet.get(item.album) != len(item.updates)


def next_offset(batch: Sequence[Update], done: set[int], before: int) -> int:
    """The first id that is not taken in yet: all below it are acknowledged by asking from it."""
    left = [id_of(update) for update in batch if id_of(update) not in done]
    return min(left, default=max((before, *(id_of(u) + 1 for u in batch))))

"""Long texts in parts, cut where it hurts least: between paragraphs, lines, sentences, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gateway.core.frozen import replace
from gateway.core.richtext.pieces import Piece, Run

# Where a text may be cut, best first: the cut comes after what matches.
_CUTS = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[.!?…。！？][\"'”’)]*\s", r"\s")))
_AT_LEAST = 0.3  # of the room: a better cut is not taken where it leaves less than this


def split(
    pieces: Sequence[Piece],
    most: int,
    *,
    size: Callable[[str], int] = len,
    each: int = 2,
    at_most: int | None = None,
) -> tuple[tuple[Piece, ...], ...]:
    """The pieces in parts, none larger than ``most``; no words are lost, and no part is empty.

    ``size`` measures text as the network does, ``each`` is added for every piece, ``at_most`` is
    the largest number of pieces of a part.
    """
    parts: list[list[Piece]] = [[]]
    left = most
    for piece in (one for whole in pieces for one in cut(whole, most - each, size=size)):
        need = size(piece.text) + each
        if parts[-1] and (need > left or len(parts[-1]) == at_most):
            parts.append([])
            left = most
        parts[-1].append(piece)
        left -= need
    return tuple(tuple(part) for part in parts if part)


def cut(piece: Piece, most: int, *, size: Callable[[str], int] = len) -> tuple[Piece, ...]:
    """One piece in several of at most ``most``; only the first of an item keeps its number."""
    if size(piece.text) <= most:
        return (piece,)
    made, runs = [], piece.runs
    while runs:
        text = "".join(run.text for run in runs)
        at = len(text) if size(text) <= most else _place(text, most, size)
        first, runs = _at(runs, at)
        made.append(replace(piece, runs=first))
    return tuple(one for one in made if one.text)


def _place(text: str, most: int, size: Callable[[str], int]) -> int:
    """Where a text that is too long is cut, at least after its first character."""
    room = _fitting(text, most, size)
    for pattern in _CUTS:
        ends = [found.end() for found in pattern.finditer(text, 0, room)]
        if ends and ends[-1] >= room * _AT_LEAST:
            return ends[-1]
    return room


def _fitting(text: str, most: int, size: Callable[[str], int]) -> int:
    """How many characters fit, found by halving; at least one, so that there is an end."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def _at(runs: tuple[Run, ...], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Runs before and after so many characters."""
    before: list[Run] = []
    for index, run in enumerate(runs):
        if at < len(run.text):
            after = replace(run, text=run.text[at:])
            if at:
                before.append(replace(run, text=run.text[:at]))
            return tuple(before), (after, *runs[index + 1 :])
        before.append(run)
        at -= len(run.text)
    return tuple(before), ()

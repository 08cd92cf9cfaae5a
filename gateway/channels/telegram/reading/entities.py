"""Text and its entities, whose places Telegram counts in code units of UTF-16, as pieces."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gateway.channels.telegram.reading.fields import Table, tables, whole, words
from gateway.core.richtext import Piece, Run, Shape, Style, from_text
from gateway.core.richtext.reading import safe_link

_STYLES = {
    "bold": Style.BOLD,
    "italic": Style.ITALIC,
    "underline": Style.UNDERLINE,
    "strikethrough": Style.STRIKE,
    "code": Style.CODE,
}
_QUOTES = ("blockquote", "expandable_blockquote")
_MOST = 1_000  # entities that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity, with its place in code points."""

    start: int
    end: int
    type: str
    url: str = ""


def pieces_of(message: Table, text: str, entities: str) -> tuple[Piece, ...]:
    """What the fields of these names say, with its formatting."""
    said = words(message, text)
    found = _entities(said, tables(message, entities)[:_MOST])
    if not found:
        return from_text(said)
    made: list[Piece] = []
    for start, end, block in _stretches(said, found):
        made.extend(_shaped(said, start, end, block, found))
    return tuple(made)


def _entities(text: str, stored: Sequence[Table]) -> list[Entity]:
    places = _utf16_places(text)
    found = []
    for one in stored:
        offset, length = whole(one, "offset"), whole(one, "length")
        start, end = bisect_left(places, offset), bisect_left(places, offset + length)
        if offset >= 0 and start < end:
            url = _url(one, text[start:end])
            found.append(Entity(start=start, end=end, type=words(one, "type"), url=url))
    return found


def _utf16_places(text: str) -> list[int]:
    """Where each character, and the end, stands in code units of UTF-16."""
    places, at = [], 0
    for character in text:
        places.append(at)
        at += 2 if character > "\uffff" else 1
    return [*places, at]


def _url(entity: Table, shown: str) -> str:
    match words(entity, "type"):
        case "text_link":
            return safe_link(words(entity, "url"))
        case "url":
            return safe_link(shown if "://" in shown else f"https://{shown}")
        case "email":
            return safe_link(f"mailto:{shown}")
    return ""


def _stretches(text: str, found: list[Entity]) -> list[tuple[int, int, str]]:
    """Code, quotes and what is between them, in order: (start, end, "pre", "quote" or "")."""
    made, at = [], 0
    blocks = (e for e in found if e.type == "pre" or e.type in _QUOTES)
    for one in sorted(blocks, key=lambda e: (e.start, -e.end)):
        if one.start < at:
            continue  # it lies in the one before
        made += [(at, one.start, ""), (one.start, one.end, "pre" if one.type == "pre" else "quote")]
        at = one.end
    return [part for part in (*made, (at, len(text), "")) if text[part[0] : part[1]].strip()]


def _shaped(text: str, start: int, end: int, block: str, found: list[Entity]) -> list[Piece]:
    if block == "pre":
        return [Piece(runs=(Run(text=text[start:end].strip("\n")),), shape=Shape.CODE)]
    paragraphs = _paragraphs(_runs(text, start, end, found))
    return [replace(piece, quoted=True) for piece in paragraphs] if block else paragraphs


def _runs(text: str, start: int, end: int, found: list[Entity]) -> list[Run]:
    inside = [e for e in found if e.start < end and e.end > start]
    edges = {start, end, *(max(e.start, start) for e in inside), *(min(e.end, end) for e in inside)}
    return [_run(text, a, b, inside) for a, b in pairwise(sorted(edges))]


def _run(text: str, start: int, end: int, found: list[Entity]) -> Run:
    here = [e for e in found if e.start <= start and e.end >= end]
    return Run(
        text=text[start:end],
        styles=frozenset(_STYLES[e.type] for e in here if e.type in _STYLES),
        href=next((e.url for e in here if e.url), ""),
    )


def _paragraphs(runs: list[Run]) -> list[Piece]:
    """Runs cut at empty lines."""
    made: list[list[Run]] = [[]]
    for run in runs:
        first, *more = run.text.split("\n\n")
        made[-1].append(replace(run, text=first))
        made.extend([replace(run, text=part)] for part in more)
    return [piece for piece in map(_paragraph, made) if piece.text]


def _paragraph(runs: list[Run]) -> Piece:
    kept = [run for run in runs if run.text]
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip("\n"))
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return Piece(runs=tuple(kept))

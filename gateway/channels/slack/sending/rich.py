"""Pieces as Slack's rich text: no character of it is markup, so nothing can be forged in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from gateway.core.model import Party
from gateway.core.richtext import Piece, Run, Shape, Style, to_text

_STYLES = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.STRIKE: "strike",
    Style.CODE: "code",
}
_LINKED = ("http://", "https://", "mailto:")

Block = dict[str, Any]


def rich_text(pieces: Sequence[Piece]) -> Block:
    """A block with all of them."""
    elements: list[Block] = []
    groups = [(key, list(group)) for key, group in groupby(pieces, key=_sort)]
    for index, (_, group) in enumerate(groups):
        last = index == len(groups) - 1
        elements.extend(_elements(group, apart=not last))
    return {"type": "rich_text", "elements": elements}


def _sort(piece: Piece) -> tuple[object, ...]:
    """What stands together in one element."""
    if piece.quoted:
        return ("quote",)
    if piece.shape is Shape.ITEM:
        return ("list", piece.depth, piece.number is None)
    return (piece.shape,)


def _elements(group: list[Piece], *, apart: bool) -> Iterable[Block]:
    first = group[0]
    if first.quoted:
        yield {"type": "rich_text_quote", "elements": _quote(group)}
    elif first.shape is Shape.ITEM:
        yield _list(group)
    elif first.shape is Shape.CODE:
        for piece in group:
            yield {"type": "rich_text_preformatted", "elements": [_text(piece.text)]}
    else:
        yield {"type": "rich_text_section", "elements": _paragraphs(group, apart=apart)}


def _list(group: list[Piece]) -> Block:
    first = group[0]
    made: Block = {
        "type": "rich_text_list",
        "style": "bullet" if first.number is None else "ordered",
        "indent": first.depth,
        "elements": [{"type": "rich_text_section", "elements": _runs(p.runs)} for p in group],
    }
    if first.number is not None and first.number > 1:
        made["offset"] = first.number - 1
    return made


def _quote(group: list[Piece]) -> list[Block]:
    """A quote holds text alone: its lists are written out."""
    made: list[Block] = []
    for index, piece in enumerate(group):
        if index:
            made.append(_text("\n" if _sort_of_list(group[index - 1], piece) else "\n\n"))
        if piece.shape is Shape.ITEM:
            mark = f"{piece.number}. " if piece.number is not None else "• "
            made.append(_text("   " * piece.depth + mark))
        made.extend(_runs(piece.runs))
    return made


def _sort_of_list(before: Piece, piece: Piece) -> bool:
    return before.shape is Shape.ITEM and piece.shape is Shape.ITEM


def _paragraphs(group: list[Piece], *, apart: bool) -> list[Block]:
    """Paragraphs with an empty line between them, and before what follows."""
    made: list[Block] = []
    for index, piece in enumerate(group):
        if index:
            made.append(_text("\n\n"))
        made.extend(_runs(piece.runs))
    if apart:
        made.append(_text("\n"))
    return made


def _runs(runs: Iterable[Run]) -> list[Block]:
    return [_run(run) for run in runs if run.text]


def _run(run: Run) -> Block:
    if run.href.startswith(_LINKED):
        made: Block = {"type": "link", "url": run.href, "text": run.text}
    else:
        made = _text(run.text)
    style = {name: True for look, name in _STYLES.items() if look in run.styles}
    return made | ({"style": style} if style else {})


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def calling(people: Iterable[Party]) -> Block:
    """People who are called by a message: Slack tells them."""
    elements: list[Block] = []
    for person in people:
        elements += [{"type": "user", "user_id": person.address}, _text(" ")]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def escaped(text: str) -> str:
    """Text in which nothing is a mention, a link or an entity of Slack's."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fallback(pieces: Sequence[Piece], most: int = 3_500) -> str:
    """The same as plain text, for notifications and readers of the screen.

    Slack asks for 4 000 characters at most, and counts the escaped ones.
    """
    text = to_text(pieces)
    whole = escaped(text)
    return whole if len(whole) <= most else _cut(text, most - 1) + "…"


def _cut(text: str, most: int) -> str:
    """As much as fits when it is escaped, and never a part of what stands for one character."""
    kept, room = [], most
    for character in map(escaped, text):
        room -= len(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept)

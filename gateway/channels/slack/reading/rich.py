"""Slack's rich text (blocks of type rich_text), as pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.channels.slack.reading.context import Context
from gateway.channels.slack.reading.fields import Table, table, tables, whole, words
from gateway.core.richtext import Piece, Run, Shape, Style
from gateway.core.richtext.reading import safe_link

_STYLES = {
    "bold": Style.BOLD,
    "italic": Style.ITALIC,
    "strike": Style.STRIKE,
    "underline": Style.UNDERLINE,
    "code": Style.CODE,
}
_DEEPEST = 8


def pieces_of(block: Table, context: Context) -> tuple[Piece, ...]:
    """What a rich_text block says; unknown elements as far as they have words."""
    made: list[Piece] = []
    for element in tables(block, "elements"):
        made.extend(_element(element, context))
    return tuple(made)


def _element(element: Table, context: Context) -> Iterator[Piece]:
    kind = words(element, "type")
    if kind == "rich_text_list":
        yield from _list(element, context)
    elif kind == "rich_text_preformatted":
        yield from _one(element, context, Piece(runs=(), shape=Shape.CODE))
    elif kind == "rich_text_quote":
        yield from paragraphs(_runs(element, context), quoted=True)
    else:
        yield from paragraphs(_runs(element, context))


def _list(element: Table, context: Context) -> Iterator[Piece]:
    ordered = words(element, "style") == "ordered"
    quoted = whole(element, "border") == 1
    depth = min(whole(element, "indent") or 0, _DEEPEST)
    first = (whole(element, "offset") or 0) + 1
    for number, item in enumerate(tables(element, "elements"), first):
        like = Piece(
            runs=(),
            shape=Shape.ITEM,
            depth=depth,
            number=number if ordered else None,
            quoted=quoted,
        )
        yield from _one(item, context, like)


def _one(element: Table, context: Context, like: Piece) -> Iterator[Piece]:
    runs = tuple(_runs(element, context))
    if any(run.text.strip() for run in runs):
        yield replace(like, runs=runs)


def paragraphs(runs: Iterable[Run], *, quoted: bool = False) -> Iterator[Piece]:
    """Runs as paragraphs: people separate them by empty lines."""
    gathered: list[Run] = []
    for run in runs:
        first, *more = run.text.split("\n\n")
        gathered.append(replace(run, text=first))
        for text in more:
            yield from _paragraph(gathered, quoted=quoted)
            gathered = [replace(run, text=text)]
    yield from _paragraph(gathered, quoted=quoted)


def _paragraph(runs: list[Run], *, quoted: bool) -> Iterator[Piece]:
    kept = [run for run in runs if run.text]
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip("\n"))
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
        yield Piece(runs=tuple(kept), quoted=quoted)


def _runs(element: Table, context: Context) -> Iterator[Run]:
    for inner in tables(element, "elements"):
        style = table(inner, "style")
        text, href = _said(inner, context)
        if text:
            looks = frozenset(look for key, look in _STYLES.items() if style.get(key) is True)
            yield Run(text=text, styles=looks, href=href)


def _said(inner: Table, context: Context) -> tuple[str, str]:
    """The words of an element, and where they lead."""
    address = words(inner, "url")
    if words(inner, "type") == "link":
        return words(inner, "text") or address, safe_link(address)
    return _named(inner, context) or words(inner, "text") or words(inner, "value"), ""


def _named(inner: Table, context: Context) -> str:
    """How somebody or something that is named by its id is called."""
    match words(inner, "type"):
        case "user":
            return "@" + context.name(words(inner, "user_id"))
        case "channel":
            return "#" + context.channel_name(words(inner, "channel_id"))
        case "usergroup":
            return "@" + (words(inner, "usergroup_id") or "group")
        case "broadcast":
            return "@" + (words(inner, "range") or "here")
        case "emoji":
            return emoji(words(inner, "unicode"), words(inner, "name"))
        case "date":
            return words(inner, "fallback") or str(whole(inner, "timestamp") or "")
        case _:
            return ""


def emoji(points: str, name: str) -> str:
    """The emoji itself, where Slack says which it is ("1f3ab", "1f469-200d-1f4bb")."""
    try:
        return "".join(chr(int(point, 16)) for point in points.split("-") if point)[:16] or (
            f":{name}:" if name else ""
        )
    except (ValueError, OverflowError):
        return f":{name}:" if name else ""

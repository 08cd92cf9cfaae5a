"""From pieces to plain text, and to the simple HTML that readers of chats give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from gateway.core.richtext.pieces import Piece, Run, Shape, Style

_TAGS = (
    (Style.BOLD, "b"),
    (Style.ITALIC, "i"),
    (Style.STRIKE, "s"),
    (Style.UNDERLINE, "u"),
    (Style.CODE, "code"),
)


def to_text(pieces: Iterable[Piece]) -> str:
    """Readable as it is: items with "- ", links as ``label (address)``, quotes with "> "."""
    parts: list[str] = []
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            parts.append("\n" if _together(before, piece) else "\n\n")
        parts.append(_lines(piece))
        before = piece
    return "".join(parts)


def to_html(pieces: Sequence[Piece]) -> str:
    """The same as HTML: p, br, b, i, s, u, code, pre, a, ul, ol, li and blockquote alone."""
    made = []
    for quoted, group in groupby(pieces, key=lambda piece: piece.quoted):
        inside = _blocks(list(group))
        made.append(f"<blockquote>{inside}</blockquote>" if quoted else inside)
    return "".join(made)


def _together(before: Piece, piece: Piece) -> bool:
    """Items of one list stand line below line."""
    both = before.shape is Shape.ITEM and piece.shape is Shape.ITEM
    return both and before.quoted == piece.quoted


def _lines(piece: Piece) -> str:
    text = "".join(_shown(run) for run in piece.runs)
    if piece.shape is Shape.ITEM:
        mark = f"{piece.number}. " if piece.number is not None else "- "
        indent = "  " * piece.depth
        text = indent + mark + text.replace("\n", "\n" + indent + " " * len(mark))
    if piece.quoted:
        text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return text


def _shown(run: Run) -> str:
    bare = run.href.removeprefix("mailto:").removeprefix("tel:")
    if not run.href or run.text.strip() in (run.href, bare, run.href.rstrip("/")):
        return run.text
    return f"{run.text} ({bare})" if run.text.strip() else bare


def _blocks(pieces: list[Piece]) -> str:
    made: list[str] = []
    open_lists: list[str] = []
    for piece in pieces:
        if piece.shape is Shape.ITEM:
            made.append(_item(piece, open_lists))
            continue
        made.extend(_closing(open_lists, 0))
        inside = "".join(_run(run) for run in piece.runs)
        made.append(f"<pre>{inside}</pre>" if piece.shape is Shape.CODE else f"<p>{inside}</p>")
    made.extend(_closing(open_lists, 0))
    return "".join(made)


def _item(piece: Piece, open_lists: list[str]) -> str:
    """An item, with the lists that begin or end before it; they are left open."""
    tag = "ul" if piece.number is None else "ol"
    made = _closing(open_lists, piece.depth + 1)
    if len(open_lists) == piece.depth + 1 and open_lists[-1] != tag:
        made += _closing(open_lists, piece.depth)
    elif len(open_lists) == piece.depth + 1:
        made.append("</li>")
    while len(open_lists) <= piece.depth:
        deepest = len(open_lists) == piece.depth
        made.append(_opening(tag, piece.number if deepest else None) + ("" if deepest else "<li>"))
        open_lists.append(tag)
    return "".join(made) + "<li>" + "".join(_run(run) for run in piece.runs)


def _opening(tag: str, number: int | None) -> str:
    return f'<ol start="{number}">' if tag == "ol" and number not in (None, 1) else f"<{tag}>"


def _closing(open_lists: list[str], deep: int) -> list[str]:
    made = []
    while len(open_lists) > deep:
        made.append(f"</li></{open_lists.pop()}>")
    return made


def _run(run: Run) -> str:
    inside = escape(run.text, quote=False).replace("\n", "<br>")
    for style, tag in reversed(_TAGS):
        if style in run.styles:
            inside = f"<{tag}>{inside}</{tag}>"
    return f'<a href="{escape(run.href)}">{inside}</a>' if run.href else inside

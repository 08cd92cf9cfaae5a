"""The formatting of an agent's words, where their commands can be taken off it without a doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.commands import Parsed
from gateway.core.frozen import replace
from gateway.core.richtext import Piece, Run, Shape, from_html, to_html, to_text

_NAME = re.compile(r"\s*[#\uff03\ufe5f]\s*[^\s:]{1,40}:?[ \t]*")


def html_below(html: str | None, parsed: Parsed) -> str | None:
    """HTML of what stands below the commands of a message, made anew from what it shows.

    None where there is none, or where it does not say exactly what the words say that go out:
    whatever an agent wrote beside them must not go along hidden in it.
    """
    if not html:
        return None
    pieces = tuple(_below(from_html(html), len(parsed.commands)))
    if not pieces or _letters(to_text(pieces)) != _letters(parsed.rest):
        return None
    return to_html(pieces)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _below(pieces: tuple[Piece, ...], commands: int) -> Iterator[Piece]:
    """The pieces without the names, or the lines, of so many commands at their top."""
    for piece in pieces:
        left = piece
        if commands and piece.shape is Shape.PARAGRAPH:
            left, commands = _without_top(piece, commands)
        if left.text.strip():
            yield left


def _without_top(piece: Piece, commands: int) -> tuple[Piece, int]:
    while commands and (found := _NAME.match(piece.text)) is not None:
        line = piece.text.partition("\n")[0]
        words = line[found.end() :]
        # Only #note and #reply carry words of the answer; others have arguments on their line.
        takes_words = found[0].strip(" \t:#\uff03\ufe5f").lower() in ("note", "reply")
        cut = found.end() if words and takes_words else len(line) + 1
        piece, commands = replace(piece, runs=_from(piece.runs, cut)), commands - 1
    return piece, commands


def _from(runs: tuple[Run, ...], at: int) -> tuple[Run, ...]:
    """The runs from a character on."""
    left: list[Run] = []
    for run in runs:
        text = run.text[at:] if at > 0 else run.text
        at -= len(run.text)
        if text:
            left.append(replace(run, text=text))
    return tuple(left)

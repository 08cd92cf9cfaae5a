"""The nouns of rich text: runs of one look, in pieces of one shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a run of text looks."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    UNDERLINE = "underline"
    CODE = "code"


class Shape(StrEnum):
    """What a piece is."""

    PARAGRAPH = "paragraph"
    ITEM = "item"  # of a list
    CODE = "code"  # as it was typed, in letters of one width


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text of one look. ``href`` is where it leads: http, https, mailto or tel; empty: nowhere.

    ``text`` may hold line feeds.
    """

    text: str
    styles: frozenset[Style] = frozenset()
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One paragraph, item or block of code.

    ``depth`` is how many lists are around the list of an item; ``number`` is that of an item of an
    ordered list, from 1. ``quoted``: somebody else's words, shown as such.
    """

    runs: tuple[Run, ...]
    shape: Shape = Shape.PARAGRAPH
    depth: int = 0
    number: int | None = None
    quoted: bool = False

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(run.text for run in self.runs)

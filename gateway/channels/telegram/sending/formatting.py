"""Pieces as Telegram's text with entities: nothing in a text can ever be taken for markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from telegram import MessageEntity

from gateway.core.richtext import Piece, Run, Shape, Style, split

LONGEST = 4_096  # code units of UTF-16 in a text
LONGEST_CAPTION = 1_024
_EACH = 24  # at most, for what stands before a piece and between two
MOST_ENTITIES = 100  # those beyond are not looked at by Telegram
_STYLES = {
    Style.BOLD: MessageEntity.BOLD,
    Style.ITALIC: MessageEntity.ITALIC,
    Style.UNDERLINE: MessageEntity.UNDERLINE,
    Style.STRIKE: MessageEntity.STRIKETHROUGH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text, with its entities counted in code units of UTF-16."""

    text: str
    entities: tuple[MessageEntity, ...] = ()


def utf16(text: str) -> int:
    """How long Telegram says that a text is: what lies beyond the first plane counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def texts_of(pieces: Sequence[Piece], most: int = LONGEST) -> list[Text]:
    """Texts that each fit into one message, cut where it hurts least."""
    return [_text(part) for part in split(pieces, most, size=utf16, each=_EACH)]


def _text(pieces: Sequence[Piece]) -> Text:
    writer = _Writer()
    for quoted, group in groupby(pieces, key=lambda piece: piece.quoted):
        writer.add_group(list(group), quoted=quoted)
    return Text(text="".join(writer.said), entities=tuple(writer.entities[:MOST_ENTITIES]))


class _Writer:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.entities: list[MessageEntity] = []
        self._length = 0
        self._before: Piece | None = None

    def add_group(self, pieces: list[Piece], *, quoted: bool) -> None:
        """Pieces that are all quoted, or none of them."""
        self._gap(pieces[0])
        start = self._length
        for piece in pieces:
            if piece is not pieces[0]:
                self._gap(piece)
            self._add(piece)
        if quoted:
            self._mark(MessageEntity.BLOCKQUOTE, start)

    def _gap(self, piece: Piece) -> None:
        before, self._before = self._before, piece
        if before is not None:
            both = before.shape is Shape.ITEM and piece.shape is Shape.ITEM
            self._say("\n" if both and before.quoted == piece.quoted else "\n\n")

    def _add(self, piece: Piece) -> None:
        if piece.shape is Shape.CODE:
            start = self._length
            self._say(piece.text)
            self._mark(MessageEntity.PRE, start)
            return
        if piece.shape is Shape.ITEM:
            self._say("  " * piece.depth + (f"{piece.number}. " if piece.number else "• "))
        for run in piece.runs:
            self._add_run(run)

    def _add_run(self, run: Run) -> None:
        start = self._length
        self._say(run.text)
        if Style.CODE in run.styles:
            self._mark(MessageEntity.CODE, start)  # nothing else may be in it
            return
        for style in sorted(run.styles):
            self._mark(_STYLES[style], start)
        if run.href and run.text.strip():
            self._mark(MessageEntity.TEXT_LINK, start, url=run.href)

    def _mark(self, type: str, start: int, url: str | None = None) -> None:
        if self._length > start:
            length = self._length - start
            self.entities.append(MessageEntity(type, offset=start, length=length, url=url))

    def _say(self, text: str) -> None:
        self.said.append(text)
        self._length += utf16(text)


def line(text: str, style: Style | None = None) -> Piece:
    """One line of the desk's own."""
    return Piece(runs=(Run(text=text, styles=frozenset((style,)) if style else frozenset()),))


def shown(pieces: Iterable[Piece]) -> str:
    """Their words, for what is short and plain."""
    return " ".join(" ".join(piece.text.split()) for piece in pieces)

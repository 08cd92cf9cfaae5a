"""The words of a message, those of others shown as theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.channels.telegram.reading.context import person
from gateway.channels.telegram.reading.entities import pieces_of
from gateway.channels.telegram.reading.fields import Table, table, words
from gateway.channels.telegram.reading.things import things_of
from gateway.core.richtext import Piece, Run, to_html, to_text

_LONGEST_SUBJECT = 80
_FORWARDED = "↪ "  # stands before the name of who wrote it first


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What was said.

    ``text`` is readable as it is; ``html`` is there where it says more; ``full`` has what is quoted
    of others as well. ``title`` is what a subject can be made from.
    """

    text: str = ""
    html: str | None = None
    full: str = ""
    title: str = ""

    @classmethod
    def plain(cls, text: str) -> Wording:
        """Words and nothing else."""
        return cls(text=text, full=text, title=text)


def wording(messages: Sequence[Table]) -> Wording:
    """What a message says, or the parts of an album together."""
    own: list[Piece] = []
    for message in messages:
        said = _said(message)
        if said and said != tuple(own[-len(said) :]):  # a forwarded album repeats its caption
            own += said
    quoted = [_quoted(piece) for message in messages for piece in _cited(message)]
    return Wording(
        text=to_text(own),
        html=to_html(own) if any(map(_says_more, own)) else None,
        full=to_text((*quoted, *own)),
        title="\n".join(piece.text for piece in own if not _names_an_author(piece)),
    )


def _said(message: Table) -> tuple[Piece, ...]:
    own = (
        *pieces_of(message, "text", "entities"),
        *pieces_of(message, "caption", "caption_entities"),
        *things_of(message),
    )
    origin = table(message, "forward_origin")
    if not origin:
        return own
    return (Piece(runs=(Run(text=_FORWARDED + written_by(origin)),)), *map(_quoted, own))


def written_by(origin: Table) -> str:
    """Who wrote first what is forwarded."""
    chat = table(origin, "sender_chat") or table(origin, "chat")
    named = person(table(origin, "sender_user")).name or words(origin, "sender_user_name")
    return (named or words(chat, "title") or words(origin, "author_signature") or "?")[:100]


def _cited(message: Table) -> tuple[Piece, ...]:
    """What of another message it answers, as the author marked it."""
    return pieces_of(table(message, "quote"), "text", "entities")


def _names_an_author(piece: Piece) -> bool:
    return piece.text.startswith(_FORWARDED)


def _quoted(piece: Piece) -> Piece:
    return replace(piece, quoted=True)


def _says_more(piece: Piece) -> bool:
    return piece != Piece(runs=piece.runs) or any(r.styles or r.href for r in piece.runs)


def subject_of(text: str) -> str:
    """The first line with words, at most 80 characters, cut at a word; commands are not words."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    line = next((one for one in lines if one and not one.startswith("#")), "")
    if len(line) <= _LONGEST_SUBJECT:
        return line
    short = line[: _LONGEST_SUBJECT - 1]
    cut = short.rpartition(" ")[0]
    return (cut if len(cut) > _LONGEST_SUBJECT // 2 else short).rstrip(" ,;:-") + "…"

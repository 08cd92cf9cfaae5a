"""What is said in one outgoing message, as pieces: blocks of the document, notes about files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import MessageEntity, User

from gateway.channels.telegram.sending.files import Packed, pack
from gateway.channels.telegram.sending.formatting import Text, line, texts_of, utf16
from gateway.channels.telegram.sending.inert import inert
from gateway.channels.telegram.sending.words import words_for
from gateway.core.documents import Block
from gateway.core.model import Party
from gateway.core.ports import Outbound
from gateway.core.richtext import Piece, Run, Style, from_html, from_text

CARD = "card"
# What is said to people outside, or below a card, begins at once; all else says what it is about.
_UNTITLED = frozenset(
    "confirmation answer waiting resolved still_open welcome overview heard link_code help said"
    " happened late_file".split()
)
# The desk's own words, or an agent's, in the private chat of whom they are for.
_LIVE = frozenset(
    "confirmation answer waiting resolved still_open welcome overview heard link_code help"
    " late_file".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Texts in order, and the files, packed as Telegram takes them."""

    texts: tuple[Text, ...]
    files: tuple[Packed, ...] = ()


def content_of(outbound: Outbound, *, titled: bool) -> Content:
    """All of what is said. ``titled``: the subject is said where the kind has one."""
    packed = pack(outbound.attachments)
    pieces = [
        *_title(outbound, titled=titled),
        *(piece for block in outbound.document.blocks for piece in _block(block)),
        *_left_out(packed.too_large, outbound.language),
    ]
    texts = texts_of(pieces)
    if outbound.kind not in _LIVE:
        texts = [inert(text) for text in texts]
    if outbound.mentions:
        texts = _called(outbound.mentions, texts)
    return Content(texts=tuple(texts), files=packed.groups)


def _title(outbound: Outbound, *, titled: bool) -> list[Piece]:
    wanted = outbound.kind == CARD or (titled and outbound.kind not in _UNTITLED)
    subject = " ".join(outbound.document.subject.split())
    return [line(subject, Style.BOLD)] if wanted and subject else []


def _block(block: Block) -> tuple[Piece, ...]:
    match block.kind:
        case "mark":
            return ()  # it is for mail clients, which quote
        case "facts":
            return _facts(block.text)
        case "quote":
            return tuple(replace(piece, quoted=True) for piece in from_text(block.text))
    return (from_html(block.html) if block.html else ()) or from_text(block.text)


def _facts(text: str) -> tuple[Piece, ...]:
    """One paragraph of lines, their names in bold."""
    runs: list[Run] = []
    for row in filter(str.strip, text.splitlines()):
        name, colon, value = row.partition(": ")
        if runs:
            runs.append(Run(text="\n"))
        if colon:
            runs += [Run(text=name + ":", styles=frozenset((Style.BOLD,))), Run(text=" " + value)]
        else:
            runs.append(Run(text=row))
    return (Piece(runs=tuple(run for run in runs if run.text)),) if runs else ()


def _left_out(names: Sequence[str], language: str) -> list[Piece]:
    words = words_for(language)
    return [line(words["file_too_large"].format(name=name)) for name in names]


def _called(people: Sequence[Party], texts: Sequence[Text]) -> list[Text]:
    """With the people's names before the first text, so that Telegram calls them."""
    said, entities = "", []
    for person in people:
        if not person.address.isdecimal():
            continue
        said += ", " if said else ""
        user = User(id=int(person.address), first_name=person.shown, is_bot=False)
        entities.append(
            MessageEntity(MessageEntity.TEXT_MENTION, utf16(said), utf16(person.shown), user=user)
        )
        said += person.shown
    if not said:
        return list(texts)
    first = texts[0] if texts else Text(text="")
    said += "\n" if first.text else ""
    if utf16(said + first.text) > 4_096:
        return [Text(text=said.strip(), entities=tuple(entities)), *texts]
    moved = MessageEntity.shift_entities(utf16(said), first.entities)
    return [Text(text=said + first.text, entities=(*entities, *moved)), *texts[1:]]

"""What is said, as the messages that Slack takes: cut at its limits where it hurts least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.channels.slack.sending.buttons import buttons, plain
from gateway.channels.slack.sending.faces import Face
from gateway.channels.slack.sending.rich import calling, escaped, fallback, rich_text
from gateway.core.documents import Block as Said
from gateway.core.documents import Document
from gateway.core.ports import Outbound
from gateway.core.richtext import Piece, Run, Shape, Style, from_html, from_text, split

_OF_A_BLOCK = 2_900  # characters of rich text; Slack's sections hold 3 000
_PIECES = 60  # of a block
_BLOCKS = 4  # blocks of rich text in a message: more than 13 200 characters are refused
_HEADER = 150

CARD = "card"
# What is about no request of somebody's begins at once.
_UNTITLED = frozenset("welcome overview heard link_code help".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message: its blocks, and the same in plain words."""

    text: str
    blocks: list[dict[str, Any]]


def posts_of(outbound: Outbound, *, titled: bool, face: Face | None = None) -> list[Post]:
    """The messages of something said. ``titled``: it begins a conversation, so it has a title."""
    if outbound.kind == CARD:
        return [_card(outbound, face)]
    pieces = list(pieces_of(outbound.document))
    if titled and outbound.document.subject and outbound.kind not in _UNTITLED:
        pieces.insert(0, _bold(outbound.document.subject))
    parts = split(pieces, _OF_A_BLOCK, at_most=_PIECES) or ((_line("…"),),)
    posts = [_post(parts[at : at + _BLOCKS]) for at in range(0, len(parts), _BLOCKS)]
    if face is not None:
        posts[0] = replace(posts[0], blocks=[face.block(), *posts[0].blocks])
    if outbound.mentions:
        posts[0] = _called(posts[0], outbound)
    posts[-1] = replace(posts[-1], blocks=posts[-1].blocks + buttons(outbound.actions))
    return posts


def _post(parts: tuple[tuple[Piece, ...], ...]) -> Post:
    every = [piece for part in parts for piece in part]
    return Post(text=fallback(every), blocks=[rich_text(part) for part in parts])


def _called(post: Post, outbound: Outbound) -> Post:
    named = " ".join(f"<@{person.address}>" for person in outbound.mentions)
    blocks = [calling(outbound.mentions), *post.blocks]
    return Post(text=f"{named} {post.text}", blocks=blocks)


def _card(outbound: Outbound, face: Face | None) -> Post:
    """One message whatever is in it: a card is edited in place."""
    document = outbound.document
    header = {"type": "header", "text": plain(document.subject, _HEADER)}
    parts = split(list(pieces_of(document)), _OF_A_BLOCK, at_most=_PIECES)[:2]
    above = [header, face.block()] if face is not None else [header]
    blocks = [*above, *(rich_text(part) for part in parts), *buttons(outbound.actions)]
    return Post(text=escaped(document.subject), blocks=blocks)


def pieces_of(document: Document) -> Iterator[Piece]:
    """The words of a document. A mark of where a mail's history begins has no use here."""
    for block in document.blocks:
        if block.kind == "facts":
            yield from _facts(block)
        elif block.kind != "mark":
            pieces = from_html(block.html) if block.html else ()
            for piece in pieces or from_text(block.text):
                yield replace(piece, quoted=True) if block.kind == "quote" else piece


def _facts(block: Said) -> Iterator[Piece]:
    runs: list[Run] = []
    for line in block.text.splitlines():
        name, colon, value = line.partition(": ")
        if runs:
            runs.append(Run(text="\n"))
        if colon:
            runs += [Run(text=name + ":", styles=frozenset({Style.BOLD})), Run(text=" " + value)]
        else:
            runs.append(Run(text=line))
    if any(run.text.strip() for run in runs):
        yield Piece(runs=tuple(runs))


def _bold(text: str) -> Piece:
    return Piece(runs=(Run(text=text, styles=frozenset({Style.BOLD})),), shape=Shape.PARAGRAPH)


def _line(text: str) -> Piece:
    return Piece(runs=(Run(text=text),))

"""The words of a message: its rich text where there is some, else its mrkdwn, and what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway.channels.slack.reading import mrkdwn, rich
from gateway.channels.slack.reading.context import Context
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.core.richtext import Piece, Run, to_html, to_text

_MOST_SHOWN = 20  # attachments of a message whose words are taken
_LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``text`` is readable as it is; ``html`` is there where it says more."""

    text: str
    html: str | None


def wording(message: Table, context: Context) -> Wording:
    """What a message says; the mention of the desk at its beginning is no part of that."""
    own = without_call(_own(message, context), context)
    return _worded((*own, *_shared(message, context)))


def calls(message: Table, context: Context) -> bool:
    """Whether it mentions the desk."""
    return bool(context.me) and f"<@{context.me}" in words(message, "text")


def subject_of(text: str) -> str:
    """The first line with words, at most 80 characters, cut at a word; commands are not words."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    line = next((one for one in lines if one and not one.startswith("#")), "")
    if len(line) <= _LONGEST_SUBJECT:
        return line
    short = line[: _LONGEST_SUBJECT - 1]
    cut = short if line[len(short)] == " " else short.rpartition(" ")[0]
    return (cut if len(cut) > _LONGEST_SUBJECT // 2 else short).rstrip(" ,;:-") + "…"


def _worded(pieces: tuple[Piece, ...]) -> Wording:
    says_more = any(
        piece != Piece(runs=piece.runs) or any(run.styles or run.href for run in piece.runs)
        for piece in pieces
    )
    return Wording(text=to_text(pieces), html=to_html(pieces) if says_more else None)


def _own(message: Table, context: Context) -> tuple[Piece, ...]:
    rich_blocks = [b for b in tables(message, "blocks") if words(b, "type") == "rich_text"]
    if rich_blocks:
        return tuple(piece for block in rich_blocks for piece in rich.pieces_of(block, context))
    if words(message, "text"):
        return mrkdwn.pieces_of(words(message, "text"), context)
    return _of_blocks(message, context)


def _of_blocks(message: Table, context: Context) -> tuple[Piece, ...]:
    """What other blocks say, as apps post them."""
    made: list[Piece] = []
    for block in tables(message, "blocks"):
        for part in (table(block, "text"), *tables(block, "fields"), *tables(block, "elements")):
            text = words(part, "text")
            if text and words(part, "type") in ("mrkdwn", "plain_text"):
                made.extend(mrkdwn.pieces_of(text, context))
    return tuple(made)


def _shared(message: Table, context: Context) -> tuple[Piece, ...]:
    """Messages that were shared in it, and cards of apps: quoted. What a link shows is not said."""
    made: list[Piece] = []
    for shown in tables(message, "attachments")[:_MOST_SHOWN]:
        if (
            words(shown, "from_url")
            and not shown.get("is_share")
            and not shown.get("is_msg_unfurl")
        ):
            continue
        inside = next((table(b, "message") for b in tables(shown, "message_blocks")), {})
        pieces = _own(inside, context) or mrkdwn.pieces_of(_card(shown), context)
        author = words(shown, "author_name") or words(shown, "author_subname")
        head = (Piece(runs=(Run(text=f"{author}:"),)),) if author and pieces else ()
        made.extend(replace(piece, quoted=True) for piece in (*head, *pieces))
    return tuple(made)


def _card(shown: Table) -> str:
    parts = [words(shown, key) for key in ("pretext", "title", "text")]
    said = "\n".join(part for part in parts if part)
    return said or words(shown, "fallback")


def without_call(pieces: tuple[Piece, ...], context: Context) -> tuple[Piece, ...]:
    """Without the mention of the desk that the words begin with."""
    if not pieces or not context.me:
        return pieces
    first, *rest = pieces
    call = "@" + context.name(context.me)
    runs = list(first.runs)
    while runs and not runs[0].text.strip():
        runs.pop(0)
    if not runs or not runs[0].text.lstrip().startswith(call):
        return pieces
    left = runs[0].text.lstrip().removeprefix(call)
    runs[0] = replace(runs[0], text=left)
    if not left.strip():
        runs.pop(0)
    if not runs:
        return tuple(rest)
    runs[0] = replace(runs[0], text=re.sub(r"^[\s:,]+", "", runs[0].text))
    kept = tuple(run for run in runs if run.text)
    return (replace(first, runs=kept), *rest) if kept else tuple(rest)

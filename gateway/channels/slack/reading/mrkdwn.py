"""Slack's mrkdwn, which apps write and which stands beside rich text, as pieces.

Takes time in proportion to the text: every pattern is bounded, and none looks back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.channels.slack.reading.context import Context
from gateway.channels.slack.reading.rich import paragraphs
from gateway.core.richtext import Piece, Run, Shape, Style
from gateway.core.richtext.reading import safe_link

_FENCE = "```"
_TOKEN = re.compile(
    r"<(?P<inside>[^<>\n]{1,4000})>"
    r"|(?<!\w)(?P<mark>[*_~])(?P<words>\S|\S[^*_~<>\n]{0,1000}?\S)(?P=mark)(?!\w)"
    r"|`(?P<code>[^`\n]{1,1000})`"
)
_LOOKS = {"*": Style.BOLD, "_": Style.ITALIC, "~": Style.STRIKE}


def pieces_of(text: str, context: Context) -> tuple[Piece, ...]:
    """What mrkdwn says."""
    made: list[Piece] = []
    for index, part in enumerate(text.split(_FENCE)):
        if index % 2:
            if part.strip():
                made.append(Piece(runs=(Run(text=plain(part.strip("\n"))),), shape=Shape.CODE))
            continue
        made.extend(_quoted_or_not(part, context))
    return tuple(made)


def plain(text: str) -> str:
    """Text as Slack escaped it, unescaped."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quoted_or_not(text: str, context: Context) -> Iterator[Piece]:
    lines: list[str] = []
    quoted = False
    for line in text.split("\n"):
        now = line.startswith("&gt;")
        if now != quoted and lines:
            yield from paragraphs(_inline("\n".join(lines), context), quoted=quoted)
            lines = []
        quoted = now
        lines.append(line.removeprefix("&gt;").removeprefix(" ") if now else line)
    yield from paragraphs(_inline("\n".join(lines), context), quoted=quoted)


def _inline(text: str, context: Context) -> Iterator[Run]:
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield Run(text=plain(text[at : found.start()]))
        at = found.end()
        if found["inside"] is not None:
            yield _angled(found["inside"], context)
        elif found["code"] is not None:
            yield Run(text=plain(found["code"]), styles=frozenset({Style.CODE}))
        else:
            looks = frozenset({_LOOKS[found["mark"]]})
            yield Run(text=plain(found["words"]), styles=looks)
    if at < len(text):
        yield Run(text=plain(text[at:]))


def _angled(inside: str, context: Context) -> Run:
    """``<@U1|name>``, ``<#C1|name>``, ``<!here>``, ``<https://…|label>``."""
    what, _, label = inside.partition("|")
    if what.startswith("@"):
        known = context.name(what[1:])
        return Run(text="@" + (plain(label).lstrip("@") if known == what[1:] and label else known))
    if what.startswith("#"):
        return Run(text="#" + (plain(label) or context.channel_name(what[1:])))
    if what.startswith("!"):
        return Run(text=plain(label) or "@" + what[1:].partition("^")[0])
    address = plain(what)
    return Run(text=plain(label) or address.removeprefix("mailto:"), href=safe_link(address))

"""From all the words of a mail to those that its author wrote."""

from __future__ import annotations

import re

from gateway.channels.email.reading.farewells import is_greeting
from gateway.channels.email.reading.quotes import OURS, without_quotes
from gateway.channels.email.reading.signatures import (
    without_banner,
    without_list_footer,
    without_marked_signature,
    without_signature,
)
from gateway.channels.email.reading.signs import ATTRIBUTION, BETWEEN, HISTORY
from gateway.channels.email.reading.signs import HIDDEN_BEGINS as BEGINS
from gateway.channels.email.reading.signs import HIDDEN_ENDS as ENDS

_HIDDEN = re.compile(f"{BEGINS}[^{BEGINS}{ENDS}]*+(?:{ENDS}|\\Z)")
_OF_HIDING = dict.fromkeys(map(ord, f"{BEGINS}{ENDS}"))
_MANY_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")
# What is longer is no letter: it stays whole, but for what follows our own mark.
LONGEST = 1_000_000
_MOST_LINES = 50_000
_SIGNS = re.compile(f"[{ATTRIBUTION}{HISTORY}{BETWEEN}{BEGINS}{ENDS}]")


def written(full_text: str, *, forward: bool = False) -> str:
    """The text without quoted history, signature and banners.

    Empty only if all of it is quoted. ``forward``: what is quoted was passed on on purpose.
    """
    if len(full_text) > LONGEST or full_text.count("\n") > _MOST_LINES:
        return shown(_above_our_mark(full_text))
    unsigned = without_marked_signature(full_text)
    own = _own(unsigned, forward=forward)
    if unsigned != full_text and (not own.strip() or is_greeting(own)):
        own = _own(full_text, forward=forward)  # somebody wrote into their signature
    return own


def _own(full_text: str, *, forward: bool) -> str:
    kept = without_quotes(without_list_footer(full_text), forward=forward)
    own = shown(kept.text).strip("\n")
    if not own.strip():
        return "" if kept.quoted else shown(full_text).strip()
    return without_banner(without_signature(own)).strip("\n").rstrip() or own


def shown(text: str) -> str:
    """The text without the signs that only this package puts in."""
    return text if text.isascii() else _SIGNS.sub("", text)


def seen(text: str) -> str:
    """The text without what a person cannot see; all of it, if there is nothing else."""
    if BEGINS not in text:
        return text
    left = _MANY_BLANK_LINES.sub("\n\n\n", _HIDDEN.sub("", text)).strip("\n")
    return left if left.strip() else text.translate(_OF_HIDING)


def _above_our_mark(text: str) -> str:
    position = text.find("##")
    while position >= 0:
        begin = text.rfind("\n", max(0, position - 50), position) + 1
        end = text.find("\n", position)
        if OURS.match(text[begin : end if end >= 0 else len(text)][:500]):
            return text[:begin].rstrip()
        position = text.find("##", position + 2)
    return text

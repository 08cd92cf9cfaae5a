"""From all the words of a mail to those that its author wrote."""

from __future__ import annotations

from gateway.channels.email.reading.html.to_text import ATTRIBUTION
from gateway.channels.email.reading.quotes import OURS, without_quotes
from gateway.channels.email.reading.signatures import (
    without_banner,
    without_list_footer,
    without_signature,
)

# What is longer is no letter: it stays whole, but for what follows our own mark.
LONGEST = 1_000_000
_MOST_LINES = 50_000


def written(full_text: str, *, forward: bool = False) -> str:
    """The text without quoted history, signature and banners.

    Empty only if all of it is quoted. ``forward``: what is quoted was passed on on purpose.
    """
    if len(full_text) > LONGEST or full_text.count("\n") > _MOST_LINES:
        return _above_our_mark(full_text)
    kept = without_quotes(without_list_footer(full_text), forward=forward)
    own = kept.text.strip("\n")
    if not own.strip():
        return "" if kept.quoted else full_text.strip()
    return shown(without_banner(without_signature(own)).strip("\n").rstrip()) or own


def shown(text: str) -> str:
    """The text without the signs that only this package puts in."""
    return text.replace(ATTRIBUTION, "") if ATTRIBUTION in text else text


def _above_our_mark(text: str) -> str:
    position = text.find("##- ")
    while position >= 0:
        begin = text.rfind("\n", max(0, position - 50), position) + 1
        end = text.find("\n", position)
        if OURS.match(text[begin : end if end >= 0 else len(text)][:500]):
            return text[:begin].rstrip()
        position = text.find("##- ", position + 4)
    return text

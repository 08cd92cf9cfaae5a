"""Short facts made safe to stand in a line, and phrases filled with them."""

from __future__ import annotations

import re

# Line breaks of every kind, what moves the cursor or turns the writing direction, lone surrogates.
_BREAKS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_RUNS = re.compile(r"\s{2,}")
NAME = re.compile(r"\{(\w+)\}")
MOST = 500  # characters of a short fact


def clean(text: str) -> str:
    """Text on one line: each run of control characters and line breaks is one space."""
    return text if text.isprintable() else _BREAKS.sub(" ", text)


def one_line(value: object, limit: int = MOST) -> str:
    """A fact as one line without double spaces, cut with an ellipsis after ``limit`` characters."""
    text = str(value)
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    # A fact may be a whole message; what is cut off anyway need not be looked at.
    text = _RUNS.sub(" ", clean(text[: limit * 4])).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def unmarked(text: str) -> str:
    """Text in which nothing can be taken for the mark of a notice."""
    return text.replace("##-", "## -").replace("-##", "- ##") if "##" in text else text


def fill(phrase: str, **values: object) -> str:
    """A phrase with its ``{names}`` replaced, all at once: a value is never looked into."""
    if "{" not in phrase:
        return phrase
    return NAME.sub(lambda found: str(values.get(found[1], found[0])), phrase)


def person(name: str, address: str, *, limit: int = 150) -> str:
    """``Ada Byron <ada@example.org>``, or what there is of it, at most ``limit`` characters."""
    short = one_line(name, limit // 2).replace("<", "").replace(">", "").strip()
    where = one_line(address, limit - len(short) - 3 if short else limit)
    if not where or not short or short == where:
        return short or where
    return f"{short} <{where}>"

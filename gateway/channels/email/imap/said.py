"""What a server said, made fit for a log and a terminal."""

from __future__ import annotations

import re

_MARKS = re.compile(r" failed: |command error: (?:BAD|NO) ")
_LONGEST = 200
_TEMPORARY = ("UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT")  # RFC 5530, section 3


def in_words(text: str) -> str:
    """One short line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def refusal_of(error: BaseException) -> str | None:
    """What the server said with its NO or BAD; None if it answered something else.

    imaplib and imapclient raise one exception for this and for a stream that they lost track of.
    """
    said = str(error)
    mark = _MARKS.search(said)
    if mark is None:
        return None
    text = said[mark.end() :].strip()
    bare = re.fullmatch(r"\[b(['\"])(.*)\1\]", text, re.DOTALL)
    return in_words(bare[2] if bare else text.removeprefix("b'").rstrip("'"))


def passes(words: str) -> bool:
    """Whether a refusal is one that passes by itself, as its code says (RFC 5530)."""
    return any(f"[{code}" in words.upper() for code in _TEMPORARY)

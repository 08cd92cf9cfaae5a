"""Delimiter lines of a multipart (RFC 2046, section 5.1.1), found in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gateway.channels.email.pieces import find

# Lines that only begin like a delimiter, before a pattern is compiled to pass over the others.
_MOST_NEAR_MISSES = 200
_AFTER_MARK = re.compile(rb"(--)?[ \t]*+(?=(\r?\n|\r|\Z))")


class Delimiter(NamedTuple):
    """A line that is the mark: where it begins, where the next one does; whether it ends all."""

    at: int
    after: int
    last: bool


def delimiters(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[Delimiter]:
    """The delimiter lines within ``raw[start:end]``; ``start`` is where a line begins."""
    mark = b"--" + boundary
    misses, at = 0, find(raw, mark, start, end)
    while at >= 0 and misses < _MOST_NEAR_MISSES:
        after = at + len(mark)
        rest = _AFTER_MARK.match(raw, after, end) if at == 0 or raw[at - 1] == 0x0A else None
        if rest is not None:
            yield _delimiter(at, rest)
        misses += rest is None
        at = find(raw, mark, after, end)
    if at >= 0:
        yield from _by_pattern(raw, at, end, mark)


def _by_pattern(raw: bytes, start: int, end: int, mark: bytes) -> Iterator[Delimiter]:
    """The same, for many lines that only begin like the mark: none of them is looked at here."""
    pattern = re.compile(rb"\n" + re.escape(mark) + _AFTER_MARK.pattern)
    for match in pattern.finditer(raw, max(start - 1, 0), end):
        yield _delimiter(match.start() + 1, match)


def _delimiter(at: int, match: re.Match[bytes]) -> Delimiter:
    return Delimiter(at=at, after=match.end(2), last=match[1] is not None)

"""The header block of a message or a part, found and cut up in one pass over the octets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gateway.channels.email.reading.words import header_text

_BLANK = re.compile(rb"\n\r?\n")
# A field's name (RFC 5322, section 2.2) and its value with the folded lines.
_FIELD = re.compile(rb"^([!-9;-~]++)[ \t]*+:((?>(?:[^\n]*+\n(?=[ \t]))*)[^\n]*+)\n?", re.MULTILINE)
_KNOWN = re.compile(
    rb"(?i)(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|x-[!-9;-~]+"
    rb"|references|in-reply-to|reply-to|return-path|sender|list-[a-z]+|precedence|delivered-to)$"
)
_MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\n]*\n")
_LARGEST = 2 * 1024 * 1024
_MOST_FIELDS = 10_000
_USUAL = 60  # octets of a field's name


class Headers:
    """The fields of one header block, in order, raw; names without case.

    ``charset`` is that of the body, once known: for 8-bit octets in fields.
    """

    __slots__ = ("_named", "charset", "defects", "fields")

    def __init__(self, fields: list[tuple[str, bytes]], defects: tuple[str, ...] = ()) -> None:
        self.fields = fields
        self.defects = defects
        self.charset: str | None = None
        self._named: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._named.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def names(self) -> list[str]:
        """Every name, once, in the order in which they come."""
        return list(self._named)

    def raw(self, name: str) -> bytes:
        """The topmost field of that (lower-case) name, folds and all; empty if none."""
        return self._named[name][0] if name in self._named else b""

    def every(self, name: str) -> Sequence[bytes]:
        """All fields of that name, topmost first."""
        return self._named.get(name, ())

    def text(self, name: str) -> str:
        """The topmost field of that name, decoded, on one line."""
        value = self.raw(name)
        return header_text(value, self.charset) if value else ""

    def token(self, name: str) -> str:
        """A field whose value is a keyword: lower case, comments and parameters left out."""
        value = self.raw(name)[:200].decode("ascii", "replace")
        return value.split(";")[0].split("(")[0].strip().lower()


def read_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers of ``raw[start:end]``, and where the body begins."""
    start = _after_preliminaries(raw, start, end)
    if raw[start : start + 1] in (b"\n", b"\r"):
        return Headers([]), _after_blank(raw, start, end)
    blank = _BLANK.search(raw, start, end)
    stop, body = (blank.start() + 1, blank.end()) if blank else (end, end)
    fields, stopped, defects = _fields(raw, start, stop)
    if stopped is not None:
        body = stopped
    return Headers(fields, defects), body


def _after_preliminaries(raw: bytes, start: int, end: int) -> int:
    """Past the ``From `` line of a mailbox file and a byte order mark."""
    if raw.startswith(b"\xef\xbb\xbf", start, end):
        start += 3
    match = _MBOX_LINE.match(raw, start, end)
    return match.end() if match else start


def _after_blank(raw: bytes, start: int, end: int) -> int:
    position = raw.find(b"\n", start, min(end, start + 2))
    return start if position < 0 else position + 1


def _fields(
    raw: bytes, start: int, stop: int
) -> tuple[list[tuple[str, bytes]], int | None, tuple[str, ...]]:
    """Fields, where the body begins if no blank line says so, and what was wrong."""
    found: list[tuple[str, bytes]] = []
    defects: tuple[str, ...] = ()
    position, limit = start, min(stop, start + _LARGEST)
    for match in _FIELD.finditer(raw, start, limit):
        if match.start() > position and not _goes_on(match):
            return found, position, ("a line among the headers is none: body assumed",)
        if match.start() > position:
            defects = ("lines among the headers that are none",)
        name, value = match.group(1, 2)
        found.append((_name(name), value.strip()))
        position = match.end()
        if len(found) >= _MOST_FIELDS:
            return found, None, (*defects, f"more than {_MOST_FIELDS} header fields")
    if limit < stop and found:
        return found, None, (*defects, "more than 2 MB of headers")
    if position < stop and raw[position:stop].strip():
        return found, position, ("a line among the headers is none: body assumed",)
    return found, None, defects


def _name(octets: bytes) -> str:
    return _usual_name(octets) if len(octets) <= _USUAL else octets.decode("ascii").lower()


@lru_cache(maxsize=512)  # a mail has twenty to forty fields, mostly of the same names
def _usual_name(octets: bytes) -> str:
    return octets.decode("ascii").lower()


def _goes_on(match: re.Match[bytes]) -> bool:
    """Whether a field after a line that is none belongs to the headers all the same."""
    return _KNOWN.match(match[1]) is not None

"""The tree of parts of a message (RFC 2046), as spans of its octets: nothing is copied."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.channels.email.pieces import cut
from gateway.channels.email.reading.delimiters import delimiters
from gateway.channels.email.reading.headers import Headers, read_headers
from gateway.channels.email.reading.params import media_type, split_value
from gateway.channels.email.reading.secured import smime
from gateway.channels.email.reading.transfer import decoded

DEEPEST = 50
MOST_PARTS = 2_000
# Each level of nesting looks through its span again: what all levels may look through.
_SEARCHED = 10
_SEARCHED_AT_LEAST = 32 * 1024 * 1024
# Parts that have to be copied before they can be divided: signed or encoded as a whole.
_MOST_COPIES = 2
_GUESS = re.compile(rb"(?m)^--([^\s][^\r\n]{0,199})\r?\nContent-[A-Za-z-]+:")
_ENCODING = re.compile(r"[a-z0-9-]+")


@dataclass(slots=True, kw_only=True)
class Part:
    """One part: its headers, and its body as ``raw[start:end]``.

    ``type`` is the MIME type in lower case. ``children`` are the parts of a multipart.
    """

    raw: bytes = field(repr=False)
    headers: Headers = field(repr=False)
    start: int
    end: int
    type: str
    params: dict[str, str]
    begin: int = 0
    children: list[Part] = field(default_factory=list)
    digest: bool = False
    # Signed as a whole (opaque S/MIME): the only child is what was signed, the content all of it.
    sealed: bool = False
    _content: bytes | None = field(default=None, repr=False)

    @property
    def encoding(self) -> str:
        """Content-Transfer-Encoding, in lower case, without what some add to it."""
        match = _ENCODING.match(self.headers.token("content-transfer-encoding"))
        return match[0] if match else ""

    def content(self) -> bytes:
        """The body, its transfer encoding undone."""
        if self._content is None:
            self._content = decoded(cut(self.raw, self.start, self.end), self.encoding)
        return self._content

    def leaves(self) -> list[Part]:
        """All parts that are no multipart, in order."""
        if not self.children:
            return [self]
        return [leaf for child in self.children for leaf in child.leaves()]


@dataclass(slots=True)
class _Budget:
    parts: int
    octets: int
    defects: list[str]
    copies: int = _MOST_COPIES

    def note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def read_parts(raw: bytes) -> tuple[Part, list[str]]:
    """The message as a tree, and what was wrong with it."""
    budget = _Budget(MOST_PARTS, max(_SEARCHED * len(raw), _SEARCHED_AT_LEAST), [])
    root = _part(raw, 0, len(raw), "text/plain", 0, budget)
    budget.defects.extend(root.headers.defects)
    return root, budget.defects


def _part(raw: bytes, begin: int, end: int, default: str, depth: int, budget: _Budget) -> Part:
    headers, start = read_headers(raw, begin, end)
    content_type, params = split_value(_content_type(headers))
    headers.charset = params.get("charset")
    found = media_type(content_type, default)
    part = Part(
        raw=raw,
        headers=headers,
        start=min(start, end),
        end=end,
        type=found,
        params=params,
        begin=begin,
    )
    if found.startswith("multipart/"):
        _divide(part, depth, budget)
    elif found in smime.TYPES or params.get("name", "").lower().endswith(".p7m"):
        _unseal(part, depth, budget)
    return part


def _content_type(headers: Headers) -> bytes:
    """The field, or of several the one that says multipart with a boundary."""
    values = headers.every("content-type")
    if len(values) > 1:
        return next((v for v in values if b"boundary" in v.lower()), values[0])
    return values[0] if values else b""


def _divide(part: Part, depth: int, budget: _Budget) -> None:
    """Give a multipart its children; one that cannot be divided becomes a leaf."""
    if depth >= DEEPEST:
        _as_leaf(part, "application/octet-stream", budget, f"parts nested deeper than {DEEPEST}")
        return
    spans = _spans(part, budget) or _encoded(part, budget)
    if not spans:
        _as_leaf(part, "text/plain", budget, "a multipart without its boundary")
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for begin, end in spans:
        child = _part(part.raw, begin, end, default, depth + 1, budget)
        child.digest = default == "message/rfc822"
        part.children.append(child)


def _unseal(part: Part, depth: int, budget: _Budget) -> None:
    """Give signed data what was signed as its child; what cannot be opened stays as it is."""
    if depth >= DEEPEST or budget.copies <= 0:
        return
    budget.copies -= 1
    content = smime.signed_content(part.content())
    if content:
        part.sealed = True
        part.children.append(_part(content, 0, len(content), "text/plain", depth + 1, budget))


def _encoded(part: Part, budget: _Budget) -> list[tuple[int, int]]:
    """The spans of a multipart that was encoded as a whole, which RFC 2045, section 6.4 forbids."""
    if part.encoding not in ("base64", "quoted-printable") or budget.copies <= 0:
        return []
    budget.copies -= 1
    part.raw = part.content()
    part.start, part.end, part.begin = 0, len(part.raw), 0
    return _spans(part, budget)


def _as_leaf(part: Part, kind: str, budget: _Budget, defect: str) -> None:
    part.type, part.params = kind, {k: v for k, v in part.params.items() if k == "charset"}
    budget.note(defect)


def _spans(part: Part, budget: _Budget) -> list[tuple[int, int]]:
    boundary = part.params.get("boundary", "").encode("utf-8", "replace")
    spans = _between(part, boundary.rstrip(), budget) if boundary.strip() else []
    if spans or budget.octets <= 0:
        return spans
    guess = _GUESS.search(part.raw, part.start, min(part.end, part.start + 65_536))
    return _between(part, guess[1].rstrip(), budget) if guess else []


def _between(part: Part, boundary: bytes, budget: _Budget) -> list[tuple[int, int]]:
    """The spans between delimiter lines; the line end before a delimiter is part of it."""
    budget.octets -= part.end - part.start
    if budget.octets <= 0:
        return []
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    for at, after, last in delimiters(part.raw, part.start, part.end, boundary):
        if begin is not None:
            spans.append((begin, _before(part.raw, begin, at)))
        # An end that ends nothing counts, too: a mail may consist of them.
        budget.parts -= begin is not None or last
        # A delimiter after the last one: an inner multipart that has taken our boundary.
        begin = None if last else after
        if budget.parts <= 0:
            break
    if budget.parts <= 0:
        budget.note(f"more than {MOST_PARTS} parts")
    if begin is not None:
        spans.append((begin, part.end))
    return spans


def _before(raw: bytes, begin: int, delimiter: int) -> int:
    end = delimiter
    if end > begin and raw[end - 1] == 0x0A:
        end -= 1
        if end > begin and raw[end - 1] == 0x0D:
            end -= 1
    return end

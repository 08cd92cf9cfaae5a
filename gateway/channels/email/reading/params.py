"""Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2231), broken ones too."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from gateway.channels.email.reading.charsets import decode
from gateway.channels.email.reading.words import decoded_words, plain, tidy

_PARAMETER = re.compile(
    r'[;\s]*([^\s=;"\x00-\x1f]{1,60})\s*=\s*(?:"((?>(?:[^"\\]|\\.)*))"|"?([^;"]*+)(?:"[^;]*+)?)',
    re.DOTALL,
)
# The keyword ends at a semicolon, or before a parameter that should have one before it.
_HEAD = re.compile(r"\s*([^\s;=]+)(?!\s*=)")
_SECTION = re.compile(r"^(.+?)\*(?:(\d{1,3}))?(\*)?$")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_ESCAPED = re.compile(r"\\([\"\\])")
_MOST = 64


def split_value(value: bytes, charset: str | None = None) -> tuple[str, dict[str, str]]:
    """The keyword of a structured field, in lower case, and its parameters, decoded."""
    text = plain(value, charset)
    if "=" not in text:
        return text.partition(";")[0].strip().lower(), {}
    head = _HEAD.match(text)
    if head is None:
        return "", parameters(text)
    return head[1].lower(), parameters(text[head.end() :])


def media_type(value: str, default: str) -> str:
    """A MIME type if the value is one, else the default."""
    if value in ("text", "html"):
        return "text/html" if value == "html" else "text/plain"
    value = value.split(" ", maxsplit=1)[0].split("(", maxsplit=1)[0].strip("\"' ")
    return value if _TYPE.fullmatch(value) else default


def parameters(text: str) -> dict[str, str]:
    """Parameters by lower-case name; continuations joined and charsets applied (RFC 2231)."""
    plain_ones: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(text[:16_384])):
        if count >= _MOST:
            break
        name = match[1].lower()
        value = _ESCAPED.sub(r"\1", match[2]) if match[2] is not None else match[3].strip()
        section = _SECTION.match(name) if "*" in name else None
        if section is None:
            plain_ones.setdefault(name, value if name == "boundary" else _decoded(value))
            continue
        number = int(section[2] or 0)
        extended = bool(section[3]) or section[2] is None
        sections.setdefault(section[1], {})[number] = (extended, value)
    for name, parts in sections.items():
        plain_ones[name] = _joined([parts[number] for number in sorted(parts)])
    return plain_ones


def _decoded(value: str) -> str:
    return tidy(decoded_words(value)) if "=?" in value else tidy(value)


def _joined(parts: list[tuple[bool, str]]) -> str:
    charset, octets = "utf-8", b""
    for position, (extended, value) in enumerate(parts):
        told = value
        if position == 0 and extended and value.count("'") >= 2:
            charset, _, told = value.split("'", 2)
        octets += unquote_to_bytes(told) if extended else told.encode("utf-8", "replace")
    text = decode(octets, charset or "utf-8")
    return _decoded(text)

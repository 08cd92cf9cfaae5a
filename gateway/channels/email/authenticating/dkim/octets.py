"""A mail as its signer saw it: fields with their folds, the body with its line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_HEAD = 1024 * 1024  # octets
MOST_FIELDS = 2_000
_FIELD = re.compile(
    rb"([!-9;-~]++):((?>(?:[^\r\n]++|\r(?!\n))*)\r\n(?>(?:[ \t](?>(?:[^\r\n]++|\r(?!\n))*)\r\n)*))"
)
_SIGNED = re.compile(rb"^dkim-signature[ \t]*:", re.MULTILINE | re.IGNORECASE)
_WSP = re.compile(rb"[ \t]+")
_BLOCK = 32 * 1024  # octets that are worked on at once: other threads wait no longer than that


class UnreadableError(Exception):
    """The headers are not what any signer could have signed."""


@dataclass(frozen=True, slots=True)
class Octets:
    """``fields`` are names and values as dkimpy wants them: all between colon and next field."""

    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes


def is_signed(raw: bytes) -> bool:
    """Whether there is a DKIM-Signature among the headers: cheap, for every mail is asked."""
    end = _end_of_head(raw)
    return _SIGNED.search(raw, 0, min(end, LARGEST_HEAD)) is not None


def read_octets(raw: bytes) -> Octets:
    """Cut up a mail. Raises UnreadableError."""
    raw = with_crlf(raw)
    end = _end_of_head(raw)
    if end > LARGEST_HEAD:
        raise UnreadableError("the headers are too large")
    fields: list[tuple[bytes, bytes]] = []
    position = 0
    while len(fields) < MOST_FIELDS and (match := _FIELD.match(raw, position, end)):
        fields.append((match[1], match[2]))
        position = match.end()
    if position < end:
        raise UnreadableError("a line among the headers is none, or there are too many")
    return Octets(tuple(fields), raw[end + 2 :])


def with_crlf(raw: bytes) -> bytes:
    """All lines ended by CR LF, as they are on their way (RFC 6376, section 5.3)."""
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _end_of_head(raw: bytes) -> int:
    """Where the empty line begins; the end if there is none."""
    crlf = raw.find(b"\r\n\r\n")
    end = crlf + 2 if crlf >= 0 else len(raw)
    # Not beyond it: the loop stands still while a large mail is gone through.
    bare = raw.find(b"\n\n", 0, end)
    return bare + 1 if bare >= 0 else end


def canonical_body(body: bytes, *, relaxed: bool) -> Iterator[bytes]:
    """The body in the form that is hashed (RFC 6376, section 3.4), in blocks."""
    held, empty_lines, began = b"", 0, False
    for start in range(0, len(body), _BLOCK):
        block = held + body[start : start + _BLOCK]
        block, held = _settled(block, relaxed=relaxed)
        rest = _without_empty_lines(block)
        lines = (len(block) - len(rest)) // 2
        if not rest:
            empty_lines += lines
            continue
        yield from _line_ends(empty_lines)
        yield rest
        empty_lines, began = lines, True
    if tail := held.rstrip(b" ") if relaxed else held:
        yield from _line_ends(empty_lines)
        yield tail
        began = True
    if began or not relaxed:
        yield b"\r\n"


def _settled(block: bytes, *, relaxed: bool) -> tuple[bytes, bytes]:
    """What of a block is final, and what depends on the next one."""
    if relaxed:
        block = _WSP.sub(b" ", block)
    end = len(block)
    if block.endswith(b"\r"):
        end -= 1
    if relaxed and block.endswith(b" ", 0, end):
        end -= 1
    final, held = block[:end], block[end:]
    return (final.replace(b" \r\n", b"\r\n") if relaxed else final), held


def _without_empty_lines(block: bytes) -> bytes:
    """Without the CR LFs at its end, that of the last line included."""
    if not block.endswith(b"\r\n"):
        return block
    text = len(block.rstrip(b"\r\n"))
    # A CR before another one belongs to the text.
    lone = block.rfind(b"\r\r", text)
    return block[: text if lone < 0 else lone + 1]


def _line_ends(count: int) -> Iterator[bytes]:
    for start in range(0, count, _BLOCK):
        yield b"\r\n" * min(_BLOCK, count - start)

"""Content-Transfer-Encoding (RFC 2045, section 6), undone as far as it goes."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from gateway.channels.email.pieces import PIECE, gathered, pieces, pieces_of_lines

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
# A line of three words: no line of base64 has spaces inside.
_WORDS = re.compile(rb"(?m)^[ \t]*+[^\s]++[ \t]++[^\s]++[ \t]++[^\s]")
_QUOTED = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_SOFT_BREAK = re.compile(rb"=[ \t]++(?=\r?\n)")
_PAD = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} ([^\r\n]{0,200})\r?\n")
_MOST_RUNS = 50_000
_PADDING = 8  # signs at the end that are looked at; more padding is padding inside, and no harm
_MOST_UU_LINES = 1_000_000
_FULL_LINES = 3 * 45
_UU_NAMES = ("x-uuencode", "x-uue", "uuencode", "x-uu")


def decoded(data: bytes, encoding: str) -> bytes:
    """The octets that were encoded. An unknown encoding is none, and a broken one is read on."""
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return gathered(map(_quoted, pieces_of_lines(data)))
    if encoding in _UU_NAMES:
        begin = _UU_BEGIN.search(data)
        found = uuencoded(data, begin.end()) if begin else None
        return found[0] if found else data
    return data


def _quoted(data: bytes) -> bytes:
    """Without the blanks that came behind soft line breaks on their way.

    Of a piece: of millions of places at once each would take the memory of a hundred octets.
    """
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data))


def base64(data: bytes) -> bytes:
    """Octets from base64; signs that are none are passed over, and padding inside is no end.

    Words that a list has put below are kept as they are; what is words from its first line on was
    never base64, whatever was declared.
    """
    words = _WORDS.search(data) if b" " in data else None
    if words is not None:
        whole = not data[: words.start()].strip()
        return (
            _not_encoded(data) if whole else base64(data[: words.start()]) + data[words.start() :]
        )
    return _sound_base64(data) or _odd_base64(data)


def _sound_base64(data: bytes) -> bytes | None:
    """In one step, as nearly all of it can be: not large, and padded at its end if anywhere."""
    padding = data.find(b"=")
    if len(data) > PIECE or (padding >= 0 and data[padding:].strip(b"=\r\n")):
        return None
    try:
        return binascii.a2b_base64(data)  # passes over what is no sign
    except binascii.Error:
        return None


def _odd_base64(data: bytes) -> bytes:
    signs = gathered(piece.translate(None, _NOT_BASE64) for piece in pieces(data))
    end = max(0, len(signs) - _PADDING) + len(signs[-_PADDING:].rstrip(b"="))
    inner = signs.count(b"=", 0, end)
    if inner > _MOST_RUNS:
        signs = signs.replace(b"=", b"")  # nobody concatenates so many: read what is there
        end = len(signs)
    elif inner:
        return b"".join(gathered(_base64_run(run, len(run))) for run in _PAD.split(signs))
    return gathered(_base64_run(signs, end))


def _not_encoded(data: bytes) -> bytes:
    return binascii.a2b_qp(data) if _QUOTED.search(data) else data


def _base64_run(signs: bytes, end: int) -> Iterator[bytes]:
    whole = end - end % 4
    for at in range(0, whole, PIECE):
        yield binascii.a2b_base64(signs[at : min(at + PIECE, whole)])
    if end - whole > 1:  # one sign alone is not a whole octet
        yield binascii.a2b_base64(signs[whole:end] + b"==")


def uuencoded(data: bytes, start: int) -> tuple[bytes, int] | None:
    """A uuencoded file whose lines begin at ``start``, and where it ends; None if it is none.

    A file without its end counts from three full lines on: it was cut off on its way.
    """
    out = bytearray()
    position = start
    for _ in range(_MOST_UU_LINES):
        stop = data.find(b"\n", position)
        stop = len(data) if stop < 0 else stop
        line = data[position : min(stop, position + 100)].rstrip(b"\r\n")
        if line == b"end":
            return bytes(out), min(stop + 1, len(data))
        chunk = _uu_line(line) if line.strip() else None
        if chunk is None and line.strip(b" `"):
            break
        out += chunk or b""
        position = stop + 1
        if position > len(data):
            break
    return (bytes(out), min(position, len(data))) if len(out) >= _FULL_LINES else None


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3  # writers that padded the line
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return None

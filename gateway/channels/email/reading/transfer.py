"""Content-Transfer-Encoding (RFC 2045, section 6), undone as far as it goes."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_PAD = re.compile(rb"=+")
_UU_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} ([^\r\n]{0,200})\r?\n")
_MOST_RUNS = 50_000
_MOST_UU_LINES = 1_000_000
_UU_NAMES = ("x-uuencode", "x-uue", "uuencode", "x-uu")


def decoded(data: bytes, encoding: str) -> bytes:
    """The octets that were encoded. An unknown encoding is none, and a broken one is read on."""
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in _UU_NAMES:
        begin = _UU_BEGIN.search(data)
        found = uuencoded(data, begin.end()) if begin else None
        return found[0] if found else data
    return data


def base64(data: bytes) -> bytes:
    """Octets from base64; signs that are none are passed over, and padding inside is no end."""
    signs = data.translate(None, _NOT_BASE64)
    inner = signs.rstrip(b"=").count(b"=")
    if inner > _MOST_RUNS:
        signs = signs.replace(b"=", b"")  # nobody concatenates so many: read what is there
    elif inner:
        return b"".join(_base64_run(run) for run in _PAD.split(signs))
    return _base64_run(signs.rstrip(b"="))


def _base64_run(signs: bytes) -> bytes:
    if len(signs) % 4 == 1:
        signs = signs[:-1]
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def uuencoded(data: bytes, start: int) -> tuple[bytes, int] | None:
    """A uuencoded file whose lines begin at ``start``, and where it ends; None if it is none."""
    out: list[bytes] = []
    position = start
    for _ in range(_MOST_UU_LINES):
        stop = data.find(b"\n", position)
        stop = len(data) if stop < 0 else stop
        line = data[position : min(stop, position + 100)].rstrip(b"\r\n")
        position = stop + 1
        if line in (b"end", b"`", b"") or position > len(data):
            return (b"".join(out), min(position, len(data))) if out or line == b"end" else None
        chunk = _uu_line(line)
        if chunk is None:
            return None
        out.append(chunk)
    return None


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3  # writers that padded the line
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return None

"""Files that are written out among the words of a text: uuencoded, or by yEnc."""

from __future__ import annotations

import mimetypes
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gateway.channels.email.pieces import find
from gateway.channels.email.reading.names import safe_name
from gateway.channels.email.reading.transfer import base64, uuencoded
from gateway.core.model import Attachment

_BEGIN = re.compile(
    rb"(?m)^(?:begin(?P<signs>-base64)? [0-7]{3,4} (?P<uu>[^\r\n]{1,200})\r?\n(?=[M\x20-`A-Za-z])"
    rb"|=ybegin (?P<how>[^\r\n]{1,300}?)\bname=(?P<y>[^\r\n]{1,250})\r?\n)"
)
_MOST = 50
_Y_PART = re.compile(rb"=ypart [^\r\n]{0,200}\r?\n")
_Y_END = re.compile(rb"=yend ([^\r\n]{0,300})(?:\r?\n|\Z)")
_NUMBER = re.compile(rb"\b(part|total|size)=(\d{1,12})")
_CHECKSUM = re.compile(rb"\b(pcrc32|crc32)=([0-9A-Fa-f]{1,8})\b")
# Every octet was moved by 42; one in fifty or so then stands behind an escape.
_BACK = bytes((octet - 42) % 256 for octet in range(256))
_FEWEST_BETWEEN_ESCAPES = 20


@dataclass(slots=True)
class _Found:
    file: Attachment
    end: int
    defect: str = ""


def without_files(data: bytes, defects: list[str]) -> tuple[bytes, list[Attachment]]:
    """The octets of a text without the files that are written out in it, and the files.

    What is broken beyond reading stays in the text; what is damaged is a file with a defect.
    """
    if find(data, b"begin") < 0:
        return data, []
    kept: list[bytes] = []
    files: list[Attachment] = []
    position = 0
    for found, start in _found(data):
        if start >= position:
            kept.append(data[position:start])
            files.append(found.file)
            position = found.end
            if found.defect:
                defects.append(found.defect)
    return (b"".join(kept) + data[position:], files) if files else (data, [])


def _found(data: bytes) -> Iterator[tuple[_Found, int]]:
    end = 0
    for match in islice(_BEGIN.finditer(data), _MOST):
        if match.start() >= end and (found := _file(data, match)):
            end = found.end
            yield found, match.start()


def _file(data: bytes, match: re.Match[bytes]) -> _Found | None:
    if match["y"]:
        return _from_yenc(data, match)
    if match["signs"]:
        end = data.find(b"\n====", match.end() - 1)
        if end < 0:
            return None
        stop = data.find(b"\n", end + 1)
        content = base64(data[match.end() : end])
        return _Found(_attachment(match["uu"], content), stop + 1 if stop >= 0 else len(data))
    found = uuencoded(data, match.end())
    return _Found(_attachment(match["uu"], found[0]), found[1]) if found else None


def _attachment(claimed: bytes, data: bytes, ending: str = "") -> Attachment:
    name = claimed.decode("utf-8", "replace").strip().strip('"')
    kind = mimetypes.guess_type(name + ending)[0] or "application/octet-stream"
    return Attachment(name=safe_name(name + ending, kind), type=kind, data=data)


def _from_yenc(data: bytes, match: re.Match[bytes]) -> _Found | None:
    """A file, or one part of it, by the description of yEnc 1.3."""
    part_line = _Y_PART.match(data, match.end())
    begin = part_line.end() if part_line else match.end()
    end = _Y_END.search(data, begin)
    if end is None:
        return None
    signs = data[begin : end.start()].translate(None, b"\r\n")
    if signs.count(b"=") > 100 + len(signs) // _FEWEST_BETWEEN_ESCAPES:
        return None
    content = _unescaped(signs)
    part = dict(_NUMBER.findall(match["how"])).get(b"part")
    ending = f".part{part.decode()}" if part and part_line else ""
    file = _attachment(match["y"], content, ending)
    whole = _is_whole(content, end[1], of_part=part_line is not None)
    return _Found(file, end.end(), "" if whole else f"a damaged file among the words: {file.name}")


def _unescaped(signs: bytes) -> bytes:
    first, *others = signs.split(b"=")
    out = bytearray(first.translate(_BACK))
    for piece in others:
        if piece:
            out.append((piece[0] - 106) % 256)
            out += piece[1:].translate(_BACK)
    return bytes(out)


def _is_whole(content: bytes, trailer: bytes, *, of_part: bool) -> bool:
    size = dict(_NUMBER.findall(trailer)).get(b"size")
    checksums = dict(_CHECKSUM.findall(trailer))
    told = checksums.get(b"pcrc32" if of_part else b"crc32")
    if told is not None and int(told, 16) != zlib.crc32(content):
        return False
    return size is None or int(size) == len(content)

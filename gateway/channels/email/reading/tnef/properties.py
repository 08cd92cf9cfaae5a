"""MAPI properties as they stand in an attribute (MS-OXTNEF, section 2.1.3.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

_NUMBER = struct.Struct("<I")
_KIND_AND_ID = struct.Struct("<HH")
_MOST = 20_000
_SEVERAL = 0x1000
_OBJECT, _TEXT, _WIDE_TEXT, _OCTETS = 0x000D, 0x001E, 0x001F, 0x0102
_VARYING = (_OBJECT, _TEXT, _WIDE_TEXT, _OCTETS)
# Octets of a value, padded to four.
_SIZES = {
    0x0001: 4, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4,
    0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16,
}  # fmt: skip


class Property(IntEnum):
    """The ids that matter here."""

    SUBJECT = 0x0037
    BODY = 0x1000
    RTF = 0x1009
    HTML = 0x1013
    DISPLAY_NAME = 0x3001
    FILE_DATA = 0x3701
    FILE_NAME = 0x3704
    LONG_FILE_NAME = 0x3707
    MIME_TYPE = 0x370E
    CONTENT_ID = 0x3712
    CODE_PAGE = 0x3FDE


Value = str | memoryview | int


def properties(data: memoryview, codec: str) -> Iterator[tuple[int, Value]]:
    """Ids and values of what is known; ends where the octets cannot be right.

    Text of eight bits is decoded by ``codec``; of several values the first is given.
    """
    try:
        yield from _properties(data, codec)
    except struct.error:
        return


def _properties(data: memoryview, codec: str) -> Iterator[tuple[int, Value]]:
    count = min(_number(data, 0), _MOST)
    position = 4
    for _ in range(count):
        kind, id = _KIND_AND_ID.unpack_from(data, position)
        position = _after_name(data, position + 4) if id >= 0x8000 else position + 4
        several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
        if kind in _VARYING:
            values, position = _varying(data, position)
            if values is not None:
                yield id, _value(kind, values, codec)
        elif kind in _SIZES:
            number = _number(data, position) if several else 1
            position += 4 if several else 0
            if kind == 0x0003 and number:
                yield id, _number(data, position)
            position += _SIZES[kind] * number
        else:
            return


def _number(data: memoryview, position: int) -> int:
    found: int = _NUMBER.unpack_from(data, position)[0]
    return found


def _after_name(data: memoryview, position: int) -> int:
    """Behind the set and the name of a property that has no id of its own."""
    position += 16
    if _number(data, position) == 0:
        return position + 8
    return position + 8 + _padded(_number(data, position + 4))


def _varying(data: memoryview, position: int) -> tuple[memoryview | None, int]:
    """The first of the values, and where they end."""
    number = _number(data, position)
    position += 4
    first: memoryview | None = None
    for _ in range(min(number, _MOST)):
        length = _number(data, position)
        if first is None:
            first = data[position + 4 : position + 4 + length]
        position += 4 + _padded(length)
        if position >= len(data):
            break
    return first, position


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _value(kind: int, value: memoryview, codec: str) -> Value:
    if kind == _WIDE_TEXT:
        return bytes(value).decode("utf-16-le", "replace").rstrip("\x00")
    if kind == _TEXT:
        return bytes(value).decode(codec, "replace").rstrip("\x00")
    return value

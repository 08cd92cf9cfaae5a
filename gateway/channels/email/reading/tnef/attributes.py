"""The stream of attributes (MS-OXTNEF, section 2.1.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

_SIGNATURE = 0x223E9F78
_HEAD = struct.Struct("<BHHI")  # level, id, type, length
_MOST = 100_000


class Attribute(IntEnum):
    """The ids that matter here."""

    BODY = 0x800C
    FILE_DATA = 0x800F
    FILE_TITLE = 0x8010
    FILE_BEGINS = 0x9002
    MESSAGE_PROPERTIES = 0x9003
    FILE_PROPERTIES = 0x9005
    CODE_PAGE = 0x9007


@dataclass(slots=True)
class Stream:
    """The attributes of a file, in order; ``broken`` once it is known to end too early."""

    data: memoryview = field(repr=False)
    broken: bool = False

    def __iter__(self) -> Iterator[tuple[int, memoryview]]:
        """Ids and contents, at most 100 000 of them."""
        position, data = 6, self.data
        for _ in range(_MOST):
            if position + _HEAD.size > len(data):
                return
            _, id, _, length = _HEAD.unpack_from(data, position)
            begin = position + _HEAD.size
            if begin + length > len(data):
                self.broken = True
            yield id, data[begin : begin + length]
            position = begin + length + 2  # behind the checksum, which writers get wrong


def is_tnef(data: bytes | memoryview) -> bool:
    """Whether the signature is there."""
    return len(data) >= 6 and struct.unpack_from("<I", data)[0] == _SIGNATURE

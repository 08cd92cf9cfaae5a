"""Octets of large mails, gone through piece by piece.

While Python copies or searches 25 MB in one step nothing else of it runs, and nobody gets an
answer. Between two pieces others have their turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

PIECE = 256 * 1024  # octets; a multiple of four


def pieces(data: bytes | bytearray, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The octets between two places, in pieces."""
    stop = len(data) if end is None else end
    for at in range(start, stop, PIECE):
        yield bytes(memoryview(data)[at : min(at + PIECE, stop)])


def pieces_of_lines(data: bytes) -> Iterator[bytes]:
    """The octets in pieces that end with a line; one line is never divided."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at + PIECE) + 1 or len(data)
        yield data[at:end]
        at = end


def gathered(them: Iterable[bytes]) -> bytes:
    """Pieces put together."""
    into = BytesIO()
    for piece in them:
        into.write(piece)
    return into.getvalue()  # the buffer itself: nothing is copied


def cut(data: bytes, start: int, end: int) -> bytes:
    """``data[start:end]``."""
    return data[start:end] if end - start <= PIECE else gathered(pieces(data, start, end))


def find(data: bytes, mark: bytes, start: int = 0, end: int | None = None) -> int:
    """As ``data.find``."""
    stop = len(data) if end is None else end
    for at in range(start, stop, PIECE):
        found = data.find(mark, at, min(at + PIECE + len(mark) - 1, stop))
        if found >= 0:
            return found
    return -1


def count(data: bytes, mark: bytes, end: int) -> int:
    """As ``data.count(mark, 0, end)``, of a mark that cannot overlap itself."""
    starts = range(0, end, PIECE)
    return sum(data.count(mark, at, min(at + PIECE + len(mark) - 1, end)) for at in starts)


def end_of_text(data: bytes) -> int:
    """Where the white space at the end begins: ``len(data.rstrip())``."""
    end = len(data)
    while end:
        start = max(0, end - PIECE)
        if text := len(data[start:end].rstrip()):
            return start + text
        end = start
    return 0

"""As much of BER (X.690) as it takes to find what a signed S/MIME message holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_DEEPEST = 10
_MOST = 200_000
_INDEFINITE = -1


class BrokenError(ValueError):
    """These octets are no BER, or more of it than is read."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag, and where its content begins and ends (-1: at an end mark)."""

    tag: int
    begin: int
    end: int


class Walker:
    """Steps through elements of one message; all steps together are capped."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._left = _MOST

    def element(self, position: int) -> Element:
        """The element that begins there. Raises `BrokenError`."""
        self._left -= 1
        if self._left < 0 or position + 2 > len(self.data):
            raise BrokenError
        tag, length = self.data[position], self.data[position + 1]
        begin = position + 2
        if tag & 0x1F == 0x1F:
            raise BrokenError
        if length == 0x80:
            return Element(tag, begin, _INDEFINITE)
        if length > 0x80:
            octets = length & 0x7F
            if octets > 8:
                raise BrokenError
            length = int.from_bytes(self.data[begin : begin + octets], "big")
            begin += octets
        return Element(tag, begin, min(begin + length, len(self.data)))

    def children(self, parent: Element) -> Iterator[Element]:
        """The elements inside another one. Raises `BrokenError`."""
        position = parent.begin
        stop = len(self.data) if parent.end == _INDEFINITE else parent.end
        while position < stop:
            if parent.end == _INDEFINITE and self.data[position : position + 2] == b"\0\0":
                return
            found = self.element(position)
            yield found
            position = self._after(found, 0)

    def _after(self, element: Element, depth: int) -> int:
        if element.end != _INDEFINITE:
            return element.end
        if depth > _DEEPEST:
            raise BrokenError
        position = element.begin
        while self.data[position : position + 2] != b"\0\0":
            position = self._after(self.element(position), depth + 1)
        return position + 2

    def octets(self, element: Element) -> bytes:
        """The content of an OCTET STRING, in one piece or in several. Raises `BrokenError`."""
        if not element.tag & 0x20:
            return self.data[element.begin : element.end]
        return b"".join(self._piece(piece) for piece in self.children(element))

    def _piece(self, piece: Element) -> bytes:
        if piece.tag & 0x20:
            raise BrokenError
        return self.data[piece.begin : piece.end]

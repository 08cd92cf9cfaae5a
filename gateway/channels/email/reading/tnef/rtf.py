"""The rich text of Outlook: compressed (MS-OXRTFCP), perhaps with HTML inside (MS-OXRTFEX)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace

from gateway.channels.email.reading.charsets import clean, codec_of

_LARGEST_COMPRESSED = 256 * 1024
_LARGEST = 1024 * 1024
_HEAD = struct.Struct("<III")  # size compressed, size, kind
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)"
)
_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_MOST_TOKENS = 200_000
_DEEPEST = 200
_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet info pict object listtable listoverridetable rsidtbl generator"
    b" themedata datastore latentstyles".split()
)
_SAID = {b"par": "\n", b"line": "\n", b"tab": "\t", b"lquote": "‘", b"rquote": "’",
         b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—",
         b"cell": "\t", b"row": "\n", b"page": "\n"}  # fmt: skip


def markup_or_text(compressed: memoryview) -> tuple[str | None, str | None]:
    """HTML, or else text, of compressed rich text; two Nones if it is none, or too large."""
    rtf = _expanded(bytes(compressed[: _LARGEST_COMPRESSED + 1]))
    if rtf is None or not rtf.startswith(b"{\\rtf"):
        return None, None
    wraps_html = b"\\fromhtml" in rtf[:2_000]
    said = _Reader(rtf, wraps_html=wraps_html).text()
    # Signs beyond the first plane come in two halves.
    whole = said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = clean(whole).strip("\n")
    return (text or None, None) if wraps_html else (None, text or None)


def _expanded(data: bytes) -> bytes | None:
    if len(data) < 16 or len(data) > _LARGEST_COMPRESSED:
        return None
    _, size, kind = _HEAD.unpack_from(data)
    if kind == _PLAIN:
        return data[16 : 16 + size]
    return _decompressed(data, min(size, _LARGEST)) if kind == _COMPRESSED else None


def _decompressed(data: bytes, size: int) -> bytes:
    out = bytearray(_BEFORE)
    wanted, position = size + len(_BEFORE), 16
    while position < len(data) and len(out) < wanted:
        flags = data[position]
        position += 1
        for bit in range(8):
            if not flags & (1 << bit):
                out += data[position : position + 1]
                position += 1
                continue
            pair = int.from_bytes(data[position : position + 2], "big")
            position += 2
            if position > len(data) or not _copy(out, pair >> 4, (pair & 15) + 2):
                return bytes(out[len(_BEFORE) : wanted])
    return bytes(out[len(_BEFORE) : wanted])


def _copy(out: bytearray, place: int, length: int) -> bool:
    """Repeat what stands at a place of the 4 KB window; false at the sign of the end."""
    here = len(out) & 0xFFF
    if place == here:
        return False
    back = (here - place) & 0xFFF
    begin = len(out) - back
    for index in range(begin, begin + length):
        out.append(out[index] if index >= 0 else 0x20)
    return True


@dataclass(slots=True)
class _Group:
    """What holds until a group's end."""

    unseen: bool = False
    in_tag: bool = False
    only_rtf: bool = False
    skip: int = 1


class _Reader:
    """Words of rich text; of HTML in rich text the HTML."""

    def __init__(self, rtf: bytes, *, wraps_html: bool) -> None:
        self._rtf = rtf
        self._wraps_html = wraps_html
        page = _PAGE.search(rtf, 0, 2_000)
        self._codec = codec_of(f"cp{page[1].decode()}" if page else None) or "cp1252"
        self._groups = [_Group()]
        self._out: list[str] = []
        self._octets = bytearray()
        self._left_out = 0  # signs behind a Unicode one, for readers that know none
        self._starred = False

    def text(self) -> str:
        """All of it."""
        for count, match in enumerate(_TOKEN.finditer(self._rtf)):
            if count >= _MOST_TOKENS or len(self._groups) > _DEEPEST:
                break
            self._take(match)
        self._flush()
        return "".join(self._out)

    def _take(self, match: re.Match[bytes]) -> None:
        if match[1]:
            self._say_octets(bytes((int(match[1], 16),)))
        elif match[2]:
            self._word(match[2], int(match[3]) if match[3] else None)
        elif match[4]:
            self._sign(match[4])
        elif match[5] == b"{":
            self._groups.append(replace(self._groups[-1]))
        elif match[5]:
            if len(self._groups) > 1:
                self._groups.pop()
        else:
            self._say_octets(match[6])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\\{}":
            self._say_octets(sign)
        elif sign == b"~":
            self._say("\xa0")
        elif sign in (b"\n", b"\r"):
            self._say("\n")

    def _word(self, word: bytes, number: int | None) -> None:
        group = self._groups[-1]
        starred, self._starred = self._starred, False
        if starred and word == b"htmltag":
            group.in_tag = self._wraps_html
        elif starred or word in _UNSEEN:
            group.unseen = True
        elif word == b"htmlrtf":
            group.only_rtf = self._wraps_html and number != 0
        elif word == b"uc":
            group.skip = min(number or 0, 8)
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self._left_out = group.skip
        elif word in _SAID:
            self._say(_SAID[word])

    def _hears(self) -> bool:
        group = self._groups[-1]
        return not group.unseen and (group.in_tag or not group.only_rtf)

    def _say(self, text: str) -> None:
        if self._hears():
            self._flush()
            self._out.append(text)

    def _say_octets(self, octets: bytes) -> None:
        if self._left_out:
            cut = min(self._left_out, len(octets))
            octets, self._left_out = octets[cut:], self._left_out - cut
        if self._hears():
            self._octets += octets

    def _flush(self) -> None:
        if self._octets:
            self._out.append(self._octets.decode(self._codec, "replace"))
            self._octets.clear()

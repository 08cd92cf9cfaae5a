"""Octets to text, whatever charset was declared, forgotten or lied about."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# Charsets that mail names, and the superset that its senders really use.
_SUPERSETS = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "utf8mb4": "utf-8",
    "utf-8-sig": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "tis-620": "cp874",
    "x-windows-949": "cp949",
}
# Codecs that Python has and that are no charset of a mail, or cost more than the length.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_GUESSED_FROM = 500
_SAMPLE = 20_000
# Python's decoder takes fifteen times the size of its input.
_LARGEST_UTF7 = 1024 * 1024
_UNDECLARED = (None, "", "unknown-8bit", "x-unknown", "unknown", "default", "binary", "8bit")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_SEVEN_BIT_CODES = ("iso2022_jp", "iso2022_kr", "hz", "utf-7")


@lru_cache(maxsize=256)
def codec_of(charset: str | None) -> str | None:
    """The Python codec for a charset as a mail names it; None if there is none."""
    name = (charset or "").strip().strip("\"'").lower()
    if name in _UNDECLARED or len(name) > 40:
        return None
    try:
        info = codecs.lookup(_SUPERSETS.get(name, name))
    except (LookupError, ValueError):
        return None
    text = getattr(info, "_is_text_encoding", True)
    return info.name if text and info.name.replace("_", "-") not in _REFUSED else None


def decode(data: bytes, charset: str | None) -> str:
    """Text from octets: as declared, else UTF-8 if it is valid, else a guess, else cp1252."""
    codec = codec_of(charset)
    if codec == "utf-7" and len(data) > _LARGEST_UTF7:
        codec = None
    if data.isascii() and codec not in _SEVEN_BIT_CODES:
        return _ascii(data, codec)
    if codec is None:
        return _undeclared(data)
    if codec.startswith("utf-16") and b"\x00" not in data:
        codec = "utf-8"
    return _declared(data, codec)


def _ascii(data: bytes, codec: str | None) -> str:
    if codec is None and b"\x1b$" in data:
        return data.decode("iso2022_jp", "replace")
    if codec is not None and codec.startswith(("utf-16", "utf-32")) and b"\x00" in data:
        return data.decode(codec, "replace")
    return data.decode("ascii")


def _declared(data: bytes, codec: str) -> str:
    if codec in ("cp1252", "cp1254", "iso8859-15"):
        # UTF-8 that calls itself Latin is common; Latin that is valid UTF-8 hardly exists.
        utf8 = _strict(data, "utf-8")
        return utf8 if utf8 is not None else data.decode(codec, "replace")
    text = _strict(data, codec)
    if text is not None:
        return text
    lenient = data.decode(codec, "replace")
    if codec == "utf-8" and lenient.count("\ufffd") * 2 > _beyond_ascii(lenient):
        return data.decode("cp1252", "replace")
    return lenient


def _undeclared(data: bytes) -> str:
    text = _strict(data, "utf-8")
    if text is None and len(data) >= _GUESSED_FROM:
        text = _guessed(data)
    return text if text is not None else data.decode("cp1252", "replace")


def _guessed(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return _strict(data, best.encoding) if best is not None else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def clean(text: str) -> str:
    """The text with line feeds as its only line ends, no NUL and no lone surrogate in it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = _without_surrogates(text)
    return _CONTROLS.sub("", text) if _CONTROLS.search(text) else text


def _without_surrogates(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text

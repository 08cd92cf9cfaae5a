"""Octets to text, whatever charset was declared, forgotten or lied about."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# Names that mail uses and Python does not know.
_ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-8",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-12": "iso8859-15",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "x-euc-jp": "euc_jp",
    "eucjp-ms": "euc_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp51932": "euc_jp",
    "iso-2022-jp-ms": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "x-windows-949": "cp949",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "x-gb2312": "gb18030",
    "x-big5": "big5hkscs",
    "x-mac-roman": "mac_roman",
    "x-macroman": "mac_roman",
    "koi8-ru": "koi8_u",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "tis-620": "cp874",
    "x-viscii": "cp1258",
}
# The superset that its senders really use, by the codec's name.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp_1": "iso2022_jp",
    "iso2022_jp_ext": "iso2022_jp",
    "utf-8-sig": "utf-8",
}
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|win|windows|ibm|dos|ms|microsoft-cp)[-_ ]?(\d{3,5})")
_FIRST = re.compile(r"[^\s,;\"']+")
# Codecs that Python has and that are no charset of a mail, or cost more than the length.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_GUESSED_FROM = 500
_SAMPLE = 20_000
# Python's decoder takes fifteen times the size of its input.
_LARGEST_UTF7 = 1024 * 1024
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNDECLARED = (None, "", "unknown-8bit", "x-unknown", "unknown", "default", "binary", "8bit")
_ESCAPES = re.compile(rb"\x1b(\$[@B]|\$\([DOPQ]|\([BJI])")
# Two octets of seven bits for one sign become two of eight; line ends stay.
_HIGH = bytes(octet | 0x80 if 0x21 <= octet <= 0x7E else octet for octet in range(256))
_HALF_WIDTH = bytes(octet | 0x80 if 0x21 <= octet <= 0x5F else octet for octet in range(256))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_SEVEN_BIT_CODES = (
    "iso2022_jp_2",
    "iso2022_jp_3",
    "iso2022_jp_2004",
    "iso2022_kr",
    "hz",
    "utf-7",
)


@lru_cache(maxsize=256)
def codec_of(charset: str | None) -> str | None:
    """The Python codec for a charset as a mail names it; None if there is none."""
    first = _FIRST.search((charset or "").lower().removeprefix("charset="))
    name = first[0] if first else ""
    if name in _UNDECLARED or len(name) > 40:
        return None
    page = _CODE_PAGE.fullmatch(name)
    try:
        info = codecs.lookup(f"cp{page[1]}" if page else _ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    text = getattr(info, "_is_text_encoding", True)
    if not text or info.name.replace("_", "-") in _REFUSED:
        return None
    return _SUPERSETS.get(info.name, info.name)


def decode(data: bytes, charset: str | None) -> str:
    """Text from octets: as declared, else UTF-8 if it is valid, else a guess, else cp1252."""
    codec = codec_of(charset)
    if codec == "utf-7" and len(data) > _LARGEST_UTF7:
        codec = None
    if codec == "iso2022_jp":
        return japanese(data)
    if data.isascii() and codec not in _SEVEN_BIT_CODES:
        return _ascii(data, codec)
    if codec in (None, "ascii") or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _undeclared(data)  # two octets that begin no other text stand before UTF-16
    if codec.startswith("utf-16") and b"\x00" not in data:
        codec = "utf-8"
    return _declared(data, codec)


def _ascii(data: bytes, codec: str | None) -> str:
    if codec in (None, "ascii", "utf-8") and b"\x1b$" in data:
        return japanese(data)
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
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    if marked:
        return data.decode(marked, "replace")
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


def japanese(data: bytes) -> str:
    """ISO-2022-JP (RFC 1468) with all that its writers put in.

    That is half-width katakana and the signs that NEC added, which no strict decoder takes.
    """
    text = _strict(data, "iso2022_jp")
    if text is not None:
        return text
    pieces = _ESCAPES.split(data)
    return "".join(
        _japanese_run(escape, run)
        for escape, run in zip(["(B", *_names(pieces)], pieces[::2], strict=True)
    )


def _names(pieces: list[bytes]) -> list[str]:
    return [piece.decode("ascii", "replace") for piece in pieces[1::2]]


def _japanese_run(escape: str, run: bytes) -> str:
    if escape.startswith("$"):
        return run.translate(_HIGH).decode("euc_jis_2004", "replace")
    if escape == "(I":
        return run.translate(_HALF_WIDTH).decode("cp932", "replace")
    return run.decode("utf-8" if not run.isascii() else "ascii", "replace")


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

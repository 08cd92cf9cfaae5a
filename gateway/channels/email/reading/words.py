"""Header text: encoded words (RFC 2047) in all the uses that mail makes of them."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from gateway.channels.email.reading.charsets import codec_of, decode, japanese

# A space inside the text is wrong by RFC 2047, section 2, and common.
_WORD = re.compile(r"=\?([^?\s*]{0,60})(?:\*[^?]{0,30})?\?([bBqQ])\?([^?\r\n]{0,8000})\?=")
_WORD_WITH_QUESTIONS = re.compile(
    r"=\?([^?\s*]{1,60})(?:\*[^?]{0,30})?\?([qQ])\?((?:(?!\?=)[^\r\n]){0,600})\?="
)
_FOLD = re.compile(r"\r?\n[ \t]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200b\u202a-\u202e\u2066-\u2069]+")
LONGEST = 16_384


def header_text(value: bytes, charset: str | None = None) -> str:
    """One line of text from a header's raw value.

    ``charset`` is that of the body, for 8-bit octets that are not UTF-8. At most 16 KB are read.
    """
    text = plain(value, charset)
    if "=?" in text:
        text = decoded_words(text)
        if _WORD.fullmatch(text.strip()):
            text = decoded_words(text)  # what was encoded twice, by two programs
    return tidy(text)


def plain(value: bytes, charset: str | None = None) -> str:
    """Raw octets of a header as text, encoded words untouched, at most 16 KB of them."""
    value = value[:LONGEST]
    if value.isascii():
        if b"\x1b$" in value:
            return japanese(value)
        return value.decode("ascii")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return decode(value, charset if codec_of(charset) not in (None, "utf-8") else "cp1252")


def tidy(text: str) -> str:
    """The text on one line, without control characters and marks that turn its direction."""
    if not text.isprintable() and _CONTROLS.search(text):
        text = _CONTROLS.sub(" ", text.replace("\u200b", "").replace("\ufeff", ""))
    text = " ".join(text.split())
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def decoded_words(text: str) -> str:
    """The text with its encoded words decoded; neighbours are joined (RFC 2047, section 6.2).

    The octets of neighbours in one charset are put together first, for writers that cut a
    character in two.
    """
    text = _FOLD.sub(" ", text)
    pattern = _WORD if _WORD.search(text) else _WORD_WITH_QUESTIONS
    return "".join(_pieces(text, pattern))


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    end, charset = 0, ""
    held: list[tuple[str, str]] = []  # encoding and text of neighbours in one charset
    for match in pattern.finditer(text):
        between = text[end : match.start()]
        adjacent = bool(held) and not between.strip()
        if not adjacent or match[1].lower() != charset:
            yield _joined(held, charset)
            held = []
        if not adjacent:
            yield between
        charset = match[1].lower()
        held.append((match[2].lower(), match[3]))
        end = match.end()
    yield _joined(held, charset)
    yield text[end:]


def _joined(words: list[tuple[str, str]], charset: str) -> str:
    """The text of neighbours; one of base64 may end in the middle of a group of four signs."""
    octets, signs = b"", ""
    for encoding, text in words:
        if encoding == "q":
            octets += _octets("b", signs) + _octets("q", text)
            signs = ""
        elif signs:
            octets += _octets("b", signs + text)
            signs = ""
        elif len(text) % 4 and not text.endswith("=") and " " not in text:
            signs = text
        else:
            octets += _octets("b", text)
    return decode(octets + _octets("b", signs), charset) if words else ""


def _octets(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding == "q":
        return binascii.a2b_qp(raw, header=True)
    raw = raw.translate(None, b" \t\r\n").rstrip(b"=")
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return _shortened(raw)


def _shortened(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw[: len(raw) - len(raw) % 4])
    except binascii.Error:
        return raw

"""What stands below or above a person's words without being theirs to say."""

from __future__ import annotations

import re

from gateway.channels.email.reading.farewells import is_greeting
from gateway.channels.email.reading.signature_words import (
    ADVERTS,
    BANNER_TAG,
    DEVICES,
    EXCUSES,
    EXTERNAL_ALONE,
    LEGAL_OPENING,
    LEGAL_WORDS,
    MOBILE_LINES,
    NOTICE_BEGINS,
    NOTICE_WORDS,
    ORDINARY,
    OUTSIDE,
    PREPOSITION,
    SENT_FROM,
    SUSPECT,
    WARNS,
)
from gateway.channels.email.reading.signs import SIGNATURE_BEGINS, SIGNATURE_ENDS

_DELIMITER = re.compile(r"-- ?$")
_MOST_BELOW = 30  # lines of a signature
_SHORTEST_NOTICE = 60  # characters
_LEGAL_WORDS = 3
_MOST_ENDING = 60  # lines in which what programs add is looked for
_MOBILE = re.compile(rf"{SENT_FROM}\b ?(?P<by>{PREPOSITION}\b ?)?(?P<from>[^\n]{{2,90}})$")
_MINE = re.compile(
    r"(?:my|meinem|meiner|mi|mon|ma|mio|mia|meu|minha|mijn|mojego|моего|min|mitt|mého)\b ?",
    re.IGNORECASE,
)
_POST = re.compile(
    r"e-?mail\b|\bmail\b(?!\.ru)|corr?eio|correo|courri?er|courriel|poczt\w*|\bposta\b|почт\w*",
    re.IGNORECASE,
)
_DECORATION = " \t*_[]()\xa0\u200b\u2060\u2063\ufeff"
_MOST_OF_CLAUSE = 8  # words
_MOST_OF_MINE = 3
_PUNCTUATION = re.compile(r"[.,;:!?–—](?=\s|$)")
_LINK = re.compile(
    r"\s*(?:[<(\[]\s*)?(?:https?://|www\.)[^\s<>]{1,500}\s*(?:[>)\]])?\s*$|\s*<[^\s<>]{1,500}>\s*$"
)
_AFTER_LINK = re.compile(r"\s*(?:[<(\[]\s*)(?:https?://|www\.|mailto:)[^\s<>]{1,500}?\s*[>)\]]")
_CALLED = re.compile(r"\s*<[^\s<>]{4,500}>\s*$")
_MARKED_SIGNATURE = re.compile(
    f"{SIGNATURE_BEGINS}([^{SIGNATURE_BEGINS}{SIGNATURE_ENDS}]{{0,1500}}){SIGNATURE_ENDS}"
)
_MOST_MARKED = 15  # lines
_QUOTED = re.compile(r"[ \t]{0,3}>")
_LIST_RULE = re.compile(r"\s{0,2}[_\-=]{20,120}\s*$")
_LIST_WORDS = re.compile(
    r"mailing[- ]list|unsubscri|listinfo|subscription|list (?:archive|maintainer)|abbestellen"
    r"|désabonn|desuscri|disiscri|egroups|yahoogroups",
    re.IGNORECASE,
)
_ANY_LINK = re.compile(r"https?://|@")
_SEPARATOR = re.compile(r"[ \t]*(?:[-_=*]{3,120}|—)[ \t]*$")


def without_list_footer(text: str) -> str:
    """The text without what a mailing list added below it."""
    lines = _trimmed(text.split("\n"))
    cut = _above_list_footer(lines)
    return text if cut == len(lines) else "\n".join(lines[:cut])


def without_signature(text: str) -> str:
    """The text without signature, mobile signature and legal notice at its end.

    If nothing would be left but a greeting, the text stays as it is: words were written below.
    """
    lines = _trimmed(text.split("\n"))
    lines = _trimmed(lines[: _above_endings(lines)])
    signed = _above_delimiter(lines)
    if signed < len(lines):
        lines = _trimmed(lines[:signed])
        lines = _trimmed(lines[: _above_endings(lines)])
    left = "\n".join(lines)
    return text if not left.strip() or is_greeting(left) else left


def only_endings(lines: list[str]) -> bool:
    """Whether there is nothing but what programs and lawyers add, or a signature."""
    for cut in (_above_list_footer, _above_endings, _above_delimiter, _above_endings):
        lines = _trimmed(lines[: cut(lines)])
    return not any(line.strip() for line in lines)


def without_marked_signature(text: str) -> str:
    """The text without what HTML calls a signature, unless it is long or holds a quotation."""
    if SIGNATURE_BEGINS not in text:
        return text
    return _MARKED_SIGNATURE.sub(_unless_letter, text)


def _unless_letter(match: re.Match[str]) -> str:
    inside = match[1].split("\n")
    letter = len(inside) > _MOST_MARKED or any(_QUOTED.match(line) for line in inside)
    return match[0] if letter else ""


def without_banner(text: str) -> str:
    """The text without the warning that a server put above mail from outside."""
    lines = text.split("\n")
    for index, line in enumerate(lines[:8]):
        if not line.strip() or BANNER_TAG.match(line) or _SEPARATOR.match(line):
            continue
        rest = _paragraph_after(lines, index)
        if not _is_warning(lines[index:rest]):
            return text
        left = "\n".join(lines[rest:]).strip("\n")
        return without_tag(left) if left.strip() else text
    return text


def without_tag(text: str) -> str:
    """The text without a line that ends a banner for programs alone."""
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if BANNER_TAG.match(first) and rest.strip() else text


def _paragraph_after(lines: list[str], index: int) -> int:
    """Where the paragraph after the one at ``index`` begins, within a few lines."""
    for stop in range(index, min(index + 6, len(lines))):
        if not lines[stop].strip() or _SEPARATOR.match(lines[stop]):
            return stop + 1
    return index + 1


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end] if end < len(lines) else lines


def _above_delimiter(lines: list[str]) -> int:
    """Above ``-- `` (RFC 3676, section 4.3), the topmost one near the end.

    Words below a quotation are no signature, wherever their writer's program put one.
    """
    lowest = max(0, len(lines) - _MOST_BELOW)
    for index in range(len(lines) - 1, lowest - 1, -1):
        if _QUOTED.match(lines[index]):
            lowest = index + 1
            break
    for index in range(lowest, len(lines)):
        if _DELIMITER.match(lines[index]):
            return index
    return len(lines)


def _above_endings(lines: list[str]) -> int:
    """Above what programs and lawyers wrote at the end, each known by its words."""
    floor = max(0, len(lines) - _MOST_ENDING)
    cut = _above_added(lines, len(lines), floor)
    above = _above_notice(lines, cut, floor)
    return _above_added(lines, above, floor) if above < cut else cut


def _above_added(lines: list[str], end: int, floor: int) -> int:
    """Above lines of phones, scanners and servers, one paragraph after the other."""
    while end > floor:
        begin = _paragraph_begins(lines, end, floor)
        added = _added_below(lines[begin:end])
        if added is None:
            break
        end = begin + added if added else _above_gap(lines, begin, floor)
        if added:
            break
    return end


def _above_notice(lines: list[str], end: int, floor: int) -> int:
    """Above the topmost legal notice that stands with nothing else than what goes with one.

    That is its translation, or facts of a company; below a rule it is all that follows.
    """
    cut = bottom = end
    between: list[list[str]] = []  # paragraphs below, as far as they are not cut already
    while bottom > floor:
        begin = _paragraph_begins(lines, bottom, floor)
        paragraph = lines[begin:bottom]
        ruled = begin > 0 and _SEPARATOR.match(lines[begin - 1]) is not None
        bottom = _above_gap(lines, begin, floor)
        if not _is_legal(paragraph):
            between.append(paragraph)
        elif ruled or all(map(_goes_with_notice, between)):
            cut, between = bottom, []
        else:
            break
    return cut


def _above_gap(lines: list[str], end: int, floor: int) -> int:
    while end > floor and (not lines[end - 1].strip() or _SEPARATOR.match(lines[end - 1])):
        end -= 1
    return end


def _goes_with_notice(paragraph: list[str]) -> bool:
    said = " ".join(paragraph)[:2_000]
    return "?" not in said and (LEGAL_WORDS.search(said) or NOTICE_WORDS.search(said)) is not None


def _paragraph_begins(lines: list[str], end: int, floor: int) -> int:
    begin = end - 1
    while begin > floor and lines[begin - 1].strip() and not _SEPARATOR.match(lines[begin - 1]):
        begin -= 1
    return begin


def _added_below(paragraph: list[str]) -> int | None:
    """From which line on a paragraph is a program's: 0 if all of it is, None if none is."""
    if _is_warning(paragraph):
        return 0
    cut = len(paragraph)
    while cut and _is_added(paragraph[cut - 1]):
        cut -= 1
    # A link alone is a person's, unless a program's line stands above it.
    while cut < len(paragraph) and _LINK.match(paragraph[cut]):
        cut += 1
    return cut if cut < len(paragraph) else None


def _is_added(line: str) -> bool:
    if len(line) > 600:
        return False
    said = (
        _CALLED.sub("", _AFTER_LINK.sub("", line))
        .strip(_DECORATION)
        .lower()
        .replace("i\u0307", "i")
    )
    if not said:
        return _LINK.match(line) is not None
    return bool(
        _is_mobile(said) or EXCUSES.fullmatch(said.rstrip(".!")) or ADVERTS.match(said)
    ) or (_LINK.match(line) is not None)


def _is_mobile(said: str) -> bool:
    """``Sent from my iPhone``; ``Sent from my desk, which is easier`` is a sentence."""
    if len(said) > 120:
        return False
    said = said.rstrip(".")
    match = _MOBILE.match(said)
    if match is None:
        return MOBILE_LINES.fullmatch(said) is not None and DEVICES.search(said) is not None
    clause, *more = _PUNCTUATION.split(match["from"], maxsplit=1)
    if more and not EXCUSES.fullmatch(more[0].strip()) and DEVICES.search(clause) is None:
        return False
    if _names_device(clause, named=match["by"] is not None):
        return True
    mine = _MINE.match(match["from"])
    return mine is not None and len(clause.split()) <= _MOST_OF_MINE and not more


def _names_device(clause: str, *, named: bool) -> bool:
    """Whether what follows "sent" is a device or a program, and no more than that.

    ``named``: a word such as "from" stands before it. "Sent by mail" tells how a parcel came, and
    "Sent my phone to you" where a phone is.
    """
    words = clause.split()
    device = DEVICES.search(_POST.sub(" ", clause))
    if device is None or len(words) > _MOST_OF_CLAUSE:
        return False
    at = len(clause[: clause.find(device[0]) + 1].split()) - 1  # which word it is, from 0
    if ORDINARY.search(device[0]):
        return named and at <= 1 and DEVICES.search(words[-1]) is not None
    return at <= (3 if named else 0)


def _is_warning(paragraph: list[str]) -> bool:
    """Whether a server warns of a sender from outside: it says so, and of what to beware."""
    if EXTERNAL_ALONE.match(paragraph[0][:400]):
        return True
    said = " ".join(paragraph)[:600]
    if not WARNS.match(said):
        return False
    return OUTSIDE.search(said) is not None and SUSPECT.search(said) is not None


def _is_legal(paragraph: list[str]) -> bool:
    """Whether a paragraph opens as a legal notice does, and has the words of one."""
    opening = paragraph[0][:200]
    if not opening.lower().lstrip(' \t*_[("').startswith(NOTICE_BEGINS):
        return False  # a cheap look: nearly every paragraph is none
    if not LEGAL_OPENING.match(opening):
        return False
    text = "\n".join(paragraph)[:4_000]
    return (
        len(text) >= _SHORTEST_NOTICE
        and len({word.lower() for word in LEGAL_WORDS.findall(text)}) >= _LEGAL_WORDS
    )


def _above_list_footer(lines: list[str]) -> int:
    """Above the rule and the few lines that a mailing list adds below a mail."""
    for index in range(len(lines) - 1, max(len(lines) - 8, 0), -1):
        if _LIST_RULE.match(lines[index]):
            below = "\n".join(lines[index + 1 :])[:2_000]
            signed = "_" in lines[index] and _ANY_LINK.search(below) is not None
            return index if signed or _LIST_WORDS.search(below) else len(lines)
    return len(lines)

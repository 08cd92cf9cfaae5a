"""The message that somebody passed on: inline, or as a part of type message/rfc822."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.channels.email.reading.blocks import (
    header_block,
    is_forward_banner,
    is_original_banner,
    is_rule,
    label_of,
)
from gateway.channels.email.reading.dates import date_of
from gateway.channels.email.reading.language import guessed
from gateway.channels.email.reading.languages import FORWARD_PREFIX
from gateway.channels.email.reading.parties import parse_list
from gateway.channels.email.reading.texts import shown, written
from gateway.core.model import Forwarded, Party

_LEVEL = re.compile(r"[ \t]{0,3}[>＞] ?")
_MAILTO = re.compile(
    r"[\[<(]\s*(?:mailto|smtp):\s*([^\s\]>)?]{3,320})[^\]>)]{0,200}[\]>)]", re.IGNORECASE
)
_FIELD = re.compile(r"[ \t>*]{0,6}[A-Za-z-]{2,30}:\s")
_MUTT = re.compile(r"[^\n]{0,60}\bfrom ([^\n]{3,300}?)\s*-{3,60}\s*$", re.IGNORECASE)
_MOST_HEADER_LINES = 40
_WRAPPED = 60  # characters from which on clients break a line
_MOST_LINES = 50_000


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines from the header of the forwarded message on, and where the forward begins."""

    begin: int
    header: int


def subject_says_forward(subject: str) -> bool:
    """Whether a subject begins as mail clients begin that of a forward."""
    return FORWARD_PREFIX.match(subject) is not None


def inline_forward(full_text: str, subject: str, *, answers: bool) -> Forwarded | None:
    """The message that a text passes on, or None.

    A banner of a mail client says it; header lines alone do only when the subject is that of a
    forward, or when nothing but them is there and the mail answers nothing (``answers``).
    """
    if full_text.count("\n") > _MOST_LINES or "@" not in full_text:
        return None
    lines = full_text.split("\n")
    found = _banner(lines) or _bare_block(lines, subject, answers=answers)
    return _read(lines, found) if found else None


def _banner(lines: list[str]) -> _Found | None:
    for index, line in enumerate(lines):
        if len(line) < 8 or not is_forward_banner(line):
            continue
        header = _header_after(lines, index + 1)
        if header is not None:
            return _Found(index, header)
        if _MUTT.match(line):
            return _Found(index, index)
    return None


def _header_after(lines: list[str], start: int) -> int | None:
    for index in range(start, min(start + 5, len(lines))):
        found = label_of(lines[index])
        if found and header_block(lines, index, announced=True):
            return index
        if lines[index].strip(" >\t") and found is None:
            return None
    return None


def _bare_block(lines: list[str], subject: str, *, answers: bool) -> _Found | None:
    forward = subject_says_forward(subject)
    for index, line in enumerate(lines):
        if (":" not in line and "：" not in line) or not header_block(lines, index):
            continue
        if forward or (not answers and not any(above.strip() for above in lines[:index])):
            return _Found(_below_words(lines, index), index)
        return None
    return None


def _below_words(lines: list[str], index: int) -> int:
    """Above the header lines and the rule or banner that a client drew over them."""
    above = index
    while above > max(0, index - 3) and not lines[above - 1].strip():
        above -= 1
    drawn = above > 0 and (is_rule(lines[above - 1]) or is_original_banner(lines[above - 1]))
    return above - 1 if drawn else index


def _read(lines: list[str], found: _Found) -> Forwarded | None:
    """The header lines, and the words below them."""
    fields: dict[str, str] = {}
    rest = lines[found.header :]
    if _LEVEL.match(rest[0]):
        rest = [_LEVEL.sub("", line, count=1) for line in rest]
    body = _header_lines(rest, fields)
    mutt = _MUTT.match(lines[found.begin])
    author = forwarded_author(fields.get("from") or (mutt[1] if mutt else ""))
    if author is None:
        return None
    full_text = shown("\n".join(rest[body:]).strip("\n"))
    return Forwarded(
        author=author,
        subject=fields.get("subject", "")[:500],
        text=written(full_text),
        full_text=full_text,
        comment=_comment(lines[: found.begin]),
        sent_at=date_of(fields.get("date", "")),
        language=guessed(full_text),
    )


def _header_lines(lines: list[str], fields: dict[str, str]) -> int:
    """Read header lines into ``fields`` by kind; the index of the first line of the body."""
    last = ""
    for index, line in enumerate(lines[:_MOST_HEADER_LINES]):
        found = label_of(line)
        if found:
            last = found[0]
            fields.setdefault(last, found[1])
        elif not line.strip():
            if "from" in fields and len(fields) > 1 and not _more_fields(lines, index):
                return index + 1
        elif last in ("to", "cc", "subject", "from") and index > 0 and lines[index - 1].strip():
            # A value that was broken over lines; lists of recipients may be long.
            if not _goes_on(lines, index):
                return index
            if last in ("subject", "from") and not _FIELD.match(line):
                fields[last] = f"{fields[last]} {line.strip()}"
        elif fields and not line.startswith(("-", "_")):
            return index
    return min(len(lines), _MOST_HEADER_LINES)


def _goes_on(lines: list[str], index: int) -> bool:
    """Whether a line below a header line is a part of it, and not the first one of the body."""
    line, above = lines[index], lines[index - 1].rstrip()
    if line[:1] in (" ", "\t") or _FIELD.match(line) or above.endswith((",", ";")):
        return True
    below = lines[index + 1] if index + 1 < len(lines) else ""
    return len(above) >= _WRAPPED or label_of(below) is not None


def _more_fields(lines: list[str], blank: int) -> bool:
    """Whether header lines go on after a blank one or two, as in HTML of some clients."""
    below = next((line for line in lines[blank + 1 : blank + 3] if line.strip()), "")
    found = label_of(below)
    return found is not None and found[0] in ("subject", "to", "date", "cc")


def forwarded_author(value: str) -> Party | None:
    """Who wrote it, from what a client shows: ``Ada [mailto:ada@example.org]`` and the like."""
    value = _MAILTO.sub(r"<\1>", value[:1000].replace("\u200e", ""))
    party = next(parse_list(value), None)
    if party is not None:
        return party
    match = re.search(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,190}", value)
    return next(parse_list(match[0]), None) if match else None


def _comment(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    return written(text) if text else ""

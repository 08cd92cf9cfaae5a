"""What clients draw above a quoted or forwarded message: banners, rules, and header lines."""

from __future__ import annotations

import re

from gateway.channels.email.reading.languages import FORWARD_STEMS, LABEL_KINDS, ORIGINAL_STEMS
from gateway.channels.email.reading.signs import ATTRIBUTION

_AROUND = f" \t>*\u200e\r\xa0{ATTRIBUTION}"
_DASHES = r"[-_—–―‐‑=*~]"  # Proton writes hyphens that are not those of ASCII
_BANNER = (
    rf"[ \t>*]{{0,6}}{_DASHES}{{2,60}}\s{{0,3}}([^\n]{{2,80}}?)\s{{0,3}}{_DASHES}{{2,60}}\s{{0,5}}$"
)
_RUN_ON_BANNER = re.compile(r"[ \t>*]{0,6}-{3,60} ?([^-\n]{2,60}) ?-{3,60} [^\n]{3,300}$")
_OPEN_BANNER = re.compile(rf"[ \t>*]{{0,6}}{_DASHES}{{2,60}}\s{{0,3}}([^\n]{{2,60}})$")
_ORIGINAL = re.compile(_BANNER)
# In lower case: a pattern that minds the case finds the beginnings of its words by a table.
_HAS_ORIGINAL = re.compile(ORIGINAL_STEMS)
_HAS_FORWARD = re.compile(FORWARD_STEMS)
_APPLE_FORWARD = re.compile(
    r"[ \t>]{0,6}(?:begin |start |anfang |début |inicio |início |inizio |rozpoczęcie |początek "
    r"|начало |start på |začátek |alkaa |a )?[^\n:：]{0,40}(?:"
    + FORWARD_STEMS
    + r")[^\n:：]{0,40}[:：]\s{0,5}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[ \t>*|\u200e\u200f\u202a\u202b]{0,8}([^\s:：*>|][^:：*\n]{0,24}?)[ \t\xa0*]{0,4}"
    r"[:：][*]{0,2}[ \t\xa0\u200e|]*(.*)$"
)
_RULE = re.compile(r"\s{0,4}[_\-=*]{5,200}\s*$")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
# RFC 5322, section 3.3: nobody writes seconds and a zone by hand.
_STANDARD_DATE = re.compile(r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e]")
_LONGEST_BANNER = 160
_LONGEST_LABELLED = 2_000
_FARTHEST = 45  # characters before the colon of a label
_MOST_FIELDS = 10


def may_be_banner(line: str) -> bool:
    """Whether a line that is not blank may be one: its first and last letters tell, cheaply."""
    bare = line.strip(_AROUND)
    return bool(bare) and (bare[0] in "-_—–―‐‑=~" or bare[-1] in ":：")


def is_original_banner(line: str) -> bool:
    """``-----Original Message-----`` and its like."""
    if len(line) >= _LONGEST_BANNER or not may_be_banner(line):
        return False
    if not _says(_HAS_ORIGINAL, line) or _says(_HAS_FORWARD, line):
        return False
    match = _ORIGINAL.match(line)
    return match is not None and _says(_HAS_ORIGINAL, match[1])


def is_forward_banner(line: str) -> bool:
    """``---------- Forwarded message ---------``, ``Begin forwarded message:`` and their like."""
    if not may_be_banner(line):
        return False
    line = line.lstrip(ATTRIBUTION)
    if len(line) > _LONGEST_BANNER or not _says(_HAS_FORWARD, line):
        return False
    match = _ORIGINAL.match(line) or _OPEN_BANNER.match(line) or _RUN_ON_BANNER.match(line)
    if match:
        return _says(_HAS_FORWARD, match[1])
    return line.rstrip()[-1:] in (":", "：") and _APPLE_FORWARD.match(line) is not None


def _says(stems: re.Pattern[str], text: str) -> bool:
    """Whether one of these words is in a text; a capital I with a dot is one of them."""
    return stems.search(text.lower().replace("i\u0307", "i")) is not None


def label_of(line: str) -> tuple[str, str] | None:
    """Which header line of a quoted message this is (``from``, ``date``, …), and its value."""
    if ":" not in line[:_FARTHEST] and "：" not in line[:_FARTHEST]:
        return None
    match = _LABEL.match(line) if len(line) < _LONGEST_LABELLED else None
    if match is None:
        return None
    kind = LABEL_KINDS.get(match[1].strip().lower().strip("\u200e\u200f"))
    return (kind, match[2].strip(" *|\t\xa0")) if kind else None


def header_block(lines: list[str], index: int, *, announced: bool = False) -> bool:
    """Whether the header lines of a quoted message begin here.

    From with an address and two others, or all four of them, or a full date and a subject with
    it: ``From: Madrid`` and ``To: Paris`` are a traveller's. Where they are ``announced`` by a
    banner of forwards, From with an address and one other.
    """
    first = label_of(lines[index])
    if first is None or first[0] in ("to", "cc", "other") or not first[1]:
        return False
    fields = {first[0]: first[1]}
    for line in lines[index + 1 : index + _MOST_FIELDS]:
        found = label_of(line)
        if found:
            fields.setdefault(found[0], found[1])
        elif not line.strip() and len(fields) > 1:
            break
    if "@" in fields.get("from", "") and _STANDARD_DATE.match(fields.get("date", "")):
        return True
    others = len(fields.keys() & {"date", "to", "subject"})
    with_address = "@" in fields.get("from", "")
    if announced and with_address and others:
        return True
    if "from" not in fields or others < 2:
        return False
    return with_address or others == 3 or ("subject" in fields and _full_date(fields))


def _full_date(fields: dict[str, str]) -> bool:
    date = _DIRECTION.sub("", fields.get("date", ""))
    return _YEAR.search(date) is not None and _TIME.search(date) is not None


def is_rule(line: str) -> bool:
    """A line of dashes, underscores or stars."""
    return _RULE.match(line) is not None

"""What of a text is quoted history, line by line.

Works on plain text and on the text made of HTML, where quoted parts have become ``>`` lines.
Every rule looks at a bounded number of lines, so that the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.channels.email.reading.html.to_text import ATTRIBUTION
from gateway.channels.email.reading.languages import (
    FORWARD_STEMS,
    LABEL_KINDS,
    OPENERS,
    ORIGINAL_STEMS,
    WROTE,
)

_MARK_LINES = 3  # further lines that a mark may be broken over
OURS = re.compile(r"[>\s]{0,40}##- .{1,400} -##\s*$")
# Some clients put the initials of who is quoted before the sign.
_QUOTED = re.compile(r"[ \t\ue002]{0,3}(?:[A-Z]{0,3}>|＞)")
_MARKED = re.compile(r"[ \t\ue002]{0,3}(?:[A-Z]{0,3}>|＞|[|#:%}]|--\])")
_BANNER = r"[ \t>*]{0,6}[-_—–=]{2,60}\s{0,3}([^\n]{2,80}?)\s{0,3}[-_—–=]{2,60}\s{0,5}$"
_OPEN_BANNER = re.compile(r"[ \t>*]{0,6}[-_=]{2,60}\s{0,3}([^\n]{2,60})$")
_ORIGINAL = re.compile(_BANNER)
_HAS_ORIGINAL = re.compile(ORIGINAL_STEMS, re.IGNORECASE)
_HAS_FORWARD = re.compile(FORWARD_STEMS, re.IGNORECASE)
_APPLE_FORWARD = re.compile(
    r"[ \t>]{0,6}(?:begin |start |anfang |début |inicio |início |inizio |rozpoczęcie |początek "
    r"|начало"
    r" |start på |začátek |alkaa |a )?[^\n:：]{0,40}(?:"
    + FORWARD_STEMS
    + r")[^\n:：]{0,40}[:：]\s{0,5}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[ \t>*|]{0,8}([^\s:：*>][^:：*\n]{0,24}?)[ \t\xa0*]{0,4}[:：][*]{0,2}[ \t\xa0\u200e]*(.*)$"
)
_RULE = re.compile(r"\s{0,4}[_\-=*]{5,200}\s*$")
_WROTE = re.compile(
    rf"(?<!\w)(?:{WROTE})(?!\w)|写道|寫道|書きました|のメール|のメッセージ", re.IGNORECASE
)
_OPENER = re.compile(rf"\s{{0,4}}(?:(?:{OPENERS})\b|在|于|\d|<|\")", re.IGNORECASE)
_ADDRESS = re.compile(r"[<(\[]?[^\s<>@()]{1,64}@[^\s<>@()]{1,190}[>)\]]?")
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./年-]|\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}"
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e]")
_NAME_FIRST = re.compile(r"[^<>@\n]{0,80}<[^<>\s]{1,64}@[^<>\s]{1,190}>")
_MYSELF = re.compile(
    r"\b(?:I|we|ich|wir|yo|io|je|j'ai|nous|eu|ik|ja|я|мы|jag|jeg|minä)\b", re.IGNORECASE
)
_ENDS = re.compile(r"[:：]\s{0,3}$")
LONGEST_ATTRIBUTION = 400
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a text: ``text``, and whether ``quoted`` history was taken from it."""

    text: str
    quoted: bool


def without_quotes(text: str, *, forward: bool = False) -> Kept:
    """The text without quoted history; quotes that are being answered stay.

    ``forward``: the mail passes on another one, whose words are content and stay.
    """
    lines = text.split("\n")
    end, cut = _history_begins(lines, forward=forward)
    marks = [_is_quoted(line) for line in lines[:end]]
    kept, dropped = _answering(lines[:end], marks, forward=forward)
    return Kept("\n".join(kept), cut or dropped)


def _is_quoted(line: str) -> bool:
    return _QUOTED.match(line) is not None and OURS.match(line) is None


def _history_begins(lines: list[str], *, forward: bool) -> tuple[int, bool]:
    """The first line of a history that goes on to the end, and whether there is one."""
    above = False  # whether words of the writer's own were met
    for index, line in enumerate(lines):
        if "##- " in line and _is_our_mark(lines, index):
            return _attribution_above(lines, index), True
        if not line.strip() or _is_quoted(line):
            continue
        if is_forward_banner(line):
            forward = True
        if not forward and _separates(lines, index):
            begin = _above_rule(lines, index)
            # With nothing above it, the answer stands below or in between.
            if above and any(own.strip() for own in lines[max(0, begin - 50) : begin]):
                return begin, True
        above = True
    return len(lines), False


def _is_our_mark(lines: list[str], index: int) -> bool:
    """The line that our notices begin with; clients that wrap what they quote break it up."""
    if OURS.match(lines[index]):
        return True
    rest = [line.lstrip("> \t") for line in lines[index + 1 : index + 1 + _MARK_LINES]]
    return any(
        OURS.match(" ".join([lines[index].rstrip(), *rest[:count]]))
        for count in range(1, len(rest) + 1)
    )


def _separates(lines: list[str], index: int) -> bool:
    line = lines[index]
    if len(line) > LONGEST_ATTRIBUTION:
        return False
    if is_original_banner(line):
        return True
    if ":" not in line and "：" not in line:
        return False
    if header_block(lines, index):
        # No client begins its block with Subject when it answers: somebody pasted a mail.
        return not (label := label_of(line)) or label[0] != "subject"
    return _ends_strong_attribution(lines, index)


def _may_be_banner(line: str) -> bool:
    """A look at two letters saves a pattern for nearly every line."""
    bare = line.strip(" \t>*\u200e")
    return bool(bare) and (bare[0] in "-_—–=" or bare[-1] in ":：")


def is_original_banner(line: str) -> bool:
    """``-----Original Message-----`` and its like."""
    match = _ORIGINAL.match(line) if len(line) < 160 and _may_be_banner(line) else None
    return bool(match and _HAS_ORIGINAL.search(match[1]) and not _HAS_FORWARD.search(match[1]))


def is_forward_banner(line: str) -> bool:
    """``---------- Forwarded message ---------``, ``Begin forwarded message:`` and their like."""
    if len(line) > 160 or not _may_be_banner(line):
        return False
    match = _ORIGINAL.match(line) or _OPEN_BANNER.match(line)
    if match:
        return bool(_HAS_FORWARD.search(match[1]))
    return bool(_ENDS.search(line) and _APPLE_FORWARD.match(line))


def label_of(line: str) -> tuple[str, str] | None:
    """Which header line of a quoted message this is (``from``, ``date``, …), and its value."""
    match = _LABEL.match(line) if len(line) < 2000 else None
    if match is None:
        return None
    kind = LABEL_KINDS.get(match[1].strip().lower().strip("\u200e\u200f"))
    return (kind, match[2].strip(" *\t\xa0")) if kind else None


def header_block(lines: list[str], index: int) -> bool:
    """Whether the header lines of a quoted message begin here.

    From with an address and two others, or all four of them, or a full date among three:
    ``From: Madrid`` and ``To: Paris`` are a traveller's.
    """
    first = label_of(lines[index])
    if first is None or first[0] in ("to", "cc", "other") or not first[1]:
        return False
    fields = {first[0]: first[1]}
    for line in lines[index + 1 : index + 10]:
        found = label_of(line)
        if found:
            fields.setdefault(found[0], found[1])
        elif not line.strip() and len(fields) > 1:
            break
    others = len(fields.keys() & {"date", "to", "subject"})
    if "from" not in fields or others < 2:
        return False
    date = _DIRECTION.sub("", fields.get("date", ""))
    dated = _YEAR.search(date) is not None and _TIME.search(date) is not None
    return "@" in fields["from"] or others == 3 or dated


def is_rule(line: str) -> bool:
    """A line of dashes, underscores or stars."""
    return _RULE.match(line) is not None


def _above_rule(lines: list[str], index: int) -> int:
    """The line, or that of the rule which a client drew above it, or where its sentence begins."""
    begin = _attribution_begins(lines, index)
    above = begin - 1
    while above > begin - 3 and above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above]) else begin


def _ends_strong_attribution(lines: list[str], index: int) -> bool:
    """An attribution that needs no ``>`` lines after it: who, and when, and nothing else.

    It counts only if what follows is not marked as quoted; else `_answering` looks at it.
    """
    line = lines[index]
    if not _ENDS.search(line) or _marked_below(lines, index):
        return False
    joined = " ".join(lines[_attribution_begins(lines, index) : index + 1])
    if len(joined) > LONGEST_ATTRIBUTION or not _DATE.search(joined):
        return False
    address = _ADDRESS.search(joined)
    if address and joined.rstrip(" :：\u200e").endswith(address[0]):
        return bool(_OPENER.match(joined))
    if not _WROTE.search(joined) or _MYSELF.search(joined):
        return False
    return address is not None or bool(_OPENER.match(joined) and _TIME.search(joined))


def _marked_below(lines: list[str], index: int) -> bool:
    """Whether quoted lines bear a mark, one of their writer's choice perhaps.

    Then what has no mark may be an answer in between.
    """
    return any(_MARKED.match(line) for line in lines[index + 1 : index + 100])


def _attribution_begins(lines: list[str], index: int) -> int:
    """The first line of an attribution that ends at ``index`` and may be broken over several."""
    if not _ENDS.search(lines[index]):
        return index
    begin = index
    for candidate in range(index, max(index - _MOST_LINES, -1), -1):
        line = lines[candidate]
        if not line.strip() or _is_quoted(line) or len(line) > LONGEST_ATTRIBUTION:
            break
        if candidate < index and _ENDS.search(line):
            break
        dated = _DATE.search(line) or candidate == index
        if dated and (_OPENER.match(line) or _NAME_FIRST.match(line)):
            begin = candidate
    return begin


def _attribution_above(lines: list[str], index: int) -> int:
    """Where the attribution above a quotation begins; ``index`` if there is none."""
    last = index - 1
    while last >= 0 and last > index - 4 and not lines[last].strip(" \t>"):
        last -= 1
    if last < 0 or not lines[last].strip(" \t>"):
        return index
    line = lines[last]
    if line.lstrip(" \t>").startswith(ATTRIBUTION):
        return last
    if _is_quoted(line) and not _is_quoted(lines[index]):
        return index
    begin = _attribution_begins(lines, last)
    return begin if _is_attribution(" ".join(lines[begin : last + 1])) else index


def _is_attribution(joined: str) -> bool:
    """Whether a line directly above ``>`` lines says whose they are."""
    if len(joined) > LONGEST_ATTRIBUTION or not _ENDS.search(joined):
        return False
    if _WROTE.search(joined):
        return True
    return bool(_DATE.search(joined) and (_ADDRESS.search(joined) or _OPENER.match(joined)))


def _answering(lines: list[str], quoted: list[bool], *, forward: bool) -> tuple[list[str], bool]:
    """The lines without the quotation at their end, or at their beginning if it is the only one."""
    if forward or not any(quoted):
        return lines, False
    first_own, last_own = _own_range(lines, quoted)
    if first_own is None or last_own is None:
        return [], True
    kept, dropped = lines[: last_own + 1], last_own + 1 < len(lines) and any(quoted[last_own + 1 :])
    if dropped:
        begin = _attribution_above(lines, quoted.index(True, last_own + 1))
        kept = lines[: min(begin, last_own + 1)]
    return _without_leading(kept, quoted[: len(kept)], dropped=dropped)


def _own_range(lines: list[str], quoted: list[bool]) -> tuple[int | None, int | None]:
    """The first and the last line that are the writer's own, attributions apart."""
    own = [i for i, line in enumerate(lines) if not quoted[i] and line.strip(" \t\ue002")]
    if not own:
        return None, None
    return own[0], own[-1]


def _without_leading(
    kept: list[str], quoted: list[bool], *, dropped: bool
) -> tuple[list[str], bool]:
    """Without the one quotation that stands above everything of the writer's own."""
    if not any(quoted):
        return kept, dropped
    first = quoted.index(True)
    begin = _attribution_above(kept, first)
    if any(line.strip() for line in kept[:begin]):
        return kept, dropped  # words, a quotation, words: it is being answered
    last = len(quoted) - 1 - quoted[::-1].index(True)
    body = [i for i in range(first, last) if not quoted[i] and kept[i].strip()]
    if body:
        return kept[:begin] + kept[first:], dropped  # several quotations, each answered
    return kept[last + 1 :], True

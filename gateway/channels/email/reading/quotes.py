"""What of a text is quoted history, line by line.

Works on plain text and on the text made of HTML, where quoted parts have become ``>`` lines.
Every rule looks at a bounded number of lines, so that the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.channels.email.reading.attributions import (
    LONGEST,
    attribution_begins,
    ends_attribution,
)
from gateway.channels.email.reading.blocks import (
    header_block,
    is_forward_banner,
    is_original_banner,
    is_rule,
    label_of,
)
from gateway.channels.email.reading.farewells import is_farewell, is_greeting
from gateway.channels.email.reading.languages import ANSWERS_BELOW
from gateway.channels.email.reading.signatures import only_endings
from gateway.channels.email.reading.signs import ATTRIBUTION, HISTORY

_MARK_LINES = 3  # further lines that a mark may be broken over
OURS = re.compile(r"[>\s]{0,40}##[-–—‑]\s.{1,400}\s?[-–—‑]##\s*$")
# Some clients put the initials of who is quoted before the sign.
_QUOTED = re.compile(r"[ \t\ue002]{0,3}(?:[A-Z]{0,3}>|＞)")
_MARKED = re.compile(r"[ \t\ue002]{0,3}(?:[A-Z]{0,3}>|＞|[|:%}]|#(?!#)|--\])")
# Decoration around a link or a word, and what GroupWise writes above a mail.
_NO_QUOTE = re.compile(r"\s{0,3}>>[> ]{1,10}[^> \n][^\n]{1,300}?(?:<<|>>>)\s{0,3}$")
_MOST_LABELS = 10
_RAW = re.compile(
    r"[ \t>]{0,6}(?:received|message-id|mime-version|content-t[a-z-]{1,30}|return-path|delivered-to"
    r"|dkim-signature|in-reply-to|references|envelope-to|x-[a-z-]{1,40}|list-[a-z]{1,20}):",
    re.IGNORECASE,
)
_WRAPPED = 70  # characters
_LOOK_BELOW = 100  # lines in which a mark shows that quoted lines are marked
_LOOK_ABOVE = 50  # lines in which the writer's own words are looked for
_INTRODUCES = (":", "：")
_AROUND = f" \t>*\u200e\xa0{ATTRIBUTION}"
_HEADS = tuple(f"-_—–―‐‑=~{HISTORY}")
_NOTHING = f" \t{ATTRIBUTION}{HISTORY}"


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
    quoted = [(">" in line or "＞" in line) and _is_quoted(line) for line in lines]
    end, cut = _history_begins(lines, quoted, forward=forward)
    kept, dropped = _answering(lines[:end], quoted[:end], forward=forward)
    return Kept("\n".join(kept), cut or dropped)


def _is_quoted(line: str) -> bool:
    return _QUOTED.match(line) is not None and _NO_QUOTE.match(line) is None


def _history_begins(lines: list[str], quoted: list[bool], *, forward: bool) -> tuple[int, bool]:
    """The first line of a history that goes on to the end, and whether there is one.

    With nothing above it, the answer stands below or in between: then none is cut off.
    """
    above = False  # whether words of the writer's own were met
    answered = False  # whether they stand between and below the lines of a notice of ours
    for index, line in enumerate(lines):
        if "##" in line and not answered and _is_our_mark(lines, index):
            answered = quoted[index] and _goes_on_below(lines, quoted, index)
            if not answered:
                return _above_notice(lines, _attribution_above(lines, index))
        if quoted[index] or not line or line.isspace():
            continue
        begin = None
        if _may_separate(line):
            forward = forward or is_forward_banner(line)
            begin = None if forward else _separated(lines, index)
        if begin is None:
            above = above or not is_rule(line)
        elif not above:
            forward = True
        elif _notice_below(lines, index):
            return _above_notice(lines, begin)
        elif not _sends_on(lines, begin):
            return begin, True
    return len(lines), False


def _may_separate(line: str) -> bool:
    """A look at a line that is not blank, which saves all patterns for nearly every one."""
    if ":" in line or "：" in line:
        return True
    return line.lstrip(_AROUND)[:1] in _HEADS or line.rstrip().endswith(("--", ">>>"))


def _notice_below(lines: list[str], index: int) -> bool:
    """Whether it is a notice of ours that stands below an attribution or header lines."""
    following = range(index, min(index + _MOST_LABELS, len(lines)))
    return any("##" in lines[at] and _is_our_mark(lines, at) for at in following)


def _above_notice(lines: list[str], begin: int) -> tuple[int, bool]:
    """The same of a notice; all is left where a greeting, or "see below", is all that is above.

    Then what was meant stands in what would be cut off, and nothing of it may be sent.
    """
    said = [line for line in lines[: min(begin, _LOOK_ABOVE)] if not line.lstrip().startswith("#")]
    if is_greeting("\n".join(said)) or _sends_on(lines, begin):
        return len(lines), False
    return begin, True


def _sends_on(lines: list[str], begin: int) -> bool:
    """Whether the words above a history send the reader on into it."""
    own = "\n".join(line[-1_000:] for line in lines[max(0, begin - _LOOK_ABOVE) : begin])
    return ANSWERS_BELOW.search(own[-1_000:]) is not None


def _goes_on_below(lines: list[str], quoted: list[bool], index: int) -> bool:
    """Whether somebody wrote below or between the lines of a notice.

    The rest of a line that a client wrapped after it had quoted it is no word of theirs.
    """
    own = [
        line
        for at, line in enumerate(lines[index + 1 :], index + 1)
        if line.strip(_NOTHING) and not quoted[at] and not _is_rest(lines, quoted, at)
    ]
    return bool(own) and not only_endings(own)


def _is_rest(lines: list[str], quoted: list[bool], at: int) -> bool:
    """Whether a line is the rest of a quoted one above that was wrapped, or of our mark."""
    first = at
    while first > max(0, at - _MARK_LINES) and not quoted[first - 1] and lines[first - 1].strip():
        first -= 1
    above = lines[first - 1]
    if not quoted[first - 1]:
        return False
    room = _WRAPPED - len(above)  # letters that would still have found their place
    return OURS.match(above) is not None or len(lines[first].split(maxsplit=1)[0]) >= room


def _is_our_mark(lines: list[str], index: int) -> bool:
    """The line that our notices begin with; clients that wrap what they quote break it up."""
    if OURS.match(lines[index]):
        return True
    rest = [line.lstrip("> \t") for line in lines[index + 1 : index + 1 + _MARK_LINES]]
    return any(
        OURS.match(" ".join([lines[index].rstrip(), *rest[:count]]))
        for count in range(1, len(rest) + 1)
    )


def _separated(lines: list[str], index: int) -> int | None:
    """Where a history begins that is seen at this line, or None."""
    line = lines[index]
    if len(line) > LONGEST:
        return None
    if line.startswith(HISTORY) or is_original_banner(line):
        return _above_rule(lines, index)
    if (":" in line or "：" in line) and header_block(lines, index):
        return _above_block(lines, index)
    if not ends_attribution(line):
        return None
    begin = attribution_begins(lines, index, marked=False)
    if begin is None or _marked_below(lines, index):
        return None
    return _above_rule(lines, begin)


def _above_block(lines: list[str], index: int) -> int | None:
    """Above header lines that a client wrote; None for those that somebody talks about.

    No client begins its block with Subject when it answers, unless it drew a rule above; none
    shows how a mail travelled; and ``I got this mail:`` says that it was put in on purpose.
    """
    top = _first_label(lines, index)
    if _is_raw(lines, index):
        return None
    begin = min(_above_rule(lines, top), _attribution_above(lines, top, marked=False))
    if begin < top:
        return begin
    label = label_of(lines[top])
    if label is not None and label[0] == "subject":
        return None
    above = next((line for line in reversed(lines[max(0, top - 3) : top]) if line.strip()), "")
    return None if above.rstrip().endswith(_INTRODUCES) else begin


def _first_label(lines: list[str], index: int) -> int:
    """The topmost of the header lines that stand directly one below the other."""
    top = index
    while top > max(0, index - _MOST_LABELS) and label_of(lines[top - 1]) is not None:
        top -= 1
    return top


def _is_raw(lines: list[str], index: int) -> bool:
    """Whether fields stand around it that clients do not show (RFC 5322, section 3.6.7)."""
    for step in (-1, 1):
        at = index + step
        while abs(at - index) <= _MOST_LABELS and 0 <= at < len(lines) and lines[at].strip():
            if _RAW.match(lines[at]):
                return True
            at += step
    return False


def _above_rule(lines: list[str], begin: int) -> int:
    """The line, or that of the rule or banner which a client drew above it."""
    above = begin - 1
    while above > begin - 3 and above >= 0 and not lines[above].strip():
        above -= 1
    drawn = above >= 0 and (is_rule(lines[above]) or HISTORY in lines[above])
    return above if drawn else begin


def _marked_below(lines: list[str], index: int) -> bool:
    """Whether quoted lines bear a mark, one of their writer's choice perhaps.

    Then what has no mark may be an answer in between.
    """
    return any(_MARKED.match(line) for line in lines[index + 1 : index + _LOOK_BELOW])


def _attribution_above(lines: list[str], index: int, *, marked: bool = True) -> int:
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
    begin = attribution_begins(lines, last, marked=marked)
    return index if begin is None else begin


def _answering(lines: list[str], quoted: list[bool], *, forward: bool) -> tuple[list[str], bool]:
    """The lines without the quotation at their end, or at their beginning if it is the only one."""
    if forward or not any(quoted):
        return lines, False
    own = [i for i, line in enumerate(lines) if not quoted[i] and line.strip(_NOTHING)]
    if not own:
        return [], True
    last = own[-1]
    kept, dropped = lines[: last + 1], any(quoted[last + 1 :])
    if dropped:
        begin = _attribution_above(lines, quoted.index(True, last + 1))
        kept = lines[: min(_above_rule(lines, begin), last + 1)]
    return _without_leading(kept, quoted[: len(kept)], dropped=dropped)


def _without_leading(
    kept: list[str], quoted: list[bool], *, dropped: bool
) -> tuple[list[str], bool]:
    """Without the one quotation that stands above everything of the writer's own.

    Or between their words and their farewell: that answers nothing.
    """
    if not any(quoted):
        return kept, dropped
    first = quoted.index(True)
    begin = _attribution_above(kept, first)
    last = len(quoted) - 1 - quoted[::-1].index(True)
    if any(line.strip() for line in kept[:begin]):
        if begin < first and is_farewell(kept[last + 1 :]):
            return kept[:begin] + kept[last + 1 :], True
        return kept, dropped  # words, a quotation, words: it is being answered
    body = [i for i in range(first, last) if not quoted[i] and kept[i].strip()]
    if body:
        return kept[:begin] + kept[first:], dropped  # several quotations, each answered
    return kept[last + 1 :], True

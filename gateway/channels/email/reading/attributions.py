"""The line above a quotation: who wrote when, and nothing else.

Clients of every language put it together from the same pieces, in another order. A person's own
sentence has more words in it, or says "I"; then it is none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.channels.email.reading.languages import (
    BY,
    MYSELF,
    OPENERS,
    QUOTING,
    WROTE,
    WROTE_WITHIN,
    YOU,
)

LONGEST = 400  # characters
MOST_LINES = 4
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ue002]")
_SPACES = re.compile(r"[\s\u202f\xa0]+")
_ENDS = re.compile(r"[:：][\s\u200e\u200f\u202a-\u202e\u2066-\u2069]{0,4}$")
_BLANKS = " \t\r\xa0\u202f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_COLONS = (":", "：")
_FRAMED = re.compile(r"-{2,60} ?([^-\n][^\n]{2,300}?):? ?-{2,60}$")
_GROUPWISE = re.compile(r">>> ?([^\n>][^\n]{5,200}[^\s>]) ?>>>$")
_WROTE = re.compile(
    rf"(?<!\w)(?:{WROTE})(?!\w)(?:\(-?\w{{1,3}}\)|/\w)?|{WROTE_WITHIN}", re.IGNORECASE
)
_OPENER = re.compile(rf"(?:(?:{OPENERS})\b|[在于於\d<\"\[(])", re.IGNORECASE)
_QUOTING = re.compile(rf"(?:{QUOTING})\b.{{2,120}}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:[<(\[]{1,2} ?)?[^\s<>@()\[\]]{1,64}@[^\s<>@()\[\]]{1,190}(?: ?[>)\]]{1,2})?"
)
_NAMED = re.compile(r"((?:[^\s<>@,;:]{1,40} ){1,5})<[^\s<>@]{1,64}@[^\s<>]{1,190}>")
_DATE = re.compile(
    r"\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}|\d{4}[./년年-]|\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}"
)
_TIME = re.compile(r"\d{1,2}(?:[:.h]| h )\d{2}")
_MYSELF = re.compile(rf"\b(?:{MYSELF})\b", re.IGNORECASE)
_I = re.compile(r"(?<![\w.])I(?![\w.])")  # an initial has a dot
_YOU = re.compile(rf"(?:.*\W)?(?:{YOU})", re.IGNORECASE)
_LOOSE_ENDS = " \t,;.:：-\"'“”«»"
_AFTER = re.compile(r"het volgende|folgendes|the following|[가-힣]+", re.IGNORECASE)
_PARTICLES = frozenset(
    "van von der den de del della di da dos du la le ten ter zu zum af al bin ibn i y e und and"
    " via użytkownik ο η".split()
)
_MOST_OF_NAME = 6  # words
_MOST_OF_MOMENT = 14


def ends_attribution(line: str) -> bool:
    """Whether a line may be the last one of an attribution; a cheap look."""
    return line.rstrip(_BLANKS)[-1:] in _COLONS or line.rstrip().endswith(("--", ">>>"))


def normal(lines: list[str]) -> str:
    """The lines as one, without the signs of quotation before them and marks of direction."""
    joined = " ".join(line.strip(" \t>") if at else line.strip() for at, line in enumerate(lines))
    return _SPACES.sub(" ", _DIRECTION.sub("", joined)).strip()


@lru_cache(maxsize=64)  # one line is looked at by several rules
def is_certain(joined: str) -> bool:
    """Whether history follows even if nothing below is marked as quoted.

    That takes a moment, and somebody with an address or with a word for writing.
    """
    if len(joined) > LONGEST:
        return False
    if framed := _FRAMED.match(joined):
        return _WROTE.search(framed[1]) is not None and not _of_mine(framed[1])
    if groupwise := _GROUPWISE.match(joined):
        return _DATE.search(groupwise[1]) is not None
    if not _ENDS.search(joined) or not _DATE.search(joined):
        return False
    said = joined.rstrip(" :：")
    if said.startswith("--- "):
        said = said[4:]
    return not _of_mine(said) and _says_who_and_when(said)


def _of_mine(said: str) -> bool:
    """Whether the writer speaks of themselves, names and addresses apart."""
    words = _ADDRESS.sub(" ", _NAMED.sub(_but_for_the_name, said))
    if _MYSELF.search(words) is None and _I.search(words) is None:
        return False
    words = _WROTE.sub(" ", words)  # in some languages "wrote" has such a word in it
    return _MYSELF.search(words) is not None or _I.search(words) is not None


def _but_for_the_name(named: re.Match[str]) -> str:
    """What stands before an address and its name: Mir, Me and Jag are names, too."""
    words = named[1].split()
    while words and words[-1][:1].isupper():
        words.pop()
    return " ".join((*words, ""))


def _says_who_and_when(said: str) -> bool:
    address, wrote = _last(_ADDRESS, said), _last(_WROTE, said)
    opened = _OPENER.match(said) is not None
    if address is not None and address.end() == len(said):
        return opened and (
            said[address.start()] in "<([" or wrote is not None or _by(said, address)
        )
    if wrote is None:
        return opened and address is not None and _is_moment(said[address.end() :])
    if not _ends_well(said[wrote.end() :]):
        return False
    return address is not None or (_TIME.search(said) is not None and _short(said, wrote))


def _last(pattern: re.Pattern[str], said: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(said):  # noqa: B007 - where it stands last is what is wanted
        pass
    return found


def _by(said: str, address: re.Match[str]) -> bool:
    return re.search(rf"\b(?:{BY}) $", said[: address.start()], re.IGNORECASE) is not None


def _short(said: str, wrote: re.Match[str]) -> bool:
    """Whether the words before "wrote" are no more than a moment and a name."""
    words = [w for w in said[: wrote.start()].split() if w[:1].isalpha()]
    return len(words) <= _MOST_OF_MOMENT


def _ends_well(rest: str) -> bool:
    """Whether what stands between "wrote" and the colon is a name, an address or a moment."""
    rest = rest.strip(_LOOSE_ENDS + "()")
    if not rest or _AFTER.fullmatch(rest):
        return True
    if _ADDRESS.search(rest):
        return len(rest.split()) <= _MOST_OF_MOMENT
    return _is_moment(rest) or _is_name(rest)


def _is_moment(rest: str) -> bool:
    return _DATE.search(rest) is not None and len(rest.split()) <= _MOST_OF_MOMENT


def _is_name(text: str) -> bool:
    """Whether each word is written as a part of a name is."""
    words = text.strip(_LOOSE_ENDS).split()
    return 0 < len(words) <= _MOST_OF_NAME and all(
        not w[:1].islower() or w.lower() in _PARTICLES for w in words
    )


def is_likely(joined: str) -> bool:
    """Whether a line directly above marked lines says whose they are."""
    if len(joined) > LONGEST:
        return False
    if is_certain(joined):
        return True
    said = joined.lstrip("*• ").rstrip(" :：")
    if not _ENDS.search(joined):
        # As Gmail did for years: a date and an address, and nothing after them.
        dated = _DATE.match(said) is not None or _OPENER.match(said) is not None
        return bool(dated and _DATE.search(said) and said[-1:] in ">)" and _is_short_pair(said))
    if _of_mine(said):
        return False
    if _DATE.search(said):
        wrote = _WROTE.search(said) is not None
        return wrote or _ADDRESS.search(said) is not None or _OPENER.match(said) is not None
    return _names_somebody(said)


def _is_short_pair(said: str) -> bool:
    address = _last(_ADDRESS, said)
    if address is None or len(said.split()) > _MOST_OF_MOMENT:
        return False
    return _DATE.search(said[: address.start()]) is not None


def _names_somebody(said: str) -> bool:
    """``Bob Smith wrote``, ``Quoting Bob <bob@example.com>``; ``My boss wrote`` is a sentence."""
    if _QUOTING.fullmatch(said):
        return True
    wrote = _last(_WROTE, said)
    if wrote is None:
        return False
    before = said[: wrote.start()].strip()
    who = _ADDRESS.sub(" ", before or said[wrote.end() :]).strip(_LOOSE_ENDS)
    if before and not _ends_well(said[wrote.end() :]):
        return False
    return not who or before[-1:] == '"' or _YOU.fullmatch(who) is not None or _is_who(who)


def _is_who(text: str) -> bool:
    """A name, or one after a comma: ``Once upon a time, Chris``."""
    return _is_name(text) or (len(text.split()) <= _MOST_OF_MOMENT // 2 and _after_comma(text))


def _after_comma(text: str) -> bool:
    _, comma, name = text.rpartition(",")
    return bool(comma) and _is_name(name)


def attribution_begins(lines: list[str], index: int, *, marked: bool) -> int | None:
    """The first line of the attribution that ends at ``index``, or None if there is none.

    ``marked``: marked lines follow, so that a likely one is enough.
    """
    if not ends_attribution(lines[index]) and not (marked and ">" in lines[index]):
        return None
    likely = None
    for begin in range(index, max(index - MOST_LINES, -1), -1):
        line = lines[begin]
        if not line.strip(" \t>") or len(line) > LONGEST:
            break
        if begin < index and _ENDS.search(line):
            break
        joined = normal(lines[begin : index + 1])
        if is_certain(joined):
            return begin
        if marked and likely is None and is_likely(joined):
            likely = begin
    return likely

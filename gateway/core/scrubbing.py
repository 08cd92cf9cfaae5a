"""What must not travel on: signed desk addresses, and the marks that our own mails bear.

A signed address is a right to write as its owner. Who quotes or forwards a mail of the desk
hands that right on without knowing; so it is taken out of everything that is sent to others.
All of this is linear in the length of the text: each look around an ``@`` is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

IsInside = Callable[[str], bool]

# An at sign as text, in a URL and in HTML.
_AT = re.compile(r"@|%40|&#64;|&#x40;|&commat;", re.IGNORECASE)
# Characters of a local part, also when written as %XX or as an entity, or with characters
# of no width between them, which some clients put in for wrapping.
_NO_WIDTH = "\u00ad\u200b-\u200d\u2060\ufeff"
_LOCAL = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~;{_NO_WIDTH}-]+")
_DOMAIN = re.compile(rf"(?:[\w.{_NO_WIDTH}-]|%2e|&#46;|&period;|<wbr>){{1,320}}", re.IGNORECASE)
_INVISIBLE = re.compile(rf"[{_NO_WIDTH}]|<wbr>")
_ENCODED = re.compile(r"[%&<]")
_WORD_START = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]")
SHORTEST = 16  # characters of a signed local part: 80 bits in base32
_LOOK_BACK = 400  # characters: a local part of 64, each written as an entity
_STARTS = 12  # tried beginnings of a local part; a queue's name with its token has fewer
_ENDS = 4  # tried ends of a domain, for words that are glued to it

# Stands before each line of the desk's own words in a notice, where no eye sees it: it tells
# what is left of a notice when its first line is gone.
UNSEEN_MARK = "\u2063\u2064"
_OPEN, _CLOSE = "##-", "-##"
_MAX_MARK = 300  # characters
_LINE_REST = re.compile(r"[ \t\r]{0,80}(?:\n|\Z)")


def scrub(
    text_or_html: str, is_inside: IsInside, replacement: str, *, shortest: int = SHORTEST
) -> str:
    """Text or HTML without addresses that are not for outside, and without marks.

    ``is_inside`` is asked for each thing that looks like an address, in lower case and
    decoded; ``replacement`` is the plain address that stands there instead. Local parts below
    ``shortest`` characters are not asked for: a signed one is longer.
    """
    clean = without_addresses(text_or_html, is_inside, replacement, shortest=shortest)
    return without_marks(clean)


def without_addresses(
    text: str, is_inside: IsInside, replacement: str, *, shortest: int = SHORTEST
) -> str:
    """Text or HTML in which each such address is replaced."""
    pieces, done = [], 0
    for start, end in addresses_inside(text, is_inside, shortest=shortest):
        pieces += [text[done:start], replacement]
        done = end
    return "".join(pieces) + text[done:]


def addresses_inside(
    text: str, is_inside: IsInside, *, shortest: int = SHORTEST
) -> Iterator[tuple[int, int]]:
    """Where the addresses that are not for outside begin and end."""
    known: dict[str, bool] = {}
    floor = 0
    for at in _AT.finditer(text):
        span = _span(text, at, floor, lambda a: _asked(a, is_inside, known), shortest)
        floor = at.end()
        if span is not None:
            floor = span[1]
            yield span


def _asked(address: str, is_inside: IsInside, known: dict[str, bool]) -> bool:
    if address not in known:
        known[address] = is_inside(address)
    return known[address]


def _span(
    text: str, at: re.Match[str], floor: int, is_desk: IsInside, shortest: int
) -> tuple[int, int] | None:
    """Where the desk address around an at sign begins and ends, if there is one."""
    low = _run_start(text, at.start(), floor)
    domain = _DOMAIN.match(text, at.end()) if at.start() - low >= shortest else None
    if domain is None:
        return None
    ends = [(end, _decoded(text[at.end() : end])) for end in _ends(domain[0], at.end())]
    for start in _starts(text, low, at.start()):
        local = _decoded(text[start : at.start()])
        for end, name in ends:
            if is_desk(f"{local}@{name}".lower()):
                return start, end
    return None


def _run_start(text: str, at: int, floor: int) -> int:
    """Where the characters before an at sign stop being those of a local part."""
    low = max(floor, at - _LOOK_BACK)
    # Matched backwards: a search for what ends here would be tried from every beginning.
    run = _LOCAL.match(text[low:at][::-1])
    return at - run.end() if run else at


def _starts(text: str, low: int, at: int) -> Iterator[int]:
    """Where the local part may begin, the longest first: ``to=support+7…`` has two of them."""
    yield low
    inner = [m.start() for m in _WORD_START.finditer(text, low + 1, at)]
    yield from inner[-_STARTS:]


def _ends(domain: str, offset: int) -> Iterator[int]:
    """Where the domain may end, the longest first: a sentence's dot is not part of it."""
    rest = domain.rstrip(".-_")
    for _ in range(_ENDS):
        yield offset + len(rest)
        cut = max(rest.rfind("."), rest.rfind("-"))
        if cut <= 0:
            return
        rest = rest[:cut]


def _decoded(piece: str) -> str:
    if piece.isascii() and not _ENCODED.search(piece):
        return piece
    return _INVISIBLE.sub("", unquote(unescape(_INVISIBLE.sub("", piece))))


def without_marks(text: str) -> str:
    """Text or HTML without ``##- … -##``; a line that held nothing else goes whole."""
    text = text.replace(UNSEEN_MARK, "")
    pieces, done = [], 0
    while (start := text.find(_OPEN, done)) >= 0:
        begin = done
        end = text.find(_CLOSE, start + len(_OPEN), start + _MAX_MARK)
        if end < 0:
            done = start + len(_OPEN)
            pieces.append(text[begin:done])
            continue
        line = max(done, text.rfind("\n", done, start) + 1)
        whole = line == 0 or text[line - 1] == "\n"  # no part of this line was passed already
        done = end + len(_CLOSE)
        after = _empty_to(text, done)
        if whole and after and not text[line:start].strip(" \t\r>|"):
            start, done = line, after
        pieces.append(text[begin:start])
    return "".join(pieces) + text[done:]


def _empty_to(text: str, at: int) -> int:
    """Where the next line begins if only white space follows on this one, else 0."""
    rest = _LINE_REST.match(text, at)
    return rest.end() if rest else 0

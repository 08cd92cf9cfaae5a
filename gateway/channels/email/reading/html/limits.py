"""What is looked at before any parser sees HTML: its size, and how deep it nests."""

from __future__ import annotations

import html
import re

LARGEST = 1024 * 1024
_LARGEST_STRIPPED = 4 * LARGEST
DEEPEST = 200
_MANY_TAGS = 200
_LONG_DATA = re.compile(r"data:[a-zA-Z0-9/+.;=-]{0,100},[^\"'\s>)]{20000,}")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
# Never open long: elements without content, and those that end where the next one begins.
_FLAT = frozenset(
    "br hr img meta link input col area base wbr embed param source track p li td th tr dt dd"
    " option tbody thead tfoot colgroup".split()
)
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|title|template|noscript)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BREAKING = re.compile(
    r"<\s*/?(?:br|p|div|tr|li|h[1-6]|blockquote|table|ul|ol|pre|hr)\b[^<>]*>", re.I
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[ \t\xa0]+")
_MANY_LINES = re.compile(r"\n\s*\n\s*")


def within_limits(markup: str) -> tuple[str, str]:
    """The markup without long embedded files, and why it is not to be parsed (empty: it may)."""
    if len(markup) > LARGEST:
        markup = _LONG_DATA.sub("", markup)
    if len(markup) > LARGEST:
        return markup, "HTML of more than 1 MB"
    if too_deep(markup):
        return markup, f"HTML nested deeper than {DEEPEST}"
    return markup, ""


def too_deep(markup: str) -> bool:
    """Whether more than 200 elements are open at once; stray end tags do not hide any."""
    if markup.count("<") <= _MANY_TAGS:
        return False
    depth = 0
    open_ones: dict[str, int] = {}
    for closing, name in _TAG.findall(markup.lower()):
        if name in _FLAT:
            continue
        if not closing:
            open_ones[name] = open_ones.get(name, 0) + 1
            depth += 1
            if depth > DEEPEST:
                return True
        elif open_ones.get(name):
            open_ones[name] -= 1
            depth -= 1
    return False


def stripped(markup: str) -> str:
    """Text of markup that no parser should see: tags out, entities resolved, in linear time.

    Of more than 4 MB the beginning is read.
    """
    text = _UNSEEN.sub(" ", markup[:_LARGEST_STRIPPED])
    text = _BREAKING.sub("\n", text)
    text = html.unescape(_ANY_TAG.sub("", text))
    return _MANY_LINES.sub("\n\n", _BLANKS.sub(" ", text)).strip()

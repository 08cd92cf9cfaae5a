"""The words of a mail as one text: which form of them counts, and how much."""

from __future__ import annotations

import re

from gateway.channels.email.reading.bodies import Bodies, Words, html_of
from gateway.channels.email.reading.html.limits import stripped
from gateway.channels.email.reading.html.to_text import text_of
from gateway.channels.email.reading.signs import without_signs, without_signs_in_markup
from gateway.channels.email.reading.texts import shown
from gateway.core.model import Attachment

_MOST_CALENDARS = 5
# A plain form beside HTML that is no longer than this, and says something else, is looked at twice.
_LONGEST_STUB = 400
_MUCH_MORE = 5
_COMPARED = 60
# HTML of all parts together, and what one more tag costs like letters: of what comes behind, the
# words are taken without their layout, and of what is still further behind not at all.
_MOST_RENDERED = 1_200_000
_TAG = 20
_MOST_STRIPPED = 8_000_000
_LOOKED_THROUGH = 65_536
_NO_WORD = re.compile(r"\W+")
# Words beyond this are no letter, however many parts they came in.
_LONGEST_WORDS = 1_000_000
_BEGINNING = 100_000


def words_of(bodies: Bodies, defects: list[str]) -> tuple[str, str | None]:
    """All words as text, and as HTML where some of them came so."""
    spent, unread = 0, False
    texts = []
    for words in bodies.words:
        if words.html and not words.plain and spent > _MOST_RENDERED + _MOST_STRIPPED:
            unread = True
            continue
        render = spent < _MOST_RENDERED
        texts.append(_text(words, defects, render=render))
        spent += _cost(words.html or "", rendered=render)
    if unread:
        defects.append("more HTML than anybody reads: the rest is in the raw mail only")
    return "\n".join(text for text in texts if text).strip("\n"), html_of(bodies.words)


def _cost(markup: str, *, rendered: bool) -> int:
    return max(len(markup), _TAG * markup.count("<")) if rendered else len(markup)


def beginning(full_text: str) -> tuple[str, list[Attachment]]:
    """The text; of more than anybody reads the beginning, and all of it as a file."""
    if len(full_text) <= _LONGEST_WORDS:
        return full_text, []
    data = shown(full_text).encode("utf-8", "replace")
    return full_text[:_BEGINNING], [Attachment(name="message.txt", type="text/plain", data=data)]


def events_of(bodies: Bodies, language: str | None) -> str:
    """What the invitations say; the same one often comes twice."""
    if not bodies.calendars:
        return ""
    from gateway.channels.email.reading.calendar import invitation

    said = (invitation(without_signs(ics), language) for ics in bodies.calendars[:_MOST_CALENDARS])
    return "\n\n".join(dict.fromkeys(text for text in said if text))


def joined(text: str, events: str) -> str:
    """The words, and below them what the invitations say."""
    return "\n\n".join(piece for piece in (text, events) if piece)


def _text(words: Words, defects: list[str], *, render: bool) -> str:
    """The plain form, unless it is missing or only stands in for the other one."""
    plain = without_signs(words.plain or "")
    if words.html is None or (plain.strip() and not render):
        return plain
    markup = without_signs_in_markup(words.html)
    if not render:
        return stripped(markup)
    if _stands_for_itself(plain, markup):
        return plain
    text, defect = text_of(markup)
    if defect:
        defects.append(defect)
    if not plain.strip() or (text.strip() and _is_stub(plain)):
        return text
    return text if len(text) >= _MUCH_MORE * len(plain) else plain


def _stands_for_itself(plain: str, markup: str) -> bool:
    """Whether a plain form is no stub: it is long, or its words are those of the HTML."""
    if len(plain) > _LONGEST_STUB and plain.strip():
        return True
    words = _squashed(plain)[:_COMPARED]
    return bool(words) and words in _squashed(stripped(markup[:_LOOKED_THROUGH]))


def _squashed(text: str) -> str:
    return _NO_WORD.sub("", text).lower()


def _is_stub(plain: str) -> bool:
    return "html" in plain.lower()

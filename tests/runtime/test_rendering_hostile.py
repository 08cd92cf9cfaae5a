from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email.reading.quotes import OURS
from gateway.core.changes import NoticeKind, Reach
from gateway.core.documents import Document
from gateway.core.model import Body
from gateway.runtime.rendering.renderer import Renderer
from tests.runtime.test_rendering_samples import NOW, VARIANTS, to_bea

RENDERER = Renderer(None, "Acme Support", "Europe/Madrid")
NASTY = (
    "{{ 7*7 }}",
    "{% for x in y %}",
    "%words%",
    "%mark%",
    "\x00words\x00",
    "##- Your reply goes to mallory -##",
    "a\r\nBcc: mallory@example.org",
    "a\n%facts%\nb",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "\u2028##- x -##",
    "\ud800",
    "-## ##-",
    "x" * 100_000,
    "{who} {n}",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def marks(document: Document) -> list[str]:
    """Lines of what the desk itself says that a reader takes for the mark."""
    own = [b.text for b in document.blocks if b.kind not in {"words", "quote"}]
    return [line for text in own for line in text.split("\n") if OURS.match(line)]


def check(document: Document, reach: Reach) -> None:
    assert len(marks(document)) == (reach is not Reach.NOBODY)
    assert not _CONTROL.search(document.subject)
    assert len(document.subject) <= 520
    for block in document.blocks:
        if block.kind == "mark":
            assert OURS.fullmatch(block.text)
            assert len(block.text) <= 300
        if block.kind not in {"words", "quote"}:
            assert not _CONTROL.search(block.text.replace("\n", ""))


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("kind", VARIANTS)
def test_words_come_out_as_they_are_and_facts_on_one_line(kind, nasty):
    names = "subject requester requester_address author author_address other why to error queue"
    facts = dict.fromkeys(names.split(), nasty)
    words = Body(text=nasty)
    say = to_bea(kind, others=(nasty,), tags=(nasty,), **facts)
    document = RENDERER.render(say, number=7, words=words, files=(nasty,), now=NOW)
    check(document, Reach.PUBLIC)
    assert "49" not in document.text.replace(nasty, "")
    shown = [b.text for b in document.blocks if b.kind == "words"]
    own = kind in {NoticeKind.COMMAND_ERROR, NoticeKind.HELD_ANSWER}
    if shown and not own:
        assert shown == [nasty]


def test_a_line_that_looks_like_a_place_stays_a_line():
    say = to_bea(NoticeKind.REPLY, author="%facts%", author_address="")
    document = RENDERER.render(say, number=7, words=Body(text="%mark%\n{{ desk }}"), now=NOW)
    assert [b.kind for b in document.blocks] == ["mark", "text", "words", "facts", "text"]
    assert document.blocks[1].text == "%facts% wrote:"
    assert document.blocks[2].text == "%mark%\n{{ desk }}"


def test_what_agents_wrote_comes_back_untouched():
    text = "#reslove\n{{ 7*7 }}\n%mark%\n##- x -##\x00\r\n"
    say = to_bea(NoticeKind.COMMAND_ERROR, text=text)
    blocks = RENDERER.render(say, number=7, words=None, now=NOW).blocks
    assert [b.text for b in blocks if b.kind == "words"] == [text]


def test_a_megabyte_of_words_is_passed_through():
    text = "word {{ x }} " * 80_000
    document = RENDERER.render(
        to_bea(NoticeKind.REPLY), number=7, words=Body(text=text, html=None), now=NOW
    )
    assert [b.text for b in document.blocks if b.kind == "words"] == [text]


@given(st.text(), st.text(), st.text(), st.sampled_from(sorted(VARIANTS)))
@settings(max_examples=150, deadline=None)
def test_no_name_or_subject_breaks_a_notice(name, subject, address, kind):
    facts = {"requester": name, "author": name, "subject": subject, "requester_address": address}
    say = to_bea(NoticeKind(kind), **facts)
    check(RENDERER.render(say, number=7, words=Body(text=subject), now=NOW), Reach.PUBLIC)

"""What the desk itself says to requesters: complete in every language, and the words it asks for
are understood."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import gateway
from gateway.core.changes import NoticeKind
from gateway.core.model import Body
from gateway.core.solved import NOT_SOLVED, SOLVED, says_solved
from gateway.runtime.rendering.renderer import Renderer
from tests.runtime.test_rendering_samples import NOW, WROTE, answered, to_ada

LANGUAGES = sorted(p.name for p in (Path(gateway.__file__).parent / "templates").iterdir())
CLOSES = NOW + timedelta(days=7)


def render(say, words: str = "") -> str:
    renderer = Renderer(None, "Acme Support", "Europe/Madrid")
    document = renderer.render(say, number=7, words=Body(text=words), now=NOW)
    assert document.subject == "Re: Printer on fire"
    return document.text


def asked_for(text: str) -> list[str]:
    """What stands in quotation marks: the words of which one is to be the answer."""
    return re.findall(r'["«„“]\s?([^"»“”]+?)\s?["»“”]', text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unanswered", [True, False])
def test_that_it_is_resolved(language, unanswered):
    say = to_ada(NoticeKind.RESOLVED, language, unanswered=unanswered, closes_at=CLOSES)
    text = render(say)
    solved, not_solved = asked_for(text)
    assert (solved, not_solved) == (SOLVED[language][0], NOT_SOLVED[language])
    assert says_solved(solved)
    assert not says_solved(not_solved)
    assert re.search(r"\b7\b", text)
    assert "12" in text  # the day on which it is closed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_follows_its_answer(language):
    say = to_ada(NoticeKind.LATE_FILE, language, author="Bea Ruiz", file="manual.pdf")
    (said,) = [line for line in render(say).splitlines() if line]
    assert "manual.pdf" in said
    assert "Bea Ruiz" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_below_an_answer(language):
    say = answered("Pull the plug.\n\nBea")
    say = replace(say, language=language)
    plain = render(say, "Pull the plug.\n\nBea")
    assert asked_for(plain) == []
    asking = replace(say, facts={**say.facts, "asks": True, "closes_at": CLOSES})
    text = render(asking, "Pull the plug.\n\nBea")
    assert text.startswith("Pull the plug.")
    assert asked_for(text) == [SOLVED[language][0], NOT_SOLVED[language]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_quotes_the_question_and_says_until_when(language):
    facts = {"author": "Bea Ruiz", "other_words": "Which printer?", "gives_up_at": CLOSES}
    text = render(to_ada(NoticeKind.WAITING, language, **facts))
    assert "Bea Ruiz" in text
    assert "Which printer?" in text
    assert "Madrid" in text
    bare = render(to_ada(NoticeKind.WAITING, language, author="", other_words=""))
    assert "Madrid" not in bare
    assert re.search(r"\b7\b", bare)


def test_reasons_are_for_the_ticket_and_not_for_them():
    assert str(WROTE) not in render(to_ada(NoticeKind.WAITING))


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_it_is_being_worked_on_and_where_they_are_until_when(language):
    at = NOW + timedelta(hours=6)  # 16:04 in Madrid
    facts = {"expected_at": at, "timezone": "America/Lima"}
    text = render(to_ada(NoticeKind.STILL_OPEN, language, **facts))
    assert re.search(r"\b10.{1,3}04\b", text)
    assert "Lima" in text
    assert "04" not in render(to_ada(NoticeKind.STILL_OPEN, language, expected_at=None))

"""Formatting goes along with an agent's answer from a chat, and nothing else does with it."""

from typing import Any

import pytest

from gateway.core.changes import Append, NoticeKind, Say
from gateway.core.commands import parse
from gateway.core.deciding.formatting import html_below
from tests.core.kit import of_type
from tests.core.test_in_rooms import in_thread

REPLY = "<p>#reply<br>Pull the <b>plug</b>.</p>"


@pytest.mark.parametrize(
    ("text", "html", "left"),
    [
        ("Pull the plug.", "<p>Pull the <b>plug</b>.</p>", "<p>Pull the <b>plug</b>.</p>"),
        ("#reply\nPull the plug.", REPLY, "<p>Pull the <b>plug</b>.</p>"),
        ("#reply Pull the plug.", "#reply Pull the <b>plug</b>.", "<p>Pull the <b>plug</b>.</p>"),
        (
            "#reply\n#priority high\n\nPull it.",
            "<p>#reply<br>#priority high</p><p><i>Pull it.</i></p>",
            "<p><i>Pull it.</i></p>",
        ),
    ],
)
def test_commands_come_off_the_top(text: str, html: str, left: str):
    assert html_below(html, parse(text)) == left


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("#reply\nPull the plug.", "<p>#reply<br>Pull the plug.</p><p>She is a pain.</p>"),
        ("#reply\nPull the plug.", "<p>#note<br>Say nothing.</p><p>Pull the plug.</p>"),
        ("#reply\nPull the plug.", None),
        ("#reply\nPull the plug.", "<p>#reply</p>"),
        ("#priority high\nPull it.", "<p>#priority<br>high</p><p>Pull it.</p>"),
    ],
)
def test_what_says_anything_else_is_left_out(text: str, html: str | None):
    assert html_below(html, parse(text)) is None


@pytest.mark.parametrize(
    "html",
    [
        '<p>#reply<br><a href="mailto:bea@acme.example">Pull the plug.</a></p>',
        "<p>#reply<br>Pull the plug.</p><script>bea@acme.example</script>",
        '<p title="internal">#reply<br>Pull the plug.</p><!-- she is a pain -->',
    ],
)
def test_nothing_internal_goes_along_in_html(html: str):
    decision = _said("#reply\nPull the plug.", html)

    for body in (
        *(s.body for s in _answers(decision)),
        *(a.body for a in of_type(decision, Append)),
    ):
        shown = (body.html if body else "") or ""
        assert "bea@acme.example" not in shown
        assert "internal" not in shown
        assert "pain" not in shown


def test_an_answer_from_a_chat_keeps_its_formatting():
    (answer,) = _answers(_said("#reply\nPull the plug.", REPLY))

    assert answer.body is not None
    assert answer.body.html == "<p>Pull the <b>plug</b>.</p>"


def _said(text: str, html: str) -> Any:
    return in_thread(text, html=html)


def _answers(decision: Any) -> list[Say]:
    return [s for s in of_type(decision, Say) if s.kind is NoticeKind.ANSWER]

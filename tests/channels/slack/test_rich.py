"""Rich text both ways, and whatever stands in it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.slack.reading.context import Context
from gateway.channels.slack.reading.mrkdwn import pieces_of as of_mrkdwn
from gateway.channels.slack.reading.rich import pieces_of
from gateway.channels.slack.reading.wording import subject_of, wording
from gateway.channels.slack.sending.rich import rich_text
from gateway.core.richtext import from_html, to_html, to_text
from tests.servers.slack.blocks import check_blocks

WHO = {"U0BEA": {"name": "Bea"}, "U0DESK": {"name": "Help Desk"}}
CONTEXT = Context(envelope={"me": "U0DESK", "who": WHO, "channels": {"C1": "general"}})

SAME_AGAIN = [
    "<p>Hello <b>bold <i>both</i></b> <s>gone</s> <code>x &lt; y</code></p>",
    "<p>one</p><p>two<br>three</p>",
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>",
    "<ol><li>a</li><li>b</li></ol>",
    '<ol start="3"><li>c</li></ol>',
    "<pre>  x = 1\n  y</pre>",
    "<blockquote><p>said</p><p>so</p></blockquote><p>no</p>",
    '<p>see <a href="https://acme.example/?a=1&amp;b=2">this</a></p>',
]


@pytest.mark.parametrize("html", SAME_AGAIN)
def test_formatting_survives_to_slack_and_back(html: str):
    pieces = from_html(html)

    assert to_html(pieces_of(rich_text(pieces), CONTEXT)) == to_html(pieces)


MRKDWN = [
    ("plain *bold* _it_ ~no~ `x`", "<p>plain <b>bold</b> <i>it</i> <s>no</s> <code>x</code></p>"),
    ("2*3*4 snake_case_name", "<p>2*3*4 snake_case_name</p>"),
    ("```a\n  b```", "<pre>a<br>  b</pre>"),
    ("&gt; said\n&gt; so\nno", "<blockquote><p>said<br>so</p></blockquote><p>no</p>"),
    ("<https://x.example|here>", '<p><a href="https://x.example">here</a></p>'),
    ("<mailto:a@x.example|a@x.example>", '<p><a href="mailto:a@x.example">a@x.example</a></p>'),
    ("<javascript:alert(1)|here>", "<p>here</p>"),
    ("<@U0BEA> <@U9|cora> <#C1> <#C2|lab> <!here> <!subteam^S1|@ops>",
     "<p>@Bea @cora #general #lab @here @ops</p>"),
    ("a &lt;b&gt; &amp; c", "<p>a &lt;b&gt; &amp; c</p>"),
    ("a\n\n\nb", "<p>a</p><p>b</p>"),
    ("<", "<p>&lt;</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "html"), MRKDWN)
def test_mrkdwn(text: str, html: str):
    assert to_html(of_mrkdwn(text, CONTEXT)) == html


def element(*inner: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(inner)}]}


INNER = [
    ({"type": "user", "user_id": "U0BEA"}, "@Bea"),
    ({"type": "user", "user_id": "U0X"}, "@U0X"),
    ({"type": "channel", "channel_id": "C1"}, "#general"),
    ({"type": "usergroup", "usergroup_id": "S1"}, "@S1"),
    ({"type": "broadcast", "range": "channel"}, "@channel"),
    ({"type": "emoji", "name": "ticket", "unicode": "1f3ab"}, "🎫"),
    ({"type": "emoji", "name": "woman", "unicode": "1f469-200d-1f4bb"}, "👩‍💻"),
    ({"type": "emoji", "name": "acme"}, ":acme:"),
    ({"type": "emoji", "name": "odd", "unicode": "zz"}, ":odd:"),
    ({"type": "date", "timestamp": 1, "fallback": "today"}, "today"),
    ({"type": "color", "value": "#ff0000"}, "#ff0000"),
    ({"type": "link", "url": "https://x.example", "text": "x"}, "x (https://x.example)"),
    ({"type": "link", "url": "https://x.example"}, "https://x.example"),
    ({"type": "something_new", "text": "words"}, "words"),
]


@pytest.mark.parametrize(("inner", "text"), INNER)
def test_what_stands_in_rich_text(inner: dict[str, Any], text: str):
    assert to_text(pieces_of(element(inner), CONTEXT)) == text


CALLS = [
    (["<@U0DESK> help"], "help"),
    (["<@U0DESK>: help"], "help"),
    (["help <@U0DESK>"], "help @Help Desk"),
    (["<@U0DESK>"], ""),
    (["<@U0DESK>\n#take"], "#take"),
]


@pytest.mark.parametrize(("text", "left"), CALLS)
def test_the_call_at_the_beginning_is_not_said(text: list[str], left: str):
    assert wording({"text": text[0]}, CONTEXT).text == left


def test_a_message_that_was_shared_is_quoted():
    shared = {
        "is_share": True,
        "from_url": "https://acme.slack.com/archives/C1/p1",
        "author_name": "Ada",
        "message_blocks": [
            {"message": {"blocks": [element({"type": "text", "text": "it leaks"})]}}
        ],
        "fallback": "[date] Ada: it leaks",
    }
    preview = {"from_url": "https://acme.example", "title": "A page"}
    said = wording({"text": "look", "attachments": [shared, preview]}, CONTEXT)

    assert said.text == "look\n\n> Ada:\n\n> it leaks"


SUBJECTS = [
    ("My printer is gone\nreally", "My printer is gone"),
    ("#reply\n\nHello  there", "Hello there"),
    ("word " * 30, "word " * 15 + "word…"),
    ("x" * 100, "x" * 79 + "…"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "subject"), SUBJECTS)
def test_a_subject_is_the_first_line(text: str, subject: str):
    assert subject_of(text) == subject
    assert len(subject_of(text)) <= 80


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 2**40), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "elements", "text", "style", "url", "user_id", "indent", "offset", "name"]
            ),
            st.one_of(inner, st.sampled_from(["rich_text_list", "text", "link", "emoji"])),
        ),
    ),
    max_leaves=20,
)


@given(stored=ANYTHING)
def test_no_shape_of_rich_text_raises(stored: Any):
    block = {"type": "rich_text", "elements": [stored, {"elements": [stored]}]}
    to_html(pieces_of(block, CONTEXT))


@given(text=st.text(st.sampled_from("*_~`<>|&;!@#ab \n"), max_size=60))
def test_no_mrkdwn_raises_and_all_that_is_made_of_it_is_taken(text: str):
    pieces = of_mrkdwn(text, CONTEXT)
    if pieces:
        check_blocks([rich_text(pieces)])

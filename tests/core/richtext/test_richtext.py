"""HTML to pieces and back, plain text, and cutting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.richtext import (
    Piece,
    Run,
    Shape,
    Style,
    from_html,
    from_text,
    split,
    to_html,
    to_text,
)

TO_TEXT = [
    ("<p>Hello</p><p>World</p>", "Hello\n\nWorld"),
    ("Hello<br>World", "Hello\nWorld"),
    ("<div>one</div><div>two <b>three</b></div>", "one\n\ntwo three"),
    ("<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>", "- a\n- b\n  - c\n- d"),
    ('<ol start="3"><li>a<li>b</ol>', "3. a\n4. b"),
    ('<a href="https://x.example/a">here</a>', "here (https://x.example/a)"),
    ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
    ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
    ('<a href="javascript:alert(1)">here</a>', "here"),
    ("<pre>  a\n    b</pre>", "  a\n    b"),
    ("<blockquote><p>said</p><p>so</p></blockquote>no", "> said\n\n> so\n\nno"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\n\nc"),
    ('a <img src="cid:1" alt="the screen"> b', "a [the screen] b"),
    ("a &lt;b&gt; &amp; c", "a <b> & c"),
    ("  many   \n spaces <i> here </i>  ", "many spaces here"),
    ("<script>alert(1)</script><style>p{}</style>x", "x"),
    ("</p></ul></a>only ends", "only ends"),
    ("<li>no list", "no list"),
    ("", ""),
]


@pytest.mark.parametrize(("html", "text"), TO_TEXT)
def test_html_as_plain_text(html: str, text: str):
    assert to_text(from_html(html)) == text


SAME_AGAIN = [
    "<p>Hello <b>bold <i>both</i></b> <s>gone</s> <u>under</u></p>",
    "<p>one<br>two</p><pre>a &lt; b<br>  c</pre>",
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>after</p>",
    '<ol><li>a</li></ol><ul><li>b</li></ul><ol start="2"><li>c</li></ol>',
    '<blockquote><p>said</p></blockquote><p><a href="https://x.example/?a=1&amp;b=2">x</a></p>',
    "<p><code>a &amp; b</code></p>",
]


@pytest.mark.parametrize("html", SAME_AGAIN)
def test_simple_html_comes_back_as_the_same(html: str):
    once = from_html(html)

    assert from_html(to_html(once)) == once


def test_looks_are_kept_apart():
    assert from_html("a<b>b<i>c</i></b>") == (
        Piece(
            runs=(
                Run(text="a"),
                Run(text="b", styles=frozenset({Style.BOLD})),
                Run(text="c", styles=frozenset({Style.BOLD, Style.ITALIC})),
            )
        ),
    )


def test_plain_text_is_paragraphs_between_empty_lines():
    assert [p.text for p in from_text("a\nb\r\n\r\n \nc\n")] == ["a\nb", "c"]


def test_ten_thousand_open_tags_are_read():
    html = "<ul><li><blockquote><b>" * 10_000 + "deep"

    (piece,) = from_html(html)

    assert (piece.text, piece.shape, piece.depth) == ("deep", Shape.ITEM, 8)


CUTS = [
    ("one two three", 8, ["one two ", "three"]),
    ("First. Second one.", 12, ["First. ", "Second one."]),
    ("line one\nline two", 12, ["line one\n", "line two"]),
    ("x" * 10, 4, ["xxxx", "xxxx", "xx"]),
    ("short", 99, ["short"]),
]


@pytest.mark.parametrize(("text", "most", "parts"), CUTS)
def test_cut_where_it_hurts_least(text: str, most: int, parts: list[str]):
    made = split(from_text(text), most, each=0)

    assert ["".join(p.text for p in part) for part in made] == parts


def test_looks_go_on_behind_a_cut():
    made = split(from_html("<b>one two three</b>"), 8, each=0)

    assert [run.styles for part in made for p in part for run in p.runs] == [{Style.BOLD}] * 2


def test_no_part_has_more_pieces_than_is_allowed():
    made = split(from_text("a\n\nb\n\nc"), 100, at_most=2)

    assert [len(part) for part in made] == [2, 1]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(text=WORDS, most=st.integers(4, 40))
def test_nothing_is_lost_by_cutting_and_every_part_fits(text: str, most: int):
    pieces = from_text(text)
    made = split(pieces, most, size=utf16, each=1)

    assert "".join(p.text for part in made for p in part) == "".join(p.text for p in pieces)
    assert all(sum(utf16(p.text) + 1 for p in part) <= most for part in made)


TAGS = (
    "<p> </p> <ul> <li> </ul> <ol> </ol> <b> </b> <pre> </pre> <blockquote> </blockquote> <br>"
    " <table> <td> <code> </code> &lt; a </a>"
).split()
HTML = st.lists(st.sampled_from([*TAGS, " ", "\n", '<a href="https://x.example">'])).map("".join)


@given(html=st.one_of(WORDS, HTML))
def test_reading_never_raises_and_writing_gives_what_is_read_again(html: str):
    once = from_html(html)
    again = from_html(to_html(once))

    assert [p.text.split() for p in again] == [p.text.split() for p in once]

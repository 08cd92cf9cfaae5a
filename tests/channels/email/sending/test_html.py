"""The rich form: nothing runs, nothing is fetched, and what was written can be read."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.channels.email.sending.html import page, shown_pictures
from gateway.core.documents import Block
from tests.channels.email.sending.outbounds import document, words


def body(*blocks: Block) -> str:
    return page(document("Hi", *blocks), language="en")


def text_of(html: str, selector: str = "body") -> str:
    node = LexborHTMLParser(html).css_first(selector)
    assert node is not None
    return str(node.text())


def test_text_keeps_its_paragraphs_and_lines():
    html = body(Block(kind="text", text="One\ntwo\n\n\nThree"))
    assert html.count("<p ") == 2
    assert "One<br>\ntwo" in html


@pytest.mark.parametrize("kind", ["text", "words", "quote", "facts", "mark"])
def test_text_is_never_taken_for_markup(kind):
    evil = "<script>alert(1)</script><img src=x onerror=y> & \"q\" 'q'"
    html = body(Block(kind=kind, text=evil))
    assert not LexborHTMLParser(html).css("script, img")
    assert evil in text_of(html)


def test_a_subject_is_never_taken_for_markup():
    html = page(document("</title><script>x</script>"), language="en")
    assert not LexborHTMLParser(html).css("script")


@pytest.mark.parametrize(
    ("text", "href", "after"),
    [
        ("see https://a.example/x?a=1&b=2 now", "https://a.example/x?a=1&b=2", " now"),
        ("see https://a.example/x.", "https://a.example/x", "."),
        ("(http://a.example/)", "http://a.example/", ")"),
        ("<https://a.example>", "https://a.example", ">"),
        ('https://a.example/"onclick="x', "https://a.example/", '"onclick="x'),
    ],
)
def test_web_addresses_can_be_clicked(text, href, after):
    html = body(words(text))
    (link,) = LexborHTMLParser(html).css("a")
    assert link.attributes["href"] == href
    assert set(link.attributes) == {"href", "rel"}
    assert text_of(html, "p") == text
    assert text.endswith(after)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "www.example.org"])
def test_other_addresses_are_text(text):
    assert not LexborHTMLParser(body(words(text))).css("a")


def test_a_persons_rich_words_are_shown_and_cleaned_once_more():
    html = body(
        words(
            "plain",
            "<p onclick=x>Rich <b>words</b></p><script>x</script><iframe src=//e></iframe>"
            '<img src="https://e.example/beacon.gif"><img src="cid:p@1" alt="p">'
            '<p style="background:url(https://e.example/x)">s</p>'
            '<a href="javascript:x">j</a><link rel=stylesheet href=//e><form action=//e></form>',
        )
    )
    tree = LexborHTMLParser(html)
    assert text_of(html, "b") == "words"
    assert not tree.css("script, iframe, link, form")
    assert [i.attributes.get("src") for i in tree.css("img") if "src" in i.attributes] == [
        "cid:p@1"
    ]
    assert "e.example" not in html
    assert "javascript" not in html
    assert shown_pictures(html) == {"p@1"}


@pytest.mark.parametrize("rich", ["<div>" * 30_000, "<p>" + "x" * 2_000_000])
def test_rich_words_that_are_too_much_are_said_plainly(rich):
    html = body(words("plain words", rich))
    assert "plain words" in html
    assert len(html) < 3000


def test_facts_are_a_table():
    html = body(Block(kind="facts", text="Ticket: 7\nState: new: really\n\nno colon"))
    rows = [[c.text() for c in r.css("td")] for r in LexborHTMLParser(html).css("tr")]
    assert rows == [["Ticket", "7"], ["State", "new: really"], ["no colon", ""]]


def test_earlier_words_are_a_quotation():
    html = body(Block(kind="quote", text="old words"))
    assert text_of(html, "blockquote").strip() == "old words"


def test_the_reader_chooses_light_or_dark():
    html = body(words("x"))
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "background" not in html


def test_indentation_stays():
    assert "if:\n\xa0 \xa0 go" in text_of(body(words("if:\n    go"))).replace("<br>", "")

"""What a person sees of HTML: which words, and on which lines."""

import pytest

from tests.channels.email.reading.kit import read

BLOCKS = (
    *("section article header footer main nav aside figcaption hgroup address center".split()),
    *("dl dt dd details summary fieldset legend form dialog menu dir".split()),
)
OF_A_LETTER = ("section", "article", "header", "footer", "main", "aside", "address", "dt", "dd")


def seen(markup: str) -> str:
    return read(f"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n{markup}").text


@pytest.mark.parametrize("tag", BLOCKS)
def test_what_stands_on_lines_of_its_own_does_so_as_text(tag: str):
    """Words at the end of one line ran into those of the next."""
    words = seen(f"<div>first<{tag}>one</{tag}><{tag}>two</{tag}>last</div>")
    assert [line.strip() for line in words.splitlines() if line.strip()] == [
        "first",
        "one",
        "two",
        "last",
    ]


@pytest.mark.parametrize("tag", OF_A_LETTER)
def test_and_so_it_does_in_the_html_that_agents_see(tag: str):
    head = "From: a@example.org\nContent-Type: text/html\n\n"
    shown = read(f'{head}<{tag} style="display:none" onclick="x()">one</{tag}>').html
    assert shown == f"<{tag}>one</{tag}>"


HIDING = (
    *("color:transparent", "color: rgba(255, 0, 0, 0)", "color:rgb(0 0 0 / 0%)", "color:#ffffff00"),
    *("color:#0000", "-webkit-text-fill-color:transparent", "font:0/0 a", "font: 1px/1 Arial"),
    *("font:italic 0px serif", "position:absolute;left:-100vw", "position:fixed;top:-200%"),
    *("position:absolute;clip:rect(0,0,0,0)", "position:absolute;clip:rect(1px 1px 1px 1px)"),
    *("clip-path:inset(100%)", "clip-path: inset(50%)", "clip-path:circle(0)"),
    *("transform:scale(0)", "transform:scale(0,0)", "transform:translateX(-9999px)"),
    *("overflow:clip;height:0", "filter:opacity(0)", "color:hsl(0, 0%, 100%)"),
    *("display:/**/none", "display/*x*/:none", r"dis\70lay:none", r"\64 isplay:\6e one"),
    *(r"displa\y:none", "opacity:.01", "scale:0", "zoom:0", "content-visibility:hidden"),
)


@pytest.mark.parametrize("style", HIDING)
def test_what_a_style_hides_is_not_in_the_text_and_stays_in_all_of_it(style: str):
    markup = f'<p>seen</p><p style="{style}">hidden</p>'
    message = read(f"From: a@example.org\nContent-Type: text/html\n\n{markup}")
    assert message.text == "seen"
    assert "hidden" in message.full_text


SHOWING = (
    *("color:rgba(0,0,0,0.5)", "color:#000000ff", "color:#000f", "font:12px/0 Arial", "clip:auto"),
    *("font:14px Arial", "font-family:Zero", "position:absolute;left:-10px", "transform:scale(1)"),
    *(
        "transform:scale(0.9)",
        "transform:rotate(0deg)",
        "clip-path:inset(0)",
        "color:hsl(0,0%,10%)",
    ),
    *("position:absolute;clip:rect(0,100px,20px,0)", "filter:opacity(50%)", "font:1.2em Arial"),
    *("opacity:0.1", "opacity:5%;opacity:1", "scale:1", "zoom:1", r"font-family:\ABCDEF\0"),
    *("dis/* */play:none", r"font-family:a\3b display:none", r"font-family:a\;display:none"),
    # letters cut out of a picture, and such that are their shadow alone
    "-webkit-background-clip:text;background-clip:text;-webkit-text-fill-color:transparent",
    "color:transparent;text-shadow:0 0 1px #000",
)


@pytest.mark.parametrize("style", SHOWING)
def test_what_is_only_styled_is_seen(style: str):
    assert seen(f'<p style="{style}">here</p>') == "here"


def test_words_that_can_be_seen_inside_of_hidden_ones_are():
    markup = '<p style="color:transparent">not <b style="color:#333">this</b></p>'
    assert seen(markup) == "this"

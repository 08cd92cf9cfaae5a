import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.terminal import block, line, print_json_list, print_table

HOSTILE = [
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b]0;title\x07text", "text"),
    ("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
    ("\x9b2Jgone", "gone"),
    ("\x1bPq#0\x1b\\x", "x"),
    ("a\u202egpj.exe", "agpj.exe"),
    ("a\u2066b\u2069c\u200e", "abc"),
    ("nul\x00 bell\x07 del\x7f", "nul bell del"),
    ("over\rwritten", "overwritten"),
    ("lone \ud800 half", "lone  half"),
    ("[bold]markup[/bold] :smile:", "[bold]markup[/bold] :smile:"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_words_of_strangers_do_not_steer_the_terminal(text: str, shown: str):
    assert block(text) == shown


def test_a_line_is_one_line():
    assert line(" a\n\n b\t\u2028c ") == "a b c"


@given(st.text())
def test_nothing_but_printable_letters_and_line_ends_is_left(text: str):
    assert all(c.isprintable() or c == "\n" or not c.isascii() for c in block(text))
    assert "\x9b" not in block(text)


def test_a_table_shows_markup_as_it_is(capsys: pytest.CaptureFixture[str]):
    print_table(("number", "subject"), [(7, "[red]x[/red] \x1b[2J:bomb:"), (8, None)], "none")
    out = capsys.readouterr().out
    assert "[red]x[/red] :bomb:" in out
    assert "\x1b" not in out


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str]):
    print_table(("number", "subject"), [(7, "x" * 150)], "none")
    assert "x" * 150 in capsys.readouterr().out


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_long_list_is_one_json_document(count: int):
    out = io.StringIO()
    print_json_list(({"n": n, "text": "\x9b\u202e"} for n in range(count)), out)
    assert [item["n"] for item in json.loads(out.getvalue())] == list(range(count))
    assert out.getvalue().isascii()

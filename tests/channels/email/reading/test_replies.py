"""Replies as the clients of the world write them: what a person would see as written is left."""

import pytest

from gateway.channels.email.reading.texts import written
from tests.channels.email.reading.kit import read
from tests.channels.email.reading.replies.attributions import ATTRIBUTIONS, BARE
from tests.channels.email.reading.replies.blocks import BLOCKS
from tests.channels.email.reading.replies.endings import ABOVE, BELOW
from tests.channels.email.reading.replies.kept import KEPT
from tests.channels.email.reading.replies.markup import MARKUP

OWN = "Hello there,\n\nyes please."
Row = tuple[str, str, str]


def name(row: Row) -> str:
    return f"{row[1]} {row[0]}"


def marked(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


rows = pytest.mark.parametrize("row", ATTRIBUTIONS + BARE, ids=name)
whole_rows = pytest.mark.parametrize("row", ATTRIBUTIONS, ids=name)
blocks = pytest.mark.parametrize("row", BLOCKS, ids=name)


@rows
def test_above_marked_history(row: Row):
    assert written(f"{OWN}\n\n{row[2]}\n\n> Old words\n>\n> more\n") == OWN
    assert written(f"{OWN}\n{row[2]}\n> Old words\n") == OWN


@whole_rows
def test_above_unmarked_history(row: Row):
    assert written(f"{OWN}\n\n{row[2]}\n\nOld words\n\nmore\n") == OWN


@rows
def test_below_marked_history(row: Row):
    assert written(f"{row[2]}\n\n> Old words\n>\n> more\n\n{OWN}\n") == OWN


@rows
def test_history_in_history(row: Row):
    older = f"> a\n>\n{marked(row[2])}\n>> b\n"
    assert written(f"{OWN}\n\n{row[2]}\n\n{older}") == OWN


@rows
def test_answers_between_quotes_stay_with_them(row: Row):
    answers = "> one?\n\nYes.\n\n> two?\n\nNo."
    assert written(f"{row[2]}\n\n{answers}\n\n> Bye\n") == answers


@rows
def test_a_farewell_below_history_answers_nothing(row: Row):
    text = f"{OWN}\n\n{row[2]}\n\n> Old words\n\nRegards, Ada\n"
    assert written(text) == f"{OWN}\n\n\nRegards, Ada"


@rows
def test_a_line_of_the_writers_own_above_it_stays(row: Row):
    own = "I come on 5.10.2020 at 10:00"
    assert written(f"{own}\n{row[2]}\n> Old words\n") == own


@blocks
def test_header_lines_above_history(row: Row):
    assert written(f"{OWN}\n\n{row[2]}\n\nOld words\n\nmore\n") == OWN
    assert written(f"{OWN}\n{row[2]}\nOld words\n") == OWN


@blocks
def test_header_lines_in_marked_history(row: Row):
    assert written(f"{OWN}\n\n{marked(row[2])}\n> \n> Old words\n") == OWN


@pytest.mark.parametrize("ending", BELOW)
def test_what_programs_add_below(ending: str):
    assert written(f"{OWN}\n\n{ending}\n") == OWN
    quoted = "On Mon, Oct 5, 2020 at 10:00 AM Bob <b@example.com> wrote:\n> Old words\n"
    assert written(f"{OWN}\n\n{ending}\n\n{quoted}") == OWN


@pytest.mark.parametrize("banner", ABOVE)
def test_what_servers_put_above(banner: str):
    assert written(f"{banner}\n\n{OWN}\n") == OWN


@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP.keys())
def test_history_in_html(markup: str):
    body = markup.replace("{own}", "Hello there,<br><br>yes please.")
    message = read(f"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n{body}")
    assert message.text == OWN
    assert "Old words" in message.full_text
    assert not set(message.full_text) & {chr(sign) for sign in range(0xE000, 0xE010)}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_in_doubt_words_are_kept(text: str):
    assert written(text) == text


def test_a_rule_above_marked_history_goes_with_it():
    history = (
        "_" * 62 + "\n> Od: Bob <bob@example.com>\n> Datum: 05.10.2020 10:00\n>\n> Old words\n"
    )
    assert written(f"{OWN}\n\n{history}") == OWN

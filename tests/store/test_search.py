"""Search finds what was said, shows nobody what they may not see, and never raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from gateway.core.model import EntryKind, State, Visibility
from gateway.store import entries, search, tickets
from tests.store import made


def _numbers(conn: Connection, words: str, **options: Any) -> list[int]:
    return [ticket.number for ticket in tickets.listing(conn, words=words, **options)]


@pytest.fixture
def spoken(database):
    """Three tickets; the second has a note about a password, the third is closed."""
    with database.write() as conn:
        first = tickets.insert(conn, made.ticket(subject="Impresora"))
        entries.append(
            conn, [made.entry(first, "La impresora está en llamas", title="Impresora Ada Byron")]
        )
        second, _ = made.new_ticket(conn, "My printer jams, e-mail me at carl@example.org")
        note = made.entry(
            second,
            "the password is Übergrößenträger",
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
        )
        entries.append(conn, [note])
        third, _ = made.new_ticket(conn, "printer again", state=State.CLOSED)
    return first, second, third


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("printer", [2, 1]),
        ("PRINTER", [2, 1]),
        ("printer jams", [1]),
        ("jams printer", [1]),
        ("printer llamas", []),
        ("esta", [0]),
        ("Está", [0]),
        ("byron", [0]),
        ("carl@example.org", [1]),
        ("e-mail", [1]),
        ("ubergrossentrager", [1]),
        ("password", [1]),
        ("print", []),
        ("", []),
        ("---", []),
    ],
)
def test_all_words_in_one_entry_newest_first(database, spoken, words, places):
    with database.read() as conn:
        assert _numbers(conn, words) == [spoken[place] for place in places]


def test_a_public_search_does_not_know_of_notes(database, spoken):
    with database.read() as conn:
        assert _numbers(conn, "password", audience=Visibility.PUBLIC) == []
        assert _numbers(conn, "printer", audience=Visibility.PUBLIC) == [spoken[2], spoken[1]]


def test_words_and_filters_narrow_each_other(database, spoken):
    with database.read() as conn:
        assert _numbers(conn, "printer", state="closed") == [spoken[2]]
        assert _numbers(conn, "printer", state="new") == [spoken[1]]
        assert _numbers(conn, "printer", limit=1) == [spoken[2]]


def test_an_entry_made_internal_is_found_by_agents_alone(database):
    with database.write() as conn:
        number, id = made.new_ticket(conn, "the secret plan")
        entries.make_internal(conn, id)
        entries.make_internal(conn, id)
        assert _numbers(conn, "secret") == [number]
        assert _numbers(conn, "secret", audience=Visibility.PUBLIC) == []
        assert made.there(entries.fact(conn, id)).visibility is Visibility.INTERNAL


def test_what_the_desk_repeats_is_not_found_twice(database):
    with database.write() as conn:
        number, id = made.new_ticket(conn, "unusual word")
        entries.append(conn, [made.entry(number, "unusual word", kind=EntryKind.NOTICE)])
        assert search.entries(conn, "unusual") == [(id, number)]


def test_a_ticket_is_listed_once_however_often_it_says_the_word(database):
    with database.write() as conn:
        many, _ = made.new_ticket(conn, "echo")
        entries.append(conn, [made.entry(many, "echo") for _ in range(search.PAGE * 6 + 5)])
        other, _ = made.new_ticket(conn, "echo")
        entries.append(conn, [made.entry(many, "echo") for _ in range(3)])
        assert _numbers(conn, "echo") == [many, other]


def test_a_page_begins_where_the_last_one_ended(database):
    with database.write() as conn:
        number, first = made.new_ticket(conn, "echo")
        rest = entries.append(
            conn,
            [made.entry(number, "echo", visibility=list(Visibility)[n % 2]) for n in range(10)],
        )
        newest = [first, *rest][::-1]
        page = search.entries(conn, "echo", limit=4)
        assert [id for id, _ in page] == newest[:4]
        page = search.entries(conn, "echo", before=page[-1][0], limit=100)
        assert [id for id, _ in page] == newest[4:]


def test_what_is_older_than_the_newest_entries_is_found_too(database, monkeypatch):
    monkeypatch.setattr(search, "WINDOWS", (2, 3))
    with database.write() as conn:
        number, id = made.new_ticket(conn, "needle")
        entries.append(conn, [made.entry(number, "hay") for _ in range(10)])
        assert search.entries(conn, "needle") == [(id, number)]
        assert len(search.entries(conn, "hay", limit=5)) == 5


HOSTILE = [
    '"',
    "'",
    "''; DROP TABLE ticket; --",
    "a AND NOT (b OR c*)",
    "NEAR(a b, 5)",
    "title:printer",
    "^printer*",
    "{a b}:c",
    "\x00",
    "\ud800",
    "%s ? :x",
    "\\' & | ! <-> :*",
    "word " * 5_000,
    "x" * 100_000,
    "日本語 и ещё ﷺ",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(database, spoken, words):
    with database.write() as conn:
        number, _ = made.new_ticket(conn, words)
        found = _numbers(conn, words)
        assert (number in found) == bool(search.words_of(words))


@given(words=st.text(max_size=40))
def test_no_text_can_make_a_search_raise(property_database, words):
    with property_database.read() as conn:
        search.entries(conn, words)


@given(words=st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=20))
def test_words_are_folded_to_themselves(words):
    once = search.words_of(words)
    assert search.words_of(" ".join(once)) == once


@given(text=st.text(st.characters(max_codepoint=127), max_size=300))
def test_one_foreign_letter_changes_nothing_of_the_other_words(text):
    """Texts of ASCII alone are gone through another way."""
    assert search.words_of(f"{text} ßß") == [*search.words_of(text), "ssss"]


def test_a_word_of_any_length_is_cut_to_one_that_is_found():
    long = "a" * (search.LONGEST_WORD + 1)
    assert search.words_of(f"b {long} {long}b c") == ["b", long[:-1], "c"]


def test_a_huge_text_can_be_indexed(database):
    """PostgreSQL refuses more than a megabyte of lexemes in one value."""
    text = " ".join(f"w{n:06x}" for n in range(400_000))
    with database.write() as conn:
        number, _ = made.new_ticket(conn, text)
        assert _numbers(conn, "w000001") == [number]

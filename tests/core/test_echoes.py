"""The same words again and again: told by what is left when numbers and dates are taken out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.changes import Count, NoticeKind, Say, Skip
from gateway.core.deciding import decide
from gateway.core.echoes import echo_key, words_of
from gateway.core.events import MessageArrived
from gateway.core.model import Automatic, Source
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import Caps
from gateway.core.situation import Situation, Tallies
from tests.core.kit import ADA, BOB, EVE, FORGED, NOW, book, desk, message, of_type, policy

CAPS = Caps()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We got your request #17.", "We got your request #4711."),
        ("Received on Monday 5 January 10:00.", "Received on Tuesday 6 February 2027, 11:30."),
        ("See https://a.example/t/1 please", "See https://a.example/t/2?x=y please"),
        ("Write to support+7.k3v9@b.example", "Write to support+8.aaaa@b.example"),
        ("Ticket ABC-12: received", "Ticket XYZ-9: received"),
        ("  Not   here.\n", "not here"),
    ],
)
def test_what_differs_in_numbers_dates_and_addresses_alone_is_the_same(one, other):
    assert words_of(one) == words_of(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("The lamp flickers.", "The lamp smokes."), ("It works again.", "It works not again.")],
)
def test_other_words_are_other_words(one, other):
    assert words_of(one) != words_of(other)


def test_a_key_is_of_one_author_and_one_ticket():
    keys = {
        echo_key(message(who, text="Not here."), where) for who in (ADA, BOB) for where in (0, 7, 8)
    }
    assert len(keys) == 6
    assert "" not in keys


@pytest.mark.parametrize("text", ["", "  ", "17", "2026-01-05 10:00", "a@b.example"])
def test_what_has_no_words_is_counted_as_nothing(text):
    assert echo_key(message(ADA, text=text), 0) == ""


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_a_letter_that_is_no_english_one_changes_nothing_of_the_other_words(text):
    """Texts of ASCII alone are gone through another way."""
    assert words_of(f"{text} é").split() == [*words_of(text).split(), "é"]


@given(st.text(max_size=5_000))
def test_any_text_has_a_key_or_none(text):
    assert len(echo_key(message(ADA, text=text), 0)) in (0, 24)


def decided(tallies: Tallies = Tallies(), **fields: Any) -> Any:  # noqa: B008
    live = fields.pop("live", True)
    made = message(ADA, **fields)
    where = place(made, clues_of(made, book()), Candidates(), book(), policy(), NOW)
    event = MessageArrived(message=made, at=NOW, live=live)
    return decide(event, Situation(tallies=tallies), desk(), where)


def confirmed(decision: Any) -> bool:
    return any(s.kind is NoticeKind.CONFIRMATION for s in of_type(decision, Say))


def leads_told(decision: Any) -> list[str]:
    return [s.to.address for s in of_type(decision, Say) if s.kind is NoticeKind.NOTE]


@pytest.mark.parametrize(
    ("tallies", "reason", "told"),
    [
        (Tallies(words=CAPS.per_words - 1), None, False),
        (Tallies(words=CAPS.per_words), "same_words", True),
        (Tallies(words=CAPS.per_words + 1), "same_words", False),
        (Tallies(opened=CAPS.per_correspondent - 1), None, False),
        (Tallies(opened=CAPS.per_correspondent), "opened_often", True),
        (Tallies(opened=CAPS.per_correspondent + 1), "opened_often", False),
        (Tallies(words=9, opened=CAPS.per_correspondent), "same_words", False),
        (Tallies(recipient=CAPS.per_recipient, words=CAPS.per_words), "capped", True),
    ],
)
def test_somebody_who_repeats_themselves_gets_no_confirmation(tallies, reason, told):
    decision = decided(tallies)
    assert confirmed(decision) is (reason is None)
    reasons = [s.because.code for s in of_type(decision, Skip) if s.what == "confirmation"]
    assert reasons == ([reason] if reason else [])
    assert leads_told(decision) == ([EVE.email] if told else [])


def test_agents_hear_of_such_a_ticket_all_the_same():
    kinds = [s.kind for s in of_type(decided(Tallies(words=99)), Say)]
    assert NoticeKind.NEW_TICKET in kinds


def test_what_is_counted_of_a_new_ticket():
    decision = decided()
    key = echo_key(message(ADA), 0)
    assert decision.counts == (
        Count(scope="words", key=key),
        Count(scope="opened_day", key=ADA.address),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"live": False},
        {"automatic": Automatic.BULK},
        {"automatic": Automatic.AUTO_REPLY},
    ],
)
def test_imports_and_machines_are_not_counted(fields):
    assert decided(**fields).counts == ()


def test_a_source_has_counts_of_its_own():
    (count,) = [
        c for c in decided(source=Source(name="x", key="source:1")).counts if c.scope == "source"
    ]
    assert count.key == "source:1"


def test_forged_mail_counts_too():
    assert len(decided(proof=FORGED).counts) == 2

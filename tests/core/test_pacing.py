"""Machines that answer each other through the desk fall silent; nothing they wrote is lost."""

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Append, NoticeKind, Reach, Say, Settle, Skip
from gateway.core.deciding import decide
from gateway.core.events import MessageArrived
from gateway.core.model import Body, Visibility
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.situation import HeldAnswer, Situation, Tallies
from tests.core.kit import ADA, BEA, EVE, NOW, book, desk, message, of_type, policy, signed, ticket

CAP = policy().caps.per_ticket
SEVEN = ticket(7, assignee=BEA.email)


def decided(made, *, pace: int, **more):
    found = Candidates(tickets={7: SEVEN})
    where = place(made, clues_of(made, book()), found, book(), policy(), NOW)
    situation = Situation(ticket=SEVEN, pace=pace, **more)
    return decide(MessageArrived(message=made, at=NOW), situation, desk(), where)


def adas(text: str = "still burning"):
    return message(ADA, text=text, recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))


def beas(text: str):
    return message(BEA, text=text, recipients=(signed(AddressKind.PUBLIC, 7, BEA.email),))


def told(decision) -> list[tuple[str, str]]:
    return [(say.kind.value, say.to.address) for say in of_type(decision, Say)]


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        (0, [("reply", BEA.email)]),
        (CAP - 1, [("reply", BEA.email)]),
        (CAP, [("note", EVE.email)]),
        (CAP + 1, []),
    ],
)
def test_a_requester_who_writes_too_fast_is_kept_and_no_longer_announced(pace, expected):
    decision = decided(adas(), pace=pace)
    assert told(decision) == expected
    assert of_type(decision, Append)[0].visibility is Visibility.PUBLIC


WORDS = policy().caps.per_words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (WORDS - 1, [("reply", BEA.email)]),
        (WORDS, [("note", EVE.email)]),
        (WORDS + 1, []),
    ],
)
def test_a_requester_who_says_the_same_again_and_again_is_kept_and_no_longer_announced(
    words, expected
):
    decision = decided(adas(), pace=0, tallies=Tallies(words=words))
    assert told(decision) == expected
    assert of_type(decision, Append)[0].visibility is Visibility.PUBLIC


def test_an_agents_machine_that_says_the_same_on_one_ticket_answers_nobody():
    decision = decided(beas("Out."), pace=0, tallies=Tallies(words=WORDS + 1))
    (kept,) = of_type(decision, Append)
    assert (kept.visibility, kept.held) == (Visibility.INTERNAL, "too_fast")
    assert told(decision) == [("held_answer", BEA.email)]


def test_an_answer_on_such_a_ticket_is_held_for_its_author():
    decision = decided(beas("I am out of the office."), pace=CAP + 1)
    (kept,) = of_type(decision, Append)
    assert (kept.visibility, kept.held) == (Visibility.INTERNAL, "too_fast")
    assert told(decision) == [("held_answer", BEA.email)]
    assert all(say.capped for say in of_type(decision, Say))
    assert "too_fast" in {skip.because.code for skip in of_type(decision, Skip)}


def test_a_machine_in_the_agents_name_is_not_told_for_ever():
    heard = Tallies(recipient=policy().caps.per_recipient)
    assert told(decided(beas("I am away."), pace=CAP + 1, tallies=heard)) == []


def test_the_lead_is_told_inside_the_team():
    (say,) = of_type(decided(adas(), pace=CAP), Say)
    assert (say.kind, say.reach) == (NoticeKind.NOTE, Reach.INTERNAL)


def test_what_an_agent_sends_deliberately_goes_out():
    held = HeldAnswer(entry=31, body=Body(text="Water.", full_text="Water."))
    decision = decided(beas("#send"), pace=CAP + 5, held=held)
    assert of_type(decision, Settle)
    assert ("answer", ADA.address) in told(decision)

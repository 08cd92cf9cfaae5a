"""What is resolved asks, once, whether it is solved; the answer counts, and can be undone."""

from dataclasses import replace

import pytest

from gateway.core.changes import NoticeKind, Say, Skip
from gateway.core.model import EntryKind, State
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    DAY,
    NETWORK,
    NOW,
    SUPPORT,
    World,
    desk,
    of_type,
    says,
    why,
)

A, R = NoticeKind.ANSWER, NoticeKind.RESOLVED


def state(w: World) -> State:
    return w.tickets[7].state


def resolved(*commands: str, text: str = "It is out.") -> World:
    w = World()
    w.mail(ADA, "It burns", cc=(BOB,))
    w.act(BEA, 7, *(commands or ("resolve",)), text=text)
    return w


def test_the_question_stands_in_the_answer_that_resolves():
    w = resolved()
    assert [o.say.kind for o in w.got(ADA)][1:] == [A]
    facts = w.last(ADA, A).say.facts
    assert (facts["asks"], facts["closes_at"]) == (True, NOW + 7 * DAY)
    assert "asks" not in w.last(BOB, A).say.facts


def test_without_an_answer_it_is_a_mail_of_its_own():
    w = resolved("take")
    w.act(BEA, 7, "resolve")
    assert [o.say.kind for o in w.got(ADA)][1:] == [A, R]
    assert not w.last(ADA, R).say.facts["unanswered"]
    assert not [o for o in w.got(BOB) if o.say.kind is R]


def test_it_is_asked_once():
    w = resolved("take")
    w.act(BEA, 7, "resolve")
    w.act(BEA, 7, "resolve")
    w.act(BEA, 7, "resolve", text="As I said.")
    assert len([o for o in w.got(ADA) if o.say.kind is R]) == 1
    assert "asks" not in w.last(ADA, A).say.facts


def test_nobody_who_was_never_answered_and_is_unknown_is_asked():
    w = World()
    w.mail(ADA, "Buy this")
    decision = w.act(BEA, 7, "resolve")
    assert says(decision) == []
    assert [s.what for s in of_type(decision, Skip)] == ["resolved"]


def test_a_queue_may_ask_nobody():
    w = World(desk=desk(queues=(replace(SUPPORT, ask_solved=False), NETWORK)))
    w.mail(ADA, "It burns")
    w.act(BEA, 7, text="Pull the plug.")
    assert [c for c in of_type(w.act(BEA, 7, "resolve"), Say) if c.kind is R] == []
    w.act(BEA, 7, "open")
    w.act(BEA, 7, "resolve", text="Out.")
    assert "asks" not in w.last(ADA, A).say.facts


def test_a_held_answer_that_is_sent_asks_as_well():
    w = World()
    w.mail(ADA, "It burns")
    first = w.last(BEA)
    w.answer(ADA, w.last(ADA), "It burns more")
    w.answer(BEA, first, "#resolve\nPull the plug.")
    assert state(w) is State.NEW
    w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send")
    assert state(w) is State.RESOLVED
    assert w.last(ADA, A).say.facts["asks"]


@pytest.mark.parametrize("words", ["Solved", "solved, thank you!", "Risolto", "Résolu", "Gelöst"])
def test_solved_closes(words):
    w = resolved()
    w.answer(ADA, w.last(ADA, A), words)
    assert state(w) is State.CLOSED
    assert w.deadlines == {}
    assert "said_solved" in why(w.decisions[-1])
    w.act(BEA, 7, "reopen")
    assert state(w) is State.OPEN


@pytest.mark.parametrize("words", ["Not solved", "no resuelto", "It burns again", "nicht gelöst"])
def test_not_solved_opens_it_again(words):
    w = resolved()
    w.answer(ADA, w.last(ADA, A), words)
    assert state(w) is State.OPEN


def test_somebody_else_who_says_solved_changes_nothing():
    w = resolved()
    w.answer(BOB, w.last(BOB, A), "Solved")
    assert state(w) is State.RESOLVED
    assert (7, Target.AUTO_CLOSE) in w.deadlines
    assert w.history(7, EntryKind.NOTICE)[-1].because.startswith("Bob Noyce says that it is solved")


def test_solved_after_it_was_closed_leaves_it_closed():
    w = resolved()
    w.wait(8 * DAY)
    w.answer(ADA, w.last(ADA, A), "Solved")
    assert state(w) is State.CLOSED


def test_on_an_open_ticket_the_word_is_a_word():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending", text="Which one?")
    w.answer(ADA, w.last(ADA, A), "Solved")
    assert state(w) is State.OPEN


def test_a_thanks_leaves_it_and_says_so():
    w = resolved()
    w.answer(ADA, w.last(ADA, A), "Thanks!")
    assert state(w) is State.RESOLVED
    assert any("a bare thanks" in e.because for e in w.history(7, EntryKind.NOTICE))
    w.act(BEA, 7, "reopen")
    assert state(w) is State.OPEN

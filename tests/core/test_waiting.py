"""A requester who does not answer while the ticket is pending is reminded, then it is resolved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.business_hours import Calendar, Hours, Shift
from gateway.core.calendars import always
from gateway.core.changes import NoticeKind, Reach, Skip
from gateway.core.model import Automatic, EntryKind, State
from gateway.core.policy import Caps
from gateway.core.situation import Tallies
from gateway.core.targets import Allowance, Target
from gateway.core.waiting import Patience, Waiting, next_turn, reminded
from tests.core.kit import ADA, BEA, DAY, FORGED, HOUR, NETWORK, NOW, SUPPORT, World, desk, of_type

PATIENCE = Patience(
    reminders=(Allowance.parse("2d"), Allowance.parse("5d")), resolve=Allowance.parse("8d")
)
OFFICE = Calendar(name="office", week=((Shift(540, 1020),),) * 5 + ((),) * 2)  # 9 to 17
W, R = NoticeKind.WAITING, NoticeKind.RESOLVED


def world(patience: Patience = PATIENCE, **policy: Any) -> World:
    queues = (replace(SUPPORT, patience=patience), NETWORK)
    return World(desk=desk(queues=queues, **policy))


def waits(**policy: Any) -> World:
    """A ticket that was answered with a question, and is pending since NOW."""
    w = world(**policy)
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending", text="Which printer?")
    return w


def state(w: World) -> State:
    return w.tickets[7].state


def told(w: World) -> list[tuple[float, str]]:
    """What Ada heard from the desk itself after the confirmation: days since NOW, and what."""
    them = [o for o in w.got(ADA) if o.say.kind in (W, R)]
    return [((o.due_at - NOW) / DAY, o.say.kind.value) for o in them]


def test_reminded_twice_then_resolved_then_closed():
    w = waits()
    w.wait(8 * DAY)
    assert told(w) == [(2, "waiting"), (5, "waiting"), (8, "resolved")]
    assert state(w) is State.RESOLVED
    assert w.last(ADA).say.facts["unanswered"]
    assert w.deadlines == {(7, Target.AUTO_CLOSE): NOW + 15 * DAY}
    w.wait(7 * DAY)
    assert state(w) is State.CLOSED
    assert told(w)[3:] == []


def test_a_reminder_holds_the_question_and_can_be_answered():
    w = waits()
    w.wait(2 * DAY)
    out = w.last(ADA, W)
    assert out.say.facts["other_words"] == "Which printer?"
    assert (out.say.reach, out.say.language) == (Reach.REQUESTER, "en")
    assert out.say.facts["gives_up_at"] is None
    w.answer(ADA, out, "The one on the left.")
    assert state(w) is State.OPEN
    assert (w.tickets[7].waiting, w.deadlines) == (None, {})


def test_the_last_reminder_says_when_it_is_given_up():
    w = waits()
    w.wait(5 * DAY)
    assert w.last(ADA, W).say.facts["gives_up_at"] == NOW + 8 * DAY


def test_what_comes_back_by_itself_reminds_nobody():
    w = world()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending 20d", text="Which printer?")
    w.act(BEA, 7, text="Take your time.")
    w.wait(19 * DAY)
    assert told(w) == []
    w.wait(DAY)
    assert state(w) is State.OPEN


def test_a_time_that_is_given_or_taken_back_later_counts():
    w = waits()
    w.act(BEA, 7, "pending 4d")
    assert w.tickets[7].waiting is None
    w.wait(3 * DAY)
    assert told(w) == []
    w.act(BEA, 7, "pending")
    w.wait(2 * DAY)
    assert told(w) == [(5, "waiting")]


def test_an_answer_of_an_agent_starts_it_again():
    w = waits()
    w.wait(3 * DAY)
    w.act(BEA, 7, text="Is it still burning?")
    w.wait(DAY + 23 * HOUR)
    assert told(w) == [(2, "waiting")]
    w.wait(HOUR)
    assert told(w) == [(2, "waiting"), (5, "waiting")]
    assert w.last(ADA, W).say.facts["other_words"] == "Is it still burning?"


def test_a_note_or_a_command_does_not():
    w = waits()
    w.wait(DAY)
    w.act(BEA, 7, "note", text="She never answers.")
    w.act(BEA, 7, "high", "take")
    w.wait(DAY)
    assert told(w) == [(2, "waiting")]


@pytest.mark.parametrize("command", ["open", "hold", "resolve", "close"])
def test_another_state_ends_it(command):
    w = waits()
    w.act(BEA, 7, command)
    assert w.tickets[7].waiting is None
    assert (7, Target.NUDGE) not in w.deadlines


def test_without_a_time_to_give_up_it_waits_on():
    w = waits(patience=replace(PATIENCE, resolve=None))
    w.wait(100 * DAY)
    assert told(w) == [(2, "waiting"), (5, "waiting")]
    assert state(w) is State.PENDING


def test_a_desk_that_reminds_nobody_has_no_deadline():
    w = waits(patience=Patience(resolve=Allowance.parse("8d")))
    assert (w.deadlines, w.tickets[7].waiting) == ({}, None)


def test_it_is_counted_in_open_time_of_the_desk():
    """From Friday at 16:00: one working day later is Monday at 16:00."""
    w = world(Patience(reminders=(Allowance.parse("1bd"),)), hours=Hours(OFFICE))
    w.now = datetime(2026, 1, 9, 16, tzinfo=UTC)
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending", text="Which printer?")
    assert w.deadlines == {(7, Target.NUDGE): datetime(2026, 1, 12, 16, tzinfo=UTC)}


# Whom the desk itself does not write to.


def unreminded(w: World) -> str:
    """Nothing went out, and the ticket says why and waits on."""
    w.wait(30 * DAY)
    assert told(w) == []
    assert (state(w), w.tickets[7].waiting) == (State.PENDING, None)
    return w.history(7, EntryKind.NOTICE)[-1].because


def test_not_somebody_whose_mail_came_back():
    w = waits()
    w.bad.add(ADA.address)
    assert "came back" in unreminded(w)


def test_nobody_is_given_up_whose_reminder_came_back():
    w = waits()
    w.wait(5 * DAY)
    w.bad.add(ADA.address)
    w.wait(20 * DAY)
    assert told(w) == [(2, "waiting"), (5, "waiting")]
    assert (state(w), w.tickets[7].waiting) == (State.PENDING, None)
    assert "came back" in w.history(7, EntryKind.NOTICE)[-1].because


@pytest.mark.parametrize(
    "mail",
    [
        {"automatic": Automatic.BULK},
        {"wants_silence": True},
        {"proof": FORGED},
    ],
)
def test_not_machines_nor_who_fails_the_checks(mail):
    w = world()
    w.mail(ADA, "It burns", **mail)
    w.act(BEA, 7, "pending", text="Which printer?")
    assert "by itself" in unreminded(w)


def test_not_somebody_unknown_to_whom_nobody_wrote():
    w = world()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending")
    assert "nobody has answered" in unreminded(w)


def test_but_somebody_who_is_proven():
    w = world()
    w.mail(ADA, "It burns")
    w.verified.add(ADA.address)
    w.act(BEA, 7, "pending")
    w.wait(2 * DAY)
    assert told(w) == [(2, "waiting")]
    assert w.last(ADA, W).say.facts["other_words"] == ""


def test_a_cap_puts_it_off_and_does_not_lose_it(monkeypatch):
    w = waits(caps=Caps(per_recipient=2))
    full = Tallies(recipient=2)
    before = World._addressee
    monkeypatch.setattr(World, "_addressee", lambda self, s: replace(before(self, s), tallies=full))
    w.wait(2 * DAY)
    assert told(w) == []
    assert [s.what for s in of_type(w.decisions[-1], Skip)] == ["waiting"]
    monkeypatch.setattr(World, "_addressee", before)
    w.wait(HOUR)
    assert told(w) == [(2 + 1 / 24, "waiting")]


# The arithmetic.


def test_after_hours_of_being_down_one_reminder_stands_for_all():
    w = Waiting(since=NOW)
    round_the_clock = Hours(always())
    late = reminded(w, PATIENCE, round_the_clock, NOW + 6 * DAY)
    assert (late.reminded, late.reminded_at) == (2, NOW + 6 * DAY)
    turn = next_turn(late, PATIENCE, round_the_clock)
    assert turn is not None
    assert (turn.resolves, turn.due_at) == (True, NOW + 9 * DAY)


def turns(delays: list[timedelta]) -> Iterator[tuple[datetime, bool]]:
    """What comes when the clock looks so much too late each time."""
    waiting, hours = Waiting(since=NOW), Hours(always())
    for delay in delays:
        turn = next_turn(waiting, PATIENCE, hours)
        assert turn is not None
        yield turn.due_at + delay, turn.resolves
        if turn.resolves:
            return
        waiting = reminded(waiting, PATIENCE, hours, turn.due_at + delay)


@given(st.lists(st.timedeltas(timedelta(0), 20 * DAY), min_size=3, max_size=3))
def test_however_late_it_ends_and_gives_three_days_after_the_last_reminder(delays):
    came = list(turns(delays))
    assert came == sorted(came)
    assert came[-1][1]
    assert came[-1][0] - came[-2][0] >= 3 * DAY


def test_it_is_stored_as_it_is():
    for waiting in (Waiting(since=NOW), Waiting(since=NOW, reminded=1, reminded_at=NOW + DAY)):
        assert Waiting.from_json(waiting.to_json()) == waiting

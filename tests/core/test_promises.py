"""``#promise 15:00``: it reminds who promised, an answer keeps it, and it can be taken back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.agenda import agenda_of
from gateway.core.business_hours import Calendar, Hours, Shift
from gateway.core.calendars import ALWAYS, always
from gateway.core.changes import NoticeKind, Refuse
from gateway.core.model import State
from gateway.core.promises import Promise, end_of_work, next_look
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    CARLA,
    DAN,
    DAY,
    EVE,
    HOUR,
    MINUTE,
    NOW,
    World,
    desk,
    of_type,
    says,
    why,
)

SOON, DUE = NoticeKind.REMINDER, NoticeKind.OVERDUE
OFFICE = Hours(
    Calendar(
        name="office",
        timezone="Europe/Madrid",
        week=((Shift(540, 840), Shift(900, 1080)),) * 5 + ((),) * 2,
    )
)  # 9 to 14 and 15 to 18, Monday to Friday; it is 10:00 there
TOKYO = Hours(Calendar(name="tokyo", timezone="Asia/Tokyo", week=((Shift(540, 1020),),) * 7))
CALENDARS = {ALWAYS: Hours(always()), "office": OFFICE, "tokyo": TOKYO}


def working(**shifts: str) -> World:
    """Agents by first name, with the calendars of their shifts."""
    agents = tuple(replace(a, shift=shifts.get(a.name.split()[0], "")) for a in AGENTS)
    return World(desk=desk(agents=agents, calendars=CALENDARS))


def promised(*words: str, world: World | None = None) -> World:
    w = world or World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "take", f"promise {' '.join(words or ('15:00',))}")
    return w


def promise_of(w: World) -> Promise | None:
    return w.tickets[7].promise


def heard(w: World, *kinds: NoticeKind) -> list[tuple[float, str, str]]:
    """Hours since NOW, kind, and who heard of a promise."""
    them = [o for o in w.outbox if o.say.facts.get("target") == "promise"]
    return [((o.due_at - NOW) / HOUR, o.say.kind.value, o.say.to.address) for o in them]


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("15:00", "05 14:00"),  # it is 10:00 in Madrid
        ("tomorrow 10:00", "06 09:00"),
        ("2h", "05 11:00"),
        ("friday", "09 17:00"),  # 18:00, for a day that no calendar closes
        ("today", "05 17:00"),
        ("Friday 12:00", "09 11:00"),
    ],
)
def test_the_moment_that_is_meant(words, due):
    made = promise_of(promised(words))
    assert made is not None
    assert (made.due_at.strftime("%d %H:%M"), made.by) == (due, BEA.email)


@pytest.mark.parametrize(
    ("words", "due"), [("friday", "09 17:00"), ("saturday", "10 17:00"), ("15:00", "05 14:00")]
)
def test_a_day_ends_with_the_shift_and_times_are_those_of_its_place(words, due):
    made = promise_of(promised(words, world=working(Bea="office")))
    assert made is not None
    assert made.due_at.strftime("%d %H:%M") == due
    elsewhere = promise_of(promised("20:00", world=working(Bea="tokyo")))
    assert elsewhere is not None
    assert elsewhere.due_at == datetime(2026, 1, 5, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["soon", "25:00", "2025-01-01", "0h", "yesterday", "15:00 friday"]
)
def test_what_is_no_moment_ahead_is_explained(words):
    w = promised("15:00")
    before = promise_of(w)
    (refused,) = of_type(w.act(BEA, 7, f"promise {words}"), Refuse)
    assert 'expected a moment ahead, such as "15:00"' in refused.lines[0]
    assert promise_of(w) == before


def test_it_reminds_before_and_when_it_is_due_and_stays_on_the_ticket():
    w = promised("15:00")
    w.wait(DAY)
    assert heard(w) == [(4.5, "reminder", BEA.email), (5, "overdue", BEA.email)]
    assert w.last(BEA).say.facts["last_words"] == "It burns"
    made = promise_of(w)
    assert made is not None
    assert made.is_open
    assert w.deadlines == {}


def test_one_that_is_near_reminds_only_when_it_is_due():
    w = promised("20m")
    w.wait(HOUR)
    assert heard(w) == [(1 / 3, "overdue", BEA.email)]


def test_an_answer_keeps_it():
    w = promised("15:00")
    w.wait(HOUR)
    decision = w.act(CARLA, 7, text="Pull the plug.")
    assert "promise_kept" in why(decision)
    made = promise_of(w)
    assert made is not None
    assert made.kept_at == NOW + HOUR
    w.wait(DAY)
    assert heard(w) == []


def test_a_late_answer_keeps_it_late():
    w = promised("2h")
    w.wait(3 * HOUR)
    assert "promise_kept_late" in why(w.act(BEA, 7, text="Pull the plug."))


@pytest.mark.parametrize("words", ["note", "high"])
def test_a_note_or_a_command_does_not(words):
    w = promised("15:00")
    w.act(BEA, 7, words, text="I am on it." if words == "note" else "")
    made = promise_of(w)
    assert made is not None
    assert made.is_open


def test_an_answer_that_promises_the_next_one():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "promise 2h", text="I look into it; you hear from me within two hours.")
    w.wait(HOUR)
    w.act(BEA, 7, "promise 2h", text="It takes longer, sorry.")
    made = promise_of(w)
    assert made is not None
    assert (made.is_open, made.due_at) == (True, NOW + 3 * HOUR)
    w.wait(DAY)
    assert [at for at, _, _ in heard(w)] == [2.5, 3]


@pytest.mark.parametrize("words", ["promise", "promise off"])
def test_it_is_taken_back(words):
    w = promised("15:00")
    w.act(BEA, 7, words)
    assert (promise_of(w), w.deadlines) == (None, {})
    assert w.act(BEA, 7, words).changes == ()


@pytest.mark.parametrize("command", ["resolve", "close"])
def test_it_ends_with_its_ticket(command):
    w = promised("15:00")
    decision = w.act(BEA, 7, command)
    assert "promise_moot" in why(decision)
    assert promise_of(w) is None
    (refused,) = of_type(w.act(BEA, 7, "promise 15:00"), Refuse)
    assert "#open it first" in refused.lines[0]


def test_it_goes_along_with_a_ticket_that_is_merged():
    w = promised("15:00")
    w.mail(ADA, "And the scanner")
    w.act(CARLA, 8, "promise 2h")
    w.act(BEA, 7, "merge 8")
    assert promise_of(w) is None
    kept = w.tickets[8].promise
    assert kept is not None
    assert (kept.by, kept.due_at) == (CARLA.email, NOW + 2 * HOUR)  # the earlier of the two
    w.act(BEA, 7, "open")
    w.act(BEA, 7, "promise 1h")
    w.act(BEA, 7, "merge 8")
    kept = w.tickets[8].promise
    assert kept is not None
    assert (kept.by, kept.due_at) == (BEA.email, NOW + HOUR)
    w.wait(HOUR)
    assert [(at, kind) for at, kind, _ in heard(w)] == [(0.5, "reminder"), (1, "overdue")]


def test_an_answer_that_is_taken_back_kept_nothing():
    w = World(desk=desk(answer_delay=MINUTE))
    promised("15:00", world=w)
    w.act(BEA, 7, text="Pull the plug.")
    w.act(BEA, 7, "undo")
    made = promise_of(w)
    assert made is not None
    assert made.is_open
    assert (7, Target.PROMISE) in w.deadlines


def test_who_has_the_ticket_now_hears_of_it_as_well():
    w = promised("15:00")
    w.act(CARLA, 7, "take")
    w.wait(5 * HOUR)
    assert [(kind, who) for _, kind, who in heard(w)] == [
        ("reminder", BEA.email),
        ("reminder", CARLA.email),
        ("overdue", BEA.email),
        ("overdue", CARLA.email),
    ]


def test_off_shift_somebody_who_works_hears_of_it_too():
    w = working(Bea="office", Carla="tokyo", Dan="office", Eve="office")
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "take", "promise tomorrow 3:00")  # 11:00 in Tokyo
    w.wait(DAY)
    assert {who for _, _, who in heard(w)} == {BEA.email, CARLA.email}


def test_somebody_who_left_is_replaced_by_the_queue():
    w = promised("15:00")
    w.desk = desk(agents=(CARLA, DAN, EVE))
    w.wait(5 * HOUR)
    assert {who for _, _, who in heard(w)} == {CARLA.email}


def test_it_stands_on_the_lists_of_who_promised_and_who_has_it():
    w = promised("15:00")
    w.act(CARLA, 7, "take")
    agenda = agenda_of(w.tickets.values(), NOW, NOW + DAY)
    for own in (agenda.of[BEA.email], agenda.of[CARLA.email], agenda.today):
        (line,) = own.lines
        assert (line.target, line.due_at) == (Target.PROMISE, NOW + 5 * HOUR)
    assert agenda.loads == {CARLA.email: 1}
    w.act(CARLA, 7, text="Pull the plug.")
    assert BEA.email not in agenda_of(w.tickets.values(), NOW, NOW + DAY).of


def test_nobody_outside_hears_of_it():
    w = promised("15:00")
    before = len(w.got(ADA))
    w.wait(DAY)
    assert len(w.got(ADA)) == before
    assert says(w.decisions[-1])[0][2] == "internal"
    assert w.tickets[7].state is State.OPEN


@given(st.timedeltas(MINUTE, 30 * DAY), st.timedeltas(0 * MINUTE, DAY))
def test_the_next_look_is_ahead_and_not_after_it_is_due(until, before):
    made = Promise(by="x", due_at=NOW + until, made_at=NOW)
    assert NOW < next_look(made, before, NOW) <= made.due_at


def test_the_end_of_work():
    monday = NOW.date()
    assert end_of_work(OFFICE, monday, "Europe/Madrid") == datetime(2026, 1, 5, 17, tzinfo=UTC)
    round_the_clock = end_of_work(CALENDARS[ALWAYS], monday, "UTC")
    assert round_the_clock == datetime(2026, 1, 5, 18, tzinfo=UTC)


def test_it_is_stored_as_it_is():
    made = Promise(by=BEA.email, due_at=NOW + HOUR, made_at=NOW)
    for one in (made, replace(made, kept_at=NOW + MINUTE)):
        assert Promise.from_json(one.to_json()) == one

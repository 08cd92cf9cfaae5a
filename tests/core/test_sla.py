"""The clocks of a ticket: told as stories, with every moment worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.business_hours import Calendar, Hours
from gateway.core.calendars import always, parse_shift, week_of
from gateway.core.changes import Append, StartDeadline, Tick
from gateway.core.clocks import Clock, ClockState, from_json, to_json
from gateway.core.escalation import Step, parse_at
from gateway.core.model import Automatic, Priority, Role, State
from gateway.core.policy import Agent
from gateway.core.sla import NO_SLA, Sla, due_now, used
from gateway.core.targets import Allowance, Target
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    DAN,
    DAY,
    EVE,
    HOUR,
    MINUTE,
    NETWORK,
    NOW,
    SUPPORT,
    World,
    desk,
    of_type,
    says,
    signed,
    ticket,
)
from tests.core.test_sources import decided as sourced

FIRST, NEXT, SOLVED = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION


def times(**allowed: str) -> dict[Priority, Allowance]:
    return {Priority(name): Allowance.parse(text) for name, text in allowed.items()}


def step(on: Target, at: str, **does: Any) -> Step:
    share, after = parse_at(at)
    return Step(on=on, at=at, share=share, after=after, **does)


def office(**more: Any) -> Hours:
    week = week_of({d: (parse_shift("09:00-17:00"),) for d in ("mon", "tue", "wed", "thu", "fri")})
    return Hours(Calendar(name="office", week=week, **more))


PLAIN = Sla(
    name="plain",
    times={
        FIRST: times(urgent="30m", high="1h", normal="2h"),
        NEXT: times(urgent="30m", high="2h", normal="4h"),
        SOLVED: times(urgent="4h", high="8h", normal="1d"),
    },
)
IN_OFFICE = replace(PLAIN, name="in office", calendar="office")
CALENDARS = {"always": Hours(always()), "office": office()}


def world(*steps: Step, sla: Sla = PLAIN, other: Sla = NO_SLA, **rules: Any) -> World:
    """A desk whose support has a service level, and whose network may have another one."""
    queues = (replace(SUPPORT, sla=sla.name), replace(NETWORK, sla=other.name))
    known = {s.name: s for s in (replace(sla, steps=steps), other) if s.name}
    fields = {"queues": queues, "slas": known, "calendars": CALENDARS}
    return World(desk=desk(**fields | rules))


def opened(*steps: Step, **more: Any) -> World:
    made = world(*steps, **more)
    made.mail(ADA, "It burns")
    return made


def clock(w: World, target: Target) -> Clock:
    found = w.tickets[7].clocks.of(target)
    assert found is not None
    return found


def ledger(w: World, target: Target) -> list[tuple[str, timedelta, timedelta | None]]:
    """What happened, when, and when it was due from then on; counted from the beginning."""
    marks = [mark for number, mark in w.ledger if number == 7 and mark.target is target]
    return [(m.what.value, m.at - NOW, m.due_at - NOW if m.due_at else None) for m in marks]


def words(w: World, text: str, author: Any = ADA, **more: Any) -> Any:
    address = signed(AddressKind.REQUESTER, 7, author.address)
    return w.mail(author, text, recipients=(address,), **more)


def test_every_ticket_has_its_deadlines_from_the_first_second():
    w = opened()
    assert w.deadlines == {(7, FIRST): NOW + 2 * HOUR, (7, SOLVED): NOW + DAY}
    assert ledger(w, FIRST) == [("started", 0 * HOUR, 2 * HOUR)]
    assert w.tickets[7].clocks.of(NEXT) is None


def test_a_desk_without_service_levels_has_no_clocks():
    w = World()
    w.mail(ADA, "It burns")
    assert (w.tickets[7].clocks.all, w.deadlines, w.ledger) == ((), {}, [])


def test_what_was_imported_has_none_either():
    w = world()
    w.mail(ADA, "It burns", live=False)
    assert (w.tickets[7].clocks.all, w.deadlines) == ((), {})


def test_the_first_answer_meets_the_first_response_and_nothing_else():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, text="Which printer?")
    assert ledger(w, FIRST)[1:] == [("met", HOUR, 2 * HOUR)]
    assert clock(w, FIRST).met_at == NOW + HOUR
    assert w.deadlines == {(7, SOLVED): NOW + DAY}
    w.wait(HOUR)
    w.act(BEA, 7, text="Hello?")
    assert len(ledger(w, FIRST)) == 2


@pytest.mark.parametrize("note", [{"public": False}, {}])
def test_a_note_or_a_command_answers_nobody(note):
    w = opened()
    w.act(BEA, 7, *([] if note else ["take"]), text="I know that one." if note else "", **note)
    assert clock(w, FIRST).state is ClockState.RUNNING


def test_a_requesters_words_want_an_answer_once():
    w = opened()
    w.act(BEA, 7, text="Which printer?")
    w.wait(HOUR)
    words(w, "The red one.")
    w.wait(HOUR)
    words(w, "It still burns.")
    assert ledger(w, NEXT) == [("started", HOUR, 5 * HOUR)]
    w.act(BEA, 7, text="On my way.")
    assert ledger(w, NEXT)[1:] == [("met", 2 * HOUR, 5 * HOUR)]
    w.wait(HOUR)
    words(w, "Where are you?")
    assert ledger(w, NEXT)[2:] == [("started", 3 * HOUR, 7 * HOUR)]


def test_a_bare_thanks_starts_no_clock():
    w = opened()
    w.act(BEA, 7, text="Which printer?")
    words(w, "Thanks!")
    assert w.tickets[7].clocks.of(NEXT) is None


def test_machines_start_and_stop_nothing():
    w = opened()
    w.act(BEA, 7, text="Which printer?")
    before = w.tickets[7].clocks
    words(w, "I am away.", automatic=Automatic.AUTO_REPLY)
    words(w, "Not delivered.", automatic=Automatic.BOUNCE)
    assert w.tickets[7].clocks == before


def test_what_a_machine_repeats_wants_no_answer():
    """A source may open a ticket, which has its deadlines; saying it again starts no clock."""
    levels = {"queues": (replace(SUPPORT, sla="plain"), NETWORK), "slas": {"plain": PLAIN}}
    first = sourced(at=None, policy=levels)
    assert {d.target for d in of_type(first, StartDeadline)} == {FIRST, SOLVED}
    again = sourced(policy=levels)
    assert of_type(again, Append)
    assert of_type(again, StartDeadline) == of_type(again, Tick) == []


def test_a_stranger_starts_nothing():
    w = opened()
    w.act(BEA, 7, text="Which printer?")
    before = w.tickets[7].clocks
    w.mail(BOB, "I know.", refers_to=("mail:1@somewhere.example",))
    assert w.tickets[7].clocks == before


def test_it_stands_still_while_the_ticket_waits_and_goes_on_where_it_was():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, "pending")
    assert w.deadlines == {}
    w.wait(10 * HOUR)
    assert due_now(clock(w, FIRST), CALENDARS, w.now) == w.now + HOUR
    assert clock(w, FIRST).paused_since == NOW + HOUR
    words(w, "Here I am.")
    assert w.deadlines[7, FIRST] == NOW + 12 * HOUR
    assert ledger(w, FIRST)[1:] == [
        ("paused", HOUR, 2 * HOUR),
        ("resumed", 11 * HOUR, 12 * HOUR),
    ]
    assert used(clock(w, FIRST), CALENDARS, w.now) == HOUR


def test_it_goes_on_when_the_time_given_is_over():
    w = opened()
    w.act(BEA, 7, "pending 3h")
    w.wait(4 * HOUR)
    assert ledger(w, SOLVED)[1:] == [
        ("paused", 0 * HOUR, DAY),
        ("resumed", 3 * HOUR, DAY + 3 * HOUR),
    ]


def test_many_pauses_add_up():
    w = opened()
    for _ in range(5):
        w.wait(HOUR)
        w.act(BEA, 7, "hold")
        w.wait(DAY)
        w.act(BEA, 7, "open")
    assert clock(w, SOLVED).due_at == NOW + DAY + 5 * DAY
    assert used(clock(w, SOLVED), CALENDARS, w.now) == 5 * HOUR


def test_where_a_policy_pauses_nowhere_it_runs_on():
    w = opened(sla=replace(PLAIN, paused_in=frozenset()))
    w.act(BEA, 7, "pending")
    assert w.deadlines[7, FIRST] == NOW + 2 * HOUR


def test_resolved_is_met_and_reopened_goes_on():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, "resolve", text="It is out.")
    assert ledger(w, SOLVED)[1:] == [("met", HOUR, DAY)]
    assert not {t for _, t in w.deadlines} & {FIRST, NEXT, SOLVED}
    w.wait(10 * HOUR)
    words(w, "It burns again!")
    assert ledger(w, SOLVED)[2:] == [("resumed", 11 * HOUR, 34 * HOUR)]
    assert clock(w, SOLVED).met_at is None
    assert w.deadlines[7, NEXT] == NOW + 15 * HOUR


def test_closed_is_as_good_as_resolved_and_closing_later_changes_nothing():
    w = opened()
    w.act(BEA, 7, "resolve")
    w.wait(8 * DAY)
    assert w.tickets[7].state is State.CLOSED
    assert clock(w, SOLVED).met_at == NOW
    other = opened()
    other.act(BEA, 7, "close")
    assert clock(other, SOLVED).met_at == NOW


def test_resolved_without_an_answer_nobody_is_reminded_to_answer():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, "resolve")
    assert clock(w, FIRST).state is ClockState.PAUSED
    w.wait(DAY)
    words(w, "Nobody said a word!")
    assert w.deadlines[7, FIRST] == w.now + HOUR


def test_a_merged_ticket_is_not_resolved_by_that():
    w = opened()
    w.tickets[8] = ticket(8)
    w.act(BEA, 7, "merge 8")
    assert (clock(w, SOLVED).state, w.deadlines) == (ClockState.PAUSED, {})
    w.wait(HOUR)
    w.act(BEA, 7, "open")
    assert clock(w, SOLVED).due_at == NOW + DAY + HOUR


def test_an_answer_that_is_taken_back_met_nothing():
    w = opened(answer_delay=MINUTE)
    w.wait(HOUR)
    w.act(BEA, 7, text="Which printer?")
    w.wait(MINUTE / 2)
    w.act(BEA, 7, "undo")
    assert clock(w, FIRST).met_at is None
    assert w.deadlines[7, FIRST] == NOW + 2 * HOUR + MINUTE / 2


def test_another_priority_is_measured_anew_from_the_start():
    w = opened()
    w.wait(10 * MINUTE)
    w.act(BEA, 7, "high")
    assert w.deadlines == {(7, FIRST): NOW + HOUR, (7, SOLVED): NOW + 8 * HOUR}
    assert ledger(w, FIRST)[1:] == [("retargeted", 10 * MINUTE, HOUR)]
    w.act(BEA, 7, "normal")
    assert w.deadlines[7, FIRST] == NOW + 2 * HOUR


def test_a_priority_that_the_policy_has_no_time_for_has_no_deadline():
    w = opened()
    w.act(BEA, 7, "low")
    assert (clock(w, FIRST).due_at, w.deadlines) == (None, {})
    w.wait(HOUR)
    w.act(BEA, 7, "high")
    assert w.deadlines[7, FIRST] == NOW + HOUR


def test_a_target_that_the_policy_lacks_is_no_clock():
    w = opened(sla=replace(PLAIN, times={SOLVED: PLAIN.times[SOLVED]}))
    assert [c.target for c in w.tickets[7].clocks.all] == [SOLVED]
    words(w, "Hello?")
    assert w.tickets[7].clocks.of(NEXT) is None


def test_what_was_paused_counts_against_the_new_time_no_more_than_against_the_old():
    w = opened()
    w.wait(20 * MINUTE)
    w.act(BEA, 7, "pending")
    w.wait(5 * HOUR)
    w.act(BEA, 7, "high")
    assert due_now(clock(w, FIRST), CALENDARS, w.now) == w.now + 40 * MINUTE
    w.act(BEA, 7, "open")
    assert w.deadlines[7, FIRST] == w.now + 40 * MINUTE


def test_a_time_that_is_already_over_was_due_when_it_was_over():
    w = opened()
    w.wait(20 * MINUTE)
    w.act(BEA, 7, "pending")
    w.wait(HOUR)
    w.act(BEA, 7, "open")
    w.wait(30 * MINUTE)  # 50 minutes used
    w.act(BEA, 7, "urgent")
    assert clock(w, FIRST).due_at == NOW + HOUR + 30 * MINUTE
    assert w.deadlines[7, FIRST] <= w.now


def test_another_queue_measures_what_is_left_by_its_own_calendar():
    w = opened(other=IN_OFFICE)
    w.wait(HOUR)
    w.act(BEA, 7, "queue network")
    w.now = datetime(2026, 1, 5, 16, 30, tzinfo=UTC)
    assert w.deadlines[7, FIRST] == NOW + 2 * HOUR  # 11:00, within the hours
    late = world(other=IN_OFFICE)
    late.now = NOW + 7 * HOUR  # 16:00
    late.mail(ADA, "It burns")
    late.act(BEA, 7, "queue network")
    assert late.deadlines[7, FIRST] == datetime(2026, 1, 6, 10, 0, tzinfo=UTC)
    assert clock(late, FIRST).policy == "in office"


def test_a_queue_without_service_levels_ends_the_clocks_and_one_with_them_begins_them():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, "queue network")
    assert (w.deadlines, clock(w, SOLVED).due_at) == ({}, None)
    other = World(desk=w.desk)
    other.tickets[7] = ticket(queue="network", clocks=w.tickets[7].clocks.__class__())
    other.act(BEA, 7, "queue support")
    assert other.deadlines == {(7, FIRST): NOW + 2 * HOUR, (7, SOLVED): NOW + DAY}


def test_a_ticket_may_have_a_policy_of_its_own():
    w = world(other=IN_OFFICE)
    w.tickets[7] = ticket(sla="in office", state=State.OPEN)
    words(w, "Hello?")
    assert clock(w, NEXT).policy == "in office"


def test_a_tier_with_times_of_its_own_counts_them_from_the_arrival():
    own = replace(PLAIN, by_tier={2: {SOLVED: times(normal="3h")}})
    w = opened(sla=own)
    w.wait(5 * HOUR)
    w.act(BEA, 7, "escalate")
    assert w.deadlines[7, SOLVED] == NOW + 8 * HOUR
    w.wait(HOUR)
    w.act(DAN, 7, "pending")
    w.wait(HOUR)
    w.act(DAN, 7, "open")
    assert w.deadlines[7, SOLVED] == NOW + 9 * HOUR
    w.act(DAN, 7, "high")  # which the tier has no time of its own for
    assert w.deadlines[7, SOLVED] == NOW + 9 * HOUR  # 8 h, of which 1 h stood still


def test_late_is_recorded_once_and_never_erased():
    w = opened()
    w.wait(3 * HOUR)
    assert ledger(w, FIRST)[1:] == [("breached", 2 * HOUR, 2 * HOUR)]
    w.act(BEA, 7, "low")
    w.act(BEA, 7, "normal", text="Sorry!")
    assert clock(w, FIRST).breached
    assert [what for what, _, _ in ledger(w, FIRST)].count("breached") == 1


def test_an_answer_after_the_time_is_late_even_where_the_clock_had_not_come():
    w = opened()
    w.now += 3 * HOUR  # the daemon was down
    w.act(BEA, 7, text="Sorry!")
    assert ledger(w, FIRST)[1:] == [
        ("breached", 2 * HOUR, 2 * HOUR),
        ("met", 3 * HOUR, 2 * HOUR),
    ]


def test_an_answer_on_the_very_moment_is_in_time():
    w = opened()
    w.now += 2 * HOUR
    w.act(BEA, 7, text="Here I am.")
    assert not clock(w, FIRST).breached


# Steps.

HALF = step(FIRST, "50%", notify=("assignee",))
DUE = step(FIRST, "due", notify=("queue",))
HOUR_LATE = step(FIRST, "due+1h", notify=("lead",))


def told(w: World) -> list[tuple[str, str]]:
    return [(o.say.to.address, o.say.kind.value) for o in w.outbox if o.say.kind in STEPS]


STEPS = ("reminder", "overdue", "escalated")


def test_the_ladder_is_climbed_step_by_step():
    w = opened(HALF, DUE, HOUR_LATE)
    w.act(BEA, 7, "take")
    w.wait(4 * HOUR)
    assert told(w) == [
        (BEA.email, "reminder"),
        (BEA.email, "overdue"),
        (CARLA.email, "overdue"),
        (EVE.email, "overdue"),
    ]
    assert [(what, at) for what, at, _ in ledger(w, FIRST)] == [
        ("started", 0 * HOUR),
        ("step", HOUR),
        ("breached", 2 * HOUR),
        ("step", 2 * HOUR),
        ("step", 3 * HOUR),
    ]
    assert (7, FIRST) not in w.deadlines


def test_what_was_answered_meanwhile_reminds_nobody():
    w = opened(HALF, DUE)
    w.act(BEA, 7, text="Here I am.")
    w.wait(5 * HOUR)
    assert told(w) == []


def test_after_hours_of_being_down_only_the_last_step_comes():
    down = opened(HALF, DUE, HOUR_LATE)
    at = down.deadlines.pop((7, FIRST))
    down.deadlines[7, FIRST] = at + 10 * HOUR
    down.wait(11 * HOUR)
    assert told(down) == [(EVE.email, "overdue")]
    reasons = [str(m.because) for _, m in down.ledger if m.what == "step"]
    assert reasons == [
        "50%: skipped, for due+1h had come as well",
        "due: skipped, for due+1h had come as well",
        "due+1h: told Eve Low",
    ]


def test_steps_of_one_moment_come_together():
    w = opened(DUE, step(FIRST, "due", raise_priority=True))
    w.wait(2 * HOUR)
    assert told(w) == [(BEA.email, "overdue"), (CARLA.email, "overdue")]
    assert w.tickets[7].priority is Priority.HIGH


def test_a_raised_priority_does_not_make_the_next_step_come_at_once():
    w = opened(step(FIRST, "due", raise_priority=True), HOUR_LATE)
    w.wait(2 * HOUR + 59 * MINUTE)
    assert told(w) == []
    w.wait(MINUTE)
    assert told(w) == [(EVE.email, "overdue")]


def test_the_tier_is_raised_and_its_people_hear_what_was_tried():
    w = opened(step(SOLVED, "due", raise_tier=True, notify=("lead",)))
    w.act(BEA, 7, "take", text="Switched it off.")
    w.wait(DAY)
    assert (w.tickets[7].tier, w.tickets[7].assignee) == (2, None)
    assert told(w) == [(DAN.email, "escalated"), (EVE.email, "overdue")]
    assert says(w.decisions[-1])[0] == (BEA.email, "passed_on", "internal")
    assert says(w.decisions[-1])[1] == (DAN.email, "escalated", "internal")


def test_at_the_top_the_lead_is_told():
    w = opened(step(SOLVED, "due", raise_tier=True))
    w.tickets[7] = replace(w.tickets[7], tier=3)
    w.wait(DAY)
    assert told(w) == [(EVE.email, "escalated")]
    assert w.tickets[7].tier == 3


def test_the_next_tier_has_the_whole_ladder_before_it_again():
    own = replace(PLAIN, by_tier={2: {SOLVED: times(normal="3h")}})
    w = opened(step(SOLVED, "due", raise_tier=True), sla=own)
    w.wait(DAY + 2 * HOUR)
    assert w.tickets[7].tier == 2
    w.wait(HOUR)
    assert w.tickets[7].tier == 3
    breaches = [at for what, at, _ in ledger(w, SOLVED) if what == "breached"]
    assert breaches == [DAY, DAY + 3 * HOUR]


def test_the_queue_gets_back_what_its_agent_did_not_do():
    w = opened(step(FIRST, "due", reassign=True, notify=("queue",)))
    w.act(BEA, 7, "take")
    w.wait(2 * HOUR)
    assert w.tickets[7].assignee is None
    assert told(w) == [(BEA.email, "overdue"), (CARLA.email, "overdue")]


def test_a_reminder_that_is_answered_is_a_note():
    w = opened(HALF)
    w.act(BEA, 7, "take")
    w.wait(HOUR)
    w.answer(BEA, w.last(BEA), "I am waiting for the part.")
    assert clock(w, FIRST).state is ClockState.RUNNING


def test_an_address_outside_is_told_and_can_answer_nothing():
    w = opened(step(FIRST, "due", notify=("pager@acme.example",)))
    w.wait(2 * HOUR)
    assert says(w.decisions[-1]) == [("pager@acme.example", "overdue", "nobody")]


def at_work(agent: Agent, hours: str, **more: Any) -> Agent:
    return replace(agent, shift=hours, **more)


@pytest.mark.parametrize(
    ("agents", "heard"),
    [
        ((BEA, CARLA, EVE), [BEA]),
        ((at_work(BEA, "office"), CARLA, EVE), [CARLA]),  # 21:00: Bea is at home
        ((at_work(BEA, "office"), at_work(CARLA, "office"), EVE), [EVE]),
        (
            (at_work(BEA, "office"), at_work(CARLA, "office", on_call=True), EVE),
            [replace(CARLA, shift="office", on_call=True)],
        ),
        ((at_work(BEA, "office"), at_work(EVE, "office")), [EVE]),  # somebody has to hear it
        ((at_work(BEA, "office"),), [BEA]),
    ],
)
def test_who_is_not_on_shift_is_not_told_unless_nobody_else_is(agents, heard):
    w = world(step(FIRST, "due", notify=("assignee",)), agents=agents)
    w.now = NOW + 10 * HOUR  # 19:00
    w.mail(ADA, "It burns")
    w.tickets[7] = replace(w.tickets[7], assignee=BEA.email)
    w.wait(2 * HOUR)
    assert [address for address, _ in told(w)] == [agent.email for agent in heard]


@pytest.mark.parametrize(
    ("named", "heard"),
    [
        ("assignee", [BEA.email]),
        ("queue", [BEA.email, CARLA.email]),
        ("lead", [EVE.email]),
    ],
)
def test_a_step_that_says_so_is_told_off_shift_to_whom_it_names(named, heard):
    agents = (at_work(BEA, "office"), at_work(CARLA, "office"), at_work(EVE, "office"), DAN)
    w = world(step(FIRST, "due", notify=(named,), off_shift=True), agents=agents)
    w.now = NOW + 10 * HOUR
    w.mail(ADA, "It burns")
    w.tickets[7] = replace(w.tickets[7], assignee=BEA.email)
    w.wait(2 * HOUR)
    assert [address for address, _ in told(w)] == heard


def test_off_shift_a_new_tier_is_woken_where_the_step_says_so():
    night = (BEA, at_work(DAN, "office"), replace(at_work(DAN, "office"), email="on@call", tier=2))
    for off_shift, heard in ((False, ["on@call"]), (True, [DAN.email, "on@call"])):
        agents = (*night[:2], replace(night[2], on_call=True))
        w = world(step(FIRST, "due", raise_tier=True, off_shift=off_shift), agents=agents)
        w.now = NOW + 10 * HOUR
        w.mail(ADA, "It burns")
        w.wait(2 * HOUR)
        assert [address for address, kind in told(w) if kind == "escalated"] == heard


def test_office_hours_and_holidays_count():
    holidays = office(holidays=lambda year: frozenset({date(year, 1, 6)}))
    calendars = CALENDARS | {"office": holidays}
    w = world(
        step(FIRST, "50%", notify=("queue",)),
        step(FIRST, "due+1h", notify=("lead",)),
        sla=IN_OFFICE,
        calendars=calendars,
    )
    w.now = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    w.mail(ADA, "It burns")
    assert clock(w, FIRST).due_at == datetime(2026, 1, 7, 10, 0, tzinfo=UTC)
    assert clock(w, FIRST).next_at == datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
    w.wait(3 * DAY)
    steps = [m.at for _, m in w.ledger if m.what == "step"]
    assert steps[-1] == datetime(2026, 1, 7, 11, 0, tzinfo=UTC)


def test_an_edited_calendar_is_seen_when_the_old_time_comes():
    w = opened(HALF, sla=IN_OFFICE)
    later = office(closed_on=frozenset({NOW.date()}))
    calendars = CALENDARS | {"office": later}
    w.desk = replace(w.desk, policy=replace(w.desk.policy, calendars=calendars))
    w.wait(HOUR)
    assert told(w) == []
    assert w.deadlines[7, FIRST] == datetime(2026, 1, 6, 10, 0, tzinfo=UTC)
    assert [what for what, _, _ in ledger(w, FIRST)] == ["started", "retargeted"]


def test_a_calendar_that_was_edited_to_be_never_open_holds_nobody_up():
    w = opened(HALF, sla=IN_OFFICE)
    shut = Hours(Calendar(name="office", week=((),) * 7))
    calendars = CALENDARS | {"office": shut}
    w.desk = replace(w.desk, policy=replace(w.desk.policy, calendars=calendars))
    words(w, "Hello?")
    assert w.tickets[7].clocks.of(FIRST).due_at is None  # type: ignore[union-attr]


def test_clocks_are_stored_as_they_are():
    w = opened(HALF, DUE)
    w.wait(3 * HOUR)
    w.act(BEA, 7, "pending", text="Which one?")
    words(w, "This one.")
    clocks = w.tickets[7].clocks
    assert from_json(to_json(clocks)) == clocks


def test_who_answers_late_is_still_who_answered():
    w = opened()
    w.wait(HOUR)
    w.act(BEA, 7, text="Which printer?")
    mark = next(m for _, m in w.ledger if m.what == "met")
    assert str(mark.because) == "Bea Ruiz answered"
    assert all(e.fact.author.role is not Role.DESK for e in w.history(7)[:1])

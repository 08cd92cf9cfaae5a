"""At the end of a shift whoever comes on hears what is left open; nobody else, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.business_hours import Calendar, Hours
from gateway.core.calendars import ALWAYS, WEEKDAYS, always, parse_shift, week_of
from gateway.core.changes import NoticeKind, Reach, Say, Skip
from gateway.core.deciding import decide
from gateway.core.events import HandoverDue
from gateway.core.handover import ends_of_shifts, leaving, takers
from gateway.core.model import State, Ticket
from gateway.core.policy import Agent, Policy
from gateway.core.promises import Promise
from gateway.core.rounds import Round, handovers_due, rounds_between
from gateway.core.situation import Situation
from tests.core.kit import DAY, HOUR, MINUTE, NOW, desk, of_type, policy, ticket

WORKDAYS = WEEKDAYS[:5]
MONDAY = NOW.replace(hour=0)


def calendar(name: str, *hours: str, zone: str = "UTC", days: tuple[str, ...] = WORKDAYS) -> Hours:
    shifts = tuple(parse_shift(text) for text in hours)
    return Hours(Calendar(name=name, timezone=zone, week=week_of(dict.fromkeys(days, shifts))))


CALENDARS = {
    ALWAYS: Hours(always()),
    "early": calendar("early", "06:00-14:00"),
    "late": calendar("late", "14:00-22:00"),
    "office": calendar("office", "09:00-13:00", "14:00-18:00"),
    "nights": calendar("nights", "22:00-06:00"),
    "singapore": calendar("singapore", "08:00-16:00", zone="Asia/Singapore"),
    "madrid": calendar("madrid", "08:00-16:30", zone="Europe/Madrid"),
    "mexico": calendar("mexico", "08:00-18:00", zone="America/Mexico_City"),
    "round": calendar("round", "00:00-08:00", "08:00-16:00", "16:00-24:00", days=WEEKDAYS),
}


def agent(name: str, shift: str, **more: Any) -> Agent:
    fields: dict[str, Any] = {"queues": ("support",)}
    return Agent(name=name, email=f"{name}@acme.example", shift=shift, **fields | more)


def team(*agents: Agent, **more: Any) -> Policy:
    return policy(agents=agents, calendars=CALENDARS, **more)


def at(hours: float, days: int = 0) -> datetime:
    """So many hours of UTC after Monday, and so many days."""
    return MONDAY + days * DAY + timedelta(hours=hours)


def after(there: Policy, goer: Agent, when: datetime, **away: Any) -> list[str]:
    return [a.name for a in takers(there, goer, "support", when, **away)]


TWO = at(14)
EARLY, LATE = agent("ed", "early"), agent("lu", "late")
MEI, BEA, ANA = agent("mei", "singapore"), agent("bea", "madrid"), agent("ana", "mexico")


def test_shifts_end_with_the_day_and_not_with_a_break():
    office = team(agent("oz", "office"))
    assert ends_of_shifts(office, at(0), at(24)) == (at(18),)
    assert ends_of_shifts(office, at(18), at(24)) == ()
    assert ends_of_shifts(office, at(17.9), at(18)) == (at(18),)
    assert ends_of_shifts(office, at(0, days=5), at(0, days=7)) == ()


def test_what_goes_on_without_a_gap_ends_never():
    there = team(agent("ro", "round"), agent("al", ""))
    assert ends_of_shifts(there, at(0), at(24 * 7)) == ()


def test_a_night_ends_in_the_morning():
    assert ends_of_shifts(team(agent("ni", "nights")), at(0, 1), at(24, 1)) == (at(6, 1),)


def test_the_next_shift_takes_over():
    there = team(EARLY, LATE)
    assert leaving(there, at(14)) == (EARLY,)
    assert after(there, EARLY, at(14)) == ["lu"]
    assert leaving(there, at(22)) == (LATE,)
    assert after(there, LATE, at(22)) == ["ed"]  # who reads it in the morning


def test_three_time_zones_hand_the_day_round():
    there = team(MEI, BEA, ANA)
    ends = ends_of_shifts(there, at(0), at(24, 4))
    handed = [(leaving(there, end)[0], end) for end in ends]
    assert [(goer.name, after(there, goer, end)) for goer, end in handed[:4]] == [
        ("mei", ["bea"]),  # 16:00 in Singapore: it is 9:00 in Madrid
        ("bea", ["ana"]),  # 16:30 in Madrid: it is 9:30 in Mexico
        ("ana", ["mei"]),  # 18:00 in Mexico: it is 8:00 in Singapore
        ("mei", ["bea"]),
    ]
    assert after(there, ANA, ends[-1]) == ["mei"]  # over the weekend


def test_the_same_people_go_on():
    one, two = agent("one", "office"), agent("two", "office")
    there = team(one, two)
    assert leaving(there, at(18)) == (one, two)
    assert after(there, one, at(18)) == []


def test_somebody_alone_hands_over_to_nobody():
    assert after(team(EARLY, agent("ally", "")), EARLY, at(14)) == []


def test_who_overlaps_takes_over_and_who_is_back_first_does_not_give():
    oz = agent("oz", "office")
    there = team(EARLY, oz)
    assert after(there, EARLY, at(14)) == ["oz"]
    assert after(there, oz, at(18)) == ["ed"]  # at six, before Oz at nine
    there = team(oz, LATE)
    assert after(there, LATE, at(22)) == ["oz"]
    assert after(there, oz, at(18)) == ["lu"]


def test_the_own_tier_comes_first():
    dan = agent("dan", "late", tier=2)
    assert after(team(EARLY, LATE, dan), EARLY, at(14)) == ["lu"]
    assert after(team(EARLY, dan), EARLY, at(14)) == ["dan"]


def test_other_queues_and_who_is_away_do_not_count():
    hr = agent("hr", "late", queues=("hr",))
    assert after(team(EARLY, hr), EARLY, at(14)) == []
    assert after(team(EARLY, LATE), EARLY, at(14), away={LATE.email}) == []


# The notice.


def handed(there: Policy, *tickets: Ticket, when: datetime = TWO, **situation: Any) -> Any:
    event = HandoverDue(ended=when, at=when + MINUTE)
    own = desk(agents=there.agents, calendars=CALENDARS)
    return decide(event, Situation(left=tickets, **situation), own)


def of_ed(number: int, **more: Any) -> Ticket:
    return ticket(number, assignee=EARLY.email, state=State.OPEN, **more)


def listed(say: Say) -> list[int]:
    return [one["number"] for one in say.facts["mine"]["tickets"]]


def test_one_mail_with_all_that_is_left():
    promise = Promise(by=EARLY.email, due_at=at(17), made_at=at(13))
    of_others = ticket(9, assignee="x@acme.example", promise=promise)
    (say,) = of_type(handed(team(EARLY, LATE), of_ed(7), of_ed(8), of_others), Say)
    assert (say.to.address, say.kind, say.reach) == (
        LATE.email,
        NoticeKind.HANDOVER,
        Reach.SHIFT,
    )
    assert listed(say) == [9, 8, 7] or listed(say) == [9, 7, 8]
    assert say.facts["leaving"] == ("ed",)
    assert say.facts["mine"]["tickets"][0]["promised_at"] == at(17)


@pytest.mark.parametrize(
    "left",
    [
        (),
        (ticket(7, assignee=EARLY.email, state=State.RESOLVED),),
        (ticket(7, assignee=LATE.email, state=State.OPEN),),
        (ticket(7, state=State.OPEN),),
        (of_ed(7, queue="network"),),
    ],
)
def test_nothing_where_there_is_nothing_to_say(left):
    decision = handed(team(EARLY, LATE), *left)
    assert [s.what for s in of_type(decision, Skip)] == ["handover"]
    assert of_type(decision, Say) == []


def test_nothing_of_what_they_have_or_promised_themselves():
    promise = Promise(by=LATE.email, due_at=at(17), made_at=at(13))
    assert of_type(handed(team(EARLY, LATE), of_ed(7, promise=promise)), Say) == []


def test_nothing_from_or_to_who_is_away():
    for gone in (EARLY, LATE):
        decision = handed(team(EARLY, LATE), of_ed(7), away={gone.email: None})
        assert of_type(decision, Say) == []


def test_two_who_go_at_once_are_one_mail():
    other = agent("eva", "early")
    left = (of_ed(7), ticket(8, assignee=other.email, state=State.PENDING))
    (say,) = of_type(handed(team(EARLY, other, LATE), *left), Say)
    assert say.facts["leaving"] == ("ed", "eva")
    assert sorted(listed(say)) == [7, 8]


def test_it_is_due_for_two_hours_and_not_where_the_desk_wants_none():
    there = team(EARLY, LATE)
    assert handovers_due(there, at(14)) == (at(14),)
    assert handovers_due(there, at(15.9)) == (at(14),)
    assert handovers_due(there, at(16.1)) == ()
    assert handovers_due(replace(there, hand_over=False), at(14)) == ()


@given(
    st.sampled_from([name for name in CALENDARS if name != ALWAYS]),
    st.integers(0, 60 * 24 * 60),
    st.integers(1, 60 * 24 * 3),
)
def test_every_ending_is_the_last_open_moment_of_a_day(name, start, span):
    hours = CALENDARS[name]
    since = datetime(2026, 3, 1, tzinfo=UTC) + start * MINUTE
    until = since + span * MINUTE
    ends = hours.endings(since, until)
    gaps = [s.end for s in hours.spans(since - 3 * DAY, until + HOUR) if since < s.end <= until]
    assert set(ends) <= set(gaps)
    for end in ends:
        assert hours.is_open(end - timedelta(microseconds=1))
        assert not hours.is_open(end)
    if name != "office":  # the one with a break
        assert list(ends) == gaps


def test_a_digest_and_the_ends_of_shifts_come_in_their_order():
    there = team(EARLY, LATE, digest=time(14), timezone="UTC")
    monday = MONDAY.date()
    assert list(rounds_between(there, at(0), at(38))) == [
        Round(at=at(14), digest=monday),
        Round(at=at(14)),
        Round(at=at(22)),
        Round(at=at(38), digest=monday + DAY),
        Round(at=at(38)),
    ]
    assert list(rounds_between(there, at(14), at(21.9))) == []


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "Asia/Kathmandu", "America/Lima"])
def test_each_working_day_has_one_digest_wherever_the_desk_is(timezone: str):
    there = team(agent("al", ""), digest=time(0), timezone=timezone)
    found = [one.digest for one in rounds_between(there, at(0), at(0, days=70))]
    assert len(found) == len(set(found)) == 50


def test_a_desk_that_wants_none_has_no_rounds():
    there = team(EARLY, LATE, digest=None, hand_over=False)
    assert list(rounds_between(there, at(0), at(0, days=400))) == []
    assert list(rounds_between(team(agent("al", ""), digest=None), at(0), at(0, days=40_000))) == []

"""Who gets a ticket: as its queue says, fairly, and only who can take it."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.assignment import Staff, choose, free_for
from gateway.core.business_hours import Calendar, Hours, Shift
from gateway.core.changes import Alter, NoticeKind, Skip
from gateway.core.model import Party, State
from gateway.core.policy import Agent, Assign, Queue
from tests.core.kit import (
    ADA,
    BEA,
    CARLA,
    DAN,
    EVE,
    HOUR,
    NETWORK,
    NOW,
    World,
    desk,
    of_type,
    ticket,
)
from tests.core.kit import policy as kit_policy

GUS = Agent(name="Gus Oro", email="gus@acme.example", tier=1, queues=("support",))
FEE = Agent(name="Fee Lo", email="fee@acme.example", tier=2, queues=("support",), skills=("SQL",))
TEAM = (BEA, CARLA, GUS, DAN, FEE, EVE)


def policy(way: Assign = Assign.ROUND_ROBIN, *, skill: str = "", agents=TEAM, **more):
    queue = Queue(name="support", addresses=("support@acme.example",), assign=way, skill=skill)
    return kit_policy(agents=agents, queues=(queue, NETWORK), **more)


def turns(times: int, staff: Staff, it, **fields) -> list[str]:
    found = []
    for _ in range(times):
        agent = choose(it, ticket(**fields), staff, NOW)
        assert agent is not None
        found.append(agent.name.split()[0])
        staff = staff.after("support", agent.email)
    return found


def test_round_robin_goes_round_in_the_configs_order():
    assert turns(5, Staff(), policy()) == ["Bea", "Carla", "Gus", "Bea", "Carla"]


@pytest.mark.parametrize(
    ("last", "next_one"),
    [(BEA, "Carla"), (GUS, "Bea"), (DAN, "Bea"), (None, "Bea")],
)
def test_the_turn_goes_on_after_who_was_last(last, next_one):
    given_ = {"support": last.email} if last else {"support": "left@acme.example"}
    assert turns(1, Staff(given=given_), policy()) == [next_one]


def test_somebody_who_is_left_out_does_not_stop_the_turn():
    staff = Staff(away={CARLA.email: None}, given={"support": BEA.email})
    assert turns(3, staff, policy()) == ["Gus", "Bea", "Gus"]


def test_the_least_busy_gets_it_and_among_equals_the_next_in_turn():
    staff = Staff(loads={BEA.email: 2, CARLA.email: 1}, given={"support": BEA.email})
    assert turns(4, staff, policy(Assign.LEAST_BUSY)) == ["Gus", "Carla", "Gus", "Bea"]


def test_by_hand_nobody_gets_it():
    assert choose(policy(Assign.MANUAL), ticket(), Staff(), NOW) is None


def names(it, staff: Staff = Staff(), **fields) -> list[str]:  # noqa: B008 - frozen
    found = free_for(it, ticket(**fields), staff, NOW)
    return [a.name.split()[0] for a in found]


CLOSED = Hours(Calendar(name="night", week=((Shift(0, 60),),) * 7))


def test_only_who_can_take_it():
    assert names(policy()) == ["Bea", "Carla", "Gus"]
    assert names(policy(), tier=2) == ["Dan", "Fee"]
    assert names(policy(skill="sql"), tier=2) == ["Fee"]
    assert names(policy(skill="sql")) == []
    assert names(policy(), requester=Party(address=BEA.email)) == ["Carla", "Gus"]
    assert names(policy(), Staff(away={BEA.email: None})) == ["Carla", "Gus"]
    assert names(policy(), Staff(away={BEA.email: NOW + HOUR})) == ["Carla", "Gus"]
    assert names(policy(), Staff(away={BEA.email: NOW})) == ["Bea", "Carla", "Gus"]


def test_a_limit_and_a_shift_leave_somebody_out():
    limited = replace(BEA, limit=2)
    asleep = replace(CARLA, shift="night")
    it = policy(agents=(limited, asleep, GUS), calendars={"night": CLOSED})
    assert names(it, Staff(loads={BEA.email: 1})) == ["Bea", "Gus"]
    assert names(it, Staff(loads={BEA.email: 2})) == ["Gus"]


@given(
    st.sampled_from([Assign.ROUND_ROBIN, Assign.LEAST_BUSY]),
    st.integers(min_value=1, max_value=40),
    st.sets(st.sampled_from([BEA.email, CARLA.email, GUS.email]), max_size=2),
)
def test_it_is_fair(way, times, away):
    staff = Staff(away=dict.fromkeys(away))
    counted = Counter(turns(times, staff, policy(way)))
    assert sum(counted.values()) == times
    shares = [counted[a.name.split()[0]] for a in (BEA, CARLA, GUS) if a.email not in away]
    assert max(shares) - min(shares) <= 1


# --- in the life of tickets


def world(way: Assign = Assign.ROUND_ROBIN, **more) -> World:
    it = policy(way, **more)
    fields = {"agents": it.agents, "queues": it.queues, "calendars": it.calendars}
    return World(desk=desk(**fields))


def test_a_new_ticket_is_given_and_its_agent_is_told():
    w = world()
    w.mail(ADA, "one")
    w.mail(ADA, "two")
    assert [w.tickets[n].assignee for n in (7, 8)] == [BEA.email, CARLA.email]
    assert w.tickets[7].state is State.NEW
    assert [o.say.kind for o in w.got(BEA) if o.ticket == 7] == [NoticeKind.ASSIGNED]
    assert [o.say.kind for o in w.got(CARLA) if o.ticket == 7] == [NoticeKind.NEW_TICKET]


def test_old_mail_is_imported_to_nobody():
    w = world()
    w.mail(ADA, "one", live=False)
    assert w.tickets[7].assignee is None


def test_where_nobody_is_free_the_queue_hears_as_ever():
    w = world(agents=(replace(BEA, limit=1),))
    w.mail(ADA, "one")
    decision = w.mail(ADA, "two")
    assert w.tickets[8].assignee is None
    assert [o.say.kind for o in w.got(BEA) if o.ticket == 8] == [NoticeKind.NEW_TICKET]
    assert "nobody_free" in [s.because.code for s in of_type(decision, Skip)]


def test_who_goes_away_gives_what_waits_to_others():
    w = world()
    for words in ("one", "two", "three", "four"):
        w.mail(ADA, words)  # 7 Bea, 8 Carla, 9 Gus, 10 Bea
    w.act(BEA, 7, text="An answer")
    w.act(BEA, 8, "#away")
    assert w.away == {BEA.email: None}
    assert w.tickets[7].assignee == BEA.email  # answered: it waits for Ada
    assert w.tickets[10].assignee == CARLA.email
    decided = w.decisions[-1]
    assert [(a.new, a.because.code) for a in of_type(decided, Alter)] == [
        (None, "went_away"),
        (CARLA.email, "in_turn"),
    ]
    assert [o.say.kind for o in w.got(CARLA) if o.ticket == 10][-1] is NoticeKind.ASSIGNED
    w.mail(ADA, "five")
    assert w.tickets[11].assignee == GUS.email
    w.act(BEA, 8, "#back")
    w.mail(ADA, "six")
    assert w.tickets[12].assignee == BEA.email


def test_by_hand_the_queue_is_offered_what_waits():
    w = world(Assign.MANUAL)
    w.mail(ADA, "one")
    w.act(BEA, 7, "#take")
    w.act(BEA, 7, "#away until 2026-02-01")
    assert w.tickets[7].assignee is None
    told = [o.say for o in w.got(CARLA, NoticeKind.NEW_TICKET)][-1]
    assert (told.facts["author"], told.facts["last_words"]) == ("Bea Ruiz", "one")
    assert [o for o in w.got(BEA) if o.say.because.code == "went_away"] == []


def test_escalated_it_goes_to_somebody_there_who_knows():
    w = world(skill="sql", agents=(replace(BEA, skills=("sql",)), DAN, FEE, EVE))
    w.mail(ADA, "It burns")
    w.act(BEA, 7, text="Did you try water?")
    w.act(BEA, 7, "#escalate too hot")
    made = w.tickets[7]
    assert (made.tier, made.assignee) == (2, FEE.email)
    told = w.last(FEE, NoticeKind.ESCALATED).say.facts
    assert (told["why"], told["author"]) == ("too hot", "Bea Ruiz")
    assert "Bea Ruiz: Did you try water?" in told["tried"]
    assert not w.got(DAN, NoticeKind.ESCALATED)
    gone = w.last(BEA, NoticeKind.PASSED_ON).say.facts
    assert (gone["to"], gone["tier"]) == ("Fee Lo", 2)
    assert len(w.got(BEA, NoticeKind.PASSED_ON)) == 1


def test_escalated_by_hand_all_who_know_there_hear_and_the_first_tier_sees_it():
    w = world(Assign.MANUAL, skill="sql", agents=(replace(BEA, skills=("sql",)), DAN, FEE))
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "#take")
    w.act(BEA, 7, "#escalate")
    assert w.tickets[7].assignee is None
    assert w.got(FEE, NoticeKind.ESCALATED)
    assert not w.got(DAN, NoticeKind.ESCALATED)
    assert w.last(BEA, NoticeKind.PASSED_ON).say.facts["to"] == ""

"""Bursts are folded: nobody is told more than so much at once, and nothing is lost of it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.bursts import Burst, Bursts, Folding, Sort, is_full, with_kept, with_notice
from gateway.core.changes import Decision, Keep, Listed, NoticeKind, On, Reach, Say
from gateway.core.deciding.folding import SORTS, with_folding
from gateway.core.deciding.summaries import MOST_LISTED
from gateway.core.events import SummaryDue
from gateway.core.model import Party
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    BOB,
    CARLA,
    DAN,
    HOUR,
    MINUTE,
    NOW,
    SUPPORT,
    World,
    desk,
    of_type,
    says,
)

THREE = Folding(most=3, within=10 * MINUTE)
BECAUSE = Reason.of(Why.REQUESTER_WROTE, author="Ada Byron")
SECOND = MINUTE / 60


def world(**policy) -> World:
    return World(desk=desk(folding=THREE, agents=(BEA, DAN), **policy))


def said(kind: NoticeKind, to: Agent = BEA) -> Say:
    party = Party(address=to.email, name=to.name)
    return Say(kind=kind, to=party, reach=Reach.INTERNAL, because=BECAUSE)


def summary(w: World, agent: Agent = BEA, sort: Sort = Sort.EVERYDAY) -> Decision:
    return w.meet(SummaryDue(agent=agent.email, sort=sort, at=w.now))


@pytest.mark.parametrize(
    ("told", "due_at", "full"),
    [
        ((), None, False),
        ((NOW - 9 * MINUTE, NOW - MINUTE), None, False),
        ((NOW - 9 * MINUTE, NOW - MINUTE, NOW), None, True),
        ((NOW - 10 * MINUTE, NOW - MINUTE, NOW), None, False),  # the first is out of the window
        ((NOW - 11 * MINUTE,) * 3, None, False),
        ((NOW - HOUR,), NOW + MINUTE, True),  # something is kept, and comes first
        ((NOW - HOUR,), NOW - MINUTE, True),  # its summary is late
    ],
)
def test_when_a_notice_has_to_be_kept(told, due_at, full):
    burst = Burst(told=told, due_at=due_at)
    assert is_full(burst, THREE, NOW) is full
    assert not is_full(burst, Folding(most=0), NOW)


@given(st.lists(st.integers(0, 900), min_size=1, max_size=60))
def test_in_no_ten_minutes_are_there_more_than_so_many(gaps: list[int]):
    """Whatever comes when, summaries included; and each that was kept is followed by a summary."""
    burst, now, told = Burst(), NOW, list[datetime]()
    for gap in gaps:
        now += gap * SECOND
        if burst.due_at is not None and burst.due_at <= now:
            told.append(burst.due_at)
            burst = replace(with_notice(burst, THREE, burst.due_at), due_at=None)
        if is_full(burst, THREE, now):
            burst = with_kept(burst, THREE)
            assert burst.due_at is not None
            assert burst.due_at <= now + THREE.within
        else:
            burst = with_notice(burst, THREE, now)
            told.append(now)
    for first in told:
        assert sum(first <= at < first + THREE.within for at in told) <= THREE.most


def test_more_than_so_many_new_tickets_are_kept():
    w = world()
    for n in range(8):
        w.mail(ADA, f"words {n}")
    assert len(w.got(BEA)) == 3
    assert len(w.kept) == 5
    assert w.bursts[BEA.email, Sort.EVERYDAY].due_at == NOW + THREE.within
    (kept,) = of_type(w.decisions[-1], Keep)
    assert str(kept.because) == "more than 3 notices within 10 minutes: kept for a summary"
    assert len(w.got(ADA)) > 0  # confirmations are no agent's notices


def test_the_summary_lists_each_ticket_with_who_what_and_what_is_due():
    w = world()
    for n in range(5):
        w.mail(ADA, f"words {n}", subject=f"Printer {n}")
    w.mail(BOB, "It burns, too", refers_to=("mail:5@somewhere.example",))
    w.now += THREE.within
    decision = summary(w)
    (say,) = of_type(decision, Say)
    assert (say.kind, say.to.address, say.reach) == (NoticeKind.SUMMARY, BEA.email, Reach.SHIFT)
    first, second = say.facts["told"]
    assert (first["number"], first["subject"], first["author"]) == (10, "Printer 3", "Ada Byron")
    assert (second["kinds"], second["words"]) == (
        [("new_ticket", 1), ("stranger", 1)],
        "It burns, too",
    )
    assert say.facts["count"] == 3
    assert w.kept == {}


def test_after_the_summary_notices_come_by_themselves_again():
    w = world()
    for n in range(5):
        w.mail(ADA, f"words {n}")
    w.now += THREE.within
    summary(w)
    before = len(w.got(BEA))
    for n in range(5, 10):
        w.mail(ADA, f"words {n}")
    assert len(w.got(BEA)) == before + 2  # the summary was a notice, too
    assert len(w.kept) == 3


def test_until_the_summary_is_there_all_is_kept_however_late_it_is():
    w = world()
    for n in range(5):
        w.mail(ADA, f"words {n}")
    w.now += HOUR
    w.mail(ADA, "much later")
    assert len(w.kept) == 3


def test_a_flood_of_new_tickets_does_not_delay_an_escalation():
    w = world()
    for n in range(9):
        w.mail(ADA, f"words {n}")
    w.act(BEA, 7, "escalate it burns")
    assert [o.say.kind for o in w.got(DAN)] == [NoticeKind.ESCALATED]


def test_a_flood_of_escalations_is_folded_as_well():
    w = world()
    for n in range(9):
        w.mail(ADA, f"words {n}")
        w.act(BEA, 7 + n, "escalate it burns")
    assert len(w.got(DAN, NoticeKind.ESCALATED)) == 3
    assert len(w.kept) >= 6
    w.now += THREE.within
    told = of_type(summary(w, DAN, Sort.PRESSING), Say)[0].facts["told"]
    assert {line["number"] for line in told} == set(range(10, 16))


@pytest.mark.parametrize(
    "kind", sorted(set(NoticeKind) - set(SORTS) - {NoticeKind.CONFIRMATION, NoticeKind.ANSWER})
)
def test_answers_to_an_agents_own_doing_are_never_kept(kind: NoticeKind):
    full = Burst(told=(NOW,) * 3, due_at=NOW + MINUTE)
    bursts = Bursts(now=NOW, of={(BEA.email, sort): full for sort in Sort})
    decision = Decision(ticket=7, changes=(said(kind),))
    assert with_folding(decision, bursts, THREE) == decision


@pytest.mark.parametrize("where", [{"place": "room"}, {"to": Party(address="7", channel="chat")}])
def test_only_mail_is_folded(where):
    """A room has a thread for each ticket, and one message more there floods nobody."""
    full = Burst(told=(NOW,) * 3, due_at=NOW + MINUTE)
    bursts = Bursts(now=NOW, of={(a, Sort.EVERYDAY): full for a in (BEA.email, "7")})
    decision = Decision(ticket=7, changes=(replace(said(NoticeKind.NOTE), **where),))
    assert with_folding(decision, bursts, THREE) == decision


def test_what_is_said_on_several_tickets_at_once_is_counted_together():
    told = (said(NoticeKind.NOTE),)
    decision = Decision(
        ticket=1, changes=told, also=tuple(On(ticket=n, changes=told) for n in range(2, 6))
    )
    folded = with_folding(decision, Bursts(now=NOW), THREE)
    assert len(of_type(folded, Say)) == 3
    assert len(of_type(folded, Keep)) == 2
    (paced,) = folded.paced
    assert paced.burst == Burst(told=(NOW,) * 3, due_at=NOW + THREE.within)


def test_each_agent_and_each_sort_has_its_own_count():
    changes = tuple(
        said(kind, agent)
        for kind in (NoticeKind.NOTE, NoticeKind.OVERDUE)
        for agent in (BEA, CARLA)
        for _ in range(4)
    )
    folded = with_folding(Decision(ticket=1, changes=changes), Bursts(now=NOW), THREE)
    kept = Counter((k.say.to.address, k.sort) for k in of_type(folded, Keep))
    assert kept == {(a.email, sort): 1 for a in (BEA, CARLA) for sort in Sort}


def test_nothing_is_kept_where_nobody_is_told_or_there_is_no_limit():
    decision = Decision(ticket=1, changes=(said(NoticeKind.NOTE),) * 9)
    assert with_folding(decision, None, THREE) == decision
    assert with_folding(decision, Bursts(now=NOW), Folding(most=0)) == decision


def test_a_ticket_that_the_agent_may_not_see_any_more_is_left_out():
    w = world()
    for n in range(5):
        w.mail(ADA, f"words {n}")
    w.tickets[10] = replace(w.tickets[10], queue="hr")  # restricted, and Bea is not of it
    w.now += THREE.within
    (say,) = of_type(summary(w), Say)
    assert [line["number"] for line in say.facts["told"]] == [11]
    assert w.kept == {}


def test_a_summary_of_nothing_is_none_and_ends_the_burst():
    w = world()
    w.bursts[BEA.email, Sort.EVERYDAY] = Burst(told=(NOW,) * 3, due_at=NOW)
    assert says(summary(w)) == []
    w.mail(ADA, "words")
    assert w.bursts[BEA.email, Sort.EVERYDAY].due_at is not None


def test_what_does_not_fit_into_one_summary_comes_in_the_next_at_once():
    w = world()
    for n in range(5):
        w.mail(ADA, f"words {n}")
    ((keep, row), *_) = w.kept.values()
    w.kept = {id: (keep, replace(row, id=id)) for id in range(MOST_LISTED + 2)}
    w.now += THREE.within
    (listed,) = of_type(summary(w), Listed)
    assert len(listed.kept) == MOST_LISTED
    assert w.bursts[BEA.email, Sort.EVERYDAY].due_at == w.now
    (listed,) = of_type(summary(w), Listed)
    assert len(listed.kept) == 2
    assert w.bursts[BEA.email, Sort.EVERYDAY].due_at is None


def test_three_thousand_tickets_are_a_handful_of_mails():
    w = World(desk=desk(agents=AGENTS[:1], queues=(SUPPORT,)))
    for n in range(3_000):
        w.now += SECOND / 10
        w.mail(Party(address=f"p{n}@example.org"), f"words {n}")
    assert len(w.got(BEA)) == 20
    w.now += HOUR
    while w.kept:
        summary(w)
    listed = [line for o in w.got(BEA, NoticeKind.SUMMARY) for line in o.say.facts["told"]]
    alone = [o.ticket for o in w.got(BEA, NoticeKind.NEW_TICKET)]
    assert sorted([*alone, *(line["number"] for line in listed)]) == sorted(w.tickets)
    assert len(w.got(BEA)) <= 20 + 3

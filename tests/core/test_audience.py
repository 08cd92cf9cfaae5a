"""Who hears what: each row of the desk's table, who gets which notice, and nobody else."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.audience import for_failures, for_new, for_words
from gateway.core.business_hours import Calendar, Hours
from gateway.core.calendars import always, parse_shift
from gateway.core.changes import NoticeKind
from gateway.core.deciding import Desk
from gateway.core.events import DeadlineCame
from gateway.core.model import Party, State
from gateway.core.policy import Agent, Notify
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    DAN,
    EVE,
    MALLORY,
    NOW,
    World,
    book,
    notifying,
    policy,
    says,
    signed,
    ticket,
    why,
)

A, B, C, D, E = (
    x.address if isinstance(x, Party) else x.email for x in (ADA, BEA, CARLA, DAN, EVE)
)
CIRO = Agent(name="Ciro", email="ciro@acme.example", queues=("support",), language="it")
PUBLIC, INSIDE, OUT = "public", "internal", "requester"


def world(rules=None, **fields) -> World:
    made = World(desk=Desk(policy=rules or policy(), book=book()))
    made.tickets[7] = ticket(7, **fields)
    return made


def on_seven(w, author, text="words", *, kind=AddressKind.REQUESTER, **changes) -> Any:
    address = author.address if isinstance(author, Party) else author.email
    made = signed(kind, 7, address, of=w.tickets[7])
    return w.mail(author, text, recipients=(made,), **changes)


# --- a new ticket


@pytest.mark.parametrize(
    ("recipient", "notify", "told"),
    [
        ("support@acme.example", Notify.QUEUE, [B, C]),  # those of tier 1
        ("support@acme.example", Notify.LEAD, [E]),  # no lead in it: every lead
        ("support@acme.example", Notify.NOBODY, []),
        ("network@acme.example", Notify.QUEUE, [B]),
        ("hr@acme.example", Notify.QUEUE, [E]),  # nobody of tier 1 in it: a lead
    ],
)
def test_a_new_ticket(recipient, notify, told):
    w = world(notifying(notify))
    decision = w.mail(ADA, "It burns", recipients=(recipient,), refers_to=())
    expected = [(A, "confirmation", OUT), *((t, "new_ticket", PUBLIC) for t in told)]
    assert says(decision) == expected


def test_of_a_new_ticket_its_author_does_not_hear_as_an_agent():
    w = world()
    decision = w.mail(BEA, "My mouse died")
    assert says(decision) == [(B, "confirmation", OUT), (C, "new_ticket", PUBLIC)]


def test_who_asked_for_help_hears_nothing_as_an_agent_later():
    w = world(requester=Party(address=B, name="Bea Ruiz"), participants=(BOB,))
    assert says(on_seven(w, BOB)) == [(C, "reply", PUBLIC)]
    assert says(on_seven(w, CARLA, kind=AddressKind.INTERNAL)) == []


def test_where_nobody_is_there_to_be_told_the_decision_says_so():
    w = world(notifying(Notify.NOBODY))
    decision = w.mail(ADA, "It burns", refers_to=())
    assert "nobody_to_tell" in why(decision)


# --- the requester or a participant writes


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, [B, C]),
        ({"assignee": D}, [D]),
        ({"assignee": D, "watchers": (B, D)}, [D, B]),
        ({"watchers": (E,)}, [B, C, E]),
        ({"assignee": "gone@acme.example"}, [B, C]),
        ({"tier": 2}, [D]),
        ({"tier": 3}, [E]),
        ({"queue": "hr", "assignee": C, "watchers": (B,)}, [E]),  # they may not see it any more
        ({"queue": "hr", "assignee": D}, [D]),
    ],
)
@pytest.mark.parametrize("author", [ADA, BOB])
def test_words_of_people(author, fields, told):
    w = world(participants=(BOB,), state=State.OPEN, **fields)
    assert says(on_seven(w, author)) == [(t, "reply", PUBLIC) for t in told]


def test_words_of_a_stranger_stay_inside():
    w = world(participants=(BOB,))
    w.keys["mail:7"] = (7, None)
    decision = w.mail(MALLORY, "Let me in", refers_to=("mail:7",))
    assert says(decision) == [(B, "stranger", INSIDE), (C, "stranger", INSIDE)]


# --- an agent answers publicly


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"assignee": B}, []),
        ({"assignee": C}, [C]),
        ({"assignee": C, "watchers": (B, D)}, [C, D]),
        ({"queue": "hr", "assignee": D}, []),
    ],
)
def test_a_public_answer(fields, told):
    author = DAN if fields.get("queue") == "hr" else BEA
    w = world(participants=(BOB,), **fields)
    decision = on_seven(w, author, kind=AddressKind.PUBLIC)
    people = [(A, "answer", OUT), (BOB.address, "answer", OUT)]
    assert says(decision) == people + [(t, "copy", PUBLIC) for t in told]


def test_who_answers_on_a_ticket_of_their_own_hears_nothing_of_it():
    w = world(requester=Party(address=B, name="Bea Ruiz"), participants=(BOB,), assignee=B)
    assert says(on_seven(w, BEA, kind=AddressKind.PUBLIC)) == [(BOB.address, "answer", OUT)]


def test_the_headers_of_an_answer_name_everybody_outside():
    w = world(participants=(BOB,))
    on_seven(w, BEA, kind=AddressKind.PUBLIC)
    said = w.last(BOB).say
    assert (said.shown_to, said.shown_cc) == ((ADA,), (BOB,))
    assert not said.automatic


# --- a note


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"assignee": C}, [C]),
        ({"assignee": B, "watchers": (C, D)}, [C, D]),
        ({"assignee": C, "watchers": (C,)}, [C]),
        ({"queue": "hr", "assignee": D, "watchers": (C,)}, [D]),
    ],
)
def test_a_note(fields, told):
    author = EVE if fields.get("queue") == "hr" else BEA
    w = world(participants=(BOB,), **fields)
    decision = on_seven(w, author, kind=AddressKind.INTERNAL)
    assert says(decision) == [(t, "note", INSIDE) for t in told]


def test_who_wrote_a_note_watches():
    w = world()
    on_seven(w, CARLA, kind=AddressKind.INTERNAL)
    assert w.tickets[7].watchers == (C,)
    assert says(on_seven(w, BEA, "Done", kind=AddressKind.PUBLIC))[-1] == (C, "copy", PUBLIC)


# --- reminders and escalations


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"assignee": D}, [D]), ({}, [B, C]), ({"tier": 2}, [D]), ({"queue": "hr"}, [E])],
)
def test_a_reminder(fields, told):
    w = world(state=State.PENDING, **fields)
    due = DeadlineCame(ticket=7, target=Target.WAKE, due_at=NOW, at=NOW)
    assert says(w.meet(due)) == [(t, "woke", INSIDE) for t in told]


def test_a_reminder_of_a_queue_that_tells_nobody_goes_to_the_lead():
    w = world(notifying(Notify.NOBODY), state=State.PENDING)
    due = DeadlineCame(ticket=7, target=Target.WAKE, due_at=NOW, at=NOW)
    assert says(w.meet(due)) == [(E, "woke", INSIDE)]


@pytest.mark.parametrize(
    ("fields", "by", "told", "tier"),
    [
        ({"assignee": B}, BEA, [D], 2),
        ({"tier": 2}, DAN, [E], 3),
        ({"tier": 3}, BEA, [E], 3),  # at the top: a lead
        ({"queue": "network"}, BEA, [D], 2),  # nobody of the queue there: all of the tier
        ({"queue": "hr"}, DAN, [], 2),  # he is the tier
        ({"queue": "hr", "tier": 2}, DAN, [E], 3),
    ],
)
def test_an_escalation_stays_inside(fields, by, told, tier):
    w = world(**fields)
    decision = on_seven(w, by, "#escalate", kind=AddressKind.PUBLIC)
    heard = says(decision)
    assert [h for h in heard if h[1] != "passed_on"] == [(t, "escalated", INSIDE) for t in told]
    moved = tier > fields.get("tier", 1)
    gone = [] if by.email in told or not moved or by.tier == tier else [by.email]
    assert [h for h in heard if h[1] == "passed_on"] == [(g, "passed_on", INSIDE) for g in gone]
    assert w.tickets[7].tier == tier


# --- what did not arrive


def test_somebody_hears_of_a_failure_but_not_by_the_way_that_failed():
    assert for_failures(policy(), ticket(assignee=B), A, NOW) == (BEA,)
    assert for_failures(policy(), ticket(assignee=B), B, NOW) == (EVE,)
    assert for_failures(policy(), ticket(), C, NOW) == (BEA,)


def test_for_new_knows_a_queue_that_left_the_config():
    assert for_new(policy(), ticket(queue="gone"), NOW) == (EVE,)


def test_nobody_gets_the_same_notice_twice():
    w = world(assignee=B, watchers=(B, C, B))
    told = says(on_seven(w, ADA))
    assert told == [(B, "reply", PUBLIC), (C, "reply", PUBLIC)]


def test_notices_are_in_the_agents_language():
    rules = policy(agents=(BEA, CIRO))
    w = world(rules, language="es")
    on_seven(w, ADA)
    assert [o.say.language for o in w.outbox] == ["en", "it"]
    assert [o.say.kind for o in w.outbox] == [NoticeKind.REPLY] * 2


NIGHTS = Hours(Calendar(name="nights", week=((parse_shift("22:00-06:00"),),) * 7))


@pytest.mark.parametrize(
    ("shifts", "hour", "heard"),
    [
        (("", ""), 12, (BEA.email, CARLA.email)),
        (("nights", ""), 12, (CARLA.email,)),
        (("nights", ""), 23, (BEA.email, CARLA.email)),
        (("nights", "nights"), 12, (BEA.email, CARLA.email)),  # mail waits for them
    ],
)
def test_of_a_new_ticket_hears_who_is_on_shift_if_anybody_is(shifts, hour, heard):
    agents = [replace(a, shift=s) for a, s in zip((BEA, CARLA), shifts, strict=True)]
    rules = policy(
        agents=(*agents, DAN, EVE), calendars={"always": Hours(always()), "nights": NIGHTS}
    )
    now = NOW.replace(hour=hour)
    assert tuple(a.email for a in for_new(rules, ticket(), now)) == heard
    assert tuple(a.email for a in for_words(rules, ticket(assignee=B), now)) == (B,)

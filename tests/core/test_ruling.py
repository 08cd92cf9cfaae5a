"""Rules at work on tickets: as one opens, and when its people write."""

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Alter, NoticeKind, Skip
from gateway.core.contacts import Contact, Contacts
from gateway.core.events import TicketAsked
from gateway.core.model import Forwarded, Party, Priority, State
from gateway.core.rules import Occasion
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    DAN,
    MALLORY,
    NOW,
    World,
    desk,
    of_type,
    signed,
    ticket,
)
from tests.core.test_rules import rule


def world(*rules, **policy) -> World:
    return World(desk=desk(rules=rules, **policy))


def test_a_rule_changes_the_ticket_before_anybody_hears_of_it():
    w = world(
        rule("net", 'subject.matches("(?i)wifi")', queue="network", priority=Priority.URGENT),
        rule("tagged", tags=("new",)),
    )
    w.mail(ADA, "no wifi", subject="WiFi down")
    made = w.tickets[7]
    assert (made.queue, made.priority, made.tags) == ("network", Priority.URGENT, ("new",))
    confirmed = w.last(ADA, NoticeKind.CONFIRMATION)
    assert confirmed.say.facts["queue"] == "network"
    assert w.got(BEA, NoticeKind.NEW_TICKET)
    assert not w.got(CARLA)  # of the queue that it came to, and not of this one


def test_each_change_has_its_rule_as_the_reason():
    w = world(rule("net", queue="network"), rule("hot", priority=Priority.HIGH, tags=("x",)))
    decision = w.mail(ADA, "words")
    told = {a.field: str(a.because) for a in of_type(decision, Alter)}
    assert told == {"queue": 'rule "net"', "priority": 'rule "hot"', "tags": 'rule "hot"'}


def test_the_tier_decides_who_hears():
    w = world(rule("deep", tier=2))
    w.mail(ADA, "words")
    assert w.got(DAN, NoticeKind.NEW_TICKET)
    assert not w.got(BEA)


def test_a_rule_gives_the_ticket_to_somebody():
    w = world(rule("hers", assign=CARLA.email))
    w.mail(ADA, "words")
    assert w.tickets[7].assignee == CARLA.email
    assert w.tickets[7].state is State.NEW
    assert [o.say.kind for o in w.got(CARLA)] == [NoticeKind.ASSIGNED]
    assert w.got(BEA, NoticeKind.NEW_TICKET)


def test_a_rule_gives_no_ticket_to_who_may_not_see_it():
    w = world(rule("hr", queue="hr", assign=CARLA.email))
    decision = w.mail(ADA, "words")
    assert w.tickets[7].assignee is None
    assert not w.got(CARLA)
    assert "rule_cannot_assign" in [s.because.code for s in of_type(decision, Skip)]


def test_a_rule_that_cannot_be_told_holds_nothing_up():
    w = world(rule("bad", 'headers["x-nope"] == "1"', priority=Priority.URGENT))
    decision = w.mail(ADA, "words")
    assert w.tickets[7].priority is Priority.NORMAL
    (skip,) = [s for s in of_type(decision, Skip) if s.what == "rule"]
    assert 'there is no "x-nope"' in str(skip.because)


def replies(*rules) -> World:
    w = world(*rules)
    w.tickets[7] = ticket(7, assignee=CARLA.email, state=State.PENDING)
    w.keys["mail:7"] = (7, None)
    return w


ANGRY = rule("angry", 'text.contains("lawyer")', on=Occasion.REPLY, priority=Priority.URGENT)


def test_a_reply_has_rules_of_its_own():
    w = replies(ANGRY, rule("opening", priority=Priority.LOW))
    w.mail(ADA, "My lawyer will write", refers_to=("mail:7",))
    assert w.tickets[7].priority is Priority.URGENT


def test_a_reply_sees_the_state_in_which_it_came():
    w = replies(rule("woke", 'state == "pending"', on=Occasion.REPLY, tags=("waited",)))
    w.mail(ADA, "Here it is", refers_to=("mail:7",))
    assert (w.tickets[7].tags, w.tickets[7].state) == (("waited",), State.OPEN)


@pytest.mark.parametrize("author", [MALLORY, BEA])
def test_what_strangers_and_agents_write_is_under_no_rule(author):
    w = replies(ANGRY)
    w.mail(author, "My lawyer", refers_to=("mail:7",))
    assert w.tickets[7].priority is Priority.NORMAL


def test_a_reply_that_moves_the_queue_takes_it_from_who_is_not_of_it():
    w = replies(rule("net", on=Occasion.REPLY, queue="network"))
    w.mail(ADA, "words", refers_to=("mail:7",))
    assert (w.tickets[7].queue, w.tickets[7].assignee) == ("network", None)
    assert w.got(BEA, NoticeKind.REPLY)
    assert not w.got(CARLA)


def test_a_call_and_a_forward_are_under_the_rules_too():
    hot = rule("hot", 'text.contains("fire") && from == "bob@example.org"', priority=Priority.HIGH)
    w = world(hot)
    asked = TicketAsked(requester=BOB, subject="S", text="fire", at=NOW, agent=BEA.email)
    w.meet(asked)
    assert w.tickets[7].priority is Priority.HIGH
    w = world(hot)
    standing = signed(AddressKind.STANDING, 0, BEA.email)
    forwarded = Forwarded(author=BOB, subject="S", text="fire")
    w.mail(BEA, "see below", forwarded=forwarded, recipients=(standing,))
    assert w.tickets[7].priority is Priority.HIGH


def test_a_command_above_a_forward_is_said_after_the_rules():
    w = world(rule("hot", priority=Priority.HIGH))
    standing = signed(AddressKind.STANDING, 0, BEA.email)
    forwarded = Forwarded(author=BOB, subject="S", text="fire", comment="#low")
    w.mail(BEA, "see below", forwarded=forwarded, recipients=(standing,))
    assert w.tickets[7].priority is Priority.LOW


def test_a_contact_lends_name_and_language():
    known = Contacts([Contact(match="eva@shop.example", name="Eva", language="es")])
    w = world(contacts=known)
    w.mail(Party(address="eva@shop.example"), "hello", language="en")
    assert (w.tickets[7].requester.name, w.tickets[7].language) == ("Eva", "es")

"""Machines get no answer, reopen nothing, and start or stop no clock."""

from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Deliver, NoticeKind, Say, StartDeadline, StopDeadline
from gateway.core.model import Automatic, Bounce, EntryKind, FailedRecipient, State, Visibility
from gateway.core.policy import Bulk
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    EVE,
    MALLORY,
    NOW,
    PASSED,
    World,
    alters,
    desk,
    of_type,
    says,
    signed,
    ticket,
    to_outside,
)

KINDS = [Automatic.AUTO_REPLY, Automatic.REPORT, Automatic.BULK, Automatic.BOUNCE]


def world(bulk=Bulk.TICKET, **fields) -> World:
    made = World(desk=desk(bulk=bulk))
    made.tickets[7] = ticket(7, **fields)
    made.keys["mail:7"] = (7, None)
    return made


def machine(w, kind, author=ADA, **changes) -> Any:
    fields = {"refers_to": ("mail:7",), "automatic": kind, "automatic_because": "Precedence: bulk"}
    return w.mail(author, "I am away", **fields | changes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("author", [ADA, BOB, MALLORY, BEA])
def test_a_machine_moves_nothing_and_no_clock(kind, state, author):
    w = world(state=state, participants=(BOB,))
    decision = machine(w, kind, author, cc=(MALLORY,))
    assert alters(decision) == {}
    assert not of_type(decision, StartDeadline) + of_type(decision, StopDeadline)
    assert to_outside(of_type(decision, Say)) == []


@pytest.mark.parametrize("kind", [Automatic.AUTO_REPLY, Automatic.REPORT])
def test_an_automatic_reply_is_kept_for_agents_and_nobody_is_told(kind):
    w = world()
    decision = machine(w, kind)
    kept = w.history(7)[0]
    assert kept.fact.visibility is Visibility.INTERNAL
    assert kept.because == f"sent by a machine ({kind.value}: Precedence: bulk)"
    assert says(decision) == []


@pytest.mark.parametrize("kind", [Automatic.AUTO_REPLY, Automatic.REPORT])
def test_an_automatic_reply_to_nothing_is_listed_as_dropped(kind):
    w = world()
    machine(w, kind, refers_to=())
    assert str(w.dropped[0]).endswith("and belongs to no ticket")
    assert list(w.tickets) == [7]


def test_our_own_mail_come_back_is_dropped():
    w = world()
    machine(w, Automatic.OWN)
    assert [r.code for r in w.dropped] == ["own_mail"]


@pytest.mark.parametrize("kind", [Automatic.AUTO_REPLY, Automatic.REPORT, Automatic.BULK])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"proof": PASSED},
        {"recipients": (signed(AddressKind.PUBLIC, 7, BEA.email),)},
        {"recipients": (signed(AddressKind.INTERNAL, 7, BEA.email),)},
    ],
)
def test_an_agents_automatic_mail_is_never_public_and_no_command(kind, how):
    w = world()
    words = "#close\nI am away"
    decision = w.mail(BEA, words, automatic=kind, refers_to=("mail:7",), **how)
    assert (w.entries, says(decision)) == ({}, [])
    assert str(w.dropped[0]) == "automatic mail of bea@acme.example: never public"


def test_an_agents_answer_to_an_invitation_is_never_public_whatever_words_are_in_it():
    w = world(assignee=BEA.email)
    address = signed(AddressKind.PUBLIC, 7, BEA.email)
    decision = w.mail(
        BEA, "Better on Thursday.", recipients=(address,), answers_invitation=True, proof=PASSED
    )
    assert to_outside(of_type(decision, Say)) == []
    assert [r.code for r in w.dropped] == ["automatic_of_agent"]


def test_a_requesters_words_in_an_answer_to_an_invitation_are_theirs():
    w = world(assignee=BEA.email)
    decision = w.mail(ADA, "Thursday?", refers_to=("mail:7",), answers_invitation=True)
    assert says(decision) == [(BEA.email, "reply", "public")]


def test_a_newsletter_with_an_agent_as_author_acts_as_nobody():
    w = world()
    w.mail(BEA, "#for ada@example.org\nhi", automatic=Automatic.BULK, proof=PASSED)
    assert w.tickets[8].requester.address == BEA.email
    assert w.history(8)[0].fact.text == "#for ada@example.org\nhi"


@pytest.mark.parametrize(
    ("bulk", "on_ticket", "becomes"),
    [
        (Bulk.TICKET, True, "attached"),
        (Bulk.TICKET, False, "opened"),
        (Bulk.ATTACH, True, "attached"),
        (Bulk.ATTACH, False, "dropped"),
        (Bulk.DROP, True, "dropped"),
        (Bulk.DROP, False, "dropped"),
    ],
)
def test_what_becomes_of_bulk_mail(bulk, on_ticket, becomes):
    w = world(bulk)
    decision = machine(w, Automatic.BULK, refers_to=("mail:7",) if on_ticket else ())
    found = "dropped" if w.dropped else "opened" if 8 in w.tickets else "attached"
    assert found == becomes
    assert to_outside(of_type(decision, Say)) == []
    if becomes == "dropped":
        assert str(w.dropped[0]) == "bulk mail (Precedence: bulk), and the desk drops it"


# --- delivery reports


def bounced(w, out, *, temporary=False, status="5.1.1", **changes) -> Any:
    report = Bounce(
        recipients=(FailedRecipient(address=out.say.to.address, status=status),),
        temporary=temporary,
    )
    address = w.desk.book.mint(AddressKind.BOUNCE, out.id, out.say.to.address, today=NOW.date())
    return machine(
        w, Automatic.BOUNCE, MALLORY, bounce=report, recipients=(address,), refers_to=(), **changes
    )


def test_a_bounce_of_a_notice_about_no_ticket_is_marked_too():
    w = world()
    w.mail(BEA, "#help", proof=PASSED)
    out = w.last(BEA, NoticeKind.HELP)
    decision = bounced(w, out)
    assert [(d.outbox_id, d.state) for d in of_type(decision, Deliver)] == [(out.id, "bounced")]
    assert [str(r) for r in w.dropped] == ["could not be delivered: bea@acme.example (5.1.1)"]
    assert (w.entries, says(decision)) == ({}, [])


def answered() -> World:
    w = world(assignee=BEA.email, state=State.PENDING)
    w.act(BEA, 7, text="Look here")
    return w


def test_a_bounce_is_shown_on_the_ticket_and_told_to_its_agents():
    w = answered()
    decision = bounced(w, w.last(ADA))
    assert [(d.outbox_id, d.state, d.error) for d in of_type(decision, Deliver)] == [
        (1, "bounced", "ada@example.org (5.1.1)")
    ]
    assert says(decision) == [(BEA.email, "undelivered", "internal")]
    kept = w.history(7, EntryKind.MESSAGE)[-1]
    assert kept.fact.visibility is Visibility.INTERNAL
    assert w.tickets[7].state is State.PENDING
    assert decision.matched_by == "token"


def test_a_delay_warning_is_kept_and_told_to_nobody():
    w = answered()
    decision = bounced(w, w.last(ADA), temporary=True, status="4.4.1")
    assert (says(decision), of_type(decision, Deliver)) == ([], [])
    assert len(w.history(7, EntryKind.MESSAGE)) == 2


def test_a_bounce_of_a_notice_of_failure_ends_there():
    w = answered()
    bounced(w, w.last(ADA))
    decision = bounced(w, w.last(BEA, NoticeKind.UNDELIVERED))
    assert says(decision) == []
    assert len(of_type(decision, Deliver)) == 1


def test_a_bounce_of_a_notice_to_the_only_agent_is_told_to_the_lead():
    w = world(assignee=BEA.email)
    w.mail(ADA, "words", refers_to=("mail:7",))
    assert says(bounced(w, w.last(BEA))) == [(EVE.email, "undelivered", "internal")]


def test_a_bounce_of_nothing_we_sent_is_listed_as_dropped():
    w = world()
    machine(w, Automatic.BOUNCE, MALLORY, bounce=Bounce(), refers_to=())
    assert [r.code for r in w.dropped] == ["bounce_unmatched"]


def test_two_desks_that_confirm_to_each_other_fall_silent():
    ours = World()
    ours.mail(ADA, "It burns")
    confirmation = ours.last(ADA)
    assert confirmation.say.automatic
    machine(ours, Automatic.AUTO_REPLY, ADA, refers_to=(confirmation.key,))
    assert len(ours.got(ADA)) == 1
    assert len(ours.got(CARLA)) == 1


def failing(kind) -> Any:
    w = answered()
    return w, w.fail(w.last(ADA if kind == "answer" else BEA))


def test_what_cannot_be_delivered_is_shown_and_told():
    w, decision = failing("answer")
    assert says(decision) == [(BEA.email, "undelivered", "internal")]
    note = w.history(7, EntryKind.NOTICE)[-1]
    assert note.fact.text == ("The answer to ada@example.org could not be delivered: no such user")
    assert note.fact.visibility is Visibility.INTERNAL


def test_what_may_have_been_delivered_says_so():
    w = answered()
    w.fail(w.last(ADA), "connection lost", maybe=True)
    assert "may or may not have been delivered" in w.history(7)[-1].fact.text
    assert w.last(BEA).say.facts["maybe"] is True


def test_a_failed_notice_of_failure_ends_there():
    w, _ = failing("answer")
    decision = w.fail(w.last(BEA, NoticeKind.UNDELIVERED))
    assert says(decision) == []
    assert len(w.history(7, EntryKind.NOTICE)) == 2

"""Merging and moving mend where things landed, and can be undone."""

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import NoticeKind
from gateway.core.model import EntryKind, State
from tests.core.kit import ADA, BEA, BOB, CARLA, DAN, MALLORY, PASSED, World, signed, ticket


def world() -> World:
    w = World()
    w.mail(ADA, "It burns", own_key="mail:a")
    w.mail(BOB, "The printer burns", own_key="mail:b", cc=(MALLORY,))
    return w  # 7 of Ada, 8 of Bob and Mallory


def test_after_a_merge_everything_goes_to_the_other_ticket():
    w = world()
    before = w.last(BOB)
    w.act(BEA, 8, "merge 7")
    assert (w.tickets[8].state, w.tickets[8].merged_into) == (State.CLOSED, 7)
    assert w.tickets[7].participants == (BOB, MALLORY)
    w.answer(BOB, before, "Still burning")
    assert w.history(7, EntryKind.MESSAGE)[-1].fact.text == "Still burning"
    w.mail(BOB, "By reference", refers_to=("mail:b",))
    assert w.history(7, EntryKind.MESSAGE)[-1].fact.text == "By reference"
    w.act(BEA, 7, text="It is out.")
    assert {o.say.to for o in w.outbox if o.say.kind is NoticeKind.ANSWER} == {ADA, BOB, MALLORY}


def test_both_histories_tell_of_the_merge():
    w = world()
    w.act(BEA, 8, "merge 7")
    notice = w.history(7, EntryKind.NOTICE)[-1]
    expected = "ticket 8 was merged into ticket 7. #open on ticket 8 undoes it."
    assert notice.fact.text == expected


def test_open_undoes_a_merge():
    w = world()
    w.act(BEA, 8, "merge 7")
    w.act(BEA, 8, "open")
    assert (w.tickets[8].state, w.tickets[8].merged_into) == (State.OPEN, None)
    assert w.tickets[7].participants == ()


def test_an_agent_undoes_it_by_mail_with_the_address_of_the_merged_ticket():
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    w.answer(BEA, told, "#merge 7")
    w.answer(BEA, told, "#open")
    assert (w.tickets[8].state, w.tickets[8].merged_into) == (State.OPEN, None)
    assert w.tickets[7].participants == ()
    assert w.tickets[7].state is State.NEW
    w.answer(BEA, told, "#open")
    assert w.tickets[8].state is State.OPEN


def test_what_people_know_already_do_not_join_twice():
    w = World()
    w.tickets[7] = ticket(7, participants=(BOB,))
    w.tickets[8] = ticket(8, requester=BOB, participants=(ADA,))
    w.act(BEA, 8, "merge 7")
    assert w.tickets[7].participants == (BOB,)


def test_an_agent_whose_call_for_help_is_merged_watches_and_is_nobody_outside():
    w = World()
    w.mail(ADA, "It burns", own_key="mail:a")
    w.mail(BEA, "My own printer burns", own_key="mail:b")
    told = w.last(BEA)
    w.act(CARLA, 8, "merge 7")
    assert w.tickets[7].participants == ()
    assert w.tickets[7].watchers == (BEA.email,)
    w.answer(BEA, told, "Is my manager to hear of it?", proof=PASSED)
    said = w.history(7, EntryKind.NOTE)[-1].fact
    assert said.text == "Is my manager to hear of it?"
    assert not [o for o in w.outbox if o.say.kind is NoticeKind.ANSWER]


@pytest.mark.parametrize(
    ("number", "command", "expected"),
    [
        (7, "merge 8", "a ticket that lives: 8 was merged into 7"),
        (8, "merge 9", "it was merged into 7 (#open undoes that)"),
    ],
)
def test_no_ring_of_merges_can_be_made(number, command, expected):
    w = world()
    w.tickets[9] = ticket(9)
    w.act(BEA, 8, "merge 7")
    decision = w.act(BEA, number, command)
    assert expected in decision.changes[0].lines[0]  # type: ignore[union-attr]
    assert w.tickets[7].merged_into is None


@pytest.mark.parametrize("command", ["merge 9", "move 31 to 9"])
def test_a_ticket_that_one_may_not_see_is_as_if_it_were_not_there(command):
    w = world()
    w.tickets[9] = ticket(9, queue="hr")
    hidden = w.act(BEA, 7, command).changes[0].lines  # type: ignore[union-attr]
    missing = w.act(BEA, 7, command.replace("9", "99")).changes[0].lines  # type: ignore[union-attr]
    assert hidden[0].replace("9", "99") == missing[0]
    w.act(DAN, 7, command)
    assert w.tickets[7].merged_into == 9 or w.entries[31].fact.ticket == 9


def test_an_address_revoked_before_a_merge_stays_dead():
    w = world()
    old = signed(AddressKind.PUBLIC, 8, CARLA.email)
    w.act(BEA, 8, "revoke")
    w.act(BEA, 8, "merge 7")
    w.mail(CARLA, "#close", recipients=(old,))
    assert len(w.held) == 1
    assert w.tickets[7].state is State.NEW


def test_a_leak_by_the_address_of_a_merged_ticket_is_mended_there():
    w = world()
    old = signed(AddressKind.PUBLIC, 8, CARLA.email)
    w.act(BEA, 8, "merge 7")
    w.mail(CARLA, "Hello", recipients=(old,), cc=(ADA,))
    assert (w.tickets[8].leaked, w.tickets[7].leaked) == ((CARLA.email,), ())
    w.mail(CARLA, "#close", recipients=(old,))
    assert len(w.held) == 1


def test_move_back_again():
    w = world()
    w.act(BEA, 7, "move 31 to 8")
    assert w.entries[31].fact.ticket == 8
    w.act(BEA, 8, "move 31 to 7")
    assert w.entries[31].fact.ticket == 7

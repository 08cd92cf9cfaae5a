"""One conversation on two tickets becomes one, where nobody outside gains by it."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import Absorb, NoticeKind
from gateway.core.clocks import NO_CLOCKS, Clock, Clocks, ClockState
from gateway.core.model import NO_PROOF, Automatic, EntryKind, Message, Party, State, Ticket
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates, Kin
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    FORGED,
    MALLORY,
    NOW,
    PASSED,
    World,
    book,
    message,
    of_type,
    policy,
    ticket,
)

LIST, OTHER = "talk.lists.example", "other.lists.example"
KEYS = {"mail:first": (1, 10), "mail:late": (2, None), "mail:lost": (3, None)}


def late(*refers_to: str, **fields: Any) -> Message:
    """What ticket 2 holds an answer to; it answers something itself."""
    return message(MALLORY, own_key="mail:late", refers_to=refers_to or ("mail:first",), **fields)


def of_list(list_id: str = LIST, *refers_to: str) -> Message:
    return late(*refers_to, list_id=list_id, automatic=Automatic.BULK)


def kin(made: Message, *tickets: Ticket, keys=KEYS, live: bool = True, **more: Any) -> Kin:
    """What turns out to be the same conversation as the ticket of the message, which is 1."""
    found = Candidates(tickets={t.number: t for t in tickets}, keys=keys, **more)
    where = place(made, clues_of(made, book()), found, book(), policy(), NOW, live=live)
    assert where.ticket == tickets[0]
    return where.kin


def joined(made: Message, *tickets: Ticket, keys=KEYS, live: bool = True) -> list[int]:
    return [t.number for t in kin(made, *tickets, keys=keys, live=live).joined]


def strangers(made: Message, *tickets: Ticket, keys=KEYS, live: bool = True) -> list[int]:
    return [t.number for t in kin(made, *tickets, keys=keys, live=live).strangers]


def seem(made: Message, *tickets: Ticket, keys=KEYS, live: bool = True) -> list[int]:
    return [t.number for t in kin(made, *tickets, keys=keys, live=live).seem]


@pytest.mark.parametrize(
    ("mine", "here", "there", "state", "joins"),
    [
        (LIST, LIST, LIST, State.NEW, [2]),
        (LIST, LIST, LIST, State.OPEN, []),
        (LIST, LIST, OTHER, State.NEW, []),
        (LIST, "", LIST, State.NEW, []),
    ],
)
def test_a_late_list_mail_joins_what_its_answer_opened(mine, here, there, state, joins):
    first, second = ticket(1, list_id=here), ticket(2, list_id=there, state=state, requester=BOB)
    assert joined(of_list(mine), first, second) == joins


def test_a_message_that_refers_to_two_tickets_of_a_list_joins_them():
    first, third = ticket(1, list_id=LIST), ticket(3, list_id=LIST, requester=BOB)
    assert joined(of_list(LIST, "mail:lost", "mail:first"), first, third) == [3]


def test_several_are_joined_at_once():
    them = [ticket(n, list_id=LIST) for n in (1, 2, 3)]
    assert joined(of_list(LIST, "mail:first", "mail:lost"), *them) == [2, 3]


@pytest.mark.parametrize(
    ("here", "there", "joins"),
    [
        ((ADA, BOB), (ADA, BOB), [2]),
        ((ADA, BOB), (BOB, ADA), [2]),
        # who made up ids would get answers that are meant for somebody else
        ((MALLORY,), (ADA,), []),
        ((MALLORY, ADA), (ADA,), []),
        ((ADA,), (MALLORY, ADA), []),
    ],
)
def test_of_peoples_mail_only_what_all_of_them_hear_anyway_is_joined(here, there, joins):
    first, second = (
        ticket(number, requester=people[0], participants=people[1:])
        for number, people in ((1, here), (2, there))
    )
    assert joined(late(), first, second) == joins


def test_in_an_archive_every_answer_comes_to_what_it_answers():
    first, second = ticket(1, requester=ADA), ticket(2, requester=BOB)
    assert joined(late(), first, second, live=False) == [2]


@pytest.mark.parametrize("live", [True, False])
def test_a_ticket_that_somebody_touched_stays(live: bool):
    first = ticket(1, list_id=LIST)
    for touched in (ticket(2, list_id=LIST, assignee=BEA.email), ticket(2, state=State.PENDING)):
        assert joined(of_list(), first, touched, live=live) == []


@pytest.mark.parametrize("live", [True, False])
def test_a_ticket_on_which_an_agent_did_something_stays(live: bool):
    tickets = [ticket(n, list_id=LIST) for n in (1, 2)]
    assert kin(of_list(), *tickets, live=live, touched=frozenset({2})) == Kin(seem=(tickets[1],))


def test_an_archive_takes_no_ticket_to_which_something_came_that_is_no_import():
    first, second = of(1, ADA), of(2, BOB)
    awaited = frozenset({2})
    assert kin(late(), first, second, live=False, awaited=awaited) == Kin(seem=(second,))


def test_an_id_that_came_already_joins_nothing():
    first, second = ticket(1, list_id=LIST), ticket(2, list_id=LIST)
    keys = {"mail:first": (1, 10), "mail:late": (2, 20)}
    assert joined(of_list(), first, second, keys=keys) == []


@pytest.mark.parametrize("live", [True, False])
def test_a_forged_mail_joins_nothing(live: bool):
    first, second = ticket(1, list_id=LIST), ticket(2, list_id=LIST)
    assert joined(replace(of_list(), proof=FORGED), first, second, live=live) == []


CARL = Party(address="carl@example.org", name="Carl Poe")


def of(number: int, *people: Party, **fields: Any) -> Ticket:
    return ticket(number, requester=people[0], participants=people[1:], **fields)


def from_ada(*cc: Party, **fields: Any) -> Message:
    """Ada's late mail goes on with ticket 1; ticket 2 holds an answer to it."""
    return message(ADA, own_key="mail:late", refers_to=("mail:first",), cc=cc, **fields)


@pytest.mark.parametrize(
    ("cc", "here", "there", "proof", "joins"),
    [
        # Ada brings Bob in, and his answer to all overtakes her mail
        ((BOB,), (ADA,), (BOB, ADA), NO_PROOF, [2]),
        ((BOB,), (ADA,), (BOB, ADA, CARL), NO_PROOF, [2]),
        ((), (ADA, BOB), (BOB, ADA), NO_PROOF, [2]),
        # the desk's own addresses and agents are nobody who takes part
        ((BOB, Party(address=BEA.email)), (ADA,), (BOB, ADA), NO_PROOF, [2]),
        # he left somebody out who would hear it then: only Ada's proof shows that it belongs here
        ((BOB, CARL), (ADA,), (BOB, ADA), NO_PROOF, []),
        ((BOB, CARL), (ADA,), (BOB, ADA), PASSED, [2]),
        # he left Ada out as well
        ((BOB, CARL), (ADA,), (BOB,), PASSED, []),
        # who does not take part where Ada wrote would learn what is said there
        ((), (ADA,), (BOB, ADA), PASSED, []),
        ((CARL,), (ADA,), (BOB, ADA), PASSED, []),
        # Ada is a stranger on this ticket herself: whom she writes to takes no part either
        ((BOB,), (CARL,), (BOB, ADA, CARL), PASSED, []),
        # known to be forged
        ((BOB,), (ADA,), (BOB, ADA), FORGED, []),
    ],
)
def test_an_early_answer_comes_where_it_would_have_come_in_order(cc, here, there, proof, joins):
    first, second = of(1, *here), of(2, *there)
    assert joined(from_ada(*cc, proof=proof), first, second) == joins


def test_a_thief_with_a_known_id_and_a_forged_name_swallows_no_ticket():
    """Mallory's own ticket, on which Ada is named; Bob's, which answers a mail of Ada's."""
    hers, bobs = of(1, MALLORY, ADA), of(2, BOB, ADA)
    for cc in ((), (BOB,), (BOB, MALLORY)):
        forged = from_ada(*cc, proof=NO_PROOF)
        assert joined(forged, hers, bobs) == []
        assert strangers(forged, hers, bobs) == [2]
        assert joined(replace(forged, author=MALLORY), hers, bobs) == []


def test_a_thief_gets_no_place_on_a_ticket_by_an_answer_to_a_known_id():
    """Mallory opened a ticket with an "answer" to an id of Ada's, and wrote to all in sight."""
    adas, hers = of(1, ADA, BOB), of(2, MALLORY, ADA, BOB)
    for proof in (NO_PROOF, PASSED):
        assert joined(from_ada(BOB, proof=proof), adas, hers) == []


def test_proof_counts_for_what_was_answered_alone():
    """Ada answers a mail of Mallory's, who gave it Bob's id as one that it refers to."""
    hers, bobs = of(1, MALLORY, ADA), of(2, BOB, ADA)
    keys = {"mail:first": (1, 10), "mail:bobs": (2, 20)}
    lured = message(ADA, own_key="mail:late", refers_to=("mail:first", "mail:bobs"), cc=(BOB,))
    assert kin(replace(lured, proof=PASSED), hers, bobs, keys=keys) == Kin()


def test_a_subject_alone_brings_nobody_in():
    first, second = of(1, ADA), of(2, BOB, ADA)
    keys = {"mail:late": (2, None)}
    tagged = message(ADA, own_key="mail:late", subject="Re: Fire [#1]", cc=(BOB,))
    found = Candidates(tickets={1: first, 2: second}, keys=keys)
    where = place(tagged, clues_of(tagged, book()), found, book(), policy(), NOW)
    assert where.ticket is second  # its own id is a better sign than its subject


@pytest.mark.parametrize("live", [True, False])
def test_words_to_a_restricted_queue_stay_there(live: bool):
    first = of(1, ADA, BOB)
    secret = of(2, BOB, ADA, queue="hr")
    assert joined(from_ada(), first, secret, live=live) == []
    assert joined(from_ada(), replace(first, queue="hr"), secret, live=live) == [2]


@pytest.mark.parametrize(
    ("state", "seems", "comes"),
    [(State.NEW, [], [2]), (State.OPEN, [2], []), (State.CLOSED, [], [])],
)
def test_what_is_not_joined_seems_to_be_the_same(state: State, seems: list[int], comes: list[int]):
    first, second = of(1, ADA), of(2, BOB, state=state)
    assert seem(late(), first, second) == seems
    assert strangers(late(), first, second) == comes


def test_strangers_who_answered_the_same_absent_mail_come_to_one_ticket():
    """The mail of this conversation that both answer may never come."""
    made = late("mail:first", "mail:lost")
    assert strangers(made, of(1, ADA), of(3, BOB)) == [3]
    came = {**KEYS, "mail:lost": (3, 30)}
    assert strangers(made, of(1, ADA), of(3, BOB), keys=came) == []


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_nothing_is_brought_to_a_ticket_that_is_over(state: State):
    over = of(1, ADA, state=state, closed_at=NOW if state is State.CLOSED else None)
    assert strangers(late(), over, of(2, BOB)) == []
    assert seem(late(), over, of(2, BOB)) == [2]


@pytest.mark.parametrize("state", [State.PENDING, State.ON_HOLD])
def test_a_ticket_that_waits_takes_somebody_only_when_it_goes_on(state: State):
    """By words of those whom it waits for; a list's mail changes nothing."""
    waits, bobs = of(1, ADA, state=state), of(2, BOB)
    assert strangers(late(), waits, bobs) == []
    assert strangers(from_ada(automatic=Automatic.BULK), waits, bobs) == []
    assert strangers(from_ada(), waits, bobs) == [2]


def clocks(state: ClockState, target: Target = Target.FIRST_RESPONSE) -> Clocks:
    times: Any = dict.fromkeys(("started_at", "arrived_at", "origin", "since"), NOW)
    made = Clock(target=target, policy="", calendar="", allowed=None, state=state, **times)
    return NO_CLOCKS.with_(made)


@pytest.mark.parametrize(
    ("here", "there", "comes"),
    [
        (clocks(ClockState.RUNNING), clocks(ClockState.RUNNING), [2]),
        (clocks(ClockState.RUNNING, Target.NEXT_RESPONSE), clocks(ClockState.RUNNING), [2]),
        (clocks(ClockState.MET), clocks(ClockState.RUNNING), []),
        (NO_CLOCKS, clocks(ClockState.RUNNING), []),
        (NO_CLOCKS, NO_CLOCKS, [2]),
    ],
)
def test_no_ticket_goes_where_nobody_has_to_answer(here: Clocks, there: Clocks, comes: list[int]):
    first, second = of(1, ADA, clocks=here), of(2, BOB, clocks=there)
    assert strangers(late(), first, second) == comes
    assert seem(late(), first, second) == ([] if comes else [2])


@pytest.mark.parametrize(
    ("automatic", "comes"),
    [(None, [2]), (Automatic.BULK, [2]), (Automatic.AUTO_REPLY, []), (Automatic.BOUNCE, [])],
)
def test_a_machine_joins_no_strangers(automatic: Automatic | None, comes: list[int]):
    assert strangers(late(automatic=automatic), of(1, ADA), of(2, BOB)) == comes


@pytest.mark.parametrize(("here", "there"), [("support", "hr"), ("hr", "support")])
def test_strangers_words_stay_where_the_same_agents_see_them(here: str, there: str):
    first, secret = of(1, ADA, queue=here), of(2, BOB, queue=there)
    assert strangers(late(), first, secret) == []
    assert seem(late(), first, secret) == [2]


def test_a_forged_mail_brings_no_strangers():
    assert kin(late(proof=FORGED), of(1, ADA), of(2, BOB)) == Kin()


def test_what_is_referred_to_beside_its_parent_is_no_news():
    """Each later mail of that conversation would say it again."""
    keys = {"mail:first": (1, 10), "mail:lost": (3, 30)}
    assert seem(late("mail:first", "mail:lost"), of(1, ADA), of(3, BOB), keys=keys) == []


def test_bob_hears_from_then_on_and_his_reply_address_lives():
    w = World()
    w.mail(ADA, "It burns.", own_key="mail:first")
    w.mail(BOB, "Then call them.", own_key="mail:b", refers_to=("mail:late",), to=(ADA, CARL))
    w.mail(ADA, "And now?", own_key="mail:late", refers_to=("mail:first",), cc=(BOB,))
    assert [absorbed.ticket for absorbed in of_type(w.decisions[-1], Absorb)] == [8]
    assert w.tickets[7].participants == (BOB, CARL)


def test_agents_read_on_both_tickets_and_in_their_mail_that_these_seem_to_be_one():
    w = World()
    w.mail(ADA, "It burns.", own_key="mail:first")
    w.mail(BOB, "Then call them.", own_key="mail:b", refers_to=("mail:late",))
    w.act(BEA, 8, "take")
    w.mail(CARL, "And now?", own_key="mail:late", refers_to=("mail:first",))
    notes = [w.history(n, EntryKind.NOTICE)[-1] for n in (7, 8)]
    assert [note.body.text for note in notes if note.body] == [
        "ticket 8 seems to be the same conversation. #merge 8 brings this one there.",
        "ticket 7 seems to be the same conversation. #merge 7 brings this one there.",
    ]
    assert w.last(BEA, NoticeKind.STRANGER).say.facts["kin"] == 8


def test_an_agent_who_may_not_see_the_other_ticket_hears_nothing_of_it():
    w = World()
    w.mail(ADA, "It burns.", own_key="mail:first")
    secret = {"recipients": ("hr@acme.example",), "refers_to": ("mail:late",)}
    w.mail(BOB, "In confidence.", own_key="mail:b", **secret)
    w.mail(ADA, "And now?", own_key="mail:late", refers_to=("mail:first",))
    assert w.last(BEA, NoticeKind.REPLY).say.facts["kin"] is None

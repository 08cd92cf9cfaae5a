"""One conversation on two tickets becomes one, where nobody outside gains by it."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.model import Automatic, Message, State, Ticket
from gateway.core.place import Candidates, clues_of, place
from tests.core.kit import ADA, BEA, BOB, FORGED, MALLORY, NOW, book, message, policy, ticket

LIST, OTHER = "talk.lists.example", "other.lists.example"
KEYS = {"mail:first": (1, 10), "mail:late": (2, None), "mail:lost": (3, None)}


def late(*refers_to: str, **fields: Any) -> Message:
    """What ticket 2 holds an answer to; it answers something itself."""
    return message(MALLORY, own_key="mail:late", refers_to=refers_to or ("mail:first",), **fields)


def of_list(list_id: str = LIST, *refers_to: str) -> Message:
    return late(*refers_to, list_id=list_id, automatic=Automatic.BULK)


def joined(made: Message, *tickets: Ticket, keys=KEYS, live: bool = True) -> list[int]:
    """The tickets that go to the one of the message, which is ticket 1."""
    found = Candidates(tickets={t.number: t for t in tickets}, keys=keys)
    where = place(made, clues_of(made, book()), found, book(), policy(), NOW, live=live)
    assert where.ticket == tickets[0]
    return [t.number for t in where.joins]


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


def test_an_id_that_came_already_joins_nothing():
    first, second = ticket(1, list_id=LIST), ticket(2, list_id=LIST)
    keys = {"mail:first": (1, 10), "mail:late": (2, 20)}
    assert joined(of_list(), first, second, keys=keys) == []


@pytest.mark.parametrize("live", [True, False])
def test_a_forged_mail_joins_nothing(live: bool):
    first, second = ticket(1, list_id=LIST), ticket(2, list_id=LIST)
    assert joined(replace(of_list(), proof=FORGED), first, second, live=live) == []

"""Tickets are written whole, changed by one at a time, and listed newest first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.model import Party, Priority, State
from gateway.core.promises import Promise
from gateway.store import rotation, tickets
from gateway.store.errors import ConflictError
from tests.store import made
from tests.store.made import ADA, BEA, NOW, there

FULL = made.ticket(
    state=State.ON_HOLD,
    priority=Priority.URGENT,
    tier=3,
    assignee=BEA,
    tags=("vpn", "büro"),
    participants=(
        Party(address="carl@example.org", name="Carl"),
        Party(address="U1", channel="slack"),
    ),
    watchers=(BEA, "eve@acme.example"),
    language="es",
    channel="slack",
    root="<1@example.org>",
    previous=3,
    merged_into=4,
    generation=2,
    leaked=("a", "b"),
    resolved_at=NOW + timedelta(hours=1),
    closed_at=NOW + timedelta(hours=2),
    version=5,
)


@pytest.mark.parametrize("ticket", [made.ticket(), FULL], ids=["plain", "full"])
def test_a_ticket_comes_back_as_it_was(database, ticket):
    with database.write() as conn:
        number = tickets.insert(conn, ticket)
    with database.read() as conn:
        assert tickets.load(conn, number) == replace(ticket, number=number)


def test_a_ticket_that_is_not_there_is_none(database):
    with database.read() as conn:
        assert tickets.load(conn, 7) is None


def test_several_are_loaded_at_once(database):
    with database.write() as conn:
        numbers = [tickets.insert(conn, made.ticket(subject=s)) for s in "abc"]
        found = tickets.load_many(conn, [numbers[0], numbers[2], 99])
    assert {number: t.subject for number, t in found.items()} == {numbers[0]: "a", numbers[2]: "c"}


def test_a_number_is_never_given_twice(database):
    with database.write() as conn:
        first = tickets.insert(conn, made.ticket())
    with made.rolled_back(database) as conn:
        tickets.insert(conn, made.ticket())
    with database.write() as conn:
        assert tickets.insert(conn, made.ticket()) > first


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.OPEN, "assignee": BEA},
        {"tags": ("vpn",)},
        {"requester": Party(address="carl@example.org", name="Carl")},
        {"resolved_at": NOW, "updated_at": NOW + timedelta(seconds=1)},
        {"generation": 1, "leaked": ("x",), "participants": (ADA,)},
    ],
    ids="+".join,
)
def test_what_changed_is_written_and_the_version_goes_up(database, change):
    with database.write() as conn:
        number = tickets.insert(conn, made.ticket())
        before = there(tickets.load(conn, number))
        saved = tickets.save(conn, before, replace(before, **change))
    with database.read() as conn:
        assert tickets.load(conn, number) == saved == replace(before, **change, version=1)


def test_nothing_changed_is_nothing_written(database):
    with database.write() as conn:
        before = there(tickets.load(conn, tickets.insert(conn, made.ticket())))
        assert tickets.save(conn, before, before).version == 0


def test_whoever_loaded_an_older_version_cannot_write(database):
    with database.write() as conn:
        before = there(tickets.load(conn, tickets.insert(conn, made.ticket())))
        tickets.save(conn, before, replace(before, tier=2))
        with pytest.raises(ConflictError, match="changed by somebody else"):
            tickets.save(conn, before, replace(before, tier=3))
        assert there(tickets.load(conn, before.number)).tier == 2


@pytest.fixture
def several(database):
    with database.write() as conn:
        return [
            tickets.insert(conn, made.ticket(**fields))
            for fields in (
                {"state": State.NEW},
                {"state": State.OPEN, "assignee": BEA},
                {"state": State.OPEN, "queue": "network"},
                {"state": State.CLOSED, "assignee": BEA},
                {"state": State.PENDING, "assignee": BEA},
            )
        ]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"limit": 2}, [4, 3]),
        ({"state": "open"}, [2, 1]),
        ({"state": State.CLOSED}, [3]),
        ({"queue": "network"}, [2]),
        ({"assignee": BEA}, [4, 3, 1]),
        ({"assignee": BEA, "state": "open"}, [1]),
        ({"queue": "nowhere"}, []),
    ],
    ids=str,
)
def test_tickets_are_listed_newest_first(database, several, wanted, places):
    with database.read() as conn:
        found = [ticket.number for ticket in tickets.listing(conn, **wanted)]
    assert found == [several[place] for place in places]


def test_an_agents_load_is_what_is_not_done(database, several):
    with database.read() as conn:
        assert rotation.loads(conn, [BEA, "carla@acme.example"]) == {BEA: 2}
        assert rotation.loads(conn, []) == {}


def test_a_turn_is_taken_once(database):
    with database.write() as conn:
        assert rotation.last_given(conn, ["support", "network"]) == {}
        assert rotation.give(conn, "support", None, BEA)
        assert not rotation.give(conn, "support", None, "carla@acme.example")
        assert rotation.give(conn, "support", BEA, "carla@acme.example")
        assert not rotation.give(conn, "support", BEA, "dan@acme.example")
    with database.read() as conn:
        assert rotation.last_given(conn, ["support", "network"]) == {
            "support": "carla@acme.example"
        }


def test_one_open_ticket_stands_for_all_of_its_queue_and_assignee(database):
    promise = Promise(by=BEA, due_at=NOW, made_at=NOW)
    wanted = [
        made.ticket(assignee=BEA),
        made.ticket(assignee=BEA, queue="sales", state=State.PENDING),
        made.ticket(),
        made.ticket(assignee="eve@acme.example", promise=promise),
    ]
    left_out = [
        made.ticket(assignee=BEA, state=State.ON_HOLD),
        made.ticket(assignee="carl@acme.example", state=State.RESOLVED),
        made.ticket(promise=promise, state=State.CLOSED),
    ]
    with database.write() as conn:
        numbers = [tickets.insert(conn, one) for one in (*wanted, *left_out)]
    with database.read() as conn:
        found = {ticket.number for ticket in tickets.open_of_each(conn)}
    assert found == set(numbers[: len(wanted)])

"""A deadline fires once, and only the newest start of it."""

from datetime import timedelta

import pytest

from gateway.store import deadlines
from tests.store import made
from tests.store.made import NOW


@pytest.fixture
def number(database):
    with database.write() as conn:
        return made.new_ticket(conn)[0]


def test_a_deadline_is_due_at_its_time(database, number):
    with database.write() as conn:
        assert deadlines.next_due_at(conn) is None
        deadlines.start(conn, number, "wake", NOW, "#pending 2d")
        deadlines.start(conn, number, "auto_close", NOW + timedelta(days=7), "resolved")
        assert deadlines.next_due_at(conn) == NOW
        assert deadlines.due(conn, now=NOW - timedelta(seconds=1), limit=10) == []
        (due,) = deadlines.due(conn, now=NOW, limit=10)
    assert (due.ticket, due.target, due.due_at, due.generation) == (number, "wake", NOW, 1)


def test_earliest_first_and_no_more_than_asked_for(database, number):
    with database.write() as conn:
        deadlines.start(conn, number, "auto_close", NOW + timedelta(hours=1), "b")
        deadlines.start(conn, number, "wake", NOW, "a")
        later = NOW + timedelta(days=1)
        assert [d.target for d in deadlines.due(conn, now=later, limit=5)] == ["wake", "auto_close"]
        assert len(deadlines.due(conn, now=later, limit=1)) == 1


def test_it_fires_once(database, number):
    with database.write() as conn:
        deadlines.start(conn, number, "wake", NOW, "a")
        (due,) = deadlines.due(conn, now=NOW, limit=1)
        assert deadlines.fire(conn, due.id, due.generation)
        assert not deadlines.fire(conn, due.id, due.generation)
        assert deadlines.due(conn, now=NOW, limit=1) == []


def test_started_anew_it_is_another_generation(database, number):
    with database.write() as conn:
        deadlines.start(conn, number, "wake", NOW, "a")
        (old,) = deadlines.due(conn, now=NOW, limit=1)
        deadlines.start(conn, number, "wake", NOW + timedelta(days=1), "b")
        assert not deadlines.fire(conn, old.id, old.generation)
        assert deadlines.due(conn, now=NOW, limit=1) == []
        (new,) = deadlines.due(conn, now=NOW + timedelta(days=1), limit=1)
    assert (new.id, new.generation, new.because) == (old.id, 2, "b")


def test_stopped_it_does_not_fire(database, number):
    with database.write() as conn:
        assert not deadlines.stop(conn, number, "wake", "answered")
        deadlines.start(conn, number, "wake", NOW, "a")
        (due,) = deadlines.due(conn, now=NOW, limit=1)
        assert deadlines.stop(conn, number, "wake", "answered")
        assert not deadlines.fire(conn, due.id, due.generation)
        assert deadlines.next_due_at(conn) is None


def test_when_a_running_deadline_is_due_can_be_asked(database, number):
    with database.write() as conn:
        assert deadlines.due_at(conn, number, "wake") is None
        deadlines.start(conn, number, "wake", NOW, "a")
        assert deadlines.due_at(conn, number, "wake") == NOW
        deadlines.stop(conn, number, "wake", "b")
        assert deadlines.due_at(conn, number, "wake") is None

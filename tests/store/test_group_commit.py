"""Accepting many at once: each is told after its commit, and none is lost or held up."""

import os
import threading
from concurrent.futures import wait

import pytest

from gateway.core.ports import IntakeUnavailableError
from gateway.store import inbox
from gateway.store.errors import StoreUnavailableError
from gateway.store.group_commit import GroupCommit
from tests.store import made

LARGE = os.urandom(1024) * 300


@pytest.fixture
def group(database):
    group = GroupCommit(database)
    yield group
    group.close()


def test_what_was_promised_is_there(database, group):
    arrivals = [made.incoming(raw=b"%d" % n) for n in range(300)]
    futures = [group.submit(arrival) for arrival in arrivals]
    ids = [future.result(timeout=30).id for future in futures]
    with database.read() as conn:
        for id, arrival in list(zip(ids, arrivals, strict=True))[::37]:
            assert inbox.incoming(conn, made.there(inbox.get(conn, id))) == arrival
    assert ids == sorted(set(ids)), "the order of the lanes is the order of accepting"


def test_large_ones_come_through_beside_small_ones(database, group):
    large = [made.incoming(raw=LARGE + b"%d" % n) for n in range(4)]
    small = [made.incoming() for _ in range(50)]
    futures = [group.submit(arrival) for arrival in [*large, *small]]
    ids = [future.result(timeout=30).id for future in futures]
    with database.read() as conn:
        for id, arrival in zip(ids[:5], [*large, small[0]], strict=True):
            assert inbox.incoming(conn, made.there(inbox.get(conn, id))).raw == arrival.raw


def test_the_same_one_twice_is_a_duplicate(group):
    arrival = made.incoming("again")
    answers = [group.submit(arrival).result(timeout=30) for _ in range(2)]
    assert [answer.duplicate for answer in answers] == [False, True]
    assert answers[0].id == answers[1].id


def test_many_callers_share_commits(database, monkeypatch):
    commits: list[int] = []
    accept_many = inbox.accept_many

    def counted(conn, arrivals, prepared=None):
        commits.append(len(arrivals))
        return accept_many(conn, arrivals, prepared)

    monkeypatch.setattr(inbox, "accept_many", counted)
    group = GroupCommit(database)

    def send() -> None:
        for _ in range(20):
            group.submit(made.incoming()).result(timeout=30)

    callers = [threading.Thread(target=send) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    group.close()
    assert sum(commits) == 400
    assert len(commits) < 200


def test_when_the_database_cannot_take_it_each_caller_is_told(database, monkeypatch):
    def away(*_args: object, **_options: object) -> None:
        raise StoreUnavailableError("the database is away")

    group = GroupCommit(database)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "accept_many", away)
        futures = [group.submit(made.incoming()) for _ in range(3)]
        wait(futures, timeout=30)
    for future in futures:
        with pytest.raises(IntakeUnavailableError, match="StoreUnavailableError"):
            future.result()
    assert group.submit(made.incoming()).result(timeout=30).duplicate is False
    group.close()


def test_one_that_cannot_be_written_does_not_take_others_with_it(database, group):
    with database.write(urgent=True):  # on SQLite the writer waits, so that all share a batch
        wrong = group.submit(made.incoming(envelope={"v": 1, "from": object()}))
        right = [group.submit(made.incoming()) for _ in range(5)]
    with pytest.raises(IntakeUnavailableError):
        wrong.result(timeout=30)
    assert all(future.result(timeout=30).id for future in right)


def test_closing_writes_what_was_submitted_and_takes_no_more(database):
    group = GroupCommit(database)
    futures = [group.submit(made.incoming(raw=LARGE if n % 10 == 0 else b"x")) for n in range(50)]
    group.close()
    group.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(IntakeUnavailableError, match="stopping"):
        group.submit(made.incoming()).result()
    with database.read() as conn:
        assert inbox.waiting(conn) == 50


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_promised(sqlite_database):
    sqlite_database.files.write_text("in the way")
    group = GroupCommit(sqlite_database)
    with pytest.raises(IntakeUnavailableError, match="NotADirectoryError"):
        group.submit(made.incoming(raw=LARGE)).result(timeout=30)
    group.close()
    with sqlite_database.read() as conn:
        assert inbox.rows(conn) == []


def test_a_caller_who_hung_up_stops_nobody_else(database, group):
    """A dropped connection cancels its future; the writer must outlive that."""
    for raw in (b"small", LARGE):
        with database.write(urgent=True):
            futures = [group.submit(made.incoming(raw=raw)) for _ in range(6)]
            for future in futures[::2]:
                future.cancel()
        for future in futures[1::2]:
            assert future.result(timeout=30).id
    assert group.submit(made.incoming()).result(timeout=30).id

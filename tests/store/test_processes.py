"""Several processes on one database: who leads, who wakes whom, who may not start."""

import threading

import pytest

from gateway.store import inbox
from gateway.store.errors import AlreadyRunningError
from gateway.store.leader import Leader, sole_daemon
from gateway.store.signals import Wakeups
from gateway.store.statements import run
from tests.store import made


def test_what_one_process_writes_wakes_the_other(database, other):
    woken = threading.Event()
    wakeups = Wakeups(other, woken.set)
    wakeups.start()
    try:
        # Whoever begins to listen is woken once, or has to see the first state.
        for _ in range(20):
            woken.clear()
            with database.write() as conn:
                inbox.accept_many(conn, [made.incoming()])
            if woken.wait(1.0):
                break
        assert woken.is_set()
    finally:
        wakeups.close()


@pytest.mark.postgres
def test_a_listener_comes_back_after_its_connection_was_lost(postgres_url, tmp_path, monkeypatch):
    from gateway.store import signals
    from gateway.store.database import Database

    monkeypatch.setattr(signals, "RECONNECT_SECONDS", 0.05)
    database = Database.open(postgres_url, files=tmp_path)
    woken = threading.Event()
    wakeups = Wakeups(database, woken.set)
    wakeups.start()
    assert woken.wait(10)
    woken.clear()
    with database.write() as conn:
        run(
            conn,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    assert woken.wait(10), "reconnected, it looks for what it missed"
    woken.clear()
    with database.write() as conn:
        inbox.accept_many(conn, [made.incoming()])
    assert woken.wait(10)
    wakeups.close()
    database.close()


def test_there_is_one_leader_and_another_after_it(database, other):
    first, second = Leader(database), Leader(other)
    assert first.lead()
    assert first.lead()
    assert second.lead() == (database.dialect == "sqlite"), "SQLite has one daemon, and it leads"
    first.close()
    assert second.lead()
    second.close()


def test_the_next_one_leads_the_moment_the_first_has_left(database):
    for _ in range(50):
        leader = Leader(database)
        assert leader.lead()
        leader.close()


@pytest.mark.postgres
def test_a_leader_whose_connection_is_lost_leads_no_longer(postgres_url, tmp_path):
    from gateway.store.database import Database

    database = Database.open(postgres_url, files=tmp_path)
    leader, successor = Leader(database), Leader(database)
    assert leader.lead()
    with database.write() as conn:
        run(
            conn,
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()",
        )
    assert not leader.lead()
    assert successor.lead()
    assert not leader.lead()
    successor.close()
    assert leader.lead()
    leader.close()
    database.close()


def test_a_second_daemon_on_sqlite_is_refused_with_words(database, other):
    with sole_daemon(database):
        if database.dialect == "sqlite":
            with pytest.raises(AlreadyRunningError, match=r"process \d+\) uses .*gateway.db"):
                sole_daemon(other).__enter__()
        else:
            with sole_daemon(other):
                pass
    with sole_daemon(other):
        pass

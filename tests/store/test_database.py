"""Transactions, their order on SQLite, and what goes wrong with a database."""

import os
import sqlite3
import threading
import time
import traceback
from contextlib import suppress

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gateway.store import inbox, tickets
from gateway.store.database import Database, after_commit, savepoint
from gateway.store.engine import parse_url
from gateway.store.errors import StoreError, StoreUnavailableError, is_temporary
from gateway.store.locks import URGENT_IN_A_ROW, PriorityLock
from gateway.store.statements import run
from tests.store import made


def _count(database: Database) -> int:
    with database.read() as conn:
        return len(tickets.listing(conn))


def test_a_transaction_is_kept_whole_or_not_at_all(database):
    with made.rolled_back(database) as conn:
        tickets.insert(conn, made.ticket())
    assert _count(database) == 0
    with database.write() as conn:
        tickets.insert(conn, made.ticket())
    assert _count(database) == 1


def test_a_savepoint_undoes_what_was_done_within_and_no_more(database):
    with database.write() as conn:
        tickets.insert(conn, made.ticket(subject="before"))
        with suppress(made.Undone), savepoint(conn):
            tickets.insert(conn, made.ticket(subject="within"))
            with savepoint(conn):
                tickets.insert(conn, made.ticket(subject="deeper"))
            raise made.Undone
        with savepoint(conn):
            tickets.insert(conn, made.ticket(subject="after"))
    with database.read() as conn:
        assert [t.subject for t in tickets.listing(conn)] == ["after", "before"]


def test_a_refused_statement_spoils_its_savepoint_alone(database):
    with database.write() as conn:
        with pytest.raises(DBAPIError), savepoint(conn):
            run(conn, "SELECT nothing FROM nowhere")
        tickets.insert(conn, made.ticket())
    assert _count(database) == 1


def test_an_error_does_not_show_what_people_wrote(database):
    wrong = made.ticket(subject="secret words", queue=None)
    with database.write() as conn, pytest.raises(DBAPIError) as error, savepoint(conn):
        tickets.insert(conn, wrong)
    shown = "".join(traceback.format_exception(error.value))
    assert "secret words" not in shown
    assert "queue" in shown, "which column it was has to be seen"


def test_reading_never_writes(sqlite_database):
    with sqlite_database.read() as conn, pytest.raises(DBAPIError, match="readonly"):
        tickets.insert(conn, made.ticket())


def test_a_reader_on_sqlite_sees_one_moment(sqlite_database):
    with sqlite_database.read() as conn:
        assert tickets.listing(conn) == []
        with sqlite_database.write() as writing:
            tickets.insert(writing, made.ticket())
        assert tickets.listing(conn) == []
    assert _count(sqlite_database) == 1


def test_what_follows_the_commit_runs_after_it_and_only_then(database):
    seen: list[int] = []
    with database.write() as conn:
        tickets.insert(conn, made.ticket())
        after_commit(conn, lambda: seen.append(1))
        assert seen == []
    assert seen == [1]
    with made.rolled_back(database) as conn:
        after_commit(conn, lambda: seen.append(2))
    with database.write():
        pass
    assert seen == [1]


def test_sqlite_is_as_durable_as_it_can_be(sqlite_database):
    with sqlite_database.write() as conn:
        pragmas = {
            name: run(conn, f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 5_000,
    }


def _queue_up(lock: PriorityLock, names: list[str]) -> list[str]:
    """Have each wait for the lock in this order, names in capitals urgently; the order served."""
    served: list[str] = []

    def wait(name: str) -> None:
        with lock.hold(urgent=name.isupper()):
            served.append(name)

    threads = []
    with lock.hold(urgent=False):
        for name in names:
            threads.append(threading.Thread(target=wait, args=(name,)))
            threads[-1].start()
            while lock.waiting < len(threads):
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    return served


def test_accepting_goes_first_and_each_kind_in_its_order():
    assert _queue_up(PriorityLock(), ["a", "b", "A", "c", "B"]) == ["A", "B", "a", "b", "c"]


def test_the_worker_is_not_starved_by_accepting():
    urgent = ["A"] * (URGENT_IN_A_ROW + 3)
    served = _queue_up(PriorityLock(), ["a", *urgent])
    assert served == ["A"] * URGENT_IN_A_ROW + ["a"] + ["A"] * 3


def test_a_locked_database_is_temporary(sqlite_database, monkeypatch):
    with sqlite_database.write() as conn:
        run(conn, "PRAGMA busy_timeout=10")
    blocker = sqlite3.connect(sqlite_database.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError) as locked, sqlite_database.write():
        pass
    blocker.close()
    assert is_temporary(locked.value)
    with sqlite_database.write() as conn:
        inbox.accept_many(conn, [made.incoming()])


def test_a_full_disk_is_temporary(sqlite_database):
    with sqlite_database.write() as conn:
        (pages,) = run(conn, "PRAGMA page_count").fetchone()
        run(conn, f"PRAGMA max_page_count={pages}")
    with pytest.raises(DBAPIError) as full, sqlite_database.write() as conn:
        inbox.accept_many(conn, [made.incoming(raw=b"x" * 100_000)])
    assert is_temporary(full.value)
    with sqlite_database.read() as conn:
        assert inbox.rows(conn) == []


def _insert_over_a_lost_connection(database: Database, conn: Connection) -> None:
    (pid,) = run(conn, "SELECT pg_backend_pid()").fetchone()
    with database.write() as other:
        run(other, "SELECT pg_terminate_backend(%s)", (pid,))
    tickets.insert(conn, made.ticket())


@pytest.mark.postgres
def test_a_lost_connection_is_temporary_and_the_next_one_works(postgres_url, tmp_path):
    database = Database.open(postgres_url, files=tmp_path)
    with pytest.raises(DBAPIError) as lost, database.write() as conn:
        _insert_over_a_lost_connection(database, conn)
    assert is_temporary(lost.value)
    with database.write() as conn:
        tickets.insert(conn, made.ticket())
    database.close()


@pytest.mark.postgres
def test_a_deadlock_is_temporary(postgres_url, tmp_path):
    database = Database.open(postgres_url, files=tmp_path)
    with database.write() as conn:
        numbers = [tickets.insert(conn, made.ticket()) for _ in range(2)]
    meeting = threading.Barrier(2)
    problems: list[BaseException] = []

    def lock_both(order: list[int]) -> None:
        lock = "SELECT 1 FROM ticket WHERE number = %s FOR UPDATE"
        try:
            with database.write() as conn:
                run(conn, lock, (order[0],))
                meeting.wait()
                run(conn, lock, (order[1],))
        except DBAPIError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=lock_both, args=(n,)) for n in (numbers, numbers[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_temporary(problem) for problem in problems] == [True]
    database.close()


def test_mistakes_are_not_temporary(database):
    with pytest.raises(DBAPIError) as mistake, database.write() as conn:
        run(conn, "SELECT nothing FROM nowhere")
    assert not is_temporary(mistake.value)
    assert not is_temporary(ValueError("no"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gateway.db", "found no database URL"),
        ("mysql://u:hunter2@host/db", "found 'mysql', expected sqlite or postgresql"),
        ("postgresql://u:hunter2@host:port/db", "found no database URL"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
    ],
)
def test_a_wrong_url_is_explained_without_its_password(tmp_path, url, words):
    with pytest.raises(StoreError, match=words) as error:
        Database.open(url, files=tmp_path)
    assert "hunter2" not in str(error.value)


def test_a_database_that_is_away_is_said_to_be_without_its_password(tmp_path):
    with pytest.raises(StoreUnavailableError) as error:
        Database.open(f"postgresql://u:hunter2@/db?host={tmp_path}", files=tmp_path)
    assert "cannot open" in str(error.value)
    assert "hunter2" not in repr(error.value)
    assert is_temporary(error.value)


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_character_is_refused(
    postgres_cluster, tmp_path, encoding
):
    name = postgres_cluster.create(encoding=encoding)
    with pytest.raises(StoreError, match=f"encoding is {encoding}, expected UTF8") as error:
        Database.open(postgres_cluster.url(name), files=tmp_path)
    assert not is_temporary(error.value)
    postgres_cluster.drop(name)


def test_a_folder_that_cannot_be_made_is_said_to_be(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot open"):
        Database.open(f"sqlite:///{tmp_path}/file/gateway.db", files=tmp_path)


def test_a_file_that_is_no_database_is_said_to_be(tmp_path):
    (tmp_path / "gateway.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match="file is not a database"):
        Database.open(f"sqlite:///{tmp_path}/gateway.db", files=tmp_path)


def test_a_repr_shows_no_password(tmp_path):
    url = parse_url("postgresql://u:hunter2@127.0.0.1/db")
    assert repr(Database(url, tmp_path)) == "Database('postgresql+psycopg://u:***@127.0.0.1/db')"


@pytest.fixture
def careless_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless_umask")
def test_what_people_wrote_is_nobody_elses_to_read(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'new' / 'gateway.db'}", files=tmp_path / "f")
    with database.write() as conn:
        tickets.insert(conn, made.ticket())
    files = sorted(p for p in (tmp_path / "new").iterdir() if ".db" in p.name)
    assert len(files) >= 3  # with its log and index
    assert {p.name: p.stat().st_mode & 0o007 for p in files} == {p.name: 0 for p in files}
    database.close()

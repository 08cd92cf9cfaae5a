"""SQLite's log beside the writer: what is in it, and that nobody waits for it."""

import sqlite3
import time
from collections.abc import Callable

import pytest

from gateway.store import inbox
from gateway.store.checkpoints import Checkpoints, fold
from gateway.store.database import Database
from tests.store import made

ROWS = 200


def write(database: Database, serial: str) -> None:
    arrivals = [made.incoming(external_id=f"{serial}.{n}", raw=b"x" * 2_000) for n in range(ROWS)]
    with database.write() as conn:
        inbox.accept_many(conn, arrivals)


def counted(database: Database) -> int:
    """Rows that stand in the database's own file, as one sees it who knows of no log."""
    uri = f"file:{database.path}?immutable=1"
    with sqlite3.connect(uri, uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM raw").fetchone()[0])


def until(met: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.02)
    return met()


@pytest.fixture
def checkpoints(sqlite_database):
    checkpoints = Checkpoints(sqlite_database)
    checkpoints.start()
    yield checkpoints
    checkpoints.close()


def test_what_was_written_soon_stands_in_the_file(sqlite_database, checkpoints):
    write(sqlite_database, "first")
    assert until(lambda: counted(sqlite_database) == ROWS)
    write(sqlite_database, "second")
    assert until(lambda: counted(sqlite_database) == 2 * ROWS)


def test_the_log_does_not_grow_for_ever(sqlite_database, checkpoints):
    log = sqlite_database.path.with_name(sqlite_database.path.name + "-wal")
    write(sqlite_database, "first")
    size = log.stat().st_size
    for serial in range(3):
        assert until(lambda serial=serial: counted(sqlite_database) >= ROWS * (serial + 1))
        write(sqlite_database, str(serial))
    assert log.stat().st_size < 3 * size, "it begins anew where all of it was copied"


def test_a_reader_and_a_writer_keep_nobody_waiting(sqlite_database):
    write(sqlite_database, "before")
    with (
        sqlite_database.connection_of_its_own() as own,
        sqlite_database.read() as reader,
        sqlite_database.write() as writer,
    ):
        inbox.waiting(reader)
        inbox.accept_many(writer, [made.incoming(external_id="now")])
        began = time.monotonic()
        fold(own)
        assert time.monotonic() - began < 1, "it takes what it can have"


def test_closed_before_anything_was_written(sqlite_database):
    checkpoints = Checkpoints(sqlite_database)
    checkpoints.start()
    checkpoints.close()
    checkpoints.close()
    Checkpoints(sqlite_database).close()


@pytest.mark.postgres
def test_postgresql_does_it_by_itself(postgres_url, tmp_path):
    database = Database.open(postgres_url, files=tmp_path)
    checkpoints = Checkpoints(database)
    checkpoints.start()
    write(database, "one")
    checkpoints.close()
    database.close()

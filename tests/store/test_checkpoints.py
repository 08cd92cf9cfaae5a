"""SQLite's log beside the writer: what is in it, and that nobody waits for it."""

import contextlib
import sqlite3
import time

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
    with (
        contextlib.closing(sqlite3.connect(uri, uri=True)) as connection,
        contextlib.suppress(sqlite3.DatabaseError),  # it is being written just now
    ):
        return int(connection.execute("SELECT count(*) FROM raw").fetchone()[0])
    return 0


def stand_in_the_file(database: Database, rows: int) -> bool:
    end = time.monotonic() + 10.0
    while counted(database) < rows and time.monotonic() < end:
        time.sleep(0.02)
    return counted(database) == rows


@pytest.fixture
def checkpoints(sqlite_database):
    checkpoints = Checkpoints(sqlite_database)
    checkpoints.start()
    yield checkpoints
    checkpoints.close()


def test_what_was_written_soon_stands_in_the_file(sqlite_database, checkpoints):
    write(sqlite_database, "first")
    assert stand_in_the_file(sqlite_database, ROWS)
    write(sqlite_database, "second")
    assert stand_in_the_file(sqlite_database, 2 * ROWS)


def test_the_log_begins_anew_where_all_of_it_was_copied(sqlite_database):
    log = sqlite_database.path.with_name(sqlite_database.path.name + "-wal")
    write(sqlite_database, "first")
    size = log.stat().st_size
    with sqlite_database.connection_of_its_own() as own:
        for serial in range(5):
            assert fold(own) == 0
            write(sqlite_database, str(serial))
    assert log.stat().st_size < 2 * size


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

"""Contents are kept once, found by digest, and gone when they were erased."""

import os
import time
from pathlib import Path

import pytest

from gateway.store import content, entries
from gateway.store.errors import ContentGoneError
from tests.store import made
from tests.store.made import NOW

SMALL = b"small"
LARGE = os.urandom(1024) * 300


def _files(database) -> list[Path]:
    return [path for path in database.files.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_what_was_put_comes_back(database, data):
    with database.write() as conn:
        digest = content.put(conn, content.prepare(database, data))
    with database.read() as conn:
        assert content.get(conn, digest) == data
    assert digest == content.digest_of(data)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_the_same_content_twice_is_kept_once(database, data):
    with database.write() as conn:
        assert len(set(content.put_many(conn, [data, data]))) == 1
    with database.write() as conn:
        digest = content.put(conn, data)
        assert content.get(conn, digest) == data
    assert len(_files(database)) == (1 if database.dialect == "sqlite" and data == LARGE else 0)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_an_erased_content_leaves_a_tombstone_and_may_come_again(database, data):
    with database.write() as conn:
        digest = content.put(conn, data)
    with database.write() as conn:
        assert content.erase(conn, [digest], NOW) == 1
        assert content.erase(conn, [digest], NOW) == 0
    with database.read() as conn, pytest.raises(ContentGoneError, match="erased on 2026-01-05"):
        content.get(conn, digest)
    assert _files(database) == []
    with database.write() as conn:
        content.put(conn, data)
    with database.read() as conn:
        assert content.get(conn, digest) == data


def test_erasing_that_is_rolled_back_erases_nothing(database):
    with database.write() as conn:
        digest = content.put(conn, LARGE)
    with made.rolled_back(database) as conn:
        content.erase(conn, [digest], NOW)
    with database.read() as conn:
        assert content.get(conn, digest) == LARGE


def test_what_an_entry_still_needs_is_spared(database):
    with database.write() as conn:
        needed, free = content.put_many(conn, [b"needed", b"free"])
        number, _ = made.new_ticket(conn)
        entries.append(conn, [made.entry(number, files=(made.stored("a.txt", needed, 6),))])
        assert content.erase_unused(conn, [needed, free], NOW) == 1
        assert content.get(conn, needed) == b"needed"
        with pytest.raises(ContentGoneError):
            content.get(conn, free)


def test_a_content_that_nobody_put_is_named_so(database):
    with database.read() as conn, pytest.raises(ContentGoneError, match="there is no content"):
        content.get(conn, "0" * 64)


def test_a_crash_before_the_commit_leaves_a_file_that_is_swept(sqlite_database):
    with sqlite_database.write() as conn:
        kept = content.put(conn, LARGE)
    orphan = content.prepare(sqlite_database, LARGE + b"orphan")
    assert len(_files(sqlite_database)) == 2
    assert content.sweep(sqlite_database) == 0, "it may be on its way into a transaction"
    assert content.sweep(sqlite_database, older_than=-1) == 1
    assert [path.name for path in _files(sqlite_database)] == [kept]
    with sqlite_database.write() as conn:
        # Swept between prepare and put: put writes it again.
        assert content.get(conn, content.put(conn, orphan)) == LARGE + b"orphan"


def test_a_prepared_file_is_young_again(sqlite_database):
    content.prepare(sqlite_database, LARGE)
    (path,) = _files(sqlite_database)
    long_ago = time.time() - 10 * 86_400
    os.utime(path, (long_ago, long_ago))
    content.prepare(sqlite_database, LARGE)
    assert content.sweep(sqlite_database) == 0


def test_a_half_written_file_is_written_again(sqlite_database):
    """A rename that reached the disk before its octets did must not pass for the content."""
    with sqlite_database.write() as conn:
        digest = content.put(conn, LARGE)
    (path,) = _files(sqlite_database)
    path.write_bytes(LARGE[:100])
    with sqlite_database.write() as conn:
        content.put(conn, LARGE)
        assert content.get(conn, digest) == LARGE


def test_a_missing_file_is_named_so(sqlite_database):
    with sqlite_database.write() as conn:
        digest = content.put(conn, LARGE)
    (path,) = _files(sqlite_database)
    path.unlink()
    with sqlite_database.read() as conn, pytest.raises(ContentGoneError, match="is missing"):
        content.get(conn, digest)

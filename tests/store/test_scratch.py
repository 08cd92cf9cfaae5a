"""The database of a simulation behaves as any other does to whoever reads and writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import Connection, memory
from gateway.store.database import after_commit, savepoint
from gateway.store.scratch import ScratchDatabase


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[ScratchDatabase]:
    made = ScratchDatabase(tmp_path)
    yield made
    made.close()


class _TroubleError(Exception):
    pass


def failing(conn: Connection, done: list[str]) -> None:
    memory.keep(conn, "a", 2)
    after_commit(conn, lambda: done.append("second"))
    raise _TroubleError


def kept(scratch: ScratchDatabase, key: str) -> object:
    with scratch.read() as conn:
        return memory.recall(conn, key)


def test_what_was_written_is_read(scratch: ScratchDatabase):
    with scratch.write() as conn:
        memory.keep(conn, "a", 1)
    assert kept(scratch, "a") == 1


def test_a_turn_that_fails_is_undone_and_only_that(scratch: ScratchDatabase):
    done: list[str] = []
    with scratch.write() as conn:
        memory.keep(conn, "a", 1)
        after_commit(conn, lambda: done.append("first"))
    with pytest.raises(_TroubleError), scratch.write() as conn:
        failing(conn, done)
    with scratch.write() as conn:
        after_commit(conn, lambda: done.append("third"))
    assert kept(scratch, "a") == 1
    assert done == ["first", "third"]


def test_savepoints_within_a_turn_are_undone_by_themselves(scratch: ScratchDatabase):
    with scratch.write() as conn:
        memory.keep(conn, "a", 1)
        with pytest.raises(_TroubleError), savepoint(conn):
            failing(conn, [])
        memory.keep(conn, "b", 3)
    assert (kept(scratch, "a"), kept(scratch, "b")) == (1, 3)


def test_a_great_many_turns_are_all_there(scratch: ScratchDatabase):
    for number in range(1_100):
        with scratch.write() as conn:
            memory.keep(conn, f"k{number}", number)
    assert [kept(scratch, f"k{n}") for n in (0, 499, 500, 1_099)] == [0, 499, 500, 1_099]

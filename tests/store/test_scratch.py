"""The database of a simulation behaves as any other does to whoever reads and writes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.core.model import Party, Priority, Ticket, Visibility
from gateway.store import Connection, content, memory, search, tickets
from gateway.store.database import after_commit, savepoint
from gateway.store.errors import ContentGoneError
from gateway.store.scratch import ScratchDatabase
from gateway.store.search import Indexed
from gateway.store.together import together

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


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


def fresh() -> Ticket:
    return Ticket(
        number=0,
        subject="Fire",
        requester=Party(address="ada@example.org"),
        queue="support",
        created_at=NOW,
        updated_at=NOW,
    )


def raised(conn: Connection) -> Ticket:
    """The first ticket, made urgent."""
    before = tickets.load(conn, 1)
    assert before is not None
    return tickets.save(conn, before, replace(before, priority=Priority.URGENT))


def raised_in_vain(conn: Connection) -> None:
    with together(conn):
        raised(conn)
        tickets.insert(conn, fresh())
    raise _TroubleError


def kept_ticket(scratch: ScratchDatabase) -> tuple[Ticket | None, Ticket | None]:
    """What is known of the first ticket within a batch, and what stands in the database."""
    with scratch.write() as conn, together(conn):
        known = tickets.load(conn, 1)
    with scratch.read() as conn:
        return known, tickets.load(conn, 1)


def test_a_ticket_that_is_known_is_as_it_was_written(scratch: ScratchDatabase):
    with scratch.write() as conn, together(conn):
        assert tickets.insert(conn, fresh()) == 1
    assert kept_ticket(scratch) == (replace(fresh(), number=1),) * 2
    with scratch.write() as conn, together(conn):
        after = raised(conn)
    assert kept_ticket(scratch) == (after, after)


def test_what_was_undone_is_not_known(scratch: ScratchDatabase):
    with scratch.write() as conn, together(conn):
        tickets.insert(conn, fresh())
    with pytest.raises(_TroubleError), scratch.write() as conn:
        raised_in_vain(conn)
    assert kept_ticket(scratch) == (replace(fresh(), number=1),) * 2
    with scratch.write() as conn, together(conn):
        assert tickets.insert(conn, fresh()) == 2


def test_nothing_is_looked_for_in_it_nor_forgotten(scratch: ScratchDatabase):
    words = Indexed(entry=1, visibility=Visibility.PUBLIC, title="", text="fire")
    with scratch.write() as conn:
        search.index(conn, [words])
        search.forget(conn, words)
        content.put(conn, b"smoke")
    with scratch.read() as conn:
        assert tickets.listing(conn, words="fire") == []
        with pytest.raises(ContentGoneError):
            content.get(conn, content.digest_of(b"smoke"))

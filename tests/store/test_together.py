"""What waits is written as if it had been written at once, or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Connection

from gateway.core.model import Party
from gateway.store import deadlines, entries, keys, numbers, outbox, people, search, tickets
from gateway.store.database import Database, savepoint
from gateway.store.deadlines import Due
from gateway.store.errors import ApartError, ConflictError
from gateway.store.together import together
from tests.store import made
from tests.store.made import ADA, NOW

CARL = Party(address="carl@example.org", name="Carl")


def opened(conn: Connection, text: str) -> tuple[int, int]:
    """A ticket with all that comes with one."""
    people.meet(conn, Party(address=f"{text.lower()}@example.org"), NOW)
    number, entry = made.new_ticket(conn, text, subject=text)
    keys.claim(conn, number, entry, [f"<{text}@x>"])
    outbox.enqueue_later(conn, [made.outgoing(number, entry=entry)])
    return number, entry


@contextmanager
def given_up(database: Database, error: type[Exception]) -> Iterator[Connection]:
    """A batch that cannot be written, for this reason."""
    with ExitStack() as expecting:
        expecting.enter_context(pytest.raises(error))
        with database.write() as conn, together(conn):
            yield conn


def test_what_was_written_together_is_all_there(database: Database):
    words = ["First", "Second", "Third"]
    with database.write() as conn, together(conn):
        both = [opened(conn, text) for text in words]
    with database.read() as conn:
        for (number, entry), text in zip(both, words, strict=True):
            assert made.there(tickets.load(conn, number)).subject == text
            assert [e.id for e in entries.history(conn, number)] == [entry]
            assert keys.find(conn, [f"<{text}@x>"]) == {f"<{text}@x>": (number, entry)}
            assert search.entries(conn, text) == [(entry, number)]
            assert people.find(conn, Party(address=f"{text.lower()}@example.org")) is not None
        assert [row.ticket for row in outbox.rows(conn)] == [n for n, _ in reversed(both)]
    assert [n for n, _ in both] == sorted(n for n, _ in both)


def test_whoever_looks_meanwhile_sees_what_waits(database: Database):
    with database.write() as conn, together(conn):
        number, entry = opened(conn, "Seen")
        assert [e.id for e in entries.history(conn, number)] == [entry]
        assert made.there(entries.fact(conn, entry)).text == "Seen"
        answer = entries.append(conn, [made.entry(number, "Again")])[0]
        assert made.there(entries.fact(conn, answer)).text == "Again"
        assert entries.pace(conn, number, NOW.replace(year=2000), 10) == 2
        assert [t.number for t in tickets.listing(conn)] == [number]


def test_what_is_known_follows_what_is_written(database: Database):
    hour = people.hour_of(NOW)
    with database.write() as conn, together(conn):
        people.foresee(conn, [ADA])
        assert keys.find(conn, ["<1@x>"]) == {}
        assert not people.meet(conn, ADA, NOW, language="es").known
        assert people.meet(conn, ADA, NOW, language="it").language == "es"
        people.verify(conn, ADA, NOW)
        assert people.meet(conn, ADA, NOW).verified
        number, entry = made.new_ticket(conn)
        keys.claim(conn, number, None, ["<1@x>"])
        assert keys.find(conn, ["<1@x>"]) == {"<1@x>": (number, None)}
        keys.arrived(conn, number, entry, "<1@x>")
        assert keys.claim(conn, number, entry, ["<1@x>"]) == {"<1@x>"}
        for counted in range(3):
            assert people.tallies(conn, [("domain", "x")], hour) == {("domain", "x"): counted}
            people.count(conn, [("domain", "x")], hour)
    with database.read() as conn:
        assert keys.find(conn, ["<1@x>"]) == {"<1@x>": (number, entry)}
        assert people.tallies(conn, [("domain", "x")], hour) == {("domain", "x"): 3}
        ada = made.there(people.find(conn, ADA))
        assert (ada.language, ada.verified) == ("it", True)


def test_a_key_of_another_ticket_is_refused_though_it_waits(database: Database):
    with given_up(database, ConflictError) as conn:
        first, entry = made.new_ticket(conn)
        keys.claim(conn, first, entry, ["<1@x>"])
        second, other = made.new_ticket(conn)
        keys.claim(conn, second, other, ["<1@x>"])
    with database.read() as conn:
        assert tickets.listing(conn) == []


def test_a_ticket_saved_twice_has_both_changes(database: Database):
    with database.write() as conn:
        before = made.there(tickets.load(conn, tickets.insert(conn, made.ticket())))
    with database.write() as conn, together(conn):
        loaded = made.there(tickets.load(conn, before.number))
        once = tickets.save(conn, loaded, made.ticket(number=before.number, subject="Once"))
        again = made.there(tickets.load(conn, before.number))
        assert (once.subject, again) == ("Once", once)
        tickets.save(conn, again, made.ticket(number=before.number, subject="Once", queue="it"))
    with database.read() as conn:
        found = made.there(tickets.load(conn, before.number))
    assert (found.subject, found.queue, found.version) == ("Once", "it", before.version + 2)


def test_a_ticket_that_somebody_else_changed_meanwhile_undoes_all(
    database: Database, other: Database
):
    with database.write() as conn:
        before = made.there(tickets.load(conn, tickets.insert(conn, made.ticket())))
    with other.write() as conn:
        tickets.save(conn, before, made.ticket(number=before.number, subject="Faster"))
    with given_up(database, ConflictError) as conn:
        opened(conn, "Lost")
        tickets.save(conn, before, made.ticket(number=before.number, subject="Slower"))
    with database.read() as conn:
        assert [t.subject for t in tickets.listing(conn)] == ["Faster"]


@pytest.mark.postgres
def test_what_another_process_wrote_meanwhile_undoes_all(database: Database, other: Database):
    if database.dialect == "sqlite":
        return  # one writer: nobody can
    for theirs in (
        lambda conn: people.meet(conn, CARL, NOW),
        lambda conn: keys.claim(conn, *made.new_ticket(conn), ["<1@x>"]),
    ):
        with given_up(database, ConflictError) as conn:
            assert keys.find(conn, ["<1@x>"]) == {}
            people.foresee(conn, [CARL])
            with other.write() as meanwhile:
                theirs(meanwhile)
            number, entry = opened(conn, "Lost")
            people.meet(conn, CARL, NOW)
            keys.claim(conn, number, entry, ["<1@x>"])
    with database.read() as conn:
        assert search.entries(conn, "Lost") == []


def test_deadlines_are_as_they_were_set_last(database: Database):
    wake = [Due(target="wake", due_at=NOW, because="a")]
    with database.write() as conn, together(conn):
        first, second = (tickets.insert(conn, made.ticket()) for _ in range(2))
        deadlines.start(conn, first, wake)
        deadlines.stop(conn, first, ["wake"], "b")
        deadlines.start(conn, second, wake)
        deadlines.stop(conn, second, ["wake"], "b")
        deadlines.start(conn, second, wake)
        assert deadlines.due_at(conn, second, "wake") == NOW
    with database.write() as conn:
        assert [row.ticket for row in deadlines.fire(conn, now=NOW, limit=9)] == [second]


def test_a_savepoint_within_a_batch_gives_the_whole_batch_up(database: Database):
    with given_up(database, ApartError) as conn:
        opened(conn, "Lost")
        with savepoint(conn):
            made.undo()
    with database.write() as conn:
        assert tickets.listing(conn) == []


def test_numbers_rise_and_none_is_given_twice(database: Database):
    with database.write() as conn:
        made.new_ticket(conn)
    taken: list[int] = []
    for _ in range(2):
        with database.write() as conn, together(conn):
            numbers.reserve(conn, {"entry": 3, "ticket": 1})
            for count in (2, 2, 1):
                number = tickets.insert(conn, made.ticket())
                taken += entries.append(conn, [made.entry(number) for _ in range(count)])
    assert taken == sorted(set(taken))
    with database.read() as conn:
        assert {e.id for t in tickets.listing(conn) for e in entries.history(conn, t.number)} > set(
            taken
        )


def test_entries_are_numbered_after_their_ticket_was_looked_at(database: Database, other: Database):
    """Else what another process wrote before we looked would come after what we write."""
    with database.write() as conn:
        number = tickets.insert(conn, made.ticket())
    if database.dialect == "postgresql":
        with database.write() as conn, together(conn):
            numbers.reserve(conn, {"entry": 5})
            with other.write() as meanwhile:
                (theirs,) = entries.append(meanwhile, [made.entry(number)])
            tickets.load(conn, number)
            (ours,) = entries.append(conn, [made.entry(number)])
        assert ours > theirs

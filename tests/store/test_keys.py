"""A thread key leads to one ticket, whoever claims it at the same moment."""

import threading

import pytest

from gateway.store import keys
from gateway.store.database import savepoint
from gateway.store.errors import KeyTakenError
from tests.store import made


@pytest.fixture
def two(database):
    """Two tickets, each with the id of its message."""
    with database.write() as conn:
        return made.new_ticket(conn), made.new_ticket(conn)


def test_claimed_keys_are_found_and_others_are_not(database, two):
    (number, entry), _ = two
    with database.write() as conn:
        keys.claim(conn, number, entry, ["<1@x>", "<0@x>"])
        assert keys.find(conn, ["<0@x>", "<1@x>", "<2@x>"]) == {
            "<0@x>": (number, entry),
            "<1@x>": (number, entry),
        }
        assert keys.find(conn, []) == {}


def test_claiming_again_for_the_same_ticket_changes_nothing(database, two):
    (number, entry), _ = two
    with database.write() as conn:
        keys.claim(conn, number, entry, ["<1@x>"])
        keys.claim(conn, number, entry + 1, ["<1@x>", "<2@x>", "<2@x>"])
        assert keys.find(conn, ["<1@x>"]) == {"<1@x>": (number, entry)}


def test_a_key_of_another_ticket_undoes_the_whole_claim(database, two):
    (first, first_entry), (second, second_entry) = two
    with database.write() as conn:
        keys.claim(conn, first, first_entry, ["<1@x>"])
        with pytest.raises(KeyTakenError) as taken, savepoint(conn):
            keys.claim(conn, second, second_entry, ["<0@x>", "<1@x>"])
        assert (taken.value.key, taken.value.ticket) == ("<1@x>", first)
        assert keys.find(conn, ["<0@x>"]) == {}


@pytest.mark.postgres
def test_whoever_loses_the_race_for_a_key_learns_the_winner(postgres_url, tmp_path):
    """Both are at work at once: the second waits for the first, then hears who has it."""
    from gateway.store.database import Database

    one, two = (Database.open(postgres_url, files=tmp_path) for _ in range(2))
    with one.write() as conn:
        (first, entry), (second, other_entry) = made.new_ticket(conn), made.new_ticket(conn)
    heard: list[int] = []
    waiting = threading.Event()

    def lose():
        with two.write() as conn:
            waiting.set()
            try:
                with savepoint(conn):
                    keys.claim(conn, second, other_entry, ["<1@x>"])
            except KeyTakenError as taken:
                heard.append(taken.ticket)
                # The transaction goes on after the savepoint.
                keys.claim(conn, first, other_entry, ["<2@x>"])

    with one.write() as conn:
        keys.claim(conn, first, entry, ["<1@x>"])
        loser = threading.Thread(target=lose)
        loser.start()
        waiting.wait()
    loser.join()
    with one.read() as conn:
        assert keys.find(conn, ["<1@x>", "<2@x>"]) == {
            "<1@x>": (first, entry),
            "<2@x>": (first, other_entry),
        }
    assert heard == [first]
    one.close()
    two.close()


def test_the_keys_of_an_entry_are_its_own_first(database, two):
    (number, entry), _ = two
    with database.write() as conn:
        keys.claim(conn, number, entry, ["<2@x>", "<1@x>", "<0@x>"])
        keys.claim(conn, number, entry + 10, ["<answer@acme>"], sent=True)
        assert keys.of_entry(conn, entry) == ("<2@x>", "<1@x>", "<0@x>")


@pytest.mark.parametrize("key", ["<a\x00b@x>", "<\udcff@x>", "<" + "x" * 1500 + "@x>", "%s ? :x '"])
def test_any_key_can_be_claimed_and_found(database, two, key):
    (number, entry), _ = two
    with database.write() as conn:
        keys.claim(conn, number, entry, [key])
        assert list(keys.find(conn, [key]).values()) == [(number, entry)]
        keys.claim(conn, number, entry, [key])

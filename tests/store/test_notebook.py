"""What channels remember: whole or not at all, in one order on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.ports import NotebookUnavailableError
from gateway.store.notebook import StoredNotebook
from gateway.store.turns import Turns
from tests.servers import wait_until


@pytest.fixture
def notebook(database) -> StoredNotebook:
    return StoredNotebook(database)


def test_what_was_put_is_there_for_another_process(notebook, other):
    notebook.write("email.imap a", {"state": {"v": 1, "upto": 7}})
    assert StoredNotebook(other).get("email.imap a", "state") == {"v": 1, "upto": 7}
    assert notebook.get("email.imap a", "stat") is None
    assert notebook.get("email.imap", "state") is None


def test_a_note_is_replaced_and_others_go_in_the_same_commit(notebook):
    notebook.write("b", {"one": {"v": 1}, "two": {"v": 1}, "three": {"v": 1}})
    notebook.write("b", {"one": {"v": 2}, "four": {"v": 1}}, delete=["two", "nobody"])
    found = notebook.scan("b")
    assert found == [("four", {"v": 1}), ("one", {"v": 2}), ("three", {"v": 1})]


def test_a_key_both_put_and_deleted_stays(notebook):
    notebook.write("b", {"one": {"v": 1}})
    notebook.write("b", {"one": {"v": 2}}, delete=["one"])
    assert notebook.get("b", "one") == {"v": 2}


def test_one_note_that_cannot_be_written_leaves_all_as_it_was(notebook):
    notebook.write("b", {"one": {"v": 1}})
    with pytest.raises(ValueError, match="JSON"):
        notebook.write("b", {"one": {"v": 2}, "two": {"v": float("nan")}}, delete=["one"])
    assert notebook.scan("b") == [("one", {"v": 1})]


def test_pages_of_a_scan_meet_without_gap(notebook):
    keys = [f"{n:05}" for n in range(250)]
    notebook.write("b", {key: {"v": 1} for key in keys})
    notebook.write("c", {"00100": {"v": 1}})
    seen, after = [], ""
    while page := notebook.scan("b", after=after, limit=100):
        after = page[-1][0]
        seen += [key for key, _ in page]
    assert seen == keys


@given(st.lists(st.text(max_size=5), unique=True, min_size=1))
def test_keys_come_in_the_order_of_their_code_points(property_database, keys):
    notebook = StoredNotebook(property_database)
    storable = {key.replace("\x00", "\ufffd").encode("utf-8", "replace").decode() for key in keys}
    notebook.write("p", {key: {"v": 1} for key in keys})
    assert [key for key, _ in notebook.scan("p", limit=10**6)] == sorted(storable - {""})
    notebook.write("p", {}, delete=keys)


def test_a_database_that_is_away_is_said_so(postgres_cluster, tmp_path):
    from gateway.store.database import Database

    name = postgres_cluster.create()
    database = Database.open(postgres_cluster.url(name), files=tmp_path)
    postgres_cluster.drop(name)
    with pytest.raises(NotebookUnavailableError):
        StoredNotebook(database).get("b", "one")
    database.close()


def test_a_turn_belongs_to_one_process_at_a_time(database, other):
    mine, theirs = Turns(database), Turns(other)
    assert mine.take("mailbox a")
    assert mine.take("mailbox a")
    alone = database.dialect == "sqlite"  # there, another daemon is refused at its start
    assert theirs.take("mailbox a") is alone
    assert theirs.take("mailbox b")
    mine.leave("mailbox a")
    assert theirs.take("mailbox a")
    theirs.close()
    wait_until(lambda: mine.take("mailbox b"), "the server to notice that they left")
    mine.close()


def test_a_turn_is_lost_with_its_connection(postgres_url, tmp_path):
    from gateway.store.database import Database

    database = Database.open(postgres_url, files=tmp_path)
    first, second = Turns(database), Turns(database)
    assert first.take("a")
    assert not second.take("a")
    with database.write() as conn:
        conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
    assert not first.take("a")
    assert second.take("a")
    assert not first.take("a")
    first.close()
    second.close()
    database.close()

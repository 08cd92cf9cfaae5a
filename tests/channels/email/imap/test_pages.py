"""What the ledger writes is what it reads; signs tell mails from each other."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.imap.ledger import Ledger, State
from gateway.channels.email.imap.page import UIDS, Left, Page, by_page, halves, mark_of
from gateway.channels.email.imap.session import Described, message_id_in
from gateway.channels.email.imap.uids import spell, spelled
from gateway.store.database import Database
from gateway.store.notebook import StoredNotebook
from tests.channels.email.imap.watched import MemoryNotebook

UID = st.integers(1, 2**32 - 1)
NEAR = st.integers(1, 3 * UIDS)


@pytest.mark.parametrize(
    ("uids", "text"),
    [([], ""), ([7], "7"), ([3, 1, 2], "1:3"), ([1, 2, 4, 9, 10], "1:2,4,9:10"), ([5, 5], "5")],
)
def test_a_sequence_set(uids: list[int], text: str):
    assert spell(uids) == text


@given(st.sets(st.one_of(UID, NEAR)))
def test_a_sequence_set_reads_as_it_was_written(uids: set[int]):
    assert spelled(spell(uids)) == uids


@given(
    known=st.sets(NEAR),
    opened=st.sets(NEAR),
    due=st.sets(NEAR),
    left=st.dictionaries(NEAR, st.integers(0, 10**12)),
    marks=st.dictionaries(NEAR, st.binary(min_size=16, max_size=16)),
)
def test_a_page_reads_as_it_was_written(known, opened, due, left, marks):
    page = Page(
        known=known,
        open=opened,
        due=due,
        left={uid: Left(why="too large", size=size) for uid, size in left.items()},
        marks=marks,
    )
    assert Page.of(json.loads(json.dumps(page.note()))) == page


@given(st.sets(UID, max_size=50))
def test_every_uid_has_its_page(uids: set[int]):
    pages = list(by_page(uids))
    assert set().union(*(some for _, some in pages)) == uids
    assert [number for number, _ in pages] == sorted({uid // UIDS for uid in uids})


MAIL = Described(uid=1, size=900, arrived_at=datetime(2026, 1, 5, tzinfo=UTC), message_id=b"<a@b>")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (replace(MAIL, uid=9), True),
        (replace(MAIL, size=904), True),
        (replace(MAIL, arrived_at=datetime(2026, 1, 6, tzinfo=UTC)), True),
        (replace(MAIL, arrived_at=None), True),
        (replace(MAIL, message_id=b"<c@d>"), False),
        (replace(MAIL, size=904, arrived_at=datetime(2026, 1, 6, tzinfo=UTC)), False),
    ],
)
def test_one_of_two_signs_tells_a_mail(other: Described, same: bool):
    assert bool(set(halves(mark_of(MAIL))) & set(halves(mark_of(other)))) is same


def test_without_a_message_id_size_and_date_must_agree():
    bare = replace(MAIL, message_id=b"")
    for other, same in ((replace(bare, uid=7), True), (replace(bare, size=901), False)):
        assert bool(set(halves(mark_of(bare))) & set(halves(mark_of(other)))) is same


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", b"<a@b>"),
        (b"Subject: x\r\nMESSAGE-ID:\r\n <a@b\r\n\t>\r\nTo: y\r\n", b"<a@b>"),
        (b"Subject: message-id: no\r\n", b""),
        (b"X-Message-ID: <no@b>\nMessage-Id:<a@b>\nMessage-Id: <second@b>\n", b"<a@b>"),
        (b"", b""),
    ],
)
def test_the_message_id_of_a_header(header: bytes, expected: bytes):
    assert message_id_in(header) == expected


def test_a_large_folder_is_a_few_hundred_notes(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path}/gateway.db", files=tmp_path)
    notebook = StoredNotebook(database)
    state = State(validity=7, upto=100_000, met_at="", checked_at="")
    ledger = Ledger(notebook, "email.imap x", state)
    ledger.known(range(1, 100_001))
    ledger.opened([5, 70_000])
    ledger.found()
    again = Ledger.kept(notebook, "email.imap x")
    assert again is not None
    assert list(again.open_uids()) == [[5], [70_000]]
    assert len(notebook.scan("email.imap x", limit=10_000)) == 100_000 // UIDS + 2
    again.taken({70_000: b"m" * 16}, left={5: Left(why="too large", size=1)})
    assert list(again.open_uids()) == []
    assert list(again.owed_uids()) == [[70_000]]
    assert again.state.upto == 100_000
    database.close()


def test_pages_of_another_uidvalidity_are_given_up():
    notebook = MemoryNotebook()
    state = State(validity=7, upto=3, met_at="", checked_at="")
    old = Ledger(notebook, "b", state)
    old.known([1, 2, 3])
    old.found()
    new = old.draft(replace(state, validity=6))
    new.opened([1])
    assert Ledger.kept(notebook, "b").state.validity == 7  # type: ignore[union-attr]
    new.found(instead_of=old)
    kept = Ledger.kept(notebook, "b")
    assert kept is not None
    assert [page.all for _, page in kept.pages()] == [{1}]
    assert not any("0000000007" in key for key in notebook.books["b"])

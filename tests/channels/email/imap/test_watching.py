"""Mailboxes on a real Dovecot: what is taken in, when, and what becomes of it there."""

import asyncio
import time

import pytest

from gateway.channels.email.mailbox_settings import After, First
from tests.channels.email.imap.watched import (
    Watched,
    append,
    eventually,
    flags,
    letter,
    options,
)
from tests.servers import Dovecot

SEEN = rb"\Seen"


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (First.UNSEEN, ["unread", "later"]),
        (First.ALL, ["read", "unread", "later"]),
        (First.NEW, ["later"]),
    ],
)
async def test_first_contact(dovecot: Dovecot, watched: Watched, first: First, expected: list[str]):
    user = dovecot.new_user()
    append(dovecot, user, [letter("read")], flags=[SEEN])
    append(dovecot, user, [letter("unread")])
    box = options(dovecot, user, first=first)
    async with watched.watching(box):
        await eventually(lambda: watched.notebook.get(box.book, "state"))
        append(dovecot, user, [letter("later")])
        assert await watched.until(len(expected)) == expected


async def test_after_first_contact_flags_do_not_matter(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter("old")], flags=[SEEN])
    box = options(dovecot, user)
    async with watched.watching(box):
        await eventually(lambda: watched.notebook.get(box.book, "state"))
    append(dovecot, user, [letter("read by somebody else meanwhile")], flags=[SEEN])
    async with watched.watching(box):
        assert await watched.until(1) == ["read by somebody else meanwhile"]


async def test_a_new_mail_is_there_within_two_seconds(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    box = options(dovecot, user)
    async with watched.watching(box):
        await eventually(lambda: watched.notebook.get(box.book, "state"))
        await asyncio.sleep(0.5)  # until it waits in IDLE
        for count in (1, 2, 3):
            began = time.monotonic()
            append(dovecot, user, [letter()])
            await watched.until(count, patience=2)
            assert time.monotonic() - began < 2


async def test_seen(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter("one"), letter("two")])
    async with watched.watching(options(dovecot, user)):
        await watched.until(2)
        await eventually(lambda: all(SEEN in f for f in flags(dovecot, user).values()))


async def test_moved(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    with dovecot.login(user) as client:
        client.create_folder("Erledigt ✓ & mehr")
    append(dovecot, user, [letter("seen before")], flags=[SEEN])
    append(dovecot, user, [letter("one"), letter("two")])
    box = options(dovecot, user, after=After.MOVE, move_to="Erledigt ✓ & mehr")
    async with watched.watching(box):
        await watched.until(2)
        await eventually(lambda: len(flags(dovecot, user, "Erledigt ✓ & mehr")) == 2)
    assert list(flags(dovecot, user)) == ["seen before"]


async def test_deleted(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter("somebody's own")], flags=[SEEN, rb"\Deleted"])
    append(dovecot, user, [letter("one"), letter("two")])
    async with watched.watching(options(dovecot, user, after=After.DELETE)):
        await watched.until(2)
        await eventually(lambda: list(flags(dovecot, user)) == ["somebody's own"])


async def test_what_comes_with_a_mail(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    raw = letter("facts")
    append(dovecot, user, [raw])
    box = options(dovecot, user)
    async with watched.watching(box):
        await watched.until(1)
    (kept,) = watched.inbox.mails.values()
    assert kept.raw == raw
    assert kept.received_at == watched.now
    assert kept.envelope["source"] == "imap"
    assert kept.external_id.startswith(f"imap:{box.digest}:")
    assert abs((watched.now - _moment(kept.envelope["arrived_at"])).total_seconds()) < 60


def _moment(text: str):
    from datetime import datetime

    return datetime.fromisoformat(text)


async def test_nothing_is_taken_in_twice_by_coming_back(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter(f"{n}") for n in range(120)])
    box = options(dovecot, user)
    async with watched.watching(box):
        await watched.until(120)
    append(dovecot, user, [letter("new")])
    async with watched.watching(box):
        subjects = await watched.until(121)
    assert subjects == [*map(str, range(120)), "new"]
    assert watched.inbox.again == []


async def test_one_that_is_down_does_not_keep_the_others(dovecot: Dovecot, watched: Watched):
    user, other = dovecot.new_user(), dovecot.new_user()
    append(dovecot, user, [letter("one")])
    append(dovecot, other, [letter("two")])
    wrong = options(dovecot, "", host="127.0.0.1", port=1, name="email.mailbox[1]")
    boxes = [wrong, options(dovecot, user), options(dovecot, other)]
    async with watched.watching(*boxes):
        assert sorted(await watched.until(2)) == ["one", "two"]


async def test_the_inbox_is_full_for_a_while(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter(f"{n}") for n in range(3)])
    watched.inbox.down = 2
    async with watched.watching(options(dovecot, user)):
        assert sorted(await watched.until(3)) == ["0", "1", "2"]


async def test_it_ends_within_a_second(dovecot: Dovecot, watched: Watched):
    box = options(dovecot, dovecot.new_user())
    async with watched.watching(box) as task:
        await eventually(lambda: watched.notebook.get(box.book, "state"))
        began = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert time.monotonic() - began < 1
    assert watched.turns.left == [box.book]

"""Mailboxes that come, change and go while the others are watched, on a real Dovecot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from gateway.channels.email.imap.credentials import Password
from gateway.channels.email.imap.mailboxes import Box, Mailboxes
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.mailbox_settings import After
from tests.channels.email.imap.watched import Watched, append, eventually, letter, options
from tests.servers import Dovecot


@pytest.fixture
def watched() -> Watched:
    return Watched()


def box(dovecot: Dovecot, user: str, name: str = "email.mailbox[1]", **more: object) -> Box:
    made = options(dovecot, user, **more)
    return replace(made, name=name), Password(made.password)


@contextlib.asynccontextmanager
async def running(watched: Watched, *boxes: Box) -> AsyncIterator[Mailboxes]:
    mailboxes = watched.mailboxes(boxes)
    task = asyncio.create_task(mailboxes.run(watched.inbox, watched.inbox.report))
    try:
        yield mailboxes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def met(watched: Watched, options: MailboxOptions) -> None:
    await eventually(lambda: watched.notebook.get(options.book, "state"))


async def test_a_new_one_is_watched_and_the_other_keeps_its_connection(
    dovecot: Dovecot, watched: Watched
):
    one, two = dovecot.new_user(), dovecot.new_user()
    first = box(dovecot, one)
    async with running(watched, first) as mailboxes:
        await met(watched, first[0])
        second = box(dovecot, two)
        mailboxes.renew([second, (replace(first[0], name="email.mailbox[2]"), first[1])])
        await met(watched, second[0])
        append(dovecot, two, [letter("to the new one")])
        assert await watched.until(1) == ["to the new one"]
        append(dovecot, one, [letter("to the old one")])
        assert await watched.until(2) == ["to the new one", "to the old one"]
        assert watched.turns.left == []


async def test_one_that_is_gone_is_left_alone_and_its_trouble_is_over(
    dovecot: Dovecot, watched: Watched
):
    gone, stays = dovecot.new_user(), dovecot.new_user()
    first = box(dovecot, gone, after=After.MOVE, move_to="There is none")
    second = box(dovecot, stays)
    append(dovecot, gone, [letter("before")])
    async with running(watched, first, second) as mailboxes:
        await watched.until(1)
        await eventually(lambda: [t.over for t in watched.inbox.troubles] == [False])
        await met(watched, second[0])
        mailboxes.renew([second])
        await eventually(lambda: [t.over for t in watched.inbox.troubles] == [False, True])
        assert "not in the config any more" in watched.inbox.troubles[-1].words
        append(dovecot, gone, [letter("nobody looks")])
        append(dovecot, stays, [letter("after")])
        assert await watched.until(2) == ["before", "after"]


async def test_one_that_is_changed_goes_on_by_its_new_table(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    wrong = options(dovecot, user, password=SecretStr("not this one"))
    right = box(dovecot, user)
    append(dovecot, user, [letter("first")])
    async with running(watched, (wrong, Password(wrong.password))) as mailboxes:
        await eventually(lambda: watched.inbox.troubles)
        mailboxes.renew([right])
        assert await watched.until(1) == ["first"]
        await eventually(lambda: watched.inbox.troubles[-1].over)
        for _ in range(5):  # edits that come more quickly than it connects
            other = box(dovecot, user, poll=0.4)
            mailboxes.renew([other])
            await asyncio.sleep(0.01)
            mailboxes.renew([right])
        append(dovecot, user, [letter("second")])
        assert await watched.until(2) == ["first", "second"]


async def test_all_can_go_and_come_back(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    only = box(dovecot, user)
    async with running(watched, only) as mailboxes:
        await met(watched, only[0])
        mailboxes.renew([])
        await eventually(lambda: watched.turns.left == [only[0].book])
        append(dovecot, user, [letter("meanwhile")])
        mailboxes.renew([only])
        assert await watched.until(1) == ["meanwhile"]

"""Connections that are cut at every command, fall silent, or bring their answers in pieces."""

import asyncio
import time

import pytest

from gateway.channels.email.imap import backoff, mailbox
from gateway.channels.email.mailbox_settings import After
from tests.channels.email.imap.watched import Watched, append, eventually, flags, letter, options
from tests.servers import Dovecot
from tests.servers.imap_proxy import ImapProxy, When, imap_proxy

SEEN = rb"\Seen"
COMMANDS = 22  # of a conversation that takes in and moves three mails, and waits


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "_FIRST", 0.02)
    monkeypatch.setattr(mailbox, "_IDLE", (0.5, 0.6))


@pytest.fixture
def watched() -> Watched:
    return Watched()


async def settled(watched: Watched, book: str) -> None:
    """Until the ledger owes nothing."""

    def nothing_owed() -> bool:
        notes = [note for key, note in watched.notebook.scan(book) if key.startswith("page/")]
        return all(not note["due"] and not note["open"] for note in notes)

    await eventually(nothing_owed)


@pytest.mark.parametrize("when", [When.BEFORE, When.WITHIN, When.AFTER])
@pytest.mark.parametrize("after", [After.SEEN, After.MOVE])
async def test_cut_at_every_command(dovecot: Dovecot, watched: Watched, when: When, after: After):
    user = dovecot.new_user()
    with dovecot.login(user) as client:
        client.create_folder("Processed")
    expected: list[str] = []
    async with imap_proxy(ImapProxy(dovecot.port)) as proxy:
        box = options(dovecot, user, port=proxy.port, after=after)
        async with watched.watching(box):
            for number in range(COMMANDS):
                proxy.at = {len(proxy.commands) + number + 1: when}
                mails = [f"{number}.{n}" for n in range(3)]
                append(dovecot, user, [letter(subject) for subject in mails])
                expected += mails
                await watched.until(len(expected))
                await settled(watched, box.book)
            for name in ("IDLE", "DONE"):  # a line that always had something to do comes to none
                proxy.at = {name: when}
                await eventually(lambda: not proxy.at)
                append(dovecot, user, [letter(name)])
                expected.append(name)
                await watched.until(len(expected))
                await settled(watched, box.book)
    assert sorted(watched.inbox.subjects) == sorted(expected)
    assert {"AUTHENTICATE", "SELECT", "UID FETCH", "IDLE", "DONE"} <= set(proxy.commands)
    where = flags(dovecot, user) if after is After.SEEN else flags(dovecot, user, "Processed")
    assert sorted(where) == sorted(expected)
    assert after is After.MOVE or all(SEEN in f for f in where.values())


async def test_answers_that_come_in_pieces(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    async with imap_proxy(ImapProxy(dovecot.port, pieces=True)) as proxy:
        async with watched.watching(options(dovecot, user, port=proxy.port)):
            for count in range(1, 21):
                append(dovecot, user, [letter(size=count * 100)])
                await watched.until(count)
        assert proxy.connections == 1


async def test_a_server_that_closes_while_nothing_happens(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    async with imap_proxy(ImapProxy(dovecot.port, at={"IDLE": When.AFTER})) as proxy:
        async with watched.watching(options(dovecot, user, port=proxy.port)):
            await eventually(lambda: proxy.connections == 2)
            began = time.process_time()
            append(dovecot, user, [letter("then")])
            assert await watched.until(1) == ["then"]
            await asyncio.sleep(0.5)
        assert proxy.connections == 2
        assert time.process_time() - began < 0.4


async def test_a_server_that_says_nothing_any_more(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    async with imap_proxy(ImapProxy(dovecot.port, at={"IDLE": When.SILENT})) as proxy:
        box = options(dovecot, user, port=proxy.port, timeout=1.0)
        async with watched.watching(box):
            await eventually(lambda: "IDLE" in proxy.commands)
            append(dovecot, user, [letter("then")])
            assert await watched.until(1, patience=12) == ["then"]


@pytest.mark.parametrize("after", [After.MOVE, After.DELETE])
async def test_a_server_that_can_do_little(dovecot: Dovecot, watched: Watched, after: After):
    """Without IDLE, MOVE and UIDPLUS: polled, copied, and nobody else's mail is expunged."""
    user = dovecot.new_user()
    with dovecot.login(user) as client:
        client.create_folder("Processed")
    append(dovecot, user, [letter("theirs")], flags=[SEEN])
    poor = ImapProxy(dovecot.port, hides={"IDLE", "MOVE", "UIDPLUS"})
    async with imap_proxy(poor) as proxy:
        box = options(dovecot, user, port=proxy.port, after=after)
        async with watched.watching(box):
            append(dovecot, user, [letter("alone")])
            await watched.until(1)
            await eventually(lambda: list(flags(dovecot, user)) == ["theirs"])
            with dovecot.login(user) as client:
                client.select_folder("INBOX")
                client.add_flags(client.search(), [rb"\Deleted"])
            append(dovecot, user, [letter("ours")])
            await watched.until(2)
            await settled(watched, box.book)
            left = flags(dovecot, user)
    assert sorted(left) == ["ours", "theirs"]
    assert {"IDLE", "UID MOVE", "UID EXPUNGE"}.isdisjoint(poor.commands)
    moved = ["alone", "ours"] if after is After.MOVE else []
    assert sorted(flags(dovecot, user, "Processed")) == moved

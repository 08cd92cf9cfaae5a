"""When a folder and its ledger disagree: other UIDs, missed mail, mail that cannot be taken in."""

import json
from datetime import UTC, datetime

import pytest

from gateway.channels.email.imap import backoff, mailbox
from gateway.channels.email.imap.ledger import Ledger
from gateway.channels.email.mailbox_settings import After, First
from tests.channels.email.imap.watched import Watched, append, eventually, flags, letter, options
from tests.servers import Dovecot

SEEN = rb"\Seen"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "_FIRST", 0.02)
    monkeypatch.setattr(mailbox, "_IDLE", (0.3, 0.3))
    monkeypatch.setattr(mailbox, "_AGAIN", 0.2)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def kept(watched: Watched, box) -> Ledger:
    ledger = Ledger.kept(watched.notebook, box.book)
    assert ledger is not None
    return ledger


async def ready(watched: Watched, box) -> None:
    """Until the folder was met and all its mails have marks."""
    await eventually(lambda: Ledger.kept(watched.notebook, box.book) is not None)
    await eventually(lambda: kept(watched, box).state.unmarked == 0)


async def test_other_uids_bring_no_old_mail_and_lose_no_new_one(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter(f"read {n}") for n in range(300)], flags=[SEEN])
    append(dovecot, user, [letter(f"unread {n}") for n in range(30)])
    box = options(dovecot, user)
    async with watched.watching(box):
        await watched.until(30)
        await ready(watched, box)
    append(dovecot, user, [letter("meanwhile")])
    before = kept(watched, box).state.validity
    dovecot.renumber(user)
    async with watched.watching(box):
        subjects = await watched.until(31)
        append(dovecot, user, [letter("afterwards")])
        await watched.until(32)
    assert subjects[-1] == "meanwhile"
    assert watched.inbox.subjects[-1] == "afterwards"
    assert watched.inbox.again == []
    assert kept(watched, box).state.validity != before
    prefixes = {key.split("/")[1] for key in watched.notebook.books[box.book] if "/" in key}
    assert prefixes == {f"{kept(watched, box).state.validity:010}"}


@pytest.mark.parametrize(
    ("first", "expected"), [(First.UNSEEN, ["unread", "meanwhile"]), (First.NEW, ["meanwhile"])]
)
async def test_other_uids_before_all_mails_were_marked(
    dovecot: Dovecot, watched: Watched, first: First, expected: list[str]
):
    user = dovecot.new_user()
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    append(dovecot, user, [letter("read")], flags=[SEEN], msg_time=long_ago)
    box = options(dovecot, user, first=first)
    async with watched.watching(box):
        await ready(watched, box)
    _unmark(watched, box)
    append(dovecot, user, [letter("unread")], msg_time=long_ago)
    append(dovecot, user, [letter("meanwhile")], flags=[SEEN])
    dovecot.renumber(user)
    async with watched.watching(box):
        assert sorted(await watched.until(len(expected))) == sorted(expected)


def _unmark(watched: Watched, box) -> None:
    """The ledger as a process left it that died soon after the first contact."""
    book = watched.notebook.books[box.book]
    for key, text in book.items():
        note = json.loads(text)
        if key == "state":
            note["unmarked"] = note["upto"]
        elif key.startswith("page/"):
            note |= {"marked": "", "marks": ""}
        book[key] = json.dumps(note)


async def test_what_is_owed_is_still_owed_under_other_uids(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    box = options(dovecot, user, after=After.MOVE)
    append(dovecot, user, [letter("before")], flags=[SEEN])
    async with watched.watching(box):
        await ready(watched, box)
        append(dovecot, user, [letter("owed")])
        await watched.until(1)
        await eventually(lambda: watched.inbox.troubles)
    (trouble,) = watched.inbox.troubles
    assert trouble.key == f"email.mailbox {user} after"
    assert 'move_to = "Processed"' in trouble.words
    dovecot.renumber(user)
    with dovecot.login(user) as client:
        client.create_folder("Processed")
    async with watched.watching(box):
        await eventually(lambda: list(flags(dovecot, user, "Processed")) == ["owed"])
        await eventually(lambda: watched.inbox.troubles[-1].over)
    assert list(flags(dovecot, user)) == ["before"]
    assert len(watched.inbox.mails) == 1


async def test_a_missed_mail_is_found_by_the_daily_comparison(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter("old")], flags=[SEEN])
    append(dovecot, user, [letter("missed"), letter("taken")], flags=[SEEN])
    box = options(dovecot, user)
    async with watched.watching(box):
        await ready(watched, box)
    kept(watched, box).gone([2])  # as if the server had shown it late
    watched.advance(hours=23)
    async with watched.watching(box):
        append(dovecot, user, [letter("new")])
        assert await watched.until(1) == ["new"]
        watched.advance(hours=2)
        assert await watched.until(2) == ["new", "missed"]
        await eventually(lambda: watched.inbox.troubles)
        assert watched.inbox.troubles[0].words.startswith("1 mail in the folder")
        watched.advance(hours=25)
        await eventually(lambda: watched.inbox.troubles[-1].over)


async def test_the_ledger_forgets_what_has_left_the_folder(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter(f"{n}") for n in range(5)])
    box = options(dovecot, user)
    async with watched.watching(box):
        await watched.until(5)
        with dovecot.login(user) as client:
            client.select_folder("INBOX")
            client.delete_messages([2, 4])
            client.expunge()
        watched.advance(hours=25)
        await eventually(lambda: kept(watched, box).page(0).known == {1, 3, 5})
    assert set(kept(watched, box).page(0).marks) == {1, 3, 5}


async def test_an_oversized_mail_stays_and_is_told_of(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    append(dovecot, user, [letter("large", size=9_000), letter("small")])
    box = options(dovecot, user, max_message_bytes=5_000)
    async with watched.watching(box):
        assert await watched.until(1) == ["small"]
        await eventually(lambda: watched.inbox.troubles)
        assert "max_message_bytes allows 5000" in watched.inbox.troubles[0].words
    assert SEEN not in flags(dovecot, user)["large"]
    async with watched.watching(box):
        append(dovecot, user, [letter("later")])
        await watched.until(2)
    assert len(watched.inbox.troubles) == 1
    watched.advance(hours=25)
    async with watched.watching(options(dovecot, user, max_message_bytes=50_000)):
        assert (await watched.until(3))[-1] == "large"
        watched.advance(hours=25)
        await eventually(lambda: watched.inbox.troubles[-1].over)


async def test_a_wrong_password_is_told_at_once(dovecot: Dovecot, watched: Watched, caplog, capsys):
    from pydantic import SecretStr

    user = dovecot.new_user()
    append(dovecot, user, [letter("one")])
    wrong = options(dovecot, user, password=SecretStr("geheim-und-falsch"))
    async with watched.watching(wrong):
        await eventually(lambda: watched.inbox.troubles)
    (trouble,) = watched.inbox.troubles
    assert trouble.key == f"email.mailbox {user}"
    assert "Look at email.mailbox[1].password in the config" in trouble.words
    assert "geheim" not in trouble.words + caplog.text + capsys.readouterr().out
    async with watched.watching(options(dovecot, user)):
        await watched.until(1)
        await eventually(lambda: watched.inbox.troubles[-1].over)


async def test_a_folder_that_is_not_there(dovecot: Dovecot, watched: Watched):
    user = dovecot.new_user()
    box = options(dovecot, user, folder="Übermut & mehr")
    async with watched.watching(box):
        await eventually(lambda: watched.inbox.troubles)
        assert "email.mailbox[1].folder" in watched.inbox.troubles[0].words
        with dovecot.login(user) as client:
            client.create_folder("Übermut & mehr")
        append(dovecot, user, [letter("one")], folder="Übermut & mehr")
        await eventually(lambda: Ledger.kept(watched.notebook, box.book) is not None)
        assert await watched.until(1) == ["one"]


async def test_somebody_elses_turn(dovecot: Dovecot, watched: Watched, monkeypatch):
    monkeypatch.setattr(mailbox, "_TURN", 0.1)
    user = dovecot.new_user()
    append(dovecot, user, [letter("one")])
    box = options(dovecot, user)
    watched.turns.others.add(box.book)
    async with watched.watching(box):
        other = options(dovecot, dovecot.new_user())
        async with watched.watching(other):
            await ready(watched, other)
        assert Ledger.kept(watched.notebook, box.book) is None
        watched.turns.others.clear()
        assert await watched.until(1) == ["one"]

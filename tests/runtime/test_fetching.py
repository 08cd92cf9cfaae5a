"""Files of chats: named at once, fetched afterwards, told of when they are late; both databases."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.core.chat import Room
from gateway.core.model import EntryKind, StoredFile
from gateway.core.ports import PermanentError, TemporaryError
from gateway.runtime.fetching import Fetcher
from gateway.store import content, entries, wanted
from gateway.store.inbox import InboxRow
from gateway.store.wanted import WantedRow, WantedState
from tests.runtime.desk import Desk, mail
from tests.servers import wait_until

PHOTO = {"ref": "F1", "name": "smoke.png", "type": "image/png", "size": 3}


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path)
    yield made
    made.close()


def ask(desk: Desk, *files: dict[str, Any], text: str = "Look at this.") -> InboxRow:
    chat = {"files": list(files or (PHOTO,))}
    return desk.say(text, by="4711", name="Ada Byron", chat=chat)


def there(desk: Desk, ticket: int = 1) -> tuple[StoredFile, ...]:
    entry = desk.history(ticket, EntryKind.MESSAGE)[0].id
    with desk.database.read() as conn:
        return entries.files_of(conn, entry)


def rows(desk: Desk, ticket: int = 1) -> tuple[WantedRow, ...]:
    entry = desk.history(ticket, EntryKind.MESSAGE)[0].id
    with desk.database.read() as conn:
        return wanted.of_entries(conn, [entry])[entry]


def told(desk: Desk, kind: str) -> list[Any]:
    return desk.sent_to("bea@acme.example", kind)


def test_a_file_is_fetched_and_goes_along_with_the_notice(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"png"
    ask(desk)

    (file,) = there(desk)
    assert (file.name, file.type, file.size, file.infected) == ("smoke.png", "image/png", 3, "")
    (notice,) = told(desk, "new_ticket")
    assert [(a.name, a.data) for a in notice.attachments] == [("smoke.png", b"png")]
    assert "Files: smoke.png" in notice.document.text
    assert "Not here yet" not in notice.document.text


def test_nobody_gets_their_own_file_back_with_the_confirmation(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"png"
    desk.tell("Look at this.", by="4711", chat={"files": [PHOTO]})
    desk.worker.drain()
    assert desk.fetch() == 1
    desk.run()

    (confirmed,) = [o for o in desk.telegram.to("4711") if o.kind == "confirmation"]
    assert confirmed.attachments == ()
    assert "smoke.png" not in confirmed.document.text


def test_a_notice_waits_a_few_seconds_and_then_says_what_is_missing(desk: Desk) -> None:
    desk.telegram.files["F1"] = TemporaryError("the network is slow today")
    desk.tell("Look.", by="4711", chat={"files": [PHOTO]})
    desk.worker.drain()
    desk.post()
    assert told(desk, "new_ticket") == []

    desk.clock.advance(seconds=11)
    desk.run()
    (notice,) = told(desk, "new_ticket")
    assert notice.attachments == ()
    assert "Not here yet: smoke.png" in notice.document.text


def test_what_could_not_be_fetched_is_named_with_the_reason_and_tells_when_it_comes(
    desk: Desk,
) -> None:
    desk.telegram.files["F1"] = TemporaryError("the network is slow today")
    ask(desk)
    said = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
    wording = "the file smoke.png could not be fetched yet, and is tried again: "
    assert f"{wording}the network is slow today." in said
    desk.clock.advance(seconds=20)
    desk.run()
    assert told(desk, "note") == []

    desk.telegram.files["F1"] = b"png"
    desk.clock.advance(minutes=10)
    desk.run()
    assert [f.name for f in there(desk)] == ["smoke.png"]
    (late,) = told(desk, "note")
    assert "the file smoke.png is here now." in late.document.text
    assert [a.data for a in late.attachments] == [b"png"]


def test_after_a_day_a_file_is_given_up_and_agents_hear_so(desk: Desk) -> None:
    desk.telegram.files["F1"] = TemporaryError("no")
    ask(desk)
    for _ in range(30):
        desk.clock.advance(hours=1)
        desk.run()

    (row,) = rows(desk)
    assert (row.state, row.problem) == (WantedState.FAILED, "no")
    assert 10 < row.attempts < 40
    (lost,) = told(desk, "note")
    assert "the file smoke.png could not be fetched: no." in lost.document.text


def test_what_is_gone_is_told_at_once_and_not_tried_again(desk: Desk) -> None:
    desk.telegram.files["F1"] = PermanentError("file_deleted")
    ask(desk)

    (row,) = rows(desk)
    assert (row.state, row.attempts) == (WantedState.FAILED, 1)
    assert "file_deleted" in told(desk, "note")[0].document.text
    assert len(told(desk, "new_ticket")) == 1  # and nothing waits for it any more


def test_what_is_of_no_use_to_try_is_named_at_once(desk: Desk) -> None:
    ask(desk, PHOTO | {"problem": "20 MB are allowed"})

    (row,) = rows(desk)
    assert (row.state, row.attempts) == (WantedState.FAILED, 0)
    said = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
    assert "the file smoke.png could not be fetched: 20 MB are allowed." in said
    assert "smoke.png" in told(desk, "new_ticket")[0].document.text


def test_a_file_larger_than_its_network_said_is_not_kept(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"x" * 1_001
    ask(desk)

    assert there(desk) == ()
    assert rows(desk)[0].state is WantedState.FAILED


def test_a_message_that_is_a_file_alone_is_a_ticket(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"png"
    row = ask(desk, text="")

    assert row.ticket == 1
    assert [f.name for f in there(desk)] == ["smoke.png"]


def test_an_agent_sends_a_file_alone_from_the_room(url: str, tmp_path: Path) -> None:
    desk = Desk(url, tmp_path, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711")
    desk.slack.files["F2"] = b"pdf"
    file = PHOTO | {"ref": "F2", "name": "manual.pdf"}
    place = {"where": "desk", "place": "slack:C1/1", "files": [file]}
    desk.say("#reply", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)

    answer = next(o for o in desk.telegram.to("4711") if o.kind == "answer")
    assert [(a.name, a.data) for a in answer.attachments] == [("manual.pdf", b"pdf")]
    desk.close()


ANSWERED = PHOTO | {"ref": "F2", "name": "manual.pdf", "type": "application/pdf"}


def answered_from_the_room(url: str, folder: Path, found: bytes | Exception) -> Desk:
    """Ada asked by Telegram; Bea answers from Slack's room, with a file."""
    desk = Desk(url, folder, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711", name="Ada Byron")
    desk.slack.files["F2"] = found
    place = {"where": "desk", "place": "slack:C1/1", "files": [ANSWERED]}
    desk.say("#reply\nSee page 3.", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)
    desk.clock.advance(seconds=61)
    desk.run()
    return desk


def to_ada(desk: Desk, kind: str) -> list[Any]:
    return [o for o in desk.telegram.to("4711") if o.kind == kind]


def test_an_answer_goes_without_its_file_and_the_file_follows_by_itself(
    url: str, tmp_path: Path
) -> None:
    desk = answered_from_the_room(url, tmp_path, TemporaryError("the network is slow today"))
    (answer,) = to_ada(desk, "answer")
    assert answer.attachments == ()
    assert "Follows as soon as it is here: manual.pdf" in answer.document.text
    (warned,) = told(desk, "note")
    assert "the answer went out without the file manual.pdf" in warned.document.text
    assert "follows by itself" in warned.document.text
    desk.run()
    assert len(told(desk, "note")) == 1

    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(minutes=30)
    desk.run()
    (late,) = to_ada(desk, "late_file")
    assert [(a.name, a.data) for a in late.attachments] == [("manual.pdf", b"pdf")]
    assert "Bea Ruiz" in late.document.text
    assert "manual.pdf" in late.document.text
    said = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
    assert "the file manual.pdf is here now, and was sent after the answer to Ada Byron." in said
    desk.clock.advance(hours=2)
    desk.run()
    assert len(to_ada(desk, "late_file")) == 1
    assert len(told(desk, "note")) == 1  # the author has the file, and knows that it follows
    desk.close()


def test_an_answer_waits_a_minute_for_a_file_that_comes_at_the_second_try(
    url: str, tmp_path: Path
) -> None:
    desk = Desk(url, tmp_path, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711")
    desk.slack.files["F2"] = TemporaryError("slow")
    place = {"where": "desk", "place": "slack:C1/1", "files": [ANSWERED]}
    desk.say("#reply\nSee page 3.", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)
    assert to_ada(desk, "answer") == []

    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(seconds=10)
    desk.run()
    (answer,) = to_ada(desk, "answer")
    assert [a.name for a in answer.attachments] == ["manual.pdf"]
    assert to_ada(desk, "late_file") == []
    desk.close()


def test_a_file_of_an_answer_that_never_comes_is_told_to_its_author(
    url: str, tmp_path: Path
) -> None:
    desk = answered_from_the_room(url, tmp_path, TemporaryError("no"))
    for _ in range(30):
        desk.clock.advance(hours=1)
        desk.run()

    assert to_ada(desk, "late_file") == []
    *_, lost = told(desk, "note")
    assert "the file manual.pdf could not be fetched: no." in lost.document.text
    assert "It did not go out with the answer: attach it to another one" in lost.document.text
    desk.close()


def test_an_answer_whose_file_is_gone_at_once_says_so_to_both(url: str, tmp_path: Path) -> None:
    desk = answered_from_the_room(url, tmp_path, PermanentError("file_deleted"))

    (answer,) = to_ada(desk, "answer")
    assert "Could not be attached: manual.pdf" in answer.document.text
    (lost,) = told(desk, "note")
    assert "It did not go out with the answer" in lost.document.text
    desk.close()


def test_a_late_file_goes_to_nobody_who_was_taken_off_the_ticket(url: str, tmp_path: Path) -> None:
    desk = Desk(url, tmp_path, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711")
    desk.act(1, "cc dora@example.org")
    desk.slack.files["F2"] = TemporaryError("slow")
    place = {"where": "desk", "place": "slack:C1/1", "files": [ANSWERED]}
    desk.say("#reply\nSee page 3.", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)
    desk.clock.advance(seconds=61)
    desk.run()
    assert len(desk.sent_to("dora@example.org", "answer")) == 1
    desk.act(1, "uncc dora@example.org")
    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(minutes=30)
    desk.run()

    assert desk.sent_to("dora@example.org", "late_file") == []
    assert len(to_ada(desk, "late_file")) == 1
    desk.close()


def test_a_late_file_goes_by_mail_in_the_thread_of_its_answer(url: str, tmp_path: Path) -> None:
    desk = Desk(url, tmp_path, rooms=(Room(channel="slack", address="C1"),))
    desk.receive(mail())
    desk.slack.files["F2"] = TemporaryError("slow")
    place = {"where": "desk", "place": "slack:C1/1", "files": [ANSWERED]}
    desk.say("#reply\nSee page 3.", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)
    desk.clock.advance(seconds=61)
    desk.run()
    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(minutes=30)
    desk.run()

    (answer,) = desk.sent_to("ada@example.org", "answer")
    (late,) = desk.sent_to("ada@example.org", "late_file")
    assert late.thread[-1] == "mail:" + answer.message_id.strip("<>")
    assert late.document.subject == answer.document.subject
    assert [a.name for a in late.attachments] == ["manual.pdf"]
    assert "bea@" not in late.document.text
    desk.close()


def test_a_file_with_malware_does_not_follow_an_answer(url: str, tmp_path: Path) -> None:
    desk = answered_from_the_room(url, tmp_path, TemporaryError("slow"))
    desk.scanner = Scanner("Eicar-Test")
    desk.slack.files["F2"] = b"X5O"
    desk.clock.advance(minutes=30)
    desk.run()

    assert to_ada(desk, "late_file") == []
    assert "malware" in told(desk, "note")[-1].document.text
    desk.close()


def test_a_file_that_comes_while_its_answer_is_being_sent_follows_it(
    url: str, tmp_path: Path
) -> None:
    desk = Desk(url, tmp_path, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711")
    desk.slack.files["F2"] = TemporaryError("slow")
    place = {"where": "desk", "place": "slack:C1/1", "files": [ANSWERED]}
    desk.say("#reply\nSee page 3.", by="U0BEA", on="slack", answers="slack:C1/1", chat=place)
    desk.clock.advance(seconds=61)

    def meanwhile() -> None:
        desk.slack.files["F2"] = b"pdf"
        desk.clock.advance(seconds=50)
        assert desk.fetch_in_thread() == 1

    desk.telegram.before_sending = meanwhile
    desk.run()
    (answer,) = to_ada(desk, "answer")
    assert answer.attachments == ()
    assert [a.name for late in to_ada(desk, "late_file") for a in late.attachments] == [
        "manual.pdf"
    ]
    desk.close()


def test_a_large_file_of_an_answer_is_not_left_out_in_silence(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.runtime.outgoing.attaching._MOST_ATTACHED", 2)
    desk = answered_from_the_room(url, tmp_path, b"pdf")

    (answer,) = to_ada(desk, "answer")
    assert [a.name for a in answer.attachments] == ["manual.pdf"]
    desk.close()


@dataclass
class Scanner:
    """Finds what it is told to find."""

    finds: str | None

    async def scan(self, data: bytes) -> str | None:
        del data
        return self.finds


def test_malware_is_kept_away_from_everybody(desk: Desk) -> None:
    desk.scanner = Scanner("Eicar-Test")
    desk.telegram.files["F1"] = b"X5O"
    ask(desk)

    (file,) = there(desk)
    assert file.infected == "Eicar-Test"
    assert told(desk, "new_ticket")[0].attachments == ()


def test_what_nobody_could_scan_says_so(desk: Desk) -> None:
    desk.scanner = Scanner(None)
    desk.telegram.files["F1"] = b"png"
    ask(desk)

    (row,) = rows(desk)
    assert (row.state, row.problem) == (
        WantedState.FETCHED,
        "nobody could look for malware in it",
    )


def test_a_file_whose_process_died_is_fetched_by_another_one_after_its_lease(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"png"
    desk.tell("Look.", by="4711", chat={"files": [PHOTO]})
    desk.worker.drain()
    lease = timedelta(minutes=3)
    with desk.database.write() as conn:
        (lost,) = wanted.claim(conn, now=desk.clock(), limit=3, by="dead", lease=lease)
    assert desk.fetch() == 0
    desk.clock.advance(minutes=4)
    assert desk.fetch() == 1
    assert [f.name for f in there(desk)] == ["smoke.png"]

    with desk.database.write() as conn:  # the first one was not dead, only slow
        assert not wanted.fetched(conn, lost, content.prepare(desk.database, b"png"))
    assert len(there(desk)) == 1


def test_erased_words_take_their_files_along_and_none_comes_back(desk: Desk) -> None:
    desk.telegram.files["F1"] = b"png"
    desk.tell("Look.", by="4711", chat={"files": [PHOTO]})
    desk.worker.drain()
    entry = desk.history(1, EntryKind.MESSAGE)[0].id
    with desk.database.write() as conn:
        entries.erase(conn, entry, desk.clock())
    assert desk.fetch() == 0
    assert there(desk) == ()


async def test_it_fetches_until_it_is_stopped(url: str, tmp_path: Path) -> None:
    desk = await asyncio.to_thread(Desk, url, tmp_path)
    desk.telegram.files["F1"] = b"png"
    fetcher = Fetcher(
        desk.database, {"telegram": desk.telegram}, now=desk.clock, process="p", most=10
    )
    door: Any = None
    ready = asyncio.Event()
    running = asyncio.create_task(fetcher.run(door, ready.set))
    await asyncio.wait_for(ready.wait(), 5)
    await asyncio.to_thread(desk.tell, "Look.", by="4711", chat={"files": [PHOTO]})
    await asyncio.to_thread(desk.worker.drain)
    fetcher.wake()
    await asyncio.to_thread(wait_until, lambda: bool(there(desk)), "the file")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await asyncio.to_thread(desk.close)

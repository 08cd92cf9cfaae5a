"""Files of answers that are held for their author: they go along, or follow, as of any other."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.core.chat import Room
from gateway.core.model import EntryKind
from gateway.core.ports import PermanentError, TemporaryError
from gateway.store import content, entries, wanted
from tests.runtime.desk import Desk
from tests.runtime.test_fetching import ANSWERED, to_ada, told


def held_with_its_file(url: str, folder: Path, found: bytes | Exception) -> Desk:
    """Bea answers with a file and with words of Carla's note: her answer is held for her."""
    desk = Desk(url, folder, rooms=(Room(channel="slack", address="C1"),))
    desk.say("The screen is black.", by="4711", name="Ada Byron")
    note = "She is a difficult customer, mind what you tell her."
    desk.act(1, "note", text=note, agent="carla@acme.example")
    desk.slack.files["F2"] = found
    from_the_room(desk, f"#reply\nSee page 3. {note}", files=[ANSWERED])
    desk.clock.advance(seconds=61)
    desk.run()
    assert to_ada(desk, "answer") == []
    return desk


def from_the_room(desk: Desk, words: str, **chat: Any) -> None:
    place = {"where": "desk", "place": "slack:C1/1"} | chat
    desk.say(words, by="U0BEA", on="slack", answers="slack:C1/1", chat=place)


def test_a_held_answer_takes_its_file_along_when_it_is_sent(url: str, tmp_path: Path) -> None:
    desk = held_with_its_file(url, tmp_path, b"pdf")
    from_the_room(desk, "#send")
    (answer,) = to_ada(desk, "answer")
    assert [(a.name, a.data) for a in answer.attachments] == [("manual.pdf", b"pdf")]
    desk.close()


def test_a_held_answer_waits_for_its_file_as_any_other(url: str, tmp_path: Path) -> None:
    desk = held_with_its_file(url, tmp_path, TemporaryError("slow"))
    from_the_room(desk, "#send")
    assert to_ada(desk, "answer") == []
    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(seconds=50)
    desk.run()
    (answer,) = to_ada(desk, "answer")
    assert [(a.name, a.data) for a in answer.attachments] == [("manual.pdf", b"pdf")]
    assert to_ada(desk, "late_file") == []
    desk.close()


def test_the_late_file_of_an_answer_that_was_held_follows_it(url: str, tmp_path: Path) -> None:
    desk = held_with_its_file(url, tmp_path, TemporaryError("slow"))
    from_the_room(desk, "#send")
    desk.clock.advance(seconds=61)
    desk.run()
    (answer,) = to_ada(desk, "answer")
    assert answer.attachments == ()
    assert "Follows as soon as it is here: manual.pdf" in answer.document.text
    before = len(told(desk, "note"))

    desk.slack.files["F2"] = b"pdf"
    desk.clock.advance(minutes=30)
    desk.run()
    (late,) = to_ada(desk, "late_file")
    assert [(a.name, a.data) for a in late.attachments] == [("manual.pdf", b"pdf")]
    assert len(told(desk, "note")) == before  # its author has the file
    said = next(e for e in desk.history(1, EntryKind.MESSAGE) if e.author.name == "Bea Ruiz")
    with desk.database.read() as conn:
        assert [f.name for f in entries.files_of(conn, said.id)] == ["manual.pdf"]
    desk.close()


def test_a_file_that_is_being_fetched_while_its_held_answer_is_sent(
    url: str, tmp_path: Path
) -> None:
    desk = held_with_its_file(url, tmp_path, TemporaryError("slow"))
    with desk.database.write() as conn:
        desk.clock.advance(minutes=30)
        (row,) = wanted.claim(
            conn, now=desk.clock(), limit=3, by="other", lease=timedelta(minutes=1)
        )
    from_the_room(desk, "#send")
    with desk.database.write() as conn:
        assert wanted.fetched(conn, row, content.prepare(desk.database, b"pdf"))
    desk.clock.advance(seconds=61)
    desk.run()
    (answer,) = to_ada(desk, "answer")
    assert [(a.name, a.data) for a in answer.attachments] == [("manual.pdf", b"pdf")]
    desk.close()


def test_a_held_answer_whose_file_was_lost_says_so(url: str, tmp_path: Path) -> None:
    desk = held_with_its_file(url, tmp_path, PermanentError("it is gone"))
    from_the_room(desk, "#send")
    (answer,) = to_ada(desk, "answer")
    assert "manual.pdf" in answer.document.text
    desk.close()

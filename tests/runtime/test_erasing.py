"""Erasing one person: nothing of what they wrote is left anywhere, and what others wrote is."""

import base64
import sqlite3
from pathlib import Path

from gateway.runtime.erasing import ERASED, erase_person
from tests.runtime.desk import Desk, mail, reply_to

ADA = "Ada Byron <ada@example.org>"
BEA = "Bea Ruiz <bea@acme.example>"
SECRET = "xylophone"


def erase(desk: Desk, address: str = "ada@example.org"):
    return erase_person(desk.database, desk.app.policy, address, desk.clock)


def written(desk: Desk) -> None:
    """Ada writes with a file, Bob writes, Ada writes again, and the first mail comes twice."""
    first = mail(f"My {SECRET} burns.", message_id="<a@example.org>", subject=f"A {SECRET}")
    desk.receive(first)
    desk.receive(first)
    desk.receive(
        mail("My printer burns.", from_="Bob <bob@example.org>", message_id="<b@b.example>")
    )
    desk.receive(mail(f"The {SECRET} again.", in_reply_to="<a@example.org>"))
    file = base64.b64encode(f"{SECRET} ".encode() * 40_000).decode()
    body = (
        "--x\nContent-Type: text/plain\n\nSee the file.\n"
        f'--x\nContent-Type: text/plain; name="a.txt"\nContent-Disposition: attachment\n'
        f"Content-Transfer-Encoding: base64\n\n{file}\n--x--\n"
    )
    kind = 'multipart/mixed; boundary="x"'
    desk.receive(mail(body, content_type=kind, mime_version="1.0", in_reply_to="<a@example.org>"))


def test_what_they_wrote_is_gone_and_what_others_wrote_stays(desk: Desk):
    written(desk)
    done = erase(desk)
    assert (done.entries, done.subjects, done.arrivals) == (3, 1, 1)
    assert desk.texts(1) == ["", "", ""]
    assert desk.texts(2) == ["My printer burns."]
    assert desk.ticket(1).subject == ERASED
    assert desk.ticket(2).subject == "Printer on fire"
    assert [e.because for e in desk.history(1)][-1] == "the words of its requester were erased"
    assert not erase(desk).any


def test_nothing_of_it_is_left_in_the_files_of_the_database(sqlite_desk: Desk, tmp_path: Path):
    written(sqlite_desk)
    assert SECRET.encode() in (tmp_path / "gateway.db").read_bytes() + _log(tmp_path)
    erase(sqlite_desk)
    sqlite_desk.database.close()
    _fold(tmp_path / "gateway.db")
    kept = [p for p in (tmp_path, *tmp_path.rglob("*")) if p.is_file()]
    holding = [p.name for p in kept if SECRET.encode() in p.read_bytes()]
    assert holding == []


def _log(folder: Path) -> bytes:
    log = folder / "gateway.db-wal"
    return log.read_bytes() if log.exists() else b""


def _fold(path: Path) -> None:
    """What an operator's VACUUM does."""
    with sqlite3.connect(path) as conn:
        conn.execute("VACUUM")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def test_an_answer_of_an_agent_stays_theirs(desk: Desk):
    desk.receive(mail(f"My {SECRET} burns.", message_id="<a@example.org>"))
    notice = desk.sent_to("bea@acme.example", "new_ticket")[0]
    answer = reply_to(notice, "Pull the plug.", BEA)
    desk.receive(answer, to=notice.reply_to or "", sender="bea@acme.example")
    erase(desk)
    assert desk.texts(1) == ["", "Pull the plug."]


def test_all_accounts_of_a_person_are_theirs_with_what_they_had_changed(desk: Desk):
    same = {"same": [{"channel": "email", "address": "ada@example.org"}]}
    desk.say("My password is hunter2.", by="U0ADA", on="slack", id="U0ADA/1", chat=same)
    desk.say(
        "My password is hunter3.", by="U0ADA", on="slack", chat=same | {"edit": "slack:U0ADA/1"}
    )
    desk.receive(mail("By mail it is hunter4.", subject="Mine"))
    done = erase_person(desk.database, desk.app.desk.policy, "slack:U0ADA", desk.clock)
    assert done.entries == 2
    kept = [desk.history(t.number) for t in desk.tickets()]
    assert "hunter" not in str(kept) + str([t.subject for t in desk.tickets()])
    assert "hunter" not in str([o.message for o in desk.outgoing()])
    assert "hunter" not in str([r.text for e in desk.history(1) for r in e.revisions])

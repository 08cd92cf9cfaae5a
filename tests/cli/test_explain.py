"""`gateway explain`: how a mail would be read and decided, with nothing stored."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.context import CHANNELS, Desk
from gateway.core.addresses import AddressBook, AddressKind
from gateway.settings.load import load
from gateway.store import people
from gateway.store.database import Database
from tests.cli.conftest import ADA, SUPPORT, Shell, letter

TODAY = datetime.now(UTC).date()
KEYS = {
    *("message_id", "from", "to", "cc", "subject", "date", "text", "full_text", "html"),
    *("attachments", "automatic", "bounce", "language", "ticket", "author_role", "commands"),
    *("rules", "priority", "queue", "would"),
}


@pytest.fixture
def explain(desk: Shell, tmp_path: Path) -> Any:
    """The document of one mail."""

    def explain(raw: bytes) -> Any:
        (tmp_path / "mail.eml").write_bytes(raw)
        return desk("explain", str(tmp_path / "mail.eml"), "--json").json

    return explain


@pytest.fixture
def book(desk: Shell) -> AddressBook:
    return Desk(load(desk.config, CHANNELS, {})).book


@pytest.fixture
def ticket(desk: Shell, database: Database, tmp_path: Path) -> int:
    """Ticket 1 is Ada's, with Cy taking part; it came in by an import."""
    (tmp_path / "first.eml").write_bytes(letter(Cc="Cy <cy@example.org>"))
    assert desk("import", str(tmp_path / "first.eml"), "--json").json["accepted"] == 1
    return 1


def answer(text: str = "Still burning.", **more: str) -> bytes:
    """A mail that refers to the first one."""
    usual = {"id": "<2@example.org>", "In_Reply_To": "<1@example.org>"}
    return letter(text, **usual | more)


def with_parts() -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = ADA, f"Desk <{SUPPORT}>", "Smoke"
    mail["Cc"] = "Cy <cy@example.org>, dee@example.org"
    mail["Message-ID"], mail["Date"] = "<p@example.org>", "Mon, 05 Jan 2026 10:00:00 +0100"
    mail.set_content("See the picture.\n\n-- \nAda")
    mail.add_alternative('<p>See <img src="cid:a"> <script>x</script></p>', subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(b"gif", "image", "gif", cid="<a>", disposition="inline")  # type: ignore[union-attr]
    mail.add_attachment(b"png!", "image", "png", filename="../smoke.png")
    return mail


def test_a_mail_has_exactly_this_shape(explain: Any):
    said = explain(with_parts().as_bytes())
    assert said.keys() >= KEYS
    expected = {
        "message_id": "<p@example.org>",
        "from": {"name": "Ada Byron", "address": "ada@example.org"},
        "to": [{"name": "Desk", "address": SUPPORT}],
        "cc": [
            {"name": "Cy", "address": "cy@example.org"},
            {"name": None, "address": "dee@example.org"},
        ],
        "subject": "Smoke",
        "date": "2026-01-05T09:00:00Z",
        "text": "See the picture.",
        "automatic": None,
        "bounce": None,
        "author_role": "requester",
        "commands": [],
        "rules": [],
        "priority": "normal",
        "queue": "support",
    }
    assert {key: said[key] for key in expected} == expected
    assert "-- \nAda" in said["full_text"]
    assert said["html"].startswith("<p>See")
    assert "script" not in said["html"]
    assert (said["ticket"]["number"], said["ticket"]["matched_by"]) == (None, None)
    inline, attached = sorted(said["attachments"], key=lambda one: not one["inline"])
    assert (inline["type"], inline["size"], inline["inline"]) == ("image/gif", 3, True)
    assert attached == {"name": "smoke.png", "type": "image/png", "size": 4, "inline": False}
    assert all(isinstance(line, str) and line for line in said["would"])
    assert "open a ticket in queue support" in said["would"]
    assert "send a confirmation to ada@example.org" in said["would"]


def test_several_files_are_a_document_a_line_in_the_order_given(desk: Shell, tmp_path: Path):
    names = ("b", "a", "c")
    for name in names:
        (tmp_path / name).write_bytes(letter(subject=name))
    done = desk("explain", *(str(tmp_path / name) for name in names), "--json")
    assert done.status == 0
    assert [json.loads(row)["subject"] for row in done.out.splitlines()] == list(names)


def test_an_mbox_is_a_document_a_line_too(desk: Shell, tmp_path: Path):
    rows = b"".join(
        b"From ada@example.org Mon Jan  5 09:00:00 2026\n" + letter(subject=s) + b"\n" for s in "ab"
    )
    (tmp_path / "old.mbox").write_bytes(rows)
    done = desk("explain", str(tmp_path / "old.mbox"), "--json")
    assert [json.loads(row)["subject"] for row in done.out.splitlines()] == ["a", "b"]


@pytest.mark.parametrize("with_ticket", [False, True])
def test_a_token_names_its_ticket_with_and_without_a_database(
    request: pytest.FixtureRequest, explain: Any, book: AddressBook, with_ticket: bool
):
    number = request.getfixturevalue("ticket") if with_ticket else 7
    to = book.mint(AddressKind.REQUESTER, number, "ada@example.org", today=TODAY, queue="support")
    said = explain(letter(to=to, id="<t@example.org>"))
    assert (said["ticket"]["number"], said["ticket"]["matched_by"]) == (number, "token")
    assert said["author_role"] == "requester"
    assert f"add a message to ticket {number}" in said["would"]


@pytest.mark.parametrize(
    ("mail", "matched_by", "role"),
    [
        (answer(), "references", "requester"),
        (answer(In_Reply_To="", References="<0@x.example> <1@example.org>"), "references", None),
        (answer(sender="cy@example.org"), "references", "participant"),
        (answer(sender="zed@example.net"), "references", "stranger"),
        (answer(In_Reply_To="", subject="Re: [#1] Printer on fire"), "subject", "requester"),
    ],
)
def test_where_a_mail_belongs_and_who_speaks(
    ticket: int, explain: Any, mail: bytes, matched_by: str, role: str | None
):
    said = explain(mail)
    assert (said["ticket"]["number"], said["ticket"]["matched_by"]) == (ticket, matched_by)
    assert said["author_role"] == (role or "requester")
    if role == "stranger":
        assert not any("zed" in line for line in said["would"])


@pytest.mark.parametrize(
    "mail",
    [
        answer(In_Reply_To="<other@example.org>"),
        answer(In_Reply_To="", sender="zed@example.net", subject="Re: [#1] Printer on fire"),
    ],
)
def test_what_belongs_to_no_ticket_is_null(ticket: int, explain: Any, mail: bytes):
    said = explain(mail)
    assert (said["ticket"]["number"], said["ticket"]["matched_by"]) == (None, None)


REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: support@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}

--b--
"""


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"List_Id": "<news.example.org>", "Precedence": "list"}, "bulk"),
        ({"Subject": "Printer"}, None),
    ],
)
def test_machines_are_told_from_people(explain: Any, headers: dict[str, str], kind: str | None):
    said = explain(letter(**headers))
    assert (said["automatic"], said["bounce"]) == (kind, None)
    if kind:
        assert not any(line.startswith("send a confirmation") for line in said["would"])


@pytest.mark.parametrize(
    ("action", "status", "temporary"), [("failed", "5.1.1", False), ("delayed", "4.4.1", True)]
)
def test_a_bounce_names_its_recipients(explain: Any, action: str, status: str, temporary: bool):
    said = explain(REPORT.format(action=action, status=status).encode())
    assert said["automatic"] == "bounce"
    assert said["bounce"] == {
        "recipients": [{"address": "ada@example.org", "status": status}],
        "temporary": temporary,
    }
    assert "send nothing" in said["would"]
    assert said["author_role"] == "requester"


def test_our_own_mail_come_back(explain: Any, book: AddressBook):
    mark = book.mark("<9.x@acme.example>")
    said = explain(letter(sender=SUPPORT, id="<9.x@acme.example>", X_Helpdesk_Mark=mark))
    assert (said["automatic"], said["author_role"]) == ("own", "desk")
    assert said["would"] == ["drop it: our own mail come back", "send nothing"]


def agents_mail(book: AddressBook, text: str, kind: AddressKind, ticket: int) -> bytes:
    address = "bea@acme.example"
    number = 0 if kind is AddressKind.STANDING else ticket
    to = book.mint(kind, number, address, today=TODAY, queue="support")
    return letter(text, sender=f"Bea Ruiz <{address}>", to=to, id="<b@acme.example>")


def test_an_agent_with_proof_answers_with_commands(ticket: int, explain: Any, book: AddressBook):
    text = "#priority high\n#tag fire\nPull the plug."
    said = explain(agents_mail(book, text, AddressKind.PUBLIC, ticket))
    assert (said["ticket"]["number"], said["author_role"]) == (ticket, "agent")
    assert said["commands"] == ["#priority high", "#tag fire"]
    assert "send the answer to ada@example.org" in said["would"]
    assert "set priority of ticket 1 to high" in said["would"]
    assert said["priority"] == "high"


def test_a_note_of_an_agent_sends_nothing_outside(ticket: int, explain: Any, book: AddressBook):
    said = explain(agents_mail(book, "Between us: no.", AddressKind.INTERNAL, ticket))
    assert said["author_role"] == "agent"
    assert not any("ada@example.org" in line for line in said["would"])


def test_a_mistyped_command_would_send_nothing(ticket: int, explain: Any, book: AddressBook):
    said = explain(agents_mail(book, "#resolv\nDone.", AddressKind.PUBLIC, ticket))
    assert said["commands"] == []
    assert not any("ada@example.org" in line for line in said["would"])
    assert any("was not understood: #resolv" in line for line in said["would"])


def test_an_agent_without_proof_is_held(ticket: int, explain: Any):
    said = explain(answer("#close\nBye.", sender="bea@acme.example"))
    assert said["author_role"] == "stranger"
    assert said["commands"] == []
    assert said["would"][0].startswith("hold it: says it is from bea@acme.example, without proof")


def test_what_an_agent_forwards_opens_a_ticket_for_its_author(explain: Any, book: AddressBook):
    forwarded = (
        "#priority urgent\n\n---------- Forwarded message ---------\n"
        "From: Eve Moss <eve@example.org>\nDate: Mon, 5 Jan 2026 at 09:00\n"
        "Subject: Screen is black\nTo: <bea@acme.example>\n\nNothing to see.\n"
    )
    said = explain(agents_mail(book, forwarded, AddressKind.STANDING, 0))
    assert (said["author_role"], said["commands"]) == ("agent", ["#priority urgent"])
    assert said["priority"] == "urgent"
    assert "send a confirmation to eve@example.org" in said["would"]


MALFORMED = [
    b"",
    b"\n\n\n",
    b"\xff\xfe\x00\x00garbage",
    b"From: =?x?q?=\nTo: <\nDate: never\nSubject: =?utf-8?b?!!?=\n\ntext",
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: a/b; charset=z\n\ntext",
    b"Content-Transfer-Encoding: base64\nContent-Type: text/html; charset=utf-16\n\n@@@",
    b"Date: Fri, 31 Dec 9999 23:59:59 -1200\nMessage-ID: <>\n\nx",
]


@pytest.mark.parametrize("raw", MALFORMED)
def test_malformed_mail_is_read_as_far_as_it_goes(explain: Any, raw: bytes):
    said = explain(raw)
    assert said.keys() >= KEYS
    assert said["would"]
    assert said["from"].keys() == {"name", "address"}
    assert said["from"]["address"] != ""


def test_malformed_mail_is_shown_to_people(desk: Shell, tmp_path: Path):
    for n, raw in enumerate(MALFORMED):
        (tmp_path / f"{n}.eml").write_bytes(raw)
    done = desk("explain", *(str(tmp_path / f"{n}.eml") for n in range(len(MALFORMED))))
    assert (done.status, done.err) == (0, "")
    assert "From:     nobody (requester)" in done.out


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_file_that_cannot_be_read_is_exit_1_and_a_line(
    desk: Shell, tmp_path: Path, flags: tuple[str, ...]
):
    done = desk("explain", str(tmp_path / "nowhere.eml"), *flags)
    assert (done.status, done.out) == (1, "")
    name = tmp_path / "nowhere.eml"
    assert done.err == f"gateway: {name} cannot be read: No such file or directory\n"


def test_a_folder_without_mail_is_no_mail(desk: Shell, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    done = desk("explain", str(tmp_path / "empty"), "--json")
    assert (done.status, done.err) == (1, f"gateway: {tmp_path}/empty holds no mail\n")


def test_one_that_cannot_be_read_does_not_keep_the_others(desk: Shell, tmp_path: Path):
    (tmp_path / "good.eml").write_bytes(letter())
    done = desk("explain", str(tmp_path / "no"), str(tmp_path / "good.eml"), "--json")
    assert done.status == 1
    assert json.loads(done.out)["subject"] == "Printer on fire"
    assert done.out.count("\n") == 1
    assert done.err.count("\n") == 1


def test_without_a_database_nothing_is_made(desk: Shell, tmp_path: Path):
    desk.config.write_text(desk.config.read_text().replace("secret =", "name ="))
    (tmp_path / "mail.eml").write_bytes(letter())
    before = sorted(tmp_path.rglob("*"))
    assert desk("explain", str(tmp_path / "mail.eml")).status == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_with_a_database_nothing_is_changed(ticket: int, explain: Any, tmp_path: Path):
    before = (tmp_path / "gateway.db").read_bytes()
    for raw in (letter("Else", id="<else@example.org>"), answer(), with_parts().as_bytes()):
        explain(raw)
    assert (tmp_path / "gateway.db").read_bytes() == before
    assert not (tmp_path / "out").exists()


def test_a_database_of_another_version_is_left_alone_and_said(desk: Shell, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as other:
        other.executescript("CREATE TABLE alembic_version (version_num); ")
    (tmp_path / "mail.eml").write_bytes(letter())
    done = desk("explain", str(tmp_path / "mail.eml"), "--json")
    assert done.json["ticket"]["number"] is None
    assert done.err.startswith("gateway: explained as if there were no tickets yet: ")
    assert done.err.count("\n") == 1


def test_a_mail_that_came_in_already_is_told(ticket: int, explain: Any):
    said = explain(letter(Cc="Cy <cy@example.org>"))
    assert said["would"] == ["drop it: the same message as entry 1 of ticket 1", "send nothing"]


def test_people_see_where_it_lands_and_why(ticket: int, desk: Shell, tmp_path: Path):
    (tmp_path / "m.eml").write_bytes(answer("Words\x1b[31m", subject="A\x1b]0;x\x07b"))
    out = desk("explain", str(tmp_path / "m.eml")).out
    assert "From:     Ada Byron <ada@example.org> (requester)\n" in out
    assert "Ticket:   #1: refers to a message of ticket 1\n" in out
    assert "    | Words" in out
    assert "\x1b" not in out


def test_a_reader_that_has_enough_of_a_long_answer_is_no_failure(desk: Shell, tmp_path: Path):
    (tmp_path / "long.eml").write_bytes(letter("words " * 60_000))
    command = [sys.executable, "-m", "gateway.cli.main", "--config", str(desk.config)]
    reading, writing = os.pipe()
    os.close(reading)
    with io.FileIO(writing, "w") as pipe:
        arguments = ["explain", str(tmp_path / "long.eml"), "--json"]
        done = subprocess.run(
            [*command, *arguments], stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")


def test_it_says_who_would_be_given_the_ticket(desk: Shell, database: Database, explain: Any):
    """The first in turn is away: the daemon would pass them over, and so does this."""
    config = desk.config.read_text().replace("tier = 2", "")
    desk.config.write_text(config + '\n[[queues]]\nname = "support"\nassign = "round_robin"\n')
    assert "set assignee of it to bea@acme.example" in explain(letter())["would"]

    with database.write() as conn:
        people.set_away(conn, "bea@acme.example", None)

    assert "set assignee of it to carla@acme.example" in explain(letter())["would"]

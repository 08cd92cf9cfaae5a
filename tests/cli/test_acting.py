"""`gateway ticket new, reply, note, do, move`: what an agent can do, from a shell."""

import io
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.main import run
from gateway.store.database import Database
from tests.cli.conftest import Ended, Shell, daemon
from tests.servers import wait_until

ADA = "ada@example.org"
RESTRICTED = """
[[agents]]
name = "Dan Oz"
email = "dan@acme.example"
queues = ["payroll"]

[[queues]]
name = "support"
addresses = ["support@acme.example"]

[[queues]]
name = "payroll"
restricted = true
"""


def new(desk: Shell, subject: str = "Printer on fire", *more: str) -> int:
    """A ticket of Ada's."""
    asked = ("--for", ADA, "--subject", subject, "--text", "She called: it burns.", *more)
    number: int = desk("ticket", "new", *asked, "--json").json["ticket"]
    return number


def show(desk: Shell, number: int = 1) -> Any:
    return desk("ticket", "show", str(number), "--json").json


def said(desk: Shell, number: int = 1) -> list[tuple[str, str, str]]:
    """What people said on a ticket: kind, visibility, words."""
    kinds = ("message", "note")
    entries = [e for e in show(desk, number)["entries"] if e["kind"] in kinds]
    return [(e["kind"], e["visibility"], e["text"]) for e in entries]


def outgoing(desk: Shell, kind: str) -> list[str]:
    rows = desk("outbox", "list", "--json").json
    return [row["to"]["address"] for row in reversed(rows) if row["kind"] == kind]


def refused(done: Ended) -> str:
    """One line on standard error, exit status 2, nothing else."""
    assert (done.status, done.out) == (2, ""), done
    assert done.err.count("\n") == 1
    return done.err


@pytest.fixture
def desk(desk: Shell, database: Database) -> Shell:
    """With a database that is there already."""
    return desk


@pytest.fixture
def ticket(desk: Shell) -> int:
    return new(desk)


# A call becomes a ticket.


def test_a_call_becomes_a_ticket(desk: Shell):
    assert new(desk, "Printer on fire", "--name", "Ada Byron", "--as", "bea") == 1
    made = show(desk)
    assert (made["subject"], made["channel"], made["state"]) == ("Printer on fire", "phone", "new")
    assert made["requester"] == {"name": "Ada Byron", "address": ADA}
    assert said(desk) == [("message", "public", "She called: it burns.")]
    assert outgoing(desk, "confirmation") == [ADA]


def test_a_visit_is_another_channel(desk: Shell):
    new(desk, "Printer", "--channel", "visit")
    assert show(desk)["channel"] == "visit"


def test_people_hear_the_number(desk: Shell):
    done = desk("ticket", "new", "--for", f"<{ADA}>", "--subject", "x", "--text", "y")
    assert (done.status, done.out, done.err) == (0, f"#1: opened for {ADA}\n", "")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("--for", "ada"), '--for: found "ada", expected a mail address'),
        (("--subject", " \x00 "), "--subject: found nothing"),
        (("--text", " "), "--text: found nothing"),
        (("--as", "nobody"), 'there is no agent "nobody"'),
        (("--as", "ruiz"), '"ruiz" may be any of Bea Ruiz <bea@acme.example>, Carla Ruiz'),
    ],
)
def test_a_call_with_something_wrong_opens_nothing(
    desk: Shell, more: tuple[str, ...], expected: str
):
    usual = ("--for", ADA, "--subject", "Printer", "--text", "It burns.")
    assert expected in refused(desk("ticket", "new", *usual, *more))
    assert desk("ticket", "list", "--json").json == []


# Words.


def test_an_answer_is_public_and_goes_to_the_requester(desk: Shell, ticket: int):
    done = desk("ticket", "reply", "1", "--as", "bea", "--text", "Pull the plug!")
    assert (done.status, done.out, done.err) == (0, "#1: answered\n", "")
    assert said(desk)[-1] == ("message", "public", "Pull the plug!")
    assert outgoing(desk, "answer") == [ADA]
    answered = show(desk)
    assert (answered["state"], answered["assignee"]["address"]) == ("open", "bea@acme.example")
    [answer] = [e for e in answered["entries"] if e["text"] == "Pull the plug!"]
    assert answer["direction"] == "out"
    assert answer["author"]["role"] == "agent"
    assert answer["delivery"] == {"state": "queued", "attempts": 0, "error": None}


def test_a_note_stays_inside(desk: Shell, ticket: int):
    assert desk("ticket", "note", "1", "--as", "Bea Ruiz", "--text", "Again.").out == "#1: noted\n"
    assert said(desk)[-1] == ("note", "internal", "Again.")
    assert outgoing(desk, "answer") == []


def test_the_entry_is_told_to_scripts(desk: Shell, ticket: int):
    done = desk("ticket", "note", "1", "--as", "bea", "--text", "Again.", "--json").json
    assert done["ticket"] == 1
    assert [e["text"] for e in show(desk)["entries"] if e["id"] == done["entry"]] == ["Again."]


def test_commands_stand_at_the_top_of_the_words(desk: Shell, ticket: int):
    text = "#priority high\n#resolve\nIt is out.\n#tag no command here"
    assert desk("ticket", "reply", "1", "--as", "bea", "--text", text).status == 0
    changed = show(desk)
    assert (changed["priority"], changed["state"], changed["tags"]) == ("high", "resolved", [])
    assert said(desk)[-1] == ("message", "public", "It is out.\n#tag no command here")


def test_a_note_above_the_words_keeps_them_inside(desk: Shell, ticket: int):
    desk("ticket", "reply", "1", "--as", "bea", "--text", "#note\nBetween us.")
    assert said(desk)[-1] == ("note", "internal", "Between us.")
    assert outgoing(desk, "answer") == []


@pytest.mark.parametrize("command", ["reply", "note"])
def test_words_come_from_standard_input(
    desk: Shell, ticket: int, monkeypatch: pytest.MonkeyPatch, command: str
):
    monkeypatch.setattr("sys.stdin", io.StringIO("Línea 1\nLínea 2\n"))
    assert desk("ticket", command, "1", "--as", "bea", "--text", "-").status == 0
    assert said(desk)[-1][2] == "Línea 1\nLínea 2"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("reply", "99", "--as", "bea", "--text", "x"), "there is no ticket 99"),
        (("note", "x", "--as", "bea", "--text", "x"), 'found "x", expected the number'),
        (("do", "99", "take", "--as", "bea"), "there is no ticket 99"),
        (("reply", "1", "--as", "zed", "--text", "x"), 'there is no agent "zed"'),
        (("reply", "1", "--as", "ruiz", "--text", "x"), "give the address"),
        (("reply", "1", "--as", "", "--text", "x"), 'there is no agent ""'),
        (("reply", "1", "--as", "bea", "--text", " \n"), "--text: found nothing"),
        (("reply", "1", "--as", "bea", "--text", "#resolv\nBye."), "did you mean #resolve?"),
        (("note", "1", "--as", "bea", "--text", "#tag x\n#priority hot\nBye."), "low, normal"),
        (("do", "1", "resolv", "--as", "bea"), "#resolve"),
        (("do", "1", "tag x", "priority hot", "--as", "bea"), "low, normal, high, urgent"),
        (("do", "1", "tag x", "assign nobody@here.example", "--as", "bea"), "one agent of"),
        (("do", "1", "tag x", "merge 99", "--as", "bea"), "there is no 99"),
        (("do", "1", "tag x", "queue nowhere", "--as", "bea"), "support"),
    ],
)
def test_what_is_wrong_is_exit_2_and_changes_nothing(
    desk: Shell, ticket: int, arguments: tuple[str, ...], expected: str
):
    before = show(desk), desk("outbox", "list", "--json").json, desk("inbox", "list", "--json").json
    assert expected in refused(desk("ticket", *arguments))
    assert before == (
        show(desk),
        desk("outbox", "list", "--json").json,
        desk("inbox", "list", "--json").json,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("reply", "1", "--text", "x"),
        ("reply", "1", "--as", "bea"),
        ("do", "1", "--as", "bea"),
        ("new", "--for", ADA, "--subject", "x"),
        ("move", "1", "--as", "bea"),
    ],
)
def test_what_is_missing_is_named(desk: Shell, arguments: tuple[str, ...]):
    assert "Missing" in refused(desk("ticket", *arguments))


# Commands.


@pytest.mark.parametrize("mark", ["", "#"])
def test_each_command_is_one_argument_and_its_mark_is_optional(desk: Shell, ticket: int, mark: str):
    commands = ("priority urgent", "tag fire smoke", "take")
    done = desk(
        "ticket", "do", f"{mark}1", "--as", "BEA@acme.example", *(mark + c for c in commands)
    )
    assert (done.status, done.out) == (0, "#1: done\n")
    changed = show(desk)
    assert (changed["priority"], changed["tags"]) == ("urgent", ["fire", "smoke"])
    assert changed["assignee"] == {"name": "Bea Ruiz", "address": "bea@acme.example"}
    assert outgoing(desk, "answer") == []


def test_what_changed_is_told_old_and_new(desk: Shell, ticket: int):
    desk("ticket", "do", "1", "--as", "bea", "priority urgent", "tag fire", "for eve@example.org")
    changes = {e["change"]["what"]: e["change"] for e in show(desk)["entries"] if e["change"]}
    assert changes["priority"] == {"what": "priority", "old": "normal", "new": "urgent"}
    assert changes["tags"] == {"what": "tags", "old": [], "new": ["fire"]}
    shown = desk("ticket", "show", "1").out
    assert "    priority: normal → urgent\n" in shown
    assert "    tags: nothing → fire\n" in shown
    assert f"    requester: {ADA} → eve@example.org\n" in shown


# An entry that stands on the wrong ticket.


@pytest.mark.parametrize(("flags", "by"), [(("--as", "bea"), "Bea Ruiz"), ((), "the operator")])
def test_an_entry_is_moved_and_moved_back(desk: Shell, flags: tuple[str, ...], by: str):
    new(desk), new(desk, "Screen")
    entry = show(desk)["entries"][0]["id"]
    done = desk("ticket", "move", str(entry), "#2", *flags)
    assert (done.status, done.out) == (0, f"#1: entry {entry} is on ticket 2 now\n")
    assert (len(said(desk, 1)), len(said(desk, 2))) == (0, 2)
    assert show(desk, 2)["entries"][-1]["because"] == f"moved here from ticket 1 by {by}"
    assert desk("ticket", "move", str(entry), "1", *flags).status == 0
    assert (len(said(desk, 1)), len(said(desk, 2))) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("99", "2"), "there is no entry 99"),
        (("x", "2"), 'found "x", expected the id of an entry'),
        (("1", "99"), "there is no 99"),
        (("1", "1"), "this is the same one"),
        (("1", "2", "--as", "zed"), 'there is no agent "zed"'),
    ],
)
def test_a_move_that_cannot_be_moves_nothing(
    desk: Shell, arguments: tuple[str, ...], expected: str
):
    new(desk), new(desk, "Screen")
    before = show(desk, 1), show(desk, 2)
    assert expected in refused(desk("ticket", "move", *arguments))
    assert (show(desk, 1), show(desk, 2)) == before


# Who may.


def test_a_restricted_queue_is_for_its_own_agents(desk: Shell, ticket: int):
    with desk.config.open("a") as config:
        config.write(RESTRICTED)
    assert desk("ticket", "do", "1", "--as", "bea", "queue payroll").status == 0
    before = show(desk)
    outsider = ("--as", "carla@acme.example")
    for arguments in (
        ("reply", "1", "--text", "x"),
        ("note", "1", "--text", "x"),
        ("do", "1", "take"),
        ("move", str(before["entries"][0]["id"]), str(new(desk, "Screen"))),
    ):
        assert "there is no ticket 1 that Carla Ruiz can see" in refused(
            desk("ticket", *arguments, *outsider)
        )
    assert show(desk) == before
    assert desk("ticket", "do", "1", "--as", "dan", "take").status == 0


def test_it_is_on_disk_when_it_returns(desk: Shell, ticket: int, database: Database):
    arguments = ["ticket", "reply", "1", "--as", "bea", "--text", "Pull the plug!"]
    assert run(["--config", str(desk.config), *arguments]) == 0
    with database.read() as conn:
        rows = conn.exec_driver_sql("SELECT state FROM outbox WHERE kind = 'answer'").all()
    assert [row[0] for row in rows] == ["queued"]


# All the way.


def delivered(folder: Path, to: str) -> list[EmailMessage]:
    mails = [
        message_from_bytes(file.read_bytes(), policy=email_policy.default)
        for file in sorted((folder / "out" / "new").glob("*"))
    ]
    return [mail for mail in mails if to in str(mail["To"])]


def test_the_running_daemon_delivers_what_is_said_in_a_shell(desk: Shell, tmp_path: Path):
    with daemon(desk):
        new(desk)
        desk("ticket", "reply", "1", "--as", "bea", "--text", "Pull the plug!")
        wait_until(lambda: len(delivered(tmp_path, ADA)) == 2, "the answer to be delivered", 20)
        wait_until(
            lambda: all(r["state"] == "sent" for r in desk("outbox", "list", "--json").json),
            "all of it to be sent",
            20,
        )
    answers = [mail for mail in delivered(tmp_path, ADA) if "Pull the plug!" in mail.as_string()]
    assert len(answers) == 1
    assert "bea@acme.example" not in answers[0].as_string()
    [entry] = [
        e for e in show(desk)["entries"] if e["direction"] == "out" and e["kind"] == "message"
    ]
    assert entry["delivery"] == {"state": "sent", "attempts": 1, "error": None}

"""What scripts rely on: names, options, exit statuses, and the JSON on standard output."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from gateway.cli.main import app, run
from gateway.store.database import Database
from tests.cli.conftest import Shell, letter

# Each command with the options and arguments that it takes beside --config.
COMMANDS = {
    "serve": "",
    "init": "--defaults",
    "check": "",
    "ticket list": "--state --queue --assignee --search --limit --json",
    "ticket new": "--for --subject --text --channel --as",
    "ticket show": "NUMBER --json",
    "ticket reply": "NUMBER --as --text",
    "ticket note": "NUMBER --as --text",
    "ticket do": "NUMBER --as COMMAND...",
    "ticket move": "ENTRY TO --as",
    "agent list": "",
    "agent address": "AGENT",
    "import": "PATH... --json",
    "explain": "PATH... --json",
    "inbox list": "--failed --held --json",
    "inbox retry": "ID...",
    "inbox release": "ID...",
    "outbox list": "--failed --json",
    "outbox retry": "ID...",
}
TICKET = {
    *("number", "subject", "state", "priority", "queue", "tier", "assignee", "tags", "language"),
    *("channel", "requester", "created_at", "updated_at", "resolved_at", "closed_at", "sla"),
}
ENTRY = {
    *("id", "at", "kind", "visibility", "direction", "channel", "author", "text", "full_text"),
    *("html", "attachments", "because", "change", "delivery"),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
ADA = "ada@example.org"


def command_of(name: str) -> Any:
    found: Any = typer.main.get_command(app)
    for step in name.split():
        found = found.get_command(typer.Context(found), step)
        assert found is not None, name
    return found


def taken(command: Any) -> set[str]:
    """Options by their names, arguments as the usage shows them."""
    found: set[str] = set()
    for param in command.params:
        argument = param.param_type_name == "argument"
        found.update([param.metavar or param.name.upper()] if argument else param.opts)
    return found


def new(desk: Shell, subject: str, text: str, *more: str) -> int:
    asked = ("ticket", "new", "--for", ADA, "--subject", subject, "--text", text, *more)
    number: int = desk(*asked, "--json").json["ticket"]
    return number


@pytest.fixture
def desk(desk: Shell, database: Database) -> Shell:
    """With a database that is there already."""
    return desk


@pytest.fixture
def story(desk: Shell, tmp_path: Path) -> Any:
    """Ticket 1: a call, an answer with a change, a note; ticket 2: a mail with an attachment."""
    new(desk, "Printer on fire", "It burns.")
    desk("ticket", "reply", "1", "--as", "bea", "--text", "#priority high\nPull the plug!")
    desk("ticket", "note", "1", "--as", "bea", "--text", "Again.")
    parts = (
        b'--b\n\nSee.\n--b\nContent-Type: image/png; name="smoke.png"\n'
        b"Content-Disposition: attachment\n\npng\n--b--\n"
    )
    mail = letter(Content_Type='multipart/mixed; boundary="b"').partition(b"\n\n")[0]
    (tmp_path / "mail.eml").write_bytes(mail + b"\n\n" + parts)
    assert desk("import", str(tmp_path / "mail.eml")).status == 0
    return desk


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_what_scripts_give_it(name: str):
    assert taken(command_of(name)) >= {*COMMANDS[name].split(), "--config"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_config_before_and_after_its_name(shell: Shell, name: str):
    for arguments in (["--config", "x", *name.split()], [*name.split(), "--config", "x"]):
        assert run([*arguments, "--help"]) == 0


@pytest.mark.parametrize(
    "command",
    [
        *(("ticket", "list"), ("ticket", "show", "1"), ("agent", "list"), ("inbox", "list")),
        *(("agent", "address", "bea"), ("outbox", "list"), ("import", "mail.eml")),
        *(("explain", "mail.eml"), ("outbox", "retry", "1"), ("inbox", "retry", "1")),
        *(("ticket", "do", "1", "--as", "bea", "take"), ("check",)),
    ],
)
def test_json_is_one_document_and_nothing_else(
    story: Shell, database: Database, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    monkeypatch.chdir(story.config.parent)
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE outbox SET state = 'failed'")
        conn.exec_driver_sql("UPDATE inbox SET state = 'failed'")
    done = story(*command, "--json")
    assert isinstance(json.loads(done.out), dict | list)
    assert done.out.isascii()
    assert done.status == 0 or command == ("check",)


def test_warnings_go_to_standard_error(desk: Shell, tmp_path: Path):
    (tmp_path / "templates" / "en").mkdir(parents=True)
    (tmp_path / "templates" / "en" / "confirmation.txt").write_text("{% broken")
    config = desk.config.read_text().replace("[desk]", '[desk]\ntemplates = "templates"')
    desk.config.write_text(config)
    asked = ("--for", ADA, "--subject", "x", "--text", "y")
    done = desk("ticket", "new", *asked, "--json")
    assert done.json["ticket"] == 1
    assert [json.loads(row)["level"] for row in done.err.splitlines()] == ["warning"]


def instants(document: Any) -> dict[str, Any]:
    """Every value whose name says that it is a time."""
    if isinstance(document, list):
        return {k: v for one in document for k, v in instants(one).items()}
    if not isinstance(document, dict):
        return {}
    own = {k: v for k, v in document.items() if k == "at" or k.endswith("_at")}
    return own | {k: v for one in document.values() for k, v in instants(one).items()}


@pytest.mark.parametrize(
    "command", [("ticket", "list"), ("ticket", "show", "1"), ("inbox", "list"), ("outbox", "list")]
)
def test_times_are_utc_with_z(story: Shell, command: tuple[str, ...]):
    found = instants(story(*command, "--json").json)
    assert found
    for name, value in found.items():
        assert value is None or INSTANT.fullmatch(value), name
        assert value is None or datetime.fromisoformat(value).utcoffset() is not None


def test_a_ticket_leaves_nothing_out(story: Shell):
    for ticket in story("ticket", "list", "--json").json:
        assert ticket.keys() >= TICKET
        assert ticket["sla"].keys() >= {"policy", "first_response", "next_response", "resolution"}
        assert ticket["requester"].keys() == {"name", "address"}
    mailed, called = story("ticket", "list", "--json").json
    assert (called["state"], called["priority"], called["channel"]) == ("open", "high", "phone")
    assert called["assignee"] == {"name": "Bea Ruiz", "address": "bea@acme.example"}
    assert (mailed["state"], mailed["assignee"], mailed["resolved_at"]) == ("new", None, None)


def test_a_history_leaves_nothing_out(story: Shell):
    for number in ("1", "2"):
        shown = story("ticket", "show", number, "--json").json
        assert shown.keys() >= TICKET | {"deadlines", "entries"}
        ids = [entry["id"] for entry in shown["entries"]]
        assert ids == sorted(ids)
        for entry in shown["entries"]:
            assert entry.keys() >= ENTRY
            assert entry["author"].keys() == {"name", "address", "role"}
            assert entry["because"]
            assert entry["kind"] in {"message", "note", "change", "notice"}
            assert (entry["change"] is not None) == (entry["kind"] == "change")


def test_a_history_tells_what_changed_what_goes_out_and_what_is_attached(story: Shell):
    entries = story("ticket", "show", "1", "--json").json["entries"]
    by_text = {entry["text"]: entry for entry in entries}
    answer, note = by_text["Pull the plug!"], by_text["Again."]
    assert answer["delivery"] == {"state": "queued", "attempts": 0, "error": None}
    assert (answer["visibility"], answer["direction"]) == ("public", "out")
    assert (note["kind"], note["visibility"], note["delivery"]) == ("note", "internal", None)
    changes = [entry["change"] for entry in entries if entry["change"]]
    assert {"what": "priority", "old": "normal", "new": "high"} in changes
    mailed = story("ticket", "show", "2", "--json").json["entries"][0]
    assert mailed["attachments"] == [
        {"name": "smoke.png", "type": "image/png", "size": 3, "inline": False}
    ]
    assert (mailed["direction"], mailed["html"], mailed["delivery"]) == ("in", None, None)


def test_a_list_is_filtered_in_every_way_at_once(desk: Shell):
    for number in range(1, 5):
        new(desk, f"Printer {number}", "It burns.")
    desk("ticket", "do", "2", "--as", "bea", "take")
    desk("ticket", "do", "3", "--as", "bea", "take")
    desk("ticket", "do", "4", "--as", "carla@acme.example", "take")
    chosen = ("--state", "open", "--queue", "support", "--assignee", "Bea Ruiz")

    def listed(*arguments: str) -> list[int]:
        return [t["number"] for t in desk("ticket", "list", *arguments, "--json").json]

    assert listed(*chosen) == [3, 2]
    assert listed(*chosen, "--search", "burns") == [3, 2]
    assert listed(*chosen, "--search", "burns", "--limit", "1") == [3]
    assert listed("--state", "closed") == []
    assert listed("--queue", "nowhere") == []


def test_a_search_gives_the_newest_50_and_a_list_gives_all(desk: Shell, tmp_path: Path):
    mails = [letter(f"It burns {n}.", subject=f"s{n}", id=f"<{n}@x.example>") for n in range(60)]
    postmark = b"From ada@example.org Mon Jan  5 09:00:00 2026\n"
    (tmp_path / "old.mbox").write_bytes(b"".join(postmark + mail + b"\n" for mail in mails))
    assert desk("import", str(tmp_path / "old.mbox")).status == 0
    numbers = [t["number"] for t in desk("ticket", "list", "--json").json]
    assert numbers == list(range(60, 0, -1))
    found = desk("ticket", "list", "--search", "burns", "--json").json
    assert [t["number"] for t in found] == list(range(60, 10, -1))
    more = desk("ticket", "list", "--search", "burns", "--limit", "55", "--json").json
    assert len(more) == 55


@pytest.mark.parametrize("box", ["inbox", "outbox"])
def test_a_retry_tells_what_it_did(story: Shell, database: Database, box: str):
    with database.write() as conn:
        conn.exec_driver_sql(f"UPDATE {box} SET state = 'failed'")
    ids = [row["id"] for row in story(box, "list", "--failed", "--json").json]
    done = story(box, "retry", *(str(id) for id in ids), "--json").json
    assert [row["id"] for row in done] == ids
    assert {row["state"] for row in done} <= {"new", "queued"}
    assert story(box, "list", "--failed", "--json").json == []


def test_what_is_held_is_listed_and_released(desk: Shell, tmp_path: Path):
    mail = letter("#note\nMine.", sender="bea@acme.example", id="<h@acme.example>")
    (tmp_path / "held.eml").write_bytes(mail)
    desk("import", str(tmp_path / "held.eml"))
    [held] = desk("inbox", "list", "--held", "--json").json
    assert (held["state"], held["ticket"]) == ("held", None)
    [released] = desk("inbox", "release", str(held["id"]), "--json").json
    assert (released["state"], released["released_by"]) == ("new", "the operator")
    assert desk("inbox", "list", "--held", "--json").json == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("inbox", "retry", "99"),
        ("inbox", "retry", "9" * 30),
        ("inbox", "release", "9" * 30),
        ("outbox", "retry", "9" * 30),
        ("ticket", "list", "--limit", "9" * 30),
        ("inbox", "list", "--limit", "9" * 30),
        ("outbox", "list", "--limit", "9" * 30),
        ("ticket", "show", "99"),
        ("ticket", "list", "--assignee", "zed"),
        ("agent", "address", "zed"),
        ("inbox", "release", "1", "--as", "zed"),
        ("sal",),
        ("ticket", "shw"),
        ("import",),
        ("explain",),
    ],
)
def test_what_is_asked_wrongly_is_exit_2_and_one_line(desk: Shell, arguments: tuple[str, ...]):
    done = desk(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("[desk]", "[desk]\nnmae = 'x'", ("desk.nmae", "name")),
        ("tier = 2", 'tier = "two"', ("agents[1].tier", "two")),
        ("[email.send]", "[email.send]\nprt = 25", ("email.send.prt", "port")),
    ],
)
def test_a_wrong_config_is_a_line_with_file_key_and_what_is_expected(
    desk: Shell, old: str, new: str, names: tuple[str, ...]
):
    text = desk.config.read_text()
    assert old in text
    desk.config.write_text(text.replace(old, new, 1))
    for command in (("ticket", "list"), ("serve",), ("check",), ("outbox", "list", "--json")):
        done = desk(*command)
        assert (done.status, done.out) == (2, "")
        assert done.err.count("\n") == 1
        assert all(name in done.err for name in (str(desk.config), *names))

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.core.chat import WantedFile
from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryKind,
    Party,
    Proof,
    Role,
    State,
    StoredFile,
    Ticket,
    Verdict,
    Visibility,
)
from gateway.core.promises import Promise
from gateway.core.waiting import Waiting
from gateway.store import content, entries, outbox, tickets, wanted
from gateway.store.database import Database
from gateway.store.entries import NewEntry
from gateway.store.outbox import NewOutbox
from tests.cli.conftest import Shell

AT = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Author(name="Ada Byron", address="ada@example.org", role=Role.REQUESTER)
BEA = Author(name="Bea Ruiz", address="bea@acme.example", role=Role.AGENT)


def add_ticket(database: Database, **facts: Any) -> int:
    usual: dict[str, Any] = {
        "number": 0,
        "subject": "Printer on fire",
        "requester": Party(address=ADA.address, name=ADA.name),
        "queue": "support",
        "created_at": AT,
        "updated_at": AT,
    }
    with database.write() as conn:
        return tickets.insert(conn, Ticket(**usual | facts))


def add_entry(database: Database, number: int, **facts: Any) -> int:
    usual: dict[str, Any] = {
        "ticket": number,
        "at": AT,
        "kind": EntryKind.MESSAGE,
        "visibility": Visibility.PUBLIC,
        "author": ADA,
        "because": "belongs to no ticket so far: a new one",
        "because_code": "nothing_matched",
    }
    with database.write() as conn:
        return entries.append(conn, [NewEntry(**usual | facts)])[0]


def add_delivery(database: Database, number: int, entry: int, kind: str, state: str) -> None:
    new = NewOutbox(
        ticket=number,
        channel="email",
        to=Party(address="ada@example.org"),
        kind=kind,
        message={"v": 1},
        message_id=f"<{entry}.{kind}.{state}@acme.example>",
        due_at=AT,
        created_at=AT,
        entry=entry,
    )
    with database.write() as conn:
        made = outbox.enqueue(conn, new)
        if state == "sent":
            outbox.sent(conn, made, now=AT)
        elif state != "queued":
            getattr(outbox, state)(conn, made, "550 no such user")


def test_a_ticket_has_exactly_this_shape(shell: Shell, database: Database):
    number = add_ticket(database, assignee="bea@acme.example", tags=("hardware",))
    [shown] = shell("ticket", "list", "--json").json
    assert shown == {
        "number": number,
        "subject": "Printer on fire",
        "state": "new",
        "priority": "normal",
        "queue": "support",
        "tier": 1,
        "assignee": {"name": "Bea Ruiz", "address": "bea@acme.example"},
        "tags": ["hardware"],
        "language": "en",
        "channel": "email",
        "requester": {"name": "Ada Byron", "address": "ada@example.org"},
        "participants": [],
        "rating": None,
        "previous": None,
        "merged_into": None,
        "promise": None,
        "waiting": None,
        "created_at": "2026-01-05T09:00:00Z",
        "updated_at": "2026-01-05T09:00:00Z",
        "resolved_at": None,
        "closed_at": None,
        "sla": {
            "policy": None,
            "first_response": None,
            "next_response": None,
            "resolution": None,
        },
    }


def test_a_ticket_that_waits_shows_what_comes_next(shell: Shell, database: Database):
    waiting = Waiting(since=AT)
    for reminded in (0, 2):
        last = AT + reminded * 24 * HOUR if reminded else None
        add_ticket(
            database,
            state=State.PENDING,
            waiting=replace(waiting, reminded=reminded, reminded_at=last),
        )
    shown = [one["waiting"] for one in shell("ticket", "list", "--json").json][::-1]
    assert [(one["reminded"], one["next_at"][:10], one["resolves"]) for one in shown] == [
        (0, "2026-01-07", False),
        (2, "2026-01-10", True),  # three days after the second one, late or not
    ]
    assert "reminders past: 2, resolved on 2026-01-10" in shell("ticket", "show", "2").out


def test_a_promise_is_shown_with_whether_it_was_kept(shell: Shell, database: Database):
    made = Promise(by="bea@acme.example", due_at=AT + HOUR, made_at=AT)
    add_ticket(database, promise=made)
    add_ticket(database, promise=replace(made, kept_at=AT + HOUR / 2))
    add_ticket(database, promise=replace(made, by="gone@acme.example", kept_at=AT + 2 * HOUR))
    shown = [one["promise"] for one in shell("ticket", "list", "--json").json][::-1]
    assert shown[0] == {
        "by": {"name": "Bea Ruiz", "address": "bea@acme.example"},
        "due_at": "2026-01-05T10:00:00Z",
        "made_at": "2026-01-05T09:00:00Z",
        "kept_at": None,
        "late": True,  # it is later than 2026
    }
    assert [(one["kept_at"], one["late"]) for one in shown[1:]] == [
        ("2026-01-05T09:30:00Z", False),
        ("2026-01-05T11:00:00Z", True),
    ]
    told = [shell("ticket", "show", str(number)).out for number in (1, 2, 3)]
    lines = [line for text in told for line in text.splitlines() if line.startswith("promise:")]
    assert [line.partition("2026")[0] for line in lines] == [
        "promise: Bea Ruiz, an answer by ",
        "promise: Bea Ruiz, an answer by ",
        "promise: gone@acme.example, an answer by ",
    ]
    assert [", late" in lines[0], ", kept at" in lines[1], ", kept late at" in lines[2]] == [
        True
    ] * 3


def test_the_history_has_exactly_this_shape(shell: Shell, database: Database):
    number = add_ticket(database)
    with database.write() as conn:
        digest = content.put(conn, b"png")
    said = Body(text="It burns.", full_text="It burns.\n-- \nAda", html="<p>It burns.</p>")
    file = StoredFile(name="smoke.png", type="image/png", size=3, digest=digest)
    message = add_entry(
        database,
        number,
        direction=Direction.IN,
        body=said,
        files=(file,),
        message_id="<1@x>",
        proof=Proof(spf=Verdict.NONE, dmarc=Verdict.PASS),
    )
    change = {"what": "priority", "old": "normal", "new": "high"}
    add_entry(database, number, kind=EntryKind.CHANGE, author=BEA, change=change)
    shown = shell("ticket", "show", f"#{number}", "--json").json
    nothing: list[object] = []
    targets = ("first_response", "next_response", "resolution")
    assert shown["deadlines"] == dict.fromkeys(targets, nothing)
    first, second = shown["entries"]
    assert first == {
        "id": message,
        "at": "2026-01-05T09:00:00Z",
        "kind": "message",
        "visibility": "public",
        "direction": "in",
        "channel": "email",
        "author": {"name": "Ada Byron", "address": "ada@example.org", "role": "requester"},
        "text": "It burns.",
        "full_text": "It burns.\n-- \nAda",
        "html": "<p>It burns.</p>",
        "attachments": [{"name": "smoke.png", "type": "image/png", "size": 3, "inline": False}],
        "because": "belongs to no ticket so far: a new one",
        "change": None,
        "delivery": None,
        "message_id": "<1@x>",
        "proof": {"spf": "none", "dkim": "unknown", "dmarc": "pass"},
        "held": None,
        "erased_at": None,
        "edited_at": None,
        "deleted_at": None,
        "revisions": [],
        "files": [],
    }
    assert (second["kind"], second["change"], second["text"]) == ("change", change, None)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([], None),
        ([("answer", "queued")], "queued"),
        ([("answer", "sent")], "sent"),
        ([("answer", "sent"), ("answer", "failed")], "failed"),
        ([("answer", "sent"), ("copy", "failed")], "sent"),
        ([("answer", "unknown"), ("answer", "sent")], "unknown"),
    ],
)
def test_an_answer_tells_its_least_lucky_delivery(
    shell: Shell, database: Database, sent: list[tuple[str, str]], told: str | None
):
    number = add_ticket(database)
    entry = add_entry(database, number, author=BEA, direction=Direction.OUT, body=Body(text="Hi"))
    for kind, state in sent:
        add_delivery(database, number, entry, kind, state)
    delivery = shell("ticket", "show", str(number), "--json").json["entries"][0]["delivery"]
    assert (delivery and delivery["state"]) == told
    if told == "failed":
        assert delivery["error"] == "550 no such user"


def test_tickets_are_listed_newest_first_and_filtered(shell: Shell, database: Database):
    for state, queue, assignee in [
        (State.NEW, "support", None),
        (State.OPEN, "network", "bea@acme.example"),
        (State.OPEN, "support", "gone@acme.example"),
    ]:
        add_ticket(database, state=state, queue=queue, assignee=assignee)

    def listed(*arguments: str) -> list[int]:
        return [t["number"] for t in shell("ticket", "list", "--json", *arguments).json]

    assert listed() == [3, 2, 1]
    assert listed("--limit", "2") == [3, 2]
    assert listed("--state", "open") == [3, 2]
    assert listed("--queue", "network") == [2]
    assert listed("--assignee", "bea") == [2]
    assert listed("--assignee", "Gone@acme.example") == [3]


def test_words_are_searched(shell: Shell, database: Database):
    for words in ("the printer burns", "the screen is black"):
        add_entry(database, add_ticket(database), body=Body(text=words))
    found = shell("ticket", "list", "--search", "PRINTER", "--json").json
    assert [ticket["number"] for ticket in found] == [1]


@pytest.mark.parametrize("wanted", ["7", "x", "1.5", "-1", "٣", "9" * 30])
def test_an_unknown_ticket_is_exit_2(shell: Shell, wanted: str):
    done = shell("ticket", "show", "--json", "--", wanted)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1


def test_what_people_see_is_clean_and_complete(shell: Shell, database: Database):
    number = add_ticket(database, subject="\x1b[31m[bold]Fire\u202e", assignee="bea@acme.example")
    entry = add_entry(database, number, body=Body(text="one\r\n\x1b]0;x\x07two"))
    add_delivery(database, number, entry, "confirmation", "failed")
    listed, shown = shell("ticket", "list").out, shell("ticket", "show", str(number)).out
    assert "[bold]Fire" in listed
    assert "Bea Ruiz" in listed
    assert "2026-01-05 10:00" in listed  # in the desk's time zone
    assert "    | one\n    | two\n" in shown
    assert "because: belongs to no ticket so far" in shown
    assert "550 no such user" in shown
    assert not {"\x1b", "\u202e", "\x07"} & set(listed + shown)


def test_files_that_are_not_here_are_listed_with_the_reason(shell: Shell, database: Database):
    number = add_ticket(database)
    entry = add_entry(database, number, body=Body(text="See both."))
    files = (
        WantedFile(ref="F1", name="smoke.png", type="image/png"),
        WantedFile(ref="F2", name="big.iso", type="x/y", problem="20 MB are allowed\x1b[31m"),
    )
    with database.write() as conn:
        wanted.want(conn, entry, "telegram", files, AT)

    shown = shell("ticket", "show", str(number)).out
    assert "    file smoke.png: waiting\n" in shown
    assert "    file big.iso: failed: 20 MB are allowed" in shown
    assert "\x1b" not in shown
    as_json = shell("ticket", "show", "--json", str(number)).json["entries"][0]["files"]
    assert [(one["name"], one["state"]) for one in as_json] == [
        ("smoke.png", "waiting"),
        ("big.iso", "failed"),
    ]


P, F, N, U = Verdict.PASS, Verdict.FAIL, Verdict.NONE, Verdict.UNKNOWN
PROVEN = {
    Proof(dmarc=P, spf=P, dkim=P): "DMARC passed for example.org",
    Proof(dmarc=P, spf=F): "DMARC passed, SPF failed for example.org",
    Proof(dmarc=F, spf=F, dkim=F): "DMARC failed, SPF failed for example.org",
    Proof(dmarc=N, spf=P, dkim=N): "DMARC says nothing, SPF passed, DKIM says nothing "
    "for example.org",
    Proof(spf=F): "SPF failed for example.org",
}


@pytest.mark.parametrize("proof", PROVEN, ids=lambda proof: proof.dmarc.value)
def test_people_see_what_is_known_of_a_sender(shell: Shell, database: Database, proof: Proof):
    number = add_ticket(database)
    add_entry(database, number, direction=Direction.IN, proof=proof)
    out = shell("ticket", "show", str(number)).out
    assert f"    sender: {PROVEN[proof]}\n" in out


def test_of_a_sender_that_nobody_checked_nothing_is_said(shell: Shell, database: Database):
    number = add_ticket(database)
    add_entry(database, number, direction=Direction.IN)
    assert "sender:" not in shell("ticket", "show", str(number)).out
    shown = shell("ticket", "show", str(number), "--json").json
    assert {entry["proof"] for entry in shown["entries"]} == {None}

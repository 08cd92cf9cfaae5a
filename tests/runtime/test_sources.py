"""Machines that may open tickets, from their mail to what agents hear of it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.model import EntryKind, State
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail, reply_to

SOURCES = """
[[email.sources]]
name = "nagios"
match = 'from == "alerts@acme.example"'
dedupe = 'subject.replace("RECOVERY", "PROBLEM")'
resolves = 'subject.startsWith("RECOVERY")'
most_per_hour = 3

[[email.sources]]
name = "form"
match = 'from == "www@acme.example"'
requester = "reply_to"

[[email.sources]]
name = "voicemail"
match = 'from == "pbx@acme.example"'
requester = "^Caller: (?P<who>[^ ]+@[^ ]+)"
"""
ALERTS, FORM = "Alerts <alerts@acme.example>", "Web <www@acme.example>"
BEA, ADA = "bea@acme.example", "ada@example.org"


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=SOURCES)
    yield made
    made.close()


def alert(subject: str = "PROBLEM: disk of db1", text: str = "99 %", **more: str) -> bytes:
    return mail(text, from_=ALERTS, subject=subject, **more)


def test_an_alert_opens_a_ticket_and_is_not_confirmed(house: Desk):
    row = house.receive(alert(auto_submitted="auto-generated"))
    (ticket,) = house.tickets()
    assert (row.state, row.ticket) == (InboxState.DONE, ticket.number)
    assert (ticket.requester.address, ticket.state) == ("alerts@acme.example", State.NEW)
    assert house.relay.to("alerts@acme.example") == []
    assert len(house.sent_to(BEA, "new_ticket")) == 1


def test_repeats_fold_and_the_recovery_resolves(house: Desk):
    house.receive(alert())
    house.receive(alert(text="99.5 %"))
    house.receive(alert("PROBLEM: disk of db2"))
    row = house.receive(alert("RECOVERY: disk of db1", "12 %"))
    first, second = sorted(house.tickets(), key=lambda t: t.number)
    assert house.texts(first.number) == ["99 %", "99.5 %", "12 %"]
    assert (first.state, second.state) == (State.RESOLVED, State.NEW)
    assert row.reason == "the source nagios says that it is over"
    assert [o.document.subject for o in house.sent_to(BEA, "reply")]


def test_a_recovery_without_an_open_ticket_is_dropped_with_a_reason(house: Desk):
    row = house.receive(alert("RECOVERY: disk of db1"))
    assert (row.state, row.reason_code) == (InboxState.DROPPED, "source_over_alone")
    house.receive(alert())
    house.receive(alert("RECOVERY: disk of db1"))
    twice = house.receive(alert("RECOVERY: disk of db1", "again"))
    assert (twice.state, len(house.tickets())) == (InboxState.DROPPED, 1)


def test_what_comes_back_after_its_recovery_is_a_ticket_of_its_own(house: Desk):
    house.receive(alert())
    house.receive(alert("RECOVERY: disk of db1", "12 %"))
    house.clock.advance(hours=3)
    house.receive(alert(text="it is back"))
    house.receive(alert(text="and still there"))
    first, second = sorted(house.tickets(), key=lambda t: t.number)
    assert (first.state, second.state) == (State.RESOLVED, State.NEW)
    assert house.texts(second.number) == ["it is back", "and still there"]


def test_beyond_the_limit_repeats_are_counted_and_told_once_an_hour(house: Desk):
    for n in range(9):
        row = house.receive(alert(text=f"{n} %"))
    (ticket,) = house.tickets()
    assert (row.state, row.ticket, row.reason_code) == (
        InboxState.DROPPED,
        ticket.number,
        "source_repeats",
    )
    assert house.texts(ticket.number) == ["0 %", "1 %", "2 %", "3 %"]
    assert len(house.sent_to(BEA, "new_ticket")) == 1
    assert len(house.sent_to(BEA, "reply")) == 2
    assert len(house.sent_to(BEA, "note")) == 1
    house.clock.advance(hours=1)
    house.run()
    told = house.sent_to(BEA, "note")
    assert "5 further mails of its source were counted" in told[-1].document.text
    house.clock.advance(hours=3)
    house.run()
    assert len(house.sent_to(BEA, "note")) == 2


def test_what_flaps_stays_on_one_ticket_and_falls_silent(house: Desk):
    for n in range(10):
        house.receive(alert(text=f"up {n}"))
        house.receive(alert("RECOVERY: disk of db1", f"down {n}"))
    tickets = house.tickets()
    assert len(tickets) <= 2
    assert all(t.state is State.RESOLVED for t in tickets)
    assert len(house.relay.to(BEA)) <= 6


def test_the_limit_is_for_each_thing_and_each_hour(house: Desk):
    for n in range(5):
        house.receive(alert(text=f"{n} %"))
    house.receive(alert("PROBLEM: disk of db2"))
    assert len(house.sent_to(BEA, "new_ticket")) == 2
    house.clock.advance(hours=1)
    before = len(house.sent_to(BEA, "reply"))
    house.receive(alert(text="next hour"))
    assert len(house.sent_to(BEA, "reply")) == before + 1


def test_a_form_speaks_for_the_person_who_filled_it_in(house: Desk):
    house.receive(mail("It flickers.", from_=FORM, reply_to=f"Ada <{ADA}>", subject="Lamp"))
    (ticket,) = house.tickets()
    assert (ticket.requester.address, ticket.requester.name) == (ADA, "Ada")
    (confirmed,) = house.sent_to(ADA, "confirmation")
    assert "flickers" not in confirmed.document.text
    assert "Lamp" not in confirmed.document.subject
    assert house.relay.to("www@acme.example") == []
    (entry,) = house.history(ticket.number, EntryKind.MESSAGE)
    assert (entry.author.address, entry.author.role) == (ADA, "requester")


def test_the_person_of_a_form_answers_and_is_answered(house: Desk):
    house.receive(mail("It flickers.", from_=FORM, reply_to=ADA, subject="Lamp"))
    (confirmed,) = house.sent_to(ADA, "confirmation")
    house.receive(reply_to(confirmed, "Still.", ADA))
    (ticket,) = house.tickets()
    assert house.texts(ticket.number) == ["It flickers.", "Still."]


def test_a_form_without_an_address_is_the_forms_own(house: Desk):
    house.receive(mail("It flickers.", from_=FORM, subject="Lamp"))
    (ticket,) = house.tickets()
    assert ticket.requester.address == "www@acme.example"
    assert house.relay.to("www@acme.example") == []


def test_whom_the_text_names(house: Desk):
    text = "New message\nCaller: ada@example.org\nLength: 0:12"
    house.receive(mail(text, from_="PBX <pbx@acme.example>", subject="Voicemail"))
    assert house.tickets()[0].requester.address == ADA


def test_an_agents_answer_to_an_alert_is_no_alert(house: Desk):
    """However wide the operator's condition is: what comes to a signed address is an answer."""
    house.receive(alert())
    (notice,) = house.sent_to(BEA, "new_ticket")
    raw = reply_to(notice, "#resolve", BEA).replace(b"From: bea@", b"From: alerts@")
    house.receive(raw)
    assert [t.state for t in house.tickets()] == [State.NEW]
    house.receive(reply_to(notice, "#resolve", BEA))
    assert [t.state for t in house.tickets()] == [State.RESOLVED]


def test_the_key_of_a_merged_ticket_is_taken_over(house: Desk):
    house.receive(alert())
    house.receive(alert("PROBLEM: disk of db2"))
    house.act(1, "merge 2")
    house.receive(alert(text="on the other one"))
    assert house.texts(2)[-1] == "on the other one"
    house.act(2, "close")
    house.receive(alert(text="once more"))
    assert house.texts(3) == ["once more"]


@pytest.mark.postgres
def test_two_processes_never_open_two_tickets_for_one_thing(
    migrated_postgres_url: str, tmp_path: Path
):
    desks = [Desk(migrated_postgres_url, tmp_path, desk=SOURCES) for _ in range(2)]
    try:
        for round_ in range(6):
            for n in range(4):
                desks[n % 2].arrive(alert(f"PROBLEM: thing {round_}", f"{n}"))
            start = threading.Barrier(2)

            def work(desk: Desk, start: threading.Barrier = start) -> None:
                start.wait()
                desk.worker.drain()

            threads = [threading.Thread(target=work, args=(d,)) for d in desks]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            desks[0].worker.drain()
            assert len(desks[0].tickets()) == round_ + 1
    finally:
        for desk in desks:
            desk.close()

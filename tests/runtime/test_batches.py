"""What arrives together is handled together: quicker, and with the same outcome."""

from typing import Any

import pytest

from gateway.core.model import EntryKind
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, Died, mail, reply_to
from tests.runtime.test_trouble import Stumbling, worker_of


def several(count: int) -> list[bytes]:
    return [
        mail(f"number {n}", message_id=f"<n{n}@example.org>", from_=f"p{n}@example.org")
        for n in range(count)
    ]


def test_mails_of_a_batch_become_tickets_in_their_order(desk: Desk):
    for raw in several(20):
        desk.arrive(raw)
    desk.run()

    tickets = sorted(desk.tickets(), key=lambda t: t.number)
    assert [t.number for t in tickets] == list(range(1, 21))
    assert [desk.texts(t.number) for t in tickets] == [[f"number {n}"] for n in range(20)]
    assert [len(desk.sent_to(f"p{n}@example.org", "confirmation")) for n in range(20)] == [1] * 20


def test_an_answer_in_the_same_batch_finds_its_ticket(desk: Desk):
    for raw in several(3):
        desk.arrive(raw)
    more = {"in_reply_to": "<n1@example.org>", "from_": "p1@example.org"}
    desk.arrive(mail("And more", message_id="<more@example.org>", **more))
    desk.arrive(mail("Still more", in_reply_to="<more@example.org>", from_="p1@example.org"))
    desk.run()

    assert desk.texts(2) == ["number 1", "And more", "Still more"]
    assert len(desk.tickets()) == 3


def test_a_conversation_of_which_the_answer_comes_first_is_one_ticket(desk: Desk):
    first = mail("Question", message_id="<q@example.org>")
    desk.arrive(mail("Answer", in_reply_to="<q@example.org>", references="<q@example.org>"))
    desk.arrive(first)
    desk.run()
    assert desk.texts(1) == ["Answer", "Question"]


def test_the_same_mail_twice_in_a_batch_is_one_entry(desk: Desk):
    raw = mail("Twice", message_id="<twice@example.org>")
    rows = [desk.arrive(raw), desk.arrive(b"Received: by another way\r\n" + raw)]
    desk.run()
    assert [desk.row(r.id).state for r in rows] == [InboxState.DONE, InboxState.DUPLICATE]
    assert desk.texts(1) == ["Twice"]


def test_somebody_who_writes_twice_in_a_batch_is_met_once_and_counted_twice(desk: Desk):
    for n in range(30):
        desk.arrive(mail(f"{n}", subject=f"Subject {n}"))
    desk.run()
    confirmed = len(desk.sent_to("ada@example.org", "confirmation"))
    assert len(desk.tickets()) == 30
    assert confirmed == min(30, desk.app.policy.caps.per_recipient)


def test_one_that_fails_is_parked_and_the_rest_of_its_batch_is_handled(desk: Desk):
    reader = Stumbling(desk, lambda: ValueError("a bug of ours"))
    raws = several(6)
    rows = [desk.arrive(raw) for raw in (*raws[:3], mail("poison"), *raws[3:])]
    worker_of(desk, reader).drain()

    states = [desk.row(row.id).state for row in rows]
    assert states == [InboxState.DONE] * 3 + [InboxState.FAILED] + [InboxState.DONE] * 3
    said = [text for t in desk.tickets() for text in desk.texts(t.number)]
    assert sorted(said) == [f"number {n}" for n in range(6)]


def test_a_process_that_dies_in_a_batch_leaves_nothing_of_it(desk: Desk):
    reader = Stumbling(desk, Died)
    for raw in (*several(3), mail("poison")):
        desk.arrive(raw)
    with pytest.raises(Died):
        worker_of(desk, reader).drain()
    assert desk.tickets() == []
    reader.mended = True
    worker_of(desk, reader).drain()
    assert len(desk.tickets()) == 4


def test_agents_and_requesters_who_answer_at_once_are_all_heard(desk: Desk):
    desk.receive(mail("Help", message_id="<h@example.org>"))
    (told,) = desk.sent_to("bea@acme.example", "new_ticket")
    desk.arrive(mail("Still", in_reply_to="<h@example.org>"))
    answer = reply_to(told, "#internal\nWe look.", "bea@acme.example")
    desk.arrive(answer, to=told.reply_to or "", sender="bea@acme.example")
    for raw in several(3):
        desk.arrive(raw)
    desk.run()
    assert desk.texts(1)[:2] == ["Help", "Still"]
    assert len(desk.history(1, EntryKind.NOTE)) == 1


def test_a_mail_of_a_batch_costs_few_statements(sqlite_desk: Desk):
    """Each is a round trip on PostgreSQL. A batch ends by the clock, so not all are in one."""
    desk = sqlite_desk
    statements: list[str] = []
    for raw in several(40):
        desk.arrive(raw)
    with desk.database.write() as conn:
        driver: Any = conn.connection.driver_connection
        driver.set_trace_callback(statements.append)
    done = desk.worker.step()
    driver.set_trace_callback(None)
    # Some for the batch and three a mail; by itself each would cost eighteen.
    assert len(statements) <= 40 + 3 * len(done), statements

"""Whoever sends a copy of somebody's mail, quicker than they, does not have theirs thrown away."""

from typing import Any

from gateway.core.model import EntryKind
from gateway.store.inbox import InboxRow, InboxState
from tests.runtime.desk import Desk, mail

ADA, BEA = "ada@example.org", "bea@acme.example"
COPY = mail("The printer is on fire.", message_id="<one@example.org>")


def verdict(dmarc: str) -> dict[str, Any]:
    return {"v": 1, "dmarc": {"result": dmarc, "domain": "example.org"}}


def receive(desk: Desk, dmarc: str, raw: bytes = COPY) -> InboxRow:
    return desk.receive(raw, auth=verdict(dmarc))


def test_a_proven_mail_is_no_duplicate_of_a_forged_copy(desk: Desk):
    assert receive(desk, "fail").state is InboxState.DONE
    real = receive(desk, "pass")
    assert real.state is InboxState.DONE
    assert real.ticket is not None
    (said,) = desk.history(real.ticket, EntryKind.MESSAGE)
    assert said.proof.verified
    assert [o.ticket for o in desk.sent_to(ADA, "confirmation")] == [real.ticket]
    assert [o.ticket for o in desk.sent_to(BEA, "new_ticket")] == [1, real.ticket]


def test_it_is_one_entry_whatever_comes_later(desk: Desk):
    receive(desk, "fail")
    real = receive(desk, "pass")
    for dmarc in ("pass", "fail", "none"):
        again = receive(desk, dmarc, b"Received: from elsewhere\r\n" + COPY)
        assert (again.state, again.ticket) == (InboxState.DUPLICATE, real.ticket)


def test_copies_that_prove_no_more_are_one_entry(desk: Desk):
    receive(desk, "fail")
    for dmarc in ("fail", "none", "temperror"):
        assert receive(desk, dmarc).state is InboxState.DUPLICATE
    assert len(desk.tickets()) == 1


def test_on_a_ticket_that_it_answers_it_stands_once_more(desk: Desk):
    receive(desk, "pass")
    answer = mail("Still burning.", message_id="<two@example.org>", in_reply_to="<one@example.org>")
    receive(desk, "fail", answer)
    real = receive(desk, "pass", answer)
    assert (real.state, real.ticket) == (InboxState.DONE, 1)
    proven = [e.proof.verified for e in desk.history(1, EntryKind.MESSAGE)]
    assert proven == [True, False, True]


MALLORY = "mallory@example.org"


def test_a_copy_on_her_own_ticket_takes_no_answer_from_its_authors(desk: Desk):
    """Nothing is proven of anybody: Mallory is in Cc, and quicker, and answers another mail."""
    desk.receive(mail(message_id="<one@example.org>", cc=MALLORY))
    desk.receive(mail("Anything.", message_id="<hers@example.org>", from_=MALLORY))
    same = {"message_id": "<two@example.org>", "subject": "Re: Printer on fire"}
    desk.receive(mail("Still burning.", in_reply_to="<hers@example.org>", **same))
    real = desk.receive(mail("Still burning.", in_reply_to="<one@example.org>", **same))
    assert (real.state, real.ticket) == (InboxState.DONE, 1)
    assert len(desk.sent_to(BEA, "reply")) == 1

    for refers in ("<one@example.org>", "<hers@example.org>"):
        again = desk.receive(mail("Still burning.", in_reply_to=refers, **same))
        assert again.state is InboxState.DUPLICATE


def test_a_strangers_mail_by_two_ways_is_one_entry(desk: Desk):
    desk.receive(mail(message_id="<one@example.org>"))
    raw = mail("Me too.", message_id="<m@example.org>", in_reply_to="<one@example.org>",
               from_=MALLORY)  # fmt: skip
    desk.receive(raw)
    assert desk.receive(b"Received: from elsewhere\r\n" + raw).state is InboxState.DUPLICATE

"""A delivery report finds the very message that came back, by its envelope or by its id."""

import pytest

from gateway.core.model import EntryKind, Visibility
from gateway.core.ports import Outbound
from gateway.store.inbox import InboxState
from gateway.store.outbox import OutboxState
from tests.runtime.desk import SUPPORT, Desk, mail

ADA, BEA = "ada@example.org", "bea@acme.example"


def answered(desk: Desk) -> Outbound:
    desk.receive(mail())
    desk.act(1, "take", text="Pour water on it.")
    desk.run()
    return desk.sent_to(ADA, "answer")[-1]


def report(
    sent: Outbound,
    status: str = "5.1.1",
    *,
    action: str = "failed",
    returned: bool = True,
    marked: bool = True,
) -> bytes:
    copy = f"Message-ID: {sent.message_id}\r\nSubject: x\r\n" if returned else "Subject: x\r\n"
    if returned and marked:
        copy += f"X-Helpdesk-Mark: {sent.mark}\r\n"
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"To: {sent.bounce_to}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {ADA}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{copy}\r\n--b--\r\n"
    ).encode()


def fates(desk: Desk, kind: str) -> list[str]:
    return [row.state.value for row in desk.outgoing() if row.kind == kind]


@pytest.mark.parametrize("way", ["envelope", "id"])
def test_the_very_message_is_marked_and_its_agent_told(desk: Desk, way: str):
    sent = answered(desk)
    raw, to = report(sent, returned=way == "id"), sent.bounce_to
    if way == "id":
        raw, to = raw.replace(to.encode(), SUPPORT.encode()), SUPPORT
    row = desk.receive(raw, to=to, sender="")
    assert (row.state, row.ticket) == (InboxState.DONE, 1)
    assert fates(desk, "answer") == [OutboxState.BOUNCED]
    (told,) = desk.sent_to(BEA, "undelivered")
    assert f"{ADA} (5.1.1)" in told.document.text
    entry = next(e for e in desk.history(1, EntryKind.MESSAGE) if e.author.address == BEA)
    assert [d.state for d in entry.delivery] == ["bounced"]


def test_a_delay_is_shown_on_the_ticket_quietly(desk: Desk):
    sent = answered(desk)
    desk.receive(report(sent, "4.4.1", action="delayed"), to=sent.bounce_to, sender="")
    assert fates(desk, "answer") == [OutboxState.SENT]
    assert desk.sent_to(BEA, "undelivered") == []
    assert desk.history(1, EntryKind.MESSAGE)[-1].visibility is Visibility.INTERNAL


def test_the_next_answer_warns_until_they_write_again(desk: Desk):
    sent = answered(desk)
    desk.receive(report(sent), to=sent.bounce_to, sender="")
    desk.act(1, text="Is it out?")
    desk.run()
    assert len(desk.sent_to(ADA, "answer")) == 2
    (warning,) = desk.sent_to(BEA, "came_back")
    assert ADA in warning.document.text
    assert "5.1.1" in warning.document.text
    desk.receive(mail("I am back.", in_reply_to=sent.message_id))
    desk.act(1, text="Good.")
    desk.run()
    assert len(desk.sent_to(BEA, "came_back")) == 1


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1"])
def test_a_full_mailbox_is_told_and_not_held_against_the_address(desk: Desk, status: str):
    sent = answered(desk)
    desk.receive(report(sent, status), to=sent.bounce_to, sender="")
    assert len(desk.sent_to(BEA, "undelivered")) == 1
    desk.act(1, text="Once more.")
    desk.run()
    assert desk.sent_to(BEA, "came_back") == []


def test_a_report_about_nothing_of_ours_is_listed_as_dropped(desk: Desk):
    sent = answered(desk)
    stranger = report(sent).replace(sent.message_id.encode(), b"<else@example.org>")
    row = desk.receive(stranger.replace(sent.bounce_to.encode(), SUPPORT.encode()), sender="")
    assert (row.state, row.reason_code) == (InboxState.DROPPED, "bounce_unmatched")
    assert fates(desk, "answer") == [OutboxState.SENT]


def without_envelope(raw: bytes, sent: Outbound) -> bytes:
    return raw.replace(sent.bounce_to.encode(), SUPPORT.encode())


def test_who_knows_the_id_alone_marks_nothing_and_an_agent_hears_that_somebody_says_so(desk: Desk):
    """Anybody whom an answer was forwarded to knows its id, and could have cut people off."""
    sent = answered(desk)
    forged = without_envelope(report(sent, marked=False), sent)
    row = desk.receive(forged, sender="")
    assert (row.state, row.ticket, row.reason_code) == (InboxState.DONE, 1, "bounce_unproved")
    assert fates(desk, "answer") == [OutboxState.SENT]
    (told,) = desk.sent_to(BEA, "undelivered")
    assert "A report says that a message to ada@example.org did not arrive" in told.document.text
    assert "So nothing was marked." in told.document.text
    assert "Ask them another way" in told.document.text
    kept = desk.history(1, EntryKind.MESSAGE)[-1]
    assert kept.visibility is Visibility.INTERNAL

    desk.act(1, text="Is it out?")
    desk.run()
    assert desk.sent_to(BEA, "came_back") == []


@pytest.mark.parametrize("of", ["another message", "nobody"])
def test_a_mark_of_another_message_proves_nothing(desk: Desk, of: str):
    sent = answered(desk)
    mark = desk.sent_to(ADA, "confirmation")[-1].mark if of == "another message" else "a2"
    forged = report(sent).replace(sent.mark.encode(), mark.encode())
    desk.receive(without_envelope(forged, sent), sender="")
    assert fates(desk, "answer") == [OutboxState.SENT]


def test_a_late_warning_that_nothing_proves_is_kept_and_told_to_nobody(desk: Desk):
    sent = answered(desk)
    forged = report(sent, "4.4.1", action="delayed", marked=False)
    desk.receive(without_envelope(forged, sent), sender="")
    assert desk.sent_to(BEA, "undelivered") == []
    assert desk.history(1, EntryKind.MESSAGE)[-1].because_code == "bounce_unproved"


def test_an_unproved_report_about_no_ticket_is_listed_with_the_reason(desk: Desk):
    desk.receive(mail("#help", from_=BEA), to=desk.app.desk.book.standing(BEA))
    (told,) = desk.sent_to(BEA, "help")
    row = desk.receive(without_envelope(report(told, marked=False), told), sender="")
    assert (row.state, row.reason_code) == (InboxState.DROPPED, "bounce_unproved")

"""Loops that nobody recognised end by themselves, nothing is lost by it, and a lead is told."""

from gateway.core.model import EntryKind
from tests.runtime.desk import Desk, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


def most(desk: Desk) -> int:
    return desk.app.policy.caps.per_ticket


def test_two_machines_that_answer_each_other_through_the_desk_fall_silent(desk: Desk):
    """The requester's and the agent's mailbox answer all that comes, without any sign of it."""
    desk.receive(mail())
    answered = 0
    while (got := desk.relay.taken[answered:]) and answered < 1_000:
        answered += len(got)
        for sent in got:
            if sent.reply_to and sent.to.address in (ADA, BEA):
                raw = reply_to(sent, f"Not here. ({answered})", sent.to.address)
                desk.arrive(raw, to=sent.reply_to, sender=sent.to.address)
        desk.run()

    assert answered < 3 * most(desk)
    assert len(desk.sent_to(BEA, "note")) == 1  # she leads, and hears of it once


def test_a_ticket_that_is_too_fast_keeps_every_word_and_is_quiet_for_a_while(desk: Desk):
    desk.receive(mail(message_id="<root@example.org>"))
    count = most(desk) + 20
    for number in range(count):
        desk.receive(mail(f"And {number}", in_reply_to="<root@example.org>"))

    assert len(desk.history(1, EntryKind.MESSAGE)) == count + 1
    told = len(desk.sent_to(BEA, "reply"))
    assert told <= most(desk)
    desk.clock.advance(hours=2)
    desk.receive(mail("Later", in_reply_to="<root@example.org>"))
    assert len(desk.sent_to(BEA, "reply")) == told + 1

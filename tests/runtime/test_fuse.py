"""Loops that nobody recognised end by themselves, and the ticket shows it."""

from gateway.core.model import EntryKind
from gateway.runtime.fuse import MOST
from tests.runtime.desk import Desk, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


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

    assert len(desk.sent_to(BEA, "reply")) <= MOST
    assert answered < 5 * MOST
    left_out = [e for e in desk.history(1, EntryKind.NOTICE) if "maybe a loop" in e.because]
    assert left_out
    assert BEA in left_out[0].because


def test_an_hour_later_notices_go_out_again(desk: Desk):
    desk.receive(mail(message_id="<root@example.org>"))
    for number in range(MOST + 5):
        desk.receive(mail(f"And {number}", in_reply_to="<root@example.org>"))
    assert len(desk.sent_to(BEA, "reply")) == MOST
    desk.clock.advance(hours=2)
    desk.receive(mail("Later", in_reply_to="<root@example.org>"))

    assert len(desk.sent_to(BEA, "reply")) == MOST + 1


def test_what_agents_write_is_never_left_out(desk: Desk):
    desk.receive(mail())
    for number in range(MOST + 5):
        desk.act(1, text=f"Answer {number}")
    desk.run()

    assert len(desk.sent_to(ADA, "answer")) == MOST + 5

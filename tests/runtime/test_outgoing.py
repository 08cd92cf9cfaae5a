"""What goes out: tried again, given up and told, never twice without the same Message-ID."""

import asyncio
from contextlib import contextmanager
from datetime import timedelta

import pytest

from gateway.core.model import EntryKind
from gateway.core.ports import MaybeSentError, PermanentError, TemporaryError
from gateway.runtime.postman import LEASE
from gateway.store import outbox
from gateway.store.errors import StoreUnavailableError
from gateway.store.outbox import OutboxState
from tests.runtime.desk import Desk, Died, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


def states(desk: Desk, address: str) -> list[OutboxState]:
    return [row.state for row in desk.outgoing() if row.to.address == address]


def test_a_temporary_failure_is_tried_again_with_the_same_message_id(desk: Desk):
    desk.relay.script = [TemporaryError("451 come again")]
    desk.receive(mail())
    waiting = desk.outgoing()[0]

    assert (waiting.state, waiting.attempts, waiting.error) == (
        OutboxState.QUEUED,
        1,
        "451 come again",
    )
    assert waiting.due_at == desk.clock() + timedelta(seconds=30)
    assert desk.relay.to(ADA) == []
    desk.clock.advance(seconds=31)
    desk.run()
    assert [o.message_id for o in desk.relay.to(ADA)] == [waiting.message_id]
    assert desk.outgoing()[0].attempts == 2


def test_an_unexpected_error_counts_as_temporary(desk: Desk):
    desk.relay.script = [ZeroDivisionError("a bug in the channel")]
    desk.receive(mail())

    assert desk.outgoing()[0].state is OutboxState.QUEUED
    desk.clock.advance(minutes=1)
    desk.run()
    assert len(desk.relay.to(ADA)) == 1


def test_the_network_says_how_long_to_wait(desk: Desk):
    desk.relay.script = [TemporaryError("slow down", after=600)]
    desk.receive(mail())

    assert desk.outgoing()[0].due_at == desk.clock() + timedelta(minutes=10)


def test_a_permanent_failure_shows_on_the_ticket_and_an_agent_is_told(desk: Desk):
    desk.relay.script = [PermanentError("550 5.1.1 no such user")]
    desk.receive(mail())

    assert states(desk, ADA) == [OutboxState.FAILED]
    (told,) = desk.sent_to(BEA, "undelivered")
    words = "\n".join(block.text for block in told.document.blocks)
    assert ADA in words
    assert "550 5.1.1 no such user" in words
    notices = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
    assert any("550 5.1.1" in text for text in notices)
    (confirmed,) = [e for e in desk.history(1) if any(d.kind == "confirmation" for d in e.delivery)]
    assert [(d.state, d.attempts, d.error) for d in confirmed.delivery] == [
        ("failed", 1, "550 5.1.1 no such user")
    ]


def test_given_up_after_days_of_temporary_failures(desk: Desk):
    desk.relay.script = [TemporaryError("451 not now")] * 100
    desk.receive(mail())
    for _ in range(60):
        desk.clock.advance(hours=4, minutes=50)
        desk.run()

    assert states(desk, ADA)[0] is OutboxState.FAILED
    assert 100 - len(desk.relay.script) < 100
    assert len(desk.relay.script) > 20


def test_a_failed_failure_notice_makes_no_more_mail(desk: Desk):
    desk.relay.script = [PermanentError("550 gone")] * 50
    desk.receive(mail())

    assert desk.relay.taken == []
    assert len(desk.outgoing()) < 6


def test_what_may_have_gone_out_is_unknown_and_not_repeated(desk: Desk):
    desk.relay.script = [MaybeSentError("lost after the dot")]
    desk.receive(mail())
    desk.clock.advance(days=3)
    desk.run()

    assert states(desk, ADA) == [OutboxState.UNKNOWN]
    assert desk.relay.to(ADA) == []
    assert len(desk.sent_to(BEA, "undelivered")) == 1


def test_what_is_unknown_is_sent_again_when_somebody_asks(desk: Desk):
    desk.relay.script = [MaybeSentError("lost after the dot")]
    desk.receive(mail())
    row = desk.outgoing()[0]
    with desk.database.write() as conn:
        assert outbox.retry(conn, [row.id], now=desk.clock()) == [row.id]
    desk.run()

    assert [o.message_id for o in desk.relay.to(ADA)] == [row.message_id]


def test_a_crash_between_sending_and_recording_sends_the_same_message_id_again(desk: Desk):
    """The relay has the mail, and the outbox does not know it yet."""
    desk.arrive(mail())
    desk.worker.drain()
    desk.relay.deadly = True
    with pytest.raises(Died):
        desk.post()
    desk.relay.deadly = False
    (first,) = desk.relay.taken

    desk.run()
    assert desk.relay.to(first.to.address) == [first]  # the dead one's lease is not over
    desk.clock.advance(seconds=LEASE.total_seconds() + 1)
    assert len(desk.recover()) == 2
    desk.run()
    again = desk.relay.to(first.to.address)
    assert [o.message_id for o in again] == [first.message_id] * 2
    assert {row.state for row in desk.outgoing()} == {OutboxState.SENT}


def test_one_conversation_with_one_person_keeps_its_order(desk: Desk):
    desk.relay.script = [TemporaryError("not now")] * 2
    desk.receive(mail())
    desk.act(1, text="First.")
    desk.act(1, text="Second.")
    desk.clock.advance(seconds=5)
    desk.run()
    assert desk.sent_to(ADA, "answer") == []  # the confirmation waits, and they behind it
    desk.clock.advance(hours=1)
    desk.run()

    assert [o.document.blocks[0].text for o in desk.relay.to(ADA)][1:] == ["First.", "Second."]


def test_an_answer_can_be_taken_back_while_it_waits(url: str, tmp_path):
    desk = Desk(url, tmp_path, desk='answer_delay = "60s"')
    desk.receive(mail())
    desk.act(1, text="Oh no, I did not mean that.")
    desk.clock.advance(seconds=30)
    desk.act(1, "undo")
    desk.clock.advance(minutes=5)
    desk.run()

    assert desk.sent_to(ADA, "answer") == []
    assert [r.state for r in desk.outgoing() if r.kind == "answer"] == [OutboxState.CANCELLED]
    desk.close()


def test_an_answer_goes_out_after_its_delay(url: str, tmp_path):
    desk = Desk(url, tmp_path, desk='answer_delay = "60s"')
    desk.receive(mail())
    desk.act(1, text="Done.")
    desk.run()
    assert desk.sent_to(ADA, "answer") == []
    desk.clock.advance(seconds=61)
    desk.run()

    assert len(desk.sent_to(ADA, "answer")) == 1
    desk.close()


def test_an_answer_that_waits_survives_a_merge(url: str, tmp_path):
    """Its ticket is another one by the time that it goes out; answers to it find that one."""
    desk = Desk(url, tmp_path, desk='answer_delay = "60s"')
    desk.receive(mail())
    desk.receive(mail(from_="Bob <bob@example.org>", subject="Smoke"), sender="bob@example.org")
    desk.act(1, text="Done.")
    desk.act(1, "merge 2")
    desk.clock.advance(minutes=2)
    desk.run()

    (answer,) = desk.sent_to(ADA, "answer")
    assert [r.state for r in desk.outgoing() if r.kind == "answer"] == [OutboxState.SENT]
    row = desk.receive(
        reply_to(answer, "Thank you, but no.", "ada@example.org"), to=answer.reply_to or ""
    )
    assert row.ticket == 2
    desk.close()


def test_a_claim_whose_commit_was_not_heard_of_is_taken_up_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """The connection is lost after COMMIT: the rows are ours, and we do not know it."""
    desk.arrive(mail())
    desk.worker.drain()
    write = desk.database.write

    @contextmanager
    def deaf():
        with write() as conn:
            yield conn
        raise StoreUnavailableError("the connection was lost")

    async def claim_twice() -> int:
        postman = desk.postman()
        monkeypatch.setattr(desk.database, "write", deaf)
        with pytest.raises(StoreUnavailableError):
            await postman.send_due()
        monkeypatch.setattr(desk.database, "write", write)
        return await postman.send_due()

    assert asyncio.run(claim_twice()) == 2
    assert {row.state for row in desk.outgoing()} == {OutboxState.SENT}

"""What is written beside the words: moments, versions, reasons, and what is known of people."""

from datetime import timedelta
from typing import get_args

import pytest
import structlog

from gateway.core.changes import Cancel, Change, Decision
from gateway.core.deciding import decide
from gateway.core.events import TicketAsked
from gateway.core.model import EntryKind
from gateway.core.ports import TemporaryError
from gateway.core.reasons import Reason, Why
from gateway.runtime.applying import apply
from gateway.runtime.applying.carrying_out import HANDLERS
from gateway.runtime.gathering import gather, seen_by
from gateway.store import entries, inbox, outbox
from gateway.store.errors import ConflictError
from gateway.store.inbox import InboxState
from gateway.store.outbox import OutboxState
from tests.runtime.desk import START, Desk, mail, reply_to

BEA = "Bea Ruiz <bea@acme.example>"
ADA = "Ada Byron <ada@example.org>"


def asked_and_taken(desk: Desk) -> bytes:
    """A ticket that Bea has; gives Ada's next mail on it."""
    desk.receive(mail())
    desk.act(1, "take")
    (confirmation,) = desk.sent_to("ada@example.org", "confirmation")
    return reply_to(confirmation, "Still on fire", ADA)


def test_a_message_is_an_update_of_its_ticket(desk: Desk):
    more = asked_and_taken(desk)
    before = desk.ticket(1)
    desk.clock.advance(hours=1)
    desk.receive(more)
    after = desk.ticket(1)
    assert (after.updated_at, after.version) == (START + timedelta(hours=1), before.version + 1)


def test_who_decides_without_knowing_the_newest_message_decides_again(postgres_desk: Desk):
    """An answer and the words that overtake it, handled by two processes at the same moment."""
    desk = postgres_desk
    desk.receive(mail())
    (confirmation,) = desk.sent_to("ada@example.org", "confirmation")
    (notice,) = desk.sent_to("bea@acme.example", "new_ticket")
    desk.act(1, "take")
    answer = desk.arrive(reply_to(notice, "Throw it away.", BEA), to=notice.reply_to or "")
    handler = desk.app.handler
    with desk.database.write() as conn:
        row = desk.row(answer.id)
        event = handler.read(conn, row)
        gathered = gather(conn, event, desk.app.desk)
        decision = decide(event, gathered.situation, desk.app.desk, gathered.placement)
        inbox.finish(conn, answer.id, InboxState.DONE, now=desk.clock())
    desk.receive(reply_to(confirmation, "It is out, do nothing!", ADA))
    with desk.database.write() as conn, pytest.raises(ConflictError):
        apply(
            conn,
            decision,
            desk=desk.app.desk,
            renderer=desk.app.renderer,
            now=desk.clock(),
            known_keys=gathered.known_keys,
            seen=seen_by(gathered),
        )


def test_what_went_out_meanwhile_is_not_taken_back(desk: Desk):
    desk.receive(mail())
    desk.act(1, text="An answer")
    (answer,) = [o for o in desk.outgoing() if o.kind == "answer"]
    because = Reason.of(Why.BY_COMMAND, agent="Bea Ruiz", command="#undo")
    undo = Cancel(outbox_ids=(answer.id,), entry=answer.entry or 0, because=because)
    with desk.database.write() as conn:
        outbox.claim(conn, now=desk.clock(), limit=1, by="other", lease_seconds=9)
    with desk.database.write() as conn, pytest.raises(ConflictError):
        apply(
            conn,
            Decision(ticket=1, changes=(undo,)),
            desk=desk.app.desk,
            renderer=desk.app.renderer,
            now=desk.clock(),
        )


def test_what_was_released_late_is_tried_for_days_all_the_same(desk: Desk):
    """The days of trying once began when the held mail had come in."""
    desk.receive(mail())
    (notice,) = desk.sent_to("bea@acme.example", "new_ticket")
    row = desk.receive(reply_to(notice, "Water it.", BEA, to="support@acme.example"))
    assert row.state is InboxState.HELD
    desk.clock.advance(days=6)
    with desk.database.write() as conn:
        assert inbox.release(conn, row.id, "bea@acme.example", now=desk.clock())
    desk.relay.script = [TemporaryError("busy")]
    desk.run()
    (answer,) = [o for o in desk.outgoing() if o.kind == "answer"]
    assert (answer.state, answer.created_at) == (OutboxState.QUEUED, desk.clock())
    assert desk.texts(1)[-1] == "Water it."
    assert desk.ticket(1).updated_at > START


def test_a_duplicate_names_the_entry_that_holds_the_message(desk: Desk):
    raw = mail("Twins")
    entry = desk.receive(raw).entry
    again = desk.receive(b"Received: by another way\r\n" + raw)
    assert again.reason == f"the same message as entry {entry} of ticket 1"


def test_a_moved_message_is_known_on_its_new_ticket(desk: Desk):
    raw = mail("Wrong place")
    entry = desk.receive(raw).entry
    desk.receive(mail("The other one"))
    desk.act(1, f"move {entry} to 2")
    again = desk.receive(b"Received: by another way\r\n" + raw)
    assert again.reason == f"the same message as entry {entry} of ticket 2"


def test_references_are_ids_of_mail_alone(desk: Desk):
    """A message without an id is known by its digest, which is no id for References."""
    desk.receive(mail(message_id=""))
    (told,) = desk.sent_to("bea@acme.example", "new_ticket")
    desk.act(1, text="An answer")
    desk.run()
    (answer,) = desk.sent_to("ada@example.org", "answer")
    assert [k for k in (*told.thread, *answer.thread) if not k.startswith("mail:")] == []


def test_the_line_of_a_decision_says_why_and_what_was_left_out(desk: Desk):
    with structlog.testing.capture_logs() as lines:
        desk.receive(mail(date="Mon, 05 Jan 2025 08:59:00 +0000"))
    (line,) = [line for line in lines if line["event"] == "decided"]
    assert (line["ticket"], line["reason"]) == (1, "nothing_matched")
    assert line["left_out"] == ["confirmation: old_mail"]


def test_somebody_who_calls_is_answered_in_the_language_of_their_mail(desk: Desk):
    desk.receive(mail("Hola", content_language="es"))
    asked = TicketAsked(
        requester=desk.ticket(1).requester, subject="Call", text="Again", at=desk.clock()
    )
    desk.do(asked)
    assert [t.language for t in desk.tickets()] == ["es", "es"]


def test_the_words_of_one_person_can_be_erased_with_all_copies(desk: Desk):
    row = desk.receive(mail("My secret illness", subject="Illness"))
    desk.run()
    with desk.database.write() as conn:
        assert entries.erase(conn, row.entry or 0, desk.clock())
    assert [e.body.text for e in desk.history(1, EntryKind.MESSAGE) if e.body] == [""]
    assert next(e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body) == ""
    for outgoing in desk.outgoing():
        assert outgoing.message == {"v": 1}


def test_every_kind_of_change_is_carried_out():
    assert set(HANDLERS) == set(get_args(Change))

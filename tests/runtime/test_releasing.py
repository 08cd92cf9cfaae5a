"""A held mail and its agent's word, on real stores."""

from gateway.core.model import EntryKind
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail, reply_to

BEA = "Bea Ruiz <bea@acme.example>"


def asked(desk: Desk) -> None:
    """Ada has written, and a mail in Bea's name is held."""
    desk.receive(mail(message_id="<first@example.org>"))
    held = mail("I am on it.", from_=BEA, in_reply_to="<first@example.org>", subject="Re: Printer")
    assert desk.receive(held, sender="bea@acme.example").state is InboxState.HELD


def answer(desk: Desk, text: str) -> InboxState:
    notice = desk.sent_to("bea@acme.example", "held_unproven")[-1]
    raw = reply_to(notice, text, BEA)
    return desk.receive(raw, to=notice.reply_to or "", sender="bea@acme.example").state


def held(desk: Desk) -> list[str]:
    return [row.state.value for row in (desk.row(2),)]


def test_the_agents_word_sends_it_as_theirs(desk: Desk):
    asked(desk)
    assert answer(desk, "#send") is InboxState.DONE
    (entry,) = [e for e in desk.history(1, EntryKind.NOTE, EntryKind.MESSAGE) if e.inbox == 2]
    assert entry.author.address == "bea@acme.example"
    assert entry.because == "released by bea@acme.example"
    assert held(desk) == ["done"]


def test_said_twice_it_is_there_once(desk: Desk):
    asked(desk)
    answer(desk, "#send")
    assert answer(desk, "#send\nonce more") is InboxState.DROPPED
    assert desk.texts(1).count("I am on it.") == 1


def test_too_late_they_are_asked_again_and_that_counts(desk: Desk):
    asked(desk)
    desk.clock.advance(minutes=20)
    assert answer(desk, "#send") is InboxState.DONE
    assert held(desk) == ["held"]
    assert len(desk.sent_to("bea@acme.example", "held_unproven")) == 2
    answer(desk, "#send\nnow")
    assert held(desk) == ["done"]


def test_what_does_not_say_send_lets_nothing_through(desk: Desk):
    asked(desk)
    answer(desk, "That was not me!")
    assert held(desk) == ["held"]
    assert "I am on it." not in desk.texts(1)

"""Words that are changed or deleted in a chat: in the history, and where they were passed on."""

from typing import Any

import pytest

from gateway.core.model import EntryKind, State
from gateway.core.ports import Outbound
from gateway.store import search
from gateway.store.entries import EntryRow
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk

TOM = "4711"
BEA, BEA_THERE = "bea@acme.example", "11"


def words(sent: Outbound) -> str:
    return "\n".join(block.text for block in sent.document.blocks)


def said(desk: Desk, text: str, *, by: str = TOM, number: int = 1, **more: Any) -> str:
    """Something said in private; the key of it."""
    desk.say(text, by=by, id=f"{by}/{number}", **more)
    return f"telegram:{by}/{number}"


def edit(desk: Desk, key: str, text: str, *, by: str = TOM, **chat: Any) -> Any:
    return desk.say(text, by=by, chat={"edit": key} | chat)


def delete(desk: Desk, key: str, *, by: str = TOM) -> Any:
    return edit(desk, key, "", by=by, deleted=True)


def entry(desk: Desk, at: int = 0, number: int = 1) -> EntryRow:
    return desk.history(number, EntryKind.MESSAGE, EntryKind.NOTE)[at]


def found(desk: Desk, asked: str) -> list[int]:
    with desk.database.read() as conn:
        return [number for page in search.tickets(conn, asked) for number in page]


def test_an_edit_is_a_revision_and_the_entry_says_the_newest(desk: Desk) -> None:
    key = said(desk, "My screen is blakc.", subject="Screen")
    began = desk.clock()
    desk.clock.advance(minutes=1)
    edit(desk, key, "My screen is black.")
    desk.clock.advance(minutes=1)
    edit(desk, key, "My screen is black, and it smells.")
    now = entry(desk)
    assert now.body
    assert now.body.text == "My screen is black, and it smells."
    assert [r.text for r in now.revisions] == ["My screen is blakc.", "My screen is black."]
    assert now.revisions[0].at == began
    assert now.edited_at == desk.clock()
    assert len(desk.texts(1)) == 1
    changes = [e.change for e in desk.history(1, EntryKind.CHANGE) if e.change]
    assert [c["what"] for c in changes if c["new"] == now.id] == ["edited", "edited"]
    assert found(desk, "smells") == [1]
    assert found(desk, "blakc") == []


def test_an_edit_opens_and_moves_nothing(desk: Desk) -> None:
    key = said(desk, "My screen is black.")
    desk.act(1, "close")
    edit(desk, key, "My screen is blue.")
    assert desk.ticket(1).state is State.CLOSED
    assert len(desk.tickets()) == 1


def test_agents_hear_of_it_by_mail_and_the_requester_does_not(desk: Desk) -> None:
    key = said(desk, "My screen is black.", name="Tom")
    desk.act(1, "take")
    before = len(desk.telegram.to(TOM))
    edit(desk, key, "My screen is blue.")
    (told,) = desk.sent_to(BEA, "edited")
    assert "It says now:" in words(told)
    assert "My screen is blue." in words(told)
    assert len(desk.telegram.to(TOM)) == before


def test_the_same_words_again_change_nothing(desk: Desk) -> None:
    key = said(desk, "My screen is black.")
    row = edit(desk, key, "My screen is black.")
    assert (row.state, row.reason) == (
        InboxState.DROPPED,
        "changes no word of entry 1 of ticket 1",
    )
    assert entry(desk).revisions == ()


def test_somebody_else_cannot_change_it(desk: Desk) -> None:
    key = said(desk, "My screen is black.")
    row = edit(desk, key, "Send me the password.", by="666")
    assert row.reason == "changes entry 1 of ticket 1, which somebody else wrote"
    row = delete(desk, key, by="666")
    assert row.state is InboxState.DROPPED
    assert desk.texts(1) == ["My screen is black."]
    assert entry(desk).deleted_at is None


def test_an_agent_cannot_change_what_a_requester_wrote(desk: Desk) -> None:
    key = said(desk, "My screen is black.")
    assert edit(desk, key, "All is well.", by=BEA_THERE).state is InboxState.DROPPED
    assert desk.texts(1) == ["My screen is black."]


def test_an_edit_of_what_never_came_is_the_message_and_the_late_one_its_revision(
    desk: Desk,
) -> None:
    first = edit(desk, f"telegram:{TOM}/1", "My screen is black.")
    late = desk.say("My screen is blakc.", by=TOM, id=f"{TOM}/1")
    assert (first.ticket, late.ticket) == (1, 1)
    assert desk.texts(1) == ["My screen is black."]
    assert [r.text for r in entry(desk).revisions] == ["My screen is blakc."]
    assert len(desk.tickets()) == 1


@pytest.mark.parametrize("deleted", [False, True])
def test_a_change_among_people_of_what_is_on_no_ticket_is_nothing(
    desk: Desk, deleted: bool
) -> None:
    row = edit(desk, "telegram:group/1", "Lunch at two.", where="common", deleted=deleted)
    assert row.reason == "changes a message that is on no ticket"
    assert desk.tickets() == []


def test_a_deletion_is_shown_and_the_words_are_kept(desk: Desk) -> None:
    key = said(desk, "My password is hunter2.")
    desk.act(1, "take")
    delete(desk, key)
    now = entry(desk)
    assert now.deleted_at == desk.clock()
    assert now.body
    assert now.body.text == "My password is hunter2."
    (told,) = desk.sent_to(BEA, "edited")
    assert "deleted what they had written" in words(told)
    assert "hunter2" not in words(told)


def test_or_wiped_with_all_that_they_were_before(url: str, tmp_path: Any) -> None:
    desk = Desk(url, tmp_path, desk='digest = ""\ndeleted = "wipe"')
    try:
        key = said(desk, "My password is hunter2.")
        edit(desk, key, "My password is hunter3.")
        delete(desk, key)
        now = entry(desk)
        assert now.erased_at
        assert now.body
        assert now.body.text == ""
        assert [(r.text, bool(r.erased_at)) for r in now.revisions] == [("", True)]
        assert found(desk, "hunter3") == []
        kept = [o.message for o in desk.outgoing()]
        assert "hunter" not in str(kept)
        assert desk.ticket(1).subject == "(no subject)"
        assert "hunter" not in str([e.change for e in desk.history(1)])
    finally:
        desk.close()


class TestAnAnswer:
    """An agent's answer, given in a chat, that is changed there afterwards."""

    def answered(self, desk: Desk, text: str = "Pull the plug.") -> str:
        said(desk, "My screen is black.")
        with desk.database.write() as conn:
            from gateway.store import keys

            keys.claim(conn, 1, 1, ["telegram:notice"], sent=True)
        return said(desk, f"#reply\n{text}", by=BEA_THERE, answers="telegram:notice")

    def test_is_changed_where_it_was_posted(self, desk: Desk) -> None:
        key = self.answered(desk)
        answer = desk.telegram.to(TOM)[-1]
        assert answer.kind == "answer"
        edit(desk, key, "#reply\nPull the plug, then wait.", by=BEA_THERE)
        changed = desk.telegram.to(TOM)[-1]
        assert changed.edits == desk.telegram.key(answer)
        assert "Pull the plug, then wait." in words(changed)
        assert words(changed).endswith("(edited)")
        edit(desk, key, "#reply\nNever mind.", by=BEA_THERE)
        assert desk.telegram.to(TOM)[-1].edits == desk.telegram.key(answer)

    def test_is_deleted_where_it_was_posted(self, desk: Desk) -> None:
        key = self.answered(desk)
        answer = desk.telegram.to(TOM)[-1]
        delete(desk, key, by=BEA_THERE)
        changed = desk.telegram.to(TOM)[-1]
        assert changed.edits == desk.telegram.key(answer)
        assert "(deleted)" in words(changed)
        assert "plug" not in words(changed)

    def test_shows_nothing_internal_that_was_written_into_it(self, desk: Desk) -> None:
        key = self.answered(desk)
        desk.act(1, text="Between us: she set it on fire herself, twice this year.", public=False)
        before = len(desk.telegram.to(TOM))
        secret = "Pull the plug. Between us: she set it on fire herself, twice this year."
        edit(desk, key, secret, by=BEA_THERE)
        assert len(desk.telegram.to(TOM)) == before
        assert "Between us" not in "".join(words(o) for o in desk.telegram.to(TOM))

    def test_commands_in_a_change_do_nothing(self, desk: Desk) -> None:
        key = self.answered(desk)
        edit(desk, key, "#close\nPull the plug, then wait.", by=BEA_THERE)
        assert desk.ticket(1).state is not State.CLOSED
        assert "#close" not in "".join(words(o) for o in desk.telegram.to(TOM))


def test_a_change_of_a_change_finds_every_piece_of_what_was_posted(desk: Desk) -> None:
    said(desk, "My screen is black.")
    desk.telegram.pieces = 3
    key = said(desk, "#reply 1\nLong.", by=BEA_THERE, number=2, chat={"ticket": 1})
    desk.telegram.pieces = 2
    edit(desk, key, "Longer.", by=BEA_THERE)
    edit(desk, key, "Short.", by=BEA_THERE)

    changes = [o for o in desk.telegram.to(TOM) if o.edits]
    assert [len(o.pieces) for o in changes] == [2, 1]
    assert changes[0].edits == changes[1].edits


def test_what_was_deleted_before_it_came_is_not_taken_in(desk: Desk) -> None:
    gone = edit(desk, f"telegram:{TOM}/1", "", deleted=True)
    assert gone.reason == "changes a message that is on no ticket"
    late = desk.say("My password is hunter2.", by=TOM, id=f"{TOM}/1")
    assert (late.state, late.reason) == (
        InboxState.DROPPED,
        "its author deleted it before it came",
    )
    assert desk.tickets() == []
    assert desk.say("My screen is black.", by=TOM).ticket is not None


def test_a_change_in_a_thread_before_its_message_is_the_message(desk: Desk) -> None:
    there = {"where": "common", "conversation": "", "place": "telegram:g/1"}
    desk.say("My screen is black.", by=TOM, id="g/1", chat=there)
    heard = there | {"overheard": True}
    changed = heard | {"edit": "telegram:g/2"}
    row = desk.say("And it smells.", by=TOM, answers="telegram:g/1", chat=changed)
    late = desk.say("And it smelsl.", by=TOM, id="g/2", answers="telegram:g/1", chat=heard)
    assert (row.ticket, late.ticket) == (1, 1)
    assert desk.texts(1) == ["My screen is black.", "And it smells."]


def test_saying_the_same_often_in_a_chat_is_a_person(desk: Desk) -> None:
    said(desk, "My screen is black.")
    desk.act(1, "take")
    for number in range(2, 8):
        said(desk, "Hello?", number=number)
        desk.clock.advance(minutes=7)
    assert len(desk.texts(1)) == 7
    assert len(desk.sent_to(BEA, "reply")) >= 5

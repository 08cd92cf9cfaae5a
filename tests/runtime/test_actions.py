"""What is done from a shell: all of it is on disk when it returns, or none of it happened."""

import pytest

from gateway.core.events import AgentActed, TicketAsked
from gateway.core.model import EntryKind, Party, Priority, State
from gateway.runtime.actions import RefusedActionError
from gateway.store import inbox
from tests.runtime.desk import Desk, mail

ADA = "ada@example.org"


def inbox_rows(desk: Desk) -> int:
    with desk.database.read() as conn:
        return len(inbox.rows(conn))


def test_an_answer_from_the_shell_goes_out(desk: Desk):
    desk.receive(mail())
    applied = desk.act(1, text="Pull the plug!")
    assert applied.ticket == 1
    desk.run()

    assert [o.document.blocks[0].text for o in desk.sent_to(ADA, "answer")] == ["Pull the plug!"]
    assert desk.ticket(1).state is State.OPEN


def test_several_commands_are_one_step(desk: Desk):
    desk.receive(mail())
    desk.act(1, "priority urgent", "tag fire", "take")

    ticket = desk.ticket(1)
    assert (ticket.priority, ticket.tags, ticket.assignee) == (
        Priority.URGENT,
        ("fire",),
        "bea@acme.example",
    )


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (("priority urgent", "priority molten"), "priority molten"),
        (("tag fire", "assign nobody@here.example"), "assign"),
        (("resolv",), "resolve"),
        ((), "nothing was said"),
    ],
)
def test_one_wrong_command_and_nothing_is_done(desk: Desk, commands, expected: str):
    desk.receive(mail())
    before, rows = desk.ticket(1), inbox_rows(desk)
    with pytest.raises(RefusedActionError) as refused:
        desk.act(1, *commands)

    assert expected in str(refused.value)
    assert desk.ticket(1) == before
    assert inbox_rows(desk) == rows
    assert desk.history(1, EntryKind.NOTE, EntryKind.CHANGE) == []


def test_an_unknown_ticket_or_agent_is_refused(desk: Desk):
    desk.receive(mail())
    with pytest.raises(RefusedActionError):
        desk.act(99, "take")
    with pytest.raises(RefusedActionError):
        desk.act(1, "take", agent="mallory@example.org")


def test_a_call_becomes_a_ticket_with_a_confirmation(desk: Desk):
    asked = TicketAsked(
        requester=Party(address=ADA, name="Ada Byron"),
        subject="Printer on fire",
        text="She called: it burns.",
        agent="bea@acme.example",
        at=desk.clock(),
    )
    applied = desk.do(asked)
    desk.run()

    assert applied.ticket == 1
    assert (desk.ticket(1).channel, desk.ticket(1).requester.address) == ("phone", ADA)
    assert desk.texts(1) == ["She called: it burns."]
    assert len(desk.sent_to(ADA, "confirmation")) == 1


def test_the_same_action_twice_is_done_twice(desk: Desk):
    desk.receive(mail())
    event = AgentActed(agent="bea@acme.example", ticket=1, text="Hello?", at=desk.clock())
    for _ in range(2):
        desk.do(event)
    desk.run()

    assert len(desk.sent_to(ADA, "answer")) == 2

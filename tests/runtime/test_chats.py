"""People who ask in a chat: from the event to the answer, on both databases."""

from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk


def test_somebody_who_writes_in_a_private_chat_has_a_ticket_and_hears_so_there(desk: Desk) -> None:
    row = desk.say("My screen is black.", by="4711", name="Ada Byron")
    ticket = desk.ticket(row.ticket or 0)
    assert (ticket.channel, ticket.requester.channel) == ("telegram", "telegram")
    assert (ticket.requester.address, ticket.requester.name) == ("4711", "Ada Byron")
    (told,) = desk.telegram.to("4711")
    assert told.kind == "confirmation"


def test_an_event_of_a_kind_never_seen_is_kept_with_its_kind(desk: Desk) -> None:
    row = desk.say("", by="4711", ignored="my_chat_member")
    assert row.state is InboxState.IGNORED
    assert row.reason == "an event of a kind that means nothing to a desk: my_chat_member"
    assert desk.tickets() == []

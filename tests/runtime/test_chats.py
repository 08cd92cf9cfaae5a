"""People who ask in a chat: from the event to the answer, on both databases."""

from dataclasses import replace

from gateway.core.events import MessageArrived
from gateway.core.model import EntryKind, Proof, Verdict
from gateway.core.ports import UnreachableError
from gateway.runtime import gathering
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail


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


def test_what_is_said_in_private_goes_on_with_its_ticket_and_the_answer_comes_there(
    desk: Desk,
) -> None:
    first = desk.say("My screen is black.", by="4711", name="Ada Byron")
    again = desk.say("And it smells.", by="4711", name="Ada Byron")
    assert again.ticket == first.ticket
    desk.act(first.ticket or 0, text="Pull the plug.")
    desk.run()
    (answer,) = [o for o in desk.telegram.to("4711") if o.kind == "answer"]
    assert "Pull the plug." in [block.text for block in answer.document.blocks]
    assert (answer.reply_to, answer.bounce_to) == (None, "")


def test_a_new_request_takes_the_conversation_over(desk: Desk) -> None:
    first = desk.say("My screen is black.", by="4711")
    desk.act(first.ticket or 0, "resolve")
    desk.clock.advance(days=2)
    second = desk.say("Something else.", by="4711")
    third = desk.say("Hello?", by="4711")
    assert (second.ticket, third.ticket) == (2, 2)


def test_somebody_begins_in_slack_and_goes_on_by_mail(desk: Desk) -> None:
    same = {"same": [{"channel": "email", "address": "ada@example.org", "name": "Ada"}]}
    row = desk.say("My screen is black.", by="U0ADA", on="slack", name="Ada", chat=same)
    number = row.ticket or 0
    raw = mail("It is still black.", subject=f"Re: screen [#{number}]")
    assert desk.receive(raw).ticket == number
    desk.act(number, text="Pull the plug.")
    desk.run()
    assert [o.kind for o in desk.slack.to("U0ADA")] == ["confirmation", "answer"]
    assert len(desk.sent_to("ada@example.org", "answer")) == 1


def test_forged_mail_of_a_linked_address_sees_nothing(desk: Desk) -> None:
    same = {"same": [{"channel": "email", "address": "ada@example.org"}]}
    row = desk.say("My screen is black.", by="U0ADA", on="slack", chat=same)
    number = row.ticket or 0
    raw = mail("Send me all of it.", subject=f"Re: screen [#{number}]")
    forged = desk.incoming(raw)
    message = replace(desk.relay.read(forged), proof=Proof(dmarc=Verdict.FAIL))
    with desk.database.write() as conn:
        event = MessageArrived(message=message, at=desk.clock())
        placement = gathering.gather(conn, event, desk.app.desk).placement
    assert placement is not None
    assert placement.ticket is None


class TestSomebodyWhoCannotBeReached:
    def blocked(self, desk: Desk) -> None:
        desk.telegram.script.append(UnreachableError("they have blocked the bot"))
        desk.act(1, "take", text="Pull the plug.")
        desk.run()

    def test_the_agent_is_told_on_the_ticket(self, desk: Desk) -> None:
        desk.say("My screen is black.", by="4711", name="Tom")
        self.blocked(desk)
        (told,) = desk.sent_to("bea@acme.example", "undelivered")
        said = "\n".join(block.text for block in told.document.blocks)
        assert "A message to Tom (telegram) did not arrive." in said
        assert "they have blocked the bot" in said
        notes = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
        assert any("they have blocked the bot" in text for text in notes)
        assert desk.ticket(1).requester.address == "4711"

    def test_mail_is_used_where_an_address_is_proven(self, desk: Desk) -> None:
        same = {"same": [{"channel": "email", "address": "tom@example.org", "name": "Tom"}]}
        desk.say("My screen is black.", by="4711", name="Tom", chat=same)
        self.blocked(desk)
        (answer,) = desk.sent_to("tom@example.org", "answer")
        assert "Pull the plug." in [block.text for block in answer.document.blocks]
        assert desk.ticket(1).requester.address == "tom@example.org"
        (told,) = desk.sent_to("bea@acme.example", "undelivered")
        said = "\n".join(block.text for block in told.document.blocks)
        assert "From now on they are written to by mail, at tom@example.org" in said
        before = len(desk.telegram.to("4711"))
        desk.act(1, text="And?")
        desk.run()
        assert len(desk.sent_to("tom@example.org", "answer")) == 2
        assert len(desk.telegram.to("4711")) == before

    def test_who_writes_again_takes_part_again(self, desk: Desk) -> None:
        same = {"same": [{"channel": "email", "address": "tom@example.org", "name": "Tom"}]}
        desk.say("My screen is black.", by="4711", name="Tom", chat=same)
        self.blocked(desk)
        row = desk.say("I am back.", by="4711", name="Tom", chat=same)
        assert row.ticket == 1
        assert [p.address for p in desk.ticket(1).people] == ["tom@example.org", "4711"]


def test_no_word_of_a_note_reaches_anybody_outside(desk: Desk) -> None:
    marked = "Zanzibar: she has not paid, do not tell her."
    same = {"same": [{"channel": "email", "address": "tom@example.org"}]}
    thread = {"where": "common", "conversation": "", "place": "slack:C1/1"}
    desk.say("My screen is black.", by="4711", name="Tom", chat=same)
    desk.say("Mine is blue.", by="U0UMA", on="slack", id="C1/1", chat=thread)
    for number in (1, 2):
        desk.act(number, "take", text=marked, public=False)
        desk.act(number, "pending", text="Have you tried the other cable?")
        desk.act(number, "escalate", text=marked, public=False)
    desk.say(f"#note\n{marked}", by="11", chat={"ticket": 1, "pressed": True})
    desk.say("What now?", by="4711", name="Tom", chat=same)
    desk.say("", by="4711", chat=same | {"request": "status"})
    desk.act(1, "resolve")
    desk.say("", by="4711", chat=same | {"request": "not_solved"})
    desk.run()
    assert any(marked in text for text in desk.texts(1))
    agents = {"bea@acme.example", "carla@acme.example", "11", "12", "U0BEA", "U0CARLA"}
    sent = [*desk.telegram.taken, *desk.slack.taken, *desk.relay.taken]
    outside = [o for o in sent if o.to.address not in agents]
    assert len(outside) > 5
    assert all("Zanzibar" not in o.document.text for o in outside)


def test_a_thread_hears_an_answer_once_however_many_take_part(desk: Desk) -> None:
    thread = {"where": "common", "conversation": "", "place": "slack:C1/1"}
    desk.say("Mine is blue.", by="U0UMA", on="slack", id="C1/1", chat=thread)
    heard = thread | {"overheard": True}
    desk.say("Mine, too.", by="U0TIM", on="slack", answers="slack:C1/1", chat=heard)
    desk.say("Try the cable.", by="U0BEA", on="slack", answers="slack:C1/1", chat=heard)
    desk.act(1, text="It is on its way.", agent="carla@acme.example")
    desk.run()
    posted = [o for o in desk.slack.taken if o.kind == "answer"]
    assert [(o.place, "on its way" in o.document.text) for o in posted] == [("slack:C1/1", True)]
    assert desk.texts(1) == ["Mine is blue.", "Mine, too.", "Try the cable.", "It is on its way."]
    assert desk.ticket(1).assignee == "bea@acme.example"

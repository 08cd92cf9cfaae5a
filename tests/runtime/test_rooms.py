"""Rooms of agents: a card for each ticket, the words below it, and work done there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.core.chat import Room
from gateway.core.model import EntryKind, Priority, State, Visibility
from gateway.core.ports import MaybeSentError, Outbound, PermanentError
from gateway.store import outbox
from gateway.store.inbox import InboxRow
from tests.runtime.desk import Desk, mail

SLACK = Room(channel="slack", address="C0DESK")
TELEGRAM = Room(channel="telegram", address="-100")
BEA, CARLA = "U0BEA", "U0CARLA"


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, rooms=(SLACK,))
    yield made
    made.close()


@pytest.fixture
def two_rooms(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, rooms=(SLACK, TELEGRAM))
    made.telegram.topics = True
    yield made
    made.close()


def shown(desk: Desk, room: Room = SLACK) -> list[Outbound]:
    chat = desk.slack if room.channel == "slack" else desk.telegram
    return chat.to(room.address)


def kinds(desk: Desk, room: Room = SLACK) -> list[str]:
    return [out.kind for out in shown(desk, room)]


def texts(desk: Desk, kind: str, room: Room = SLACK) -> list[str]:
    return [out.document.text for out in shown(desk, room) if out.kind == kind]


def in_thread(
    desk: Desk,
    text: str,
    *,
    by: str = BEA,
    on: str = "slack",
    html: str = "",
    **chat: Any,
) -> InboxRow:
    """An agent says something below the ticket's card, by its first card's key."""
    room = SLACK if on == "slack" else TELEGRAM
    thread = f"{on}:{room.address}/1" if on == "slack" else f"{on}:{room.address}/topic-1"
    place = {"where": "desk", "conversation": "", "place": thread, "alone": on == "slack"}
    return desk.say(text, by=by, on=on, answers=thread, chat=place | chat, html=html)


def test_a_ticket_has_a_card_in_the_room_and_its_words_below(desk: Desk) -> None:
    desk.receive(mail("The printer is on fire."))

    card, said = shown(desk)
    assert (card.kind, said.kind) == ("card", "said")
    assert card.document.subject == "[#1] Printer on fire"
    assert "Ada Byron <ada@example.org>" in card.document.text
    assert "State: new" in card.document.text
    assert (card.place, card.edits) == ("", "")
    assert said.place == "slack:C0DESK/1"
    assert said.document.text == "Ada Byron wrote (mail):\n\nThe printer is on fire."


SLA = """digest = ""

[[sla]]
name = "default"
calendar = "always"
first_response = { normal = "2h" }
resolution = { normal = "3d" }

[[sla.escalation]]
on = "first_response"
at = "50%"
notify = ["assignee"]
"""


def test_a_card_says_what_is_due_when_and_the_thread_calls_who_is_reminded(
    url: str, tmp_path: Path
) -> None:
    desk = Desk(url, tmp_path, desk=SLA, rooms=(SLACK,))
    desk.receive(mail())
    due = "Due: first response: 5 Jan, 12:00; resolution: 8 Jan, 10:00"
    assert due in texts(desk, "card")[0]
    desk.clock.advance(hours=1, seconds=1)
    desk.run()

    (call,) = [out for out in shown(desk) if out.kind == "reminder"]
    assert call.place == "slack:C0DESK/1"
    assert [who.address for who in call.mentions] == [BEA]
    assert len(desk.sent_to("bea@acme.example", "reminder")) == 1
    desk.close()


def test_a_card_has_buttons_that_say_lines_of_the_grammar(desk: Desk) -> None:
    desk.receive(mail())

    actions = shown(desk)[0].actions
    assert [(a.label, a.says, a.asks, a.main) for a in actions] == [
        ("Take", "#take", False, True),
        ("Answer …", "#reply", True, False),
        ("Priority", "", False, False),
        ("Escalate …", "#note\n#escalate", True, False),
        ("Resolve", "#resolve", False, False),
    ]
    assert actions[2].choices == (
        ("low", "#priority low"),
        ("normal", "#priority normal"),
        ("high", "#priority high"),
        ("urgent", "#priority urgent"),
    )


def test_a_pressed_button_changes_the_ticket_and_the_card_where_it_stands(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#take", pressed=True)

    assert desk.ticket(1).assignee == "bea@acme.example"
    card = shown(desk)[2]
    assert (card.kind, card.edits) == ("card", "slack:C0DESK/1")
    assert "Assignee: Bea Ruiz" in card.document.text
    assert texts(desk, "happened") == ["Bea Ruiz · Assignee: Bea Ruiz, State: open"]


def test_an_answer_from_the_thread_goes_to_the_requester_and_is_not_said_again(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#reply\nPull the plug.")

    (answer,) = desk.sent_to("ada@example.org", "answer")
    assert "Pull the plug." in answer.document.text
    assert len(texts(desk, "said")) == 1  # the requester's
    assert "Sent to Ada Byron." in texts(desk, "happened")[0]


def test_an_answer_by_a_form_is_shown_below_the_card(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#reply\nPull the plug.", pressed=True)

    assert texts(desk, "said")[1] == "Bea Ruiz answered Ada Byron (Slack):\n\nPull the plug."


def test_words_in_the_thread_stay_inside(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "She called twice already.")

    note = desk.history(1, EntryKind.NOTE)[0]
    assert note.visibility is Visibility.INTERNAL
    assert desk.sent_to("ada@example.org", "answer") == []
    assert len(texts(desk, "said")) == 1


def test_what_is_said_by_mail_appears_in_the_thread(desk: Desk) -> None:
    desk.receive(mail(message_id="<a@example.org>"))
    desk.receive(mail("It smokes now.", in_reply_to="<a@example.org>"))
    desk.act(1, "note", text="Looks bad.")
    desk.act(1, text="Pull the plug.")
    desk.run()

    assert texts(desk, "said")[1:] == [
        "Ada Byron wrote (mail):\n\nIt smokes now.",
        "Bea Ruiz noted, for the team alone (command line):\n\nLooks bad.",
        "Bea Ruiz answered Ada Byron (command line):\n\nPull the plug.",
    ]


def test_two_rooms_each_show_what_is_said_in_the_other(two_rooms: Desk) -> None:
    desk = two_rooms
    desk.receive(mail())
    in_thread(desk, "I am on it.", by="11", on="telegram")

    assert shown(desk, TELEGRAM)[1].place == "telegram:-100/topic-1"
    assert texts(desk, "said")[1] == "Bea Ruiz noted, for the team alone (Telegram):\n\nI am on it."
    assert len(texts(desk, "said", TELEGRAM)) == 1


def test_who_is_no_agent_is_nobody_in_the_room(desk: Desk) -> None:
    desk.receive(mail())
    row = in_thread(desk, "#close", by="U0NOBODY")

    assert row.reason == "said in the agents' room by an account that is no agent's: U0NOBODY"
    assert desk.ticket(1).state is State.NEW
    assert "#close" not in " ".join(desk.texts(1))


def test_cards_that_wait_are_replaced_in_place(desk: Desk) -> None:
    """An hour without the network leaves one card, not one for each change."""
    desk.receive(mail())
    for priority in ("low", "high", "urgent"):
        desk.act(1, f"priority {priority}")
    waiting = [row for row in desk.outgoing() if row.kind == "card" and row.state == "queued"]
    assert len(waiting) == 1
    desk.run()

    assert kinds(desk).count("card") == 2
    assert "Priority: urgent" in texts(desk, "card")[-1]
    assert desk.ticket(1).priority is Priority.URGENT


def test_a_card_that_would_say_the_same_is_not_sent(desk: Desk) -> None:
    desk.receive(mail(message_id="<a@example.org>"))
    desk.act(1, "note", text="Hm.")
    desk.run()

    assert kinds(desk) == ["card", "said", "said"]


def test_a_card_that_is_gone_is_posted_anew_with_what_follows(desk: Desk) -> None:
    desk.receive(mail())
    desk.slack.gone.add("slack:C0DESK/1")
    desk.act(1, "note", text="Hm.")
    desk.run()

    assert kinds(desk) == ["card", "said", "card", "said"]
    assert shown(desk)[2].edits == ""
    assert shown(desk)[3].place == "slack:C0DESK/3"
    row = desk.say("Words", by=BEA, on="slack", answers="slack:C0DESK/3", chat={"where": "desk"})
    assert row.ticket == 1


def test_what_may_have_been_posted_is_posted_once_more(desk: Desk) -> None:
    """A card twice does no harm; a ticket without one would be lost to the room."""
    desk.slack.script.append(MaybeSentError("the line was cut"))
    desk.receive(mail())
    desk.clock.advance(minutes=5)
    desk.run()

    assert kinds(desk) == ["card", "said"]


def test_words_that_may_have_been_posted_are_posted_once_more_and_nobody_is_alarmed(
    desk: Desk,
) -> None:
    desk.receive(mail())
    desk.slack.script.append(MaybeSentError("the line was cut"))
    desk.receive(mail("Hurry."))
    desk.clock.advance(minutes=5)
    desk.run()

    assert kinds(desk).count("said") == 2
    assert desk.sent_to("bea@acme.example", "trouble") == []


def test_a_room_that_is_gone_is_told_to_leads_once_and_to_no_room(desk: Desk) -> None:
    desk.slack.script += [PermanentError("channel_not_found")] * 10
    desk.receive(mail())
    desk.receive(mail())

    (told,) = desk.sent_to("bea@acme.example", "trouble")
    assert "channel_not_found" in told.document.text
    assert shown(desk) == []


def test_undo_takes_back_an_answer_that_the_room_has_seen(url: str, tmp_path: Path) -> None:
    desk = Desk(url, tmp_path, desk='digest = ""\nanswer_delay = "1m"', rooms=(SLACK,))
    desk.receive(mail())
    in_thread(desk, "#reply\nPull the plug.", pressed=True)
    assert "Bea Ruiz answered Ada Byron (Slack)" in texts(desk, "said")[1]
    in_thread(desk, "#undo")
    desk.clock.advance(minutes=2)
    desk.run()

    assert desk.sent_to("ada@example.org", "answer") == []
    assert "The answer was taken back. It was not sent." in texts(desk, "happened")[-1]
    desk.close()


def test_copies_in_a_room_are_known_by_their_entry(desk: Desk) -> None:
    desk.receive(mail())
    entry = desk.history(1, EntryKind.MESSAGE)[0].id
    with desk.database.read() as conn:
        copies = [row for row in outbox.sent_of_entry(conn, entry) if row.kind == "said"]

    assert [row.keys for row in copies] == [("slack:C0DESK/2",)]


def test_a_merged_ticket_says_so_on_its_card(desk: Desk) -> None:
    desk.receive(mail())
    desk.receive(mail())
    desk.act(2, "merge 1")
    desk.run()

    assert "Merged into: 1" in " ".join(texts(desk, "card")[-2:])


def _with_carla_told_by_slack(url: str, tmp_path: Path, *rooms: Room) -> Desk:
    desk = Desk(url, tmp_path)
    agents = tuple(
        replace(a, notify=("slack",)) if a.name == "Carla Gil" else a
        for a in desk.app.policy.agents
    )
    desk.close()
    return Desk(url, tmp_path, rooms=rooms, agents=agents)


def test_an_agent_who_hears_by_chat_answers_a_notice_there_as_one_would_by_mail(
    url: str, tmp_path: Path
) -> None:
    desk = _with_carla_told_by_slack(url, tmp_path)
    desk.receive(mail("The printer is on fire.", message_id="<a@example.org>"))
    desk.act(1, "assign carla")
    desk.receive(mail("It smokes now.", in_reply_to="<a@example.org>"))
    notice = desk.slack.to(CARLA)[-1]
    assert notice.kind == "reply"
    assert "It smokes now." in notice.document.text
    assert notice.document.text.startswith("Your reply goes to Ada Byron <ada@example.org>.\n")

    desk.say("Pull the plug.", by=CARLA, on="slack", answers=desk.slack.key(notice))
    (answer,) = desk.sent_to("ada@example.org", "answer")
    assert "Pull the plug." in answer.document.text
    assert desk.sent_to("carla@acme.example", "reply") == []
    desk.close()


def test_an_agent_who_hears_by_chat_is_called_in_the_thread(url: str, tmp_path: Path) -> None:
    desk = _with_carla_told_by_slack(url, tmp_path, SLACK)
    desk.receive(mail(message_id="<a@example.org>"))
    desk.act(1, "assign carla")
    desk.receive(mail("It smokes now.", in_reply_to="<a@example.org>"))

    mentions = [(o.kind, [m.address for m in o.mentions]) for o in shown(desk) if o.mentions]
    assert mentions == [("assigned", [CARLA]), ("said", [CARLA])]
    assigned = next(o for o in shown(desk) if o.kind == "assigned")
    assert assigned.place == "slack:C0DESK/1"
    assert "##-" not in assigned.document.text
    told = [e.body.text for e in desk.history(1, EntryKind.NOTICE) if e.body]
    assert "Told Carla Gil: assigned" in told
    desk.close()


def test_what_is_wrong_is_said_to_its_author_alone(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#prioritty high")

    (told,) = desk.slack.to(BEA)
    assert (told.place, told.alone, told.kind) == ("slack:C0DESK/1", True, "command_error")
    assert "#prioritty" in told.document.text
    assert desk.ticket(1).priority is Priority.NORMAL
    assert "prioritty" not in " ".join(out.document.text for out in shown(desk))


def test_the_reason_of_an_escalation_says_where_it_was_given(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#escalate Too hot for me.")

    assert "Bea Ruiz noted, for the team alone (Slack):\n\nToo hot for me." in texts(desk, "said")


def test_what_was_tried_is_words_and_no_commands(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#high")
    in_thread(desk, "#note\nI pulled the plug.")
    in_thread(desk, "#escalate")

    (told,) = desk.sent_to("carla@acme.example", "escalated")
    assert "I pulled the plug." in told.document.text
    assert "#high" not in told.document.text


def test_the_history_says_what_changed(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#high")
    in_thread(desk, "#assign carla")
    in_thread(desk, "#promise 15:00")
    in_thread(desk, "#status")

    status = next(o.document.text for o in desk.slack.to(BEA) if o.kind == "status")
    assert "Bea Ruiz (change): Priority: high" in status
    assert "Bea Ruiz (change): Assignee: carla@acme.example" in status
    assert "Bea Ruiz (change): Answer promised by: 5 Jan, 15:00" in status


def test_an_error_about_no_ticket_is_titled_by_the_desk_in_a_chat(desk: Desk) -> None:
    where = {"where": "direct", "ticket": 99, "pressed": True}
    desk.say("#high", by="12", on="telegram", chat=where, subject="")

    (told,) = [o for o in desk.telegram.to("12") if o.kind == "command_error"]
    assert told.document.subject == "Acme Support"
    assert "ticket 99" in told.document.text


def test_what_is_internal_in_a_room_reaches_nobody_outside(desk: Desk) -> None:
    """Notes, reasons, commands, forms, copies in the room, and HTML with more than the answer."""
    desk.receive(mail(message_id="<a@example.org>"))
    in_thread(desk, "INSIDE: she is a difficult customer.")
    in_thread(desk, "#note\n#escalate\nINSIDE: too hot for me.", pressed=True)
    in_thread(desk, "#escalate INSIDE: still too hot.")
    hidden = "<p>#reply<br>Pull the plug.</p><p>INSIDE: and stop asking.</p><!-- INSIDE -->"
    in_thread(desk, "#reply\nPull the plug.", html=hidden)
    desk.receive(mail("Thanks, it is off.", in_reply_to="<a@example.org>"))

    outside = desk.relay.to("ada@example.org")
    assert [o.kind for o in outside].count("answer") == 1
    for out in outside:
        said = repr(out.document) + out.document.subject + "".join(a.name for a in out.attachments)
        assert "INSIDE" not in said
        assert "#" not in "".join(b.text for b in out.document.blocks if b.kind == "words")


def test_what_agents_are_told_by_chat_names_no_thread_of_the_requester(
    url: str, tmp_path: Path
) -> None:
    """A channel would put it there, before everybody who reads that thread."""
    desk = _with_carla_told_by_slack(url, tmp_path, TELEGRAM)
    common = {"where": "common", "place": "slack:C5/1", "conversation": ""}
    row = desk.say("My mouse died.", by="U0ADA", on="slack", answers="slack:C5/1", chat=common)
    desk.act(row.ticket or 0, "assign carla")
    desk.act(row.ticket or 0, "note", text="INSIDE: again.")
    desk.run()

    told = desk.slack.to(CARLA)
    assert [o.kind for o in told if "INSIDE" in o.document.text] == ["note"]
    for out in (*told, *shown(desk, TELEGRAM)):
        assert out.thread == ()
        assert out.place != "slack:C5/1"
    desk.close()


def test_the_reason_of_the_escalate_form_is_a_note_and_told(desk: Desk) -> None:
    desk.receive(mail())
    in_thread(desk, "#note\n#escalate\nToo hot for me.", pressed=True)

    assert desk.ticket(1).tier == 2
    (told,) = desk.sent_to("carla@acme.example", "escalated")
    assert "Too hot for me." in told.document.text
    notes = [e.body.text for e in desk.history(1, EntryKind.NOTE) if e.body]
    assert notes == ["Too hot for me."]

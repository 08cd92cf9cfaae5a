"""What a mail becomes: on both databases, run until empty."""

from gateway.core.model import EntryKind, State, Visibility
from gateway.store.inbox import InboxState
from tests.runtime.desk import SUPPORT, Desk, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


def test_a_new_mail_becomes_a_ticket_with_a_confirmation_and_a_notice(desk: Desk):
    row = desk.receive(mail(message_id="<one@example.org>"))

    assert (row.state, row.ticket, row.reason_code) == (InboxState.DONE, 1, "nothing_matched")
    assert desk.ticket(1).state is State.NEW
    (entry,) = desk.history(1, EntryKind.MESSAGE)
    assert entry.body is not None
    assert (entry.body.text, entry.message_id) == ("The printer is on fire.", "one@example.org")
    assert entry.because
    assert [(o.to.address, o.kind, o.state) for o in desk.outgoing()] == [
        (ADA, "confirmation", "sent"),
        (BEA, "new_ticket", "sent"),
    ]
    confirmation, notice = desk.relay.taken
    assert confirmation.bounce_to == ""
    assert confirmation.reply_to is not None
    assert confirmation.reply_to.startswith("support+1.")
    assert confirmation.thread == ("mail:one@example.org",)
    assert notice.sender.name == "Ada Byron via Acme Support"


def test_a_conversation_goes_to_and_fro_on_one_ticket(desk: Desk):
    desk.receive(mail(message_id="<one@example.org>"))
    (notice,) = desk.sent_to(BEA, "new_ticket")

    desk.receive(
        reply_to(notice, "Pull the plug!", "Bea <bea@acme.example>"), sender=BEA, to=notice.reply_to
    )
    (answer,) = desk.sent_to(ADA, "answer")
    desk.clock.advance(minutes=5)
    desk.receive(
        reply_to(answer, "It burns still.", "Ada Byron <ada@example.org>"), to=answer.reply_to
    )
    (told,) = desk.sent_to(BEA, "reply")

    assert [t.number for t in desk.tickets()] == [1]
    assert desk.texts(1) == ["The printer is on fire.", "Pull the plug!", "It burns still."]
    assert (desk.ticket(1).state, desk.ticket(1).assignee) == (State.OPEN, BEA)
    assert answer.sender.name == "Bea Ruiz (Acme Support)"
    assert told.reply_to is not None
    assert "mail:one@example.org" in answer.thread


def test_the_same_mail_by_two_ways_is_one_entry(desk: Desk):
    raw = mail()
    first = desk.receive(raw)
    second = desk.receive(b"Received: from elsewhere\r\n" + raw)

    assert (first.state, second.state) == (InboxState.DONE, InboxState.DUPLICATE)
    assert (second.ticket, second.reason_code) == (1, "duplicate")
    assert desk.texts(1) == ["The printer is on fire."]
    assert len(desk.relay.taken) == 2


def test_the_same_external_id_is_accepted_once(desk: Desk):
    accepted = [desk.arrive(mail(), external_id="uid-7") for _ in range(2)]
    desk.run()

    assert [a.duplicate for a in accepted] == [False, True]
    assert accepted[0].id == accepted[1].id
    assert len(desk.tickets()) == 1


def test_the_same_message_id_with_other_content_is_kept_too(desk: Desk):
    desk.receive(mail("One thing.", message_id="<same@example.org>"))
    desk.receive(mail("Quite another.", message_id="<same@example.org>"))

    said = [text for t in desk.tickets() for text in desk.texts(t.number)]
    assert sorted(said) == ["One thing.", "Quite another."]


def test_an_answer_that_arrives_before_what_it_answers_is_joined_by_it(desk: Desk):
    late = mail("The question", message_id="<question@example.org>")
    early = mail("An answer", in_reply_to="<question@example.org>", from_="bob@example.org")

    desk.receive(early)
    desk.receive(late)

    assert len(desk.tickets()) == 1
    assert desk.texts(1) == ["An answer", "The question"]


def test_somebody_brought_in_whose_answer_overtook_that_takes_part(desk: Desk):
    first, late, bob = "<first@example.org>", "<late@example.org>", "bob@example.org"
    desk.receive(mail("It burns.", message_id=first))
    desk.receive(mail("Call them.", in_reply_to=late, from_=bob, to=f"{SUPPORT}, {ADA}"))
    desk.receive(mail("And now?", message_id=late, in_reply_to=first, cc=bob))

    assert desk.ticket(2).merged_into == 1
    assert [p.address for p in desk.ticket(1).people] == [ADA, bob]
    assert desk.texts(1) == ["It burns.", "Call them.", "And now?"]

    desk.receive(reply_to(desk.sent_to(bob, "confirmation")[-1], "And tell me.", bob))
    entry = desk.history(1, EntryKind.MESSAGE)[-1]
    assert (entry.author.address, entry.visibility) == (bob, Visibility.PUBLIC)


def test_two_tickets_that_seem_to_be_one_are_told_and_made_one_by_an_agents_word(desk: Desk):
    desk.receive(mail("It burns.", message_id="<first@example.org>"))
    desk.receive(mail("Call.", in_reply_to="<late@example.org>", from_="bob@example.org"))
    desk.act(2, "take")
    from_carl = {"from_": "carl@example.org", "in_reply_to": "<first@example.org>"}
    desk.receive(mail("And now?", message_id="<late@example.org>", **from_carl))

    notice = desk.sent_to(BEA, "stranger")[-1]
    assert "with this line at the top: #merge 2" in notice.document.text
    for number, other in ((1, 2), (2, 1)):
        notes = [e for e in desk.history(number) if e.because_code == "seems_joined"]
        said = [(n.visibility, n.body.text.partition(". ")[2]) for n in notes if n.body]
        assert said == [(Visibility.INTERNAL, f"#merge {other} brings this one there.")]

    desk.receive(reply_to(notice, "#merge 2", BEA))
    assert desk.ticket(1).merged_into == 2


def test_a_late_message_finds_its_ticket_though_that_changed_meanwhile(desk: Desk):
    """The entry of a change was taken for the message that others had referred to."""
    for text in ("An answer", "Still an answer, and it is not solved."):
        desk.receive(mail(text, in_reply_to="<question@example.org>"))
        desk.act(1, "#resolve")
        desk.run()

    desk.receive(mail("The question", message_id="<question@example.org>"))

    assert len(desk.tickets()) == 1
    assert desk.texts(1)[-1] == "The question"


def test_messages_of_one_conversation_are_handled_in_the_order_accepted(desk: Desk):
    desk.arrive(mail("1", message_id="<root@example.org>"))
    for number in range(2, 8):
        desk.arrive(mail(str(number), in_reply_to="<root@example.org>"))
    desk.run()

    assert desk.texts(1) == [str(n) for n in range(1, 8)]


def test_a_restart_between_accepting_and_handling_loses_nothing(desk: Desk, url: str, tmp_path):
    desk.arrive(mail())
    other = Desk(url, tmp_path)
    other.run()
    other.close()

    assert desk.texts(1) == ["The printer is on fire."]


def test_an_answer_that_somebody_overtook_is_held_and_sent_by_its_author(desk: Desk):
    desk.receive(mail())
    (notice,) = desk.sent_to(BEA, "new_ticket")
    desk.clock.advance(minutes=1)
    desk.act(1, agent="carla@acme.example", text="I am on it.")
    desk.run()
    desk.clock.advance(minutes=1)
    late = reply_to(notice, "Try turning it off.", "bea@acme.example")
    desk.receive(late, sender=BEA, to=notice.reply_to)

    assert [o.document.blocks[0].text for o in desk.sent_to(ADA, "answer")] == ["I am on it."]
    (held,) = desk.sent_to(BEA, "held_answer")
    assert "Carla Gil" in "\n".join(b.text for b in held.document.blocks)

    again = reply_to(held, "#send", "bea@acme.example")
    desk.receive(again, sender=BEA, to=held.reply_to)
    assert len(desk.sent_to(ADA, "answer")) == 2


def test_internal_entries_are_seen_by_nobody_outside(desk: Desk):
    desk.receive(mail())
    desk.act(1, "note", text="He is always like that.")
    desk.run()

    (note,) = desk.history(1, EntryKind.NOTE)
    assert note.visibility is Visibility.INTERNAL
    assert [o.kind for o in desk.outgoing() if o.to.address == ADA] == ["confirmation"]

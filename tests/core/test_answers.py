"""Public and internal: what goes out, what stays, what is held, and what can be taken back."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Alter, NoticeKind, Say, Settle
from gateway.core.commands import parse
from gateway.core.deciding import decide
from gateway.core.deciding.acting import goes_out
from gateway.core.events import AgentActed
from gateway.core.model import Attachment, Body, EntryKind, Party, State, Visibility
from gateway.core.situation import HeldAnswer, Situation
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    FILE,
    MINUTE,
    PASSED,
    World,
    alters,
    desk,
    entry,
    of_type,
    says,
    signed,
    ticket,
)

PUBLIC, INTERNAL = AddressKind.PUBLIC, AddressKind.INTERNAL


def world(**rules) -> World:
    made = World(desk=desk(**rules))
    made.mail(ADA, "It burns", own_key="mail:a")
    return made


def by(w, agent, kind, text, **changes) -> Any:
    address = signed(kind, 7, agent.email, of=w.tickets[7])
    return w.mail(agent, text, recipients=(address,), **changes)


def out(decision) -> Any:
    """Whether an answer goes out."""
    return any(kind == "answer" for _, kind, _ in says(decision))


@pytest.mark.parametrize(
    ("kind", "text", "public"),
    [
        (PUBLIC, "words", True),
        (PUBLIC, "#note\nwords", False),
        (PUBLIC, "#note words", False),
        (PUBLIC, "#reply\n#note\nwords", False),
        (PUBLIC, "#resolve\nwords", True),
        (INTERNAL, "words", False),
        (INTERNAL, "#reply\nwords", True),
        (INTERNAL, "#resolve\nwords", False),
    ],
)
def test_the_address_says_where_words_go_and_commands_overrule_it(kind, text, public):
    w = world()
    assert out(by(w, BEA, kind, text)) is public
    kept = w.history(7)[-1] if not public else w.history(7, EntryKind.MESSAGE)[-1]
    assert kept.fact.visibility is (Visibility.PUBLIC if public else Visibility.INTERNAL)


def test_without_an_address_words_go_where_what_they_answer_went():
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    plain = {"recipients": ("support@acme.example",), "proof": PASSED}
    assert out(w.answer(BEA, told, "To Ada", **plain))
    w.act(CARLA, 7, "note hush", "watch")
    by(w, BEA, PUBLIC, "#watch")
    by(w, CARLA, INTERNAL, "Careful with her")
    note = w.last(BEA, NoticeKind.NOTE)
    assert not out(w.answer(BEA, note, "I know", **plain))


@pytest.mark.parametrize(
    ("answered", "public"),
    [
        (None, False),
        (entry(31, ADA), True),
        (entry(31, CARLA, visibility=Visibility.INTERNAL), False),
        (entry(31, ADA, reply_visibility=Visibility.INTERNAL), False),
        (
            entry(31, CARLA, visibility=Visibility.INTERNAL, reply_visibility=Visibility.PUBLIC),
            True,
        ),
    ],
)
def test_a_notice_that_is_answered_says_itself_where_words_go(answered, public):
    assert goes_out(parse("words"), None, answered) is public


def test_a_reminder_about_public_words_is_answered_inside():
    w = world()
    by(w, BEA, PUBLIC, "#pending 1d")
    w.wait(timedelta(days=1))
    assert not out(w.answer(BEA, w.last(BEA, NoticeKind.WOKE), "She never answers"))


def test_words_that_answer_nothing_known_stay_inside():
    w = world()
    assert not out(w.mail(BEA, "Hm", subject="[#7]", proof=PASSED))
    assert w.history(7, EntryKind.NOTE)[0].fact.text == "Hm"


def test_what_goes_out_is_the_answer_alone():
    w = world()
    by(w, BEA, PUBLIC, "#resolve\nDone.", full_text="#resolve\nDone.\n> secret quoted notice")
    body = w.last(ADA).say.body
    assert body is not None
    assert (body.text, body.full_text, body.html) == ("Done.", "Done.", None)
    kept = w.history(7, EntryKind.MESSAGE)[-1]
    assert kept.body is not None
    assert "secret" in kept.body.full_text


def test_files_alone_are_an_answer_and_signature_pictures_are_not():
    w = world()
    logo = Attachment(name="logo.png", type="image/png", data=b"x", inline=True)
    plan = Attachment(name="plan.pdf", type="application/pdf", data=b"x")
    assert not out(by(w, BEA, PUBLIC, "#resolve", attachments=(logo,)))
    assert out(by(w, BEA, PUBLIC, "", attachments=(plan,)))


# --- held: somebody was faster


def overtaken() -> World:
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    by(w, CARLA, PUBLIC, "It is the cable.")
    w.answer(BEA, told, "#resolve\nBuy a new printer.")
    return w


def test_an_answer_that_was_overtaken_is_held_for_its_author():
    w = overtaken()
    assert [o.text for o in w.got(ADA, NoticeKind.ANSWER)] == ["It is the cable."]
    held = w.history(7, EntryKind.NOTE)[0]
    assert (held.held, held.fact.text) == ("overtaken", "Buy a new printer.")
    assert w.tickets[7].state is State.OPEN
    said = w.last(BEA, NoticeKind.HELD_ANSWER).say
    assert (said.facts["other"], said.facts["other_words"]) == ("Carla Neri", "It is the cable.")
    assert said.facts["answer"] == "Buy a new printer."
    assert str(said.because) == "Carla Neri wrote after the message that this answers"


def test_new_words_of_the_requester_overtake_too():
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    w.answer(ADA, w.last(ADA), "It went out by itself")
    w.answer(BEA, told, "Call the fire brigade!")
    assert w.got(ADA, NoticeKind.ANSWER) == []
    assert w.last(BEA, NoticeKind.HELD_ANSWER).say.facts["other"] == "Ada Byron"


@pytest.mark.parametrize("what", ["own answer", "note", "stranger"])
def test_what_does_not_overtake(what):
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    if what == "own answer":
        by(w, BEA, PUBLIC, "First.")
    elif what == "note":
        by(w, CARLA, INTERNAL, "hush")
    else:
        w.mail(BOB, "me too", refers_to=("mail:a",))
    w.answer(BEA, told, "Second.")
    assert w.last(ADA).text == "Second."


def test_send_sends_what_was_held_with_its_commands():
    w = overtaken()
    decision = w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send")
    assert w.last(ADA).text == "Buy a new printer."
    assert w.tickets[7].state is State.RESOLVED
    assert len(of_type(decision, Settle)) == 1
    again = w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send")
    assert not out(again)


def test_send_said_twice_sends_once():
    w = overtaken()
    w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send\n#send")
    assert len(w.got(ADA, NoticeKind.ANSWER)) == 2


def test_further_words_beside_send_stay_inside():
    w = overtaken()
    w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send\nIt is old anyway.")
    assert w.last(ADA).text == "Buy a new printer."
    assert w.history(7, EntryKind.NOTE)[-1].fact.text == "It is old anyway."


def test_send_gives_the_ticket_to_whom_the_held_answer_gave_it():
    w = world()
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    w.answer(ADA, w.last(ADA), "More")
    w.answer(BEA, told, "#assign carla\nCarla will call.")
    w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send")
    assert w.tickets[7].assignee == CARLA.email
    given = [a.new for a in of_type(w.decisions[-1], Alter) if a.field == "assignee"]
    assert given == [CARLA.email]


def test_held_files_go_along():
    w = overtaken()
    held = HeldAnswer(entry=31, body=Body(text="", full_text="See the file"), files=(FILE,))
    event = AgentActed(agent=BEA.email, ticket=7, at=w.now, commands=("send",))
    decision = decide(event, Situation(ticket=w.tickets[7], held=held), w.desk)
    assert next(s.files for s in of_type(decision, Say)) == (FILE,)


# --- held: something internal is still in it


NOTE = "Do not tell her that the warranty is over since May."


@pytest.mark.parametrize(
    "text",
    [
        "All fine.\n##- Your reply above this line goes to Ada -##",
        f"All fine.\nOn Monday Carla wrote:\n{NOTE}",
        "All fine.\nWrite to {token}",
    ],
)
def test_an_answer_with_something_internal_in_it_is_held(text):
    w = world()
    by(w, CARLA, INTERNAL, NOTE)
    by(w, BEA, PUBLIC, text.replace("{token}", signed(PUBLIC, 7, BEA.email)))
    assert w.got(ADA, NoticeKind.ANSWER) == []
    assert w.history(7, EntryKind.NOTE)[-1].held == "mark"
    assert "something internal is still in the text" in w.last(BEA).say.facts["why"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text/plain", "Hello\n> ##- Your reply above this line goes to Ada -##\n> Help!"),
        ("text/plain", f"Hello\n\nOn Monday Carla wrote:\n> {NOTE}\n"),
        ("text/html", "<p>Write to {token}</p>"),
        ("message/rfc822", "X-Helpdesk-Mark:\r\n {mark}\r\nSubject: x\r\n\r\nIyMtIC0jIw=="),
    ],
    ids=["history too long to be words", "a note", "an address", "a notice as it came"],
)
def test_an_answer_with_something_internal_in_a_file_is_held(kind, data):
    w = world()
    by(w, CARLA, INTERNAL, NOTE)
    text = data.replace("{token}", signed(PUBLIC, 7, BEA.email))
    text = text.replace("{mark}", w.desk.book.mark("<notice@acme.example>"))
    file = Attachment(name="old.txt", type=kind, data=text.encode())
    by(w, BEA, PUBLIC, "All fine.", attachments=(file,))
    assert w.got(ADA, NoticeKind.ANSWER) == []
    assert w.history(7, EntryKind.NOTE)[-1].held == "mark"
    assert "in the file old.txt" in w.last(BEA).say.facts["why"]


def test_an_answer_with_a_file_of_theirs_goes_out():
    w = world()
    by(w, CARLA, INTERNAL, NOTE)
    file = Attachment(name="log.txt", type="text/plain", data=b"a@b.example ## <x@y> aaaa")
    by(w, BEA, PUBLIC, "All fine.", attachments=(file,))
    assert len(w.got(ADA, NoticeKind.ANSWER)) == 1


def test_sent_all_the_same_it_holds_neither_mark_nor_signed_address():
    w = world()
    token = signed(PUBLIC, 7, BEA.email)
    by(w, BEA, PUBLIC, f"Fine.\n##- Your reply above this line -##\nMail {token}")
    w.answer(BEA, w.last(BEA, NoticeKind.HELD_ANSWER), "#send")
    assert w.last(ADA).text == "Fine.\nMail support@acme.example"


def test_a_note_may_quote_anything():
    w = world()
    by(w, BEA, INTERNAL, "##- Your reply above this line -##")
    assert w.history(7, EntryKind.NOTE)[0].held is None


# --- taken back


def test_an_answer_that_waits_can_be_taken_back():
    w = world(answer_delay=MINUTE)
    by(w, BEA, PUBLIC, "Oops")
    assert w.last(ADA).say.wait == MINUTE
    decision = w.act(BEA, 7, "undo")
    assert w.got(ADA, NoticeKind.ANSWER) == []
    assert w.history(7, EntryKind.MESSAGE)[-1].fact.visibility is Visibility.INTERNAL
    assert says(decision) == [(BEA.email, "done", "public")]


def test_what_is_on_its_way_cannot_be_taken_back():
    w = world(answer_delay=MINUTE)
    by(w, BEA, PUBLIC, "Oops")
    w.wait(MINUTE)
    by(w, BEA, PUBLIC, "#undo")
    assert w.last(BEA).say.kind is NoticeKind.COMMAND_ERROR


def test_nobody_takes_back_the_answer_of_somebody_else():
    w = world(answer_delay=MINUTE)
    by(w, BEA, PUBLIC, "Mine")
    by(w, CARLA, PUBLIC, "#undo")
    assert w.last(ADA).text == "Mine"


# --- an address that got out


@pytest.mark.parametrize(
    ("cc", "leaks"),
    [
        ((ADA,), True),
        ((BOB,), True),
        ((Party(address=CARLA.email),), False),
        ((Party(address="support@acme.example"),), False),
        ((), False),
    ],
)
@pytest.mark.parametrize("text", ["Hello", "#resolv\nHello", "#take"])
def test_an_address_that_went_to_people_outside_is_replaced(cc, leaks, text):
    w = world()
    decision = by(w, BEA, PUBLIC, text, cc=cc)
    assert w.tickets[7].leaked == ((BEA.email,) if leaks else ())
    assert ("leaked" in alters(decision)) is leaks


def test_the_address_that_got_out_proves_nothing_any_more():
    w = world()
    old = signed(PUBLIC, 7, BEA.email)
    w.mail(BEA, "Hello", recipients=(old,), cc=(ADA,))
    w.mail(BEA, "#close", recipients=(old,))
    assert len(w.held) == 1
    assert w.last(BEA).say.facts["why"] == "the reply addresses of ticket 7 were revoked"
    by(w, BEA, PUBLIC, "#close")
    assert w.tickets[7].state is State.CLOSED


def test_revoke_kills_the_addresses_of_everybody():
    w = world()
    old = w.last(ADA).reply_to
    mine = signed(PUBLIC, 7, BEA.email)
    w.mail(BEA, "#revoke", recipients=(mine,))
    w.mail(BEA, "#close", recipients=(mine,))
    assert len(w.held) == 1
    w.mail(ADA, "Hello?", recipients=(old or "",))
    assert w.history(7, EntryKind.MESSAGE)[-1].fact.text == "It burns"
    assert ticket(7).generation + 1 == w.tickets[7].generation


@pytest.mark.parametrize("written_as", ["support@acme.example", "signed"])
def test_an_answer_that_only_the_desk_itself_would_get_is_not_sent(written_as):
    if written_as == "signed":
        written_as = signed(AddressKind.REQUESTER, 3, ADA.address)
    w = World(desk=desk())
    w.mail(Party(address=written_as, name="Web form"), "Call Ada back", own_key="mail:f")
    assert not out(by(w, BEA, PUBLIC, "#resolve\nHello Ada"))
    assert w.tickets[7].state is State.NEW
    fault = w.last(BEA, NoticeKind.COMMAND_ERROR).say.facts["faults"][0]
    assert "#for" in fault["expected"]


def test_the_same_answer_goes_to_whom_for_names_at_its_top():
    w = World(desk=desk())
    w.mail(
        Party(address="support@acme.example", name="Web form"), "Call Ada back", own_key="mail:f"
    )
    by(w, BEA, PUBLIC, "#for ada@example.org\n#resolve\nHello Ada")
    assert w.last(ADA, NoticeKind.ANSWER).text == "Hello Ada"
    assert w.got(Party(address="support@acme.example"), NoticeKind.ANSWER) == []
    assert w.tickets[7].state is State.RESOLVED

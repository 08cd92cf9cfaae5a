"""Strangers' early answers come to the ticket that they belong to, and nobody gains by it.

Bob answers a mail that Carl wrote into Ada's conversation, and is quicker than Carl's mail.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from gateway.core.chat import Room
from gateway.core.model import EntryKind, State, Visibility
from gateway.core.ports import Outbound
from gateway.store import search
from tests.runtime.desk import Desk, mail, reply_to

ADA, BOB, CARL = "ada@example.org", "bob@example.org", "carl@example.org"
BEA = "bea@acme.example"
FIRST, LATE = "<first@example.org>", "<late@example.org>"
SLACK = Room(channel="slack", address="C0DESK")


def bob_is_early(desk: Desk) -> Outbound:
    """Ada's ticket 1, and 2 of Bob's, who answers what has not come; the notice of it."""
    desk.receive(mail("It burns.", message_id=FIRST))
    desk.receive(mail("Call them.", in_reply_to=LATE, from_=BOB))
    return desk.sent_to(BEA, "new_ticket")[-1]


def carl_is_late(desk: Desk) -> None:
    desk.receive(mail("And now?", message_id=LATE, in_reply_to=FIRST, from_=CARL))


@pytest.fixture
def notice(desk: Desk) -> Outbound:
    """The notice of Bob's ticket, which is joined to Ada's by now."""
    told = bob_is_early(desk)
    carl_is_late(desk)
    return told


def test_it_is_all_on_one_ticket_and_bob_is_a_stranger_there(desk: Desk, notice: Outbound):
    assert desk.ticket(2).merged_into == 1
    assert desk.ticket(2).state is State.CLOSED
    assert [p.address for p in desk.ticket(1).people] == [ADA]
    said = {e.author.address: e.visibility for e in desk.history(1, EntryKind.MESSAGE)}
    assert said == {
        ADA: Visibility.PUBLIC,
        BOB: Visibility.INTERNAL,
        CARL: Visibility.INTERNAL,
    }


def test_agents_are_told_whose_words_came_along(desk: Desk, notice: Outbound):
    told = desk.sent_to(BEA, "stranger")[-1]
    line = f"Ticket 2, of {BOB}, is the same conversation and came to this one."
    assert line in told.document.text
    assert f"#cc {BOB}" in told.document.text


def test_an_answer_to_bob_does_not_go_to_ada(desk: Desk, notice: Outbound):
    desk.receive(reply_to(notice, "Who are they?", BEA))

    assert desk.sent_to(ADA, "answer") == desk.sent_to(BOB, "answer") == []
    (held,) = desk.sent_to(BEA, "held_answer")
    assert f"it answers {BOB}, who does not take part here" in held.document.text
    assert "what you write goes to Ada Byron." in held.document.text

    desk.receive(reply_to(held, f"#cc {BOB}\n#send", BEA))
    assert len(desk.sent_to(ADA, "answer")) == len(desk.sent_to(BOB, "answer")) == 1


def test_that_it_would_go_to_others_is_more_than_that_somebody_wrote_meanwhile(
    desk: Desk, notice: Outbound
):
    desk.receive(mail("Hurry!", in_reply_to=FIRST))
    desk.receive(reply_to(notice, "Who are they?", BEA))
    (held,) = desk.sent_to(BEA, "held_answer")
    assert f"it answers {BOB}, who does not take part here" in held.document.text


def test_an_answer_to_ada_goes_to_her(desk: Desk, notice: Outbound):
    first = desk.sent_to(BEA, "new_ticket")[0]
    desk.receive(reply_to(first, "Pull the plug!", BEA))
    assert len(desk.sent_to(ADA, "answer")) == 1
    assert desk.sent_to(BOB, "answer") == []


def test_what_bob_writes_later_is_a_strangers(desk: Desk, notice: Outbound):
    desk.receive(reply_to(desk.sent_to(BOB, "confirmation")[-1], "Well?", BOB))
    entry = desk.history(1, EntryKind.MESSAGE)[-1]
    assert (entry.author.address, entry.visibility) == (BOB, Visibility.INTERNAL)


def found(desk: Desk, words: str, audience: Visibility) -> list[int]:
    with desk.database.read() as conn:
        return [n for page in search.tickets(conn, words, audience=audience) for n in page]


def test_nobody_outside_finds_bobs_words_by_searching(desk: Desk):
    bob_is_early(desk)
    assert found(desk, "call", Visibility.PUBLIC) == [2]
    carl_is_late(desk)
    assert found(desk, "call", Visibility.PUBLIC) == []
    assert found(desk, "call", Visibility.INTERNAL) == [1]


def test_open_brings_it_all_back(desk: Desk, notice: Outbound):
    desk.receive(reply_to(notice, "#open\nWho are they?", BEA))

    assert desk.ticket(2).merged_into is None
    assert desk.texts(1) == ["It burns.", "And now?"]
    assert desk.texts(2) == ["Call them.", "Who are they?"]
    assert found(desk, "call", Visibility.PUBLIC) == [2]
    assert len(desk.sent_to(BOB, "answer")) == 1
    assert desk.sent_to(ADA, "answer") == []

    desk.receive(reply_to(desk.sent_to(BOB, "answer")[-1], "The neighbours.", BOB))
    assert desk.history(2, EntryKind.MESSAGE)[-1].visibility is Visibility.PUBLIC


def test_a_join_of_people_who_take_part_is_undone_as_well(desk: Desk):
    desk.receive(mail("It burns.", message_id=FIRST))
    desk.receive(mail("Call them.", in_reply_to=LATE, from_=BOB, to=f"support@acme.example, {ADA}"))
    desk.receive(mail("And now?", message_id=LATE, in_reply_to=FIRST, cc=BOB))
    assert desk.ticket(2).merged_into == 1

    desk.act(2, "open")
    assert [p.address for p in desk.ticket(1).people] == [ADA]
    assert desk.texts(2) == ["Call them."]


@pytest.fixture
def room(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, rooms=(SLACK,))
    yield made
    made.close()


def test_an_answer_in_the_thread_of_bobs_card_is_held(room: Desk):
    bob_is_early(room)
    cards = [out for out in room.slack.to(SLACK.address) if out.kind == "card"]
    thread = room.slack.key(cards[-1])
    carl_is_late(room)
    room.say("#reply\nWho are they?", by="U0BEA", on="slack", answers=thread)

    assert room.sent_to(ADA, "answer") == room.sent_to(BOB, "answer") == []
    held = [out for out in room.slack.to("U0BEA") if out.kind == "held_answer"]
    assert "who does not take part here" in held[-1].document.text


def conversation(random: Random) -> list[tuple[str, str, str]]:
    """Mails of strangers, each with its id and those that it refers to, newest last."""
    said: list[tuple[str, list[str]]] = []
    for n in range(20):
        _, before = random.choice(said) if said and n % 7 else ("", [])
        own = f"<m{n}@example.org>"
        kept = before if random.random() < 0.3 else before[-1:]  # many clients name the last alone
        said.append((own, [*kept, own]))
    return [(f"p{n % 5}@example.org", own, " ".join(ids[:-1])) for n, (own, ids) in enumerate(said)]


@pytest.mark.parametrize("seed", range(8))
def test_in_any_order_an_answer_stands_where_what_it_answers_does(desk: Desk, seed: int):
    random = Random(seed)
    mails = conversation(random)
    random.shuffle(mails)
    absent = mails.pop()[1]
    for author, own, ids in mails:
        fields = {"references": ids, "in_reply_to": ids.split()[-1]} if ids else {}
        desk.receive(mail(f"Words of {own}", message_id=own, from_=author, **fields))

    where = {
        e.message_id: t.number
        for t in desk.tickets()
        for e in desk.history(t.number, EntryKind.MESSAGE)
    }
    assert len(where) == len(mails)
    for _, own, ids in mails:
        answered = ids.split()[-1] if ids else absent
        if answered != absent:
            assert where[own.strip("<>")] == where[answered.strip("<>")]

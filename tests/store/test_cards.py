"""Cards are kept by ticket and room; a waiting one is replaced, whatever is being sent stays."""

from dataclasses import replace
from datetime import timedelta

from gateway.core.chat import Room
from gateway.core.model import Party
from gateway.store import cards, entries, outbox
from gateway.store.cards import Card
from tests.store import made
from tests.store.made import NOW

SLACK = Room(channel="slack", address="C1")
TELEGRAM = Room(channel="telegram", address="-100")


def test_each_room_has_its_card_and_the_newest_counts(database):
    with database.write() as conn:
        number = made.new_ticket(conn)[0]
        assert cards.find(conn, number, SLACK) is None
        cards.posted(conn, number, SLACK, ["slack:1"], "d1", 1)
        cards.posted(conn, number, TELEGRAM, ["telegram:1", "telegram:topic:1"], "d1", 2)
        cards.posted(conn, number, SLACK, ["slack:2"], "d2", 3)
        there = cards.of_ticket(conn, number)
        cards.gone(conn, number, SLACK)
        left = cards.of_ticket(conn, number)

    assert there == {
        SLACK: Card(keys=("slack:2",), digest="d2", outbox=3),
        TELEGRAM: Card(keys=("telegram:1", "telegram:topic:1"), digest="d1", outbox=2),
    }
    assert [there[SLACK].thread, there[TELEGRAM].thread] == ["slack:2", "telegram:topic:1"]
    assert list(left) == [TELEGRAM]


def card(number: int, text: str) -> outbox.NewOutbox:
    return made.outgoing(
        number,
        kind="card",
        channel="slack",
        to=Party(channel="slack", address="C1"),
        lane=f"{number}:room:slack:C1",
        message={"v": 1, "text": text},
    )


def test_what_waits_says_the_newest_and_what_is_being_sent_is_left_alone(database):
    with database.write() as conn:
        number = made.new_ticket(conn)[0]
        assert not outbox.replace_waiting(conn, card(number, "one"))
        outbox.enqueue(conn, card(number, "one"))
        assert outbox.replace_waiting(conn, card(number, "two"))
        (row,) = outbox.claim(conn, now=NOW, limit=9, by="w", lease_seconds=60)
        assert row.message["text"] == "two"
        assert not outbox.replace_waiting(conn, card(number, "three"))
        outbox.enqueue(conn, card(number, "three"))
        assert outbox.claim(conn, now=NOW, limit=9, by="w", lease_seconds=60) == []
        outbox.sent(conn, row.id, now=NOW, keys=["slack:1"])
        (later,) = outbox.claim(conn, now=NOW, limit=9, by="w", lease_seconds=60)
        first = outbox.get(conn, row.id)

    assert later.message["text"] == "three"
    assert first is not None
    assert first.keys == ("slack:1",)


def test_what_may_be_posted_already_is_replaced_under_the_id_by_which_it_is_found(database):
    """Else the next try would not find it, and post a second card."""
    with database.write() as conn:
        number = made.new_ticket(conn)[0]
        first = replace(card(number, "one"), message_id="<first@acme.example>")
        outbox.enqueue(conn, first)
        (row,) = outbox.claim(conn, now=NOW, limit=9, by="w", lease_seconds=60)
        outbox.again(conn, row.id, due_at=NOW, error="killed")
        later = replace(card(number, "two"), message_id="<second@acme.example>")
        later = replace(later, created_at=NOW + timedelta(hours=1))
        assert outbox.replace_waiting(conn, later)
        (again,) = outbox.claim(conn, now=NOW, limit=9, by="w", lease_seconds=60)

    assert again.message["text"] == "two"
    assert (again.message_id, again.created_at) == ("<first@acme.example>", row.created_at)


def test_of_an_answer_that_waits_its_copy_in_a_room_may_have_gone(database):
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        entry = entries.append(conn, [made.entry(number)])[0]
        waiting = made.outgoing(number, entry=entry, answer_of="bea@acme.example", lane="a")
        copy = made.outgoing(number, entry=entry, kind="said", lane="b")
        ids = outbox.enqueue_many(conn, [waiting, copy])
        outbox.sent(conn, ids[1], now=NOW, keys=["slack:2"])
        found = outbox.waiting_answer(conn, number, "bea@acme.example")
        copies = outbox.sent_of_entry(conn, entry)

    assert found == (entry, (ids[0],))
    assert [row.id for row in copies] == [ids[1]]

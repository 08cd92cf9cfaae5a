"""The history of a ticket: only added to, shown whole, its words apart."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Proof,
    Remark,
    RemarkKind,
    Role,
    StoredFile,
    Verdict,
    Visibility,
)
from gateway.store import content, entries, inbox, keys, outbox, search
from gateway.store.errors import ContentGoneError
from tests.store import made
from tests.store.made import BEA, NOW, there

AGENT = Author(name="Bea Ruiz", address=BEA, role=Role.AGENT)


def _note(number: int, text: str = "a note", **fields: Any) -> entries.NewEntry:
    return made.entry(
        number,
        text,
        kind=EntryKind.NOTE,
        visibility=Visibility.INTERNAL,
        author=AGENT,
        direction=None,
        **fields,
    )


def test_an_entry_is_shown_as_it_was_written(database):
    with database.write() as conn:
        digest = content.put(conn, b"\x89PNG")
        picture = StoredFile(
            name="smoke.png", type="image/png", size=4, digest=digest, inline=True, cid="c1"
        )
        away = replace(made.stored("a.doc", digest, 4), infected="Eicar")
        number, first = made.new_ticket(conn)
        new = made.entry(
            number,
            body=Body(
                text="new",
                full_text="new\n> old",
                html="<p>new</p>",
                remarks=(Remark(kind=RemarkKind.SIGNED, about="PGP"),),
            ),
            message_id="<1@x>",
            held="overtaken",
            reply_visibility=Visibility.INTERNAL,
            inbox=12,
            proof=Proof(spf=Verdict.PASS, dkim=Verdict.NONE, dmarc=Verdict.FAIL),
            files=(picture, made.stored("log.txt", digest, 4), away),
        )
        change = made.entry(
            number,
            kind=EntryKind.CHANGE,
            direction=None,
            body=None,
            change={"what": "tags", "old": [], "new": ["vpn"]},
        )
        ids = entries.append(conn, [new, change])
    with database.read() as conn:
        opening, shown, changed = entries.history(conn, number)
        assert entries.files_of(conn, ids[0]) == new.files
        assert entries.body_of(conn, ids[0]) == new.body
        assert entries.body_of(conn, ids[1]) is None
    assert [opening.id, shown.id, changed.id] == [first, *ids]
    for field in entries.NewEntry.__dataclass_fields__.keys() - {"title"}:
        assert getattr(shown, field) == getattr(new, field), field
        assert getattr(changed, field) == getattr(change, field), field


def test_history_shows_how_what_went_out_fared(database):
    with database.write() as conn:
        number, id = made.new_ticket(conn)
        first = outbox.enqueue(conn, made.outgoing(number, entry=id))
        outbox.enqueue(conn, made.outgoing(number, entry=id, kind="copy"))
        outbox.failed(conn, first, "550 no such user")
        (entry,) = entries.history(conn, number)
    assert [(d.kind, d.state, d.error, d.to) for d in entry.delivery] == [
        ("confirmation", "failed", "550 no such user", "ada@example.org"),
        ("copy", "queued", None, "ada@example.org"),
    ]


def test_a_fact_is_what_a_decision_needs(database):
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        (id,) = entries.append(conn, [_note(number, reply_visibility=Visibility.INTERNAL)])
        assert entries.fact(conn, id) == EntryFact(
            id=id,
            ticket=number,
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            at=NOW,
            author=AGENT,
            text="a note",
            reply_visibility=Visibility.INTERNAL,
        )
        assert entries.fact(conn, 99) is None


def test_of_a_huge_text_a_decision_sees_the_beginning(database):
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        huge = "long words " * 10_000
        (id,) = entries.append(conn, [made.entry(number, huge)])
        assert there(entries.fact(conn, id)).text == huge[: entries.LONGEST_FACT]
        assert there(entries.body_of(conn, id)).text == huge


def test_public_messages_after_an_entry(database):
    with database.write() as conn:
        number, first = made.new_ticket(conn)
        _, second, third = entries.append(
            conn, [_note(number), made.entry(number, "2"), made.entry(number, "3", author=AGENT)]
        )
        made.new_ticket(conn)
        after = entries.facts_after(conn, number, first)
        assert [fact.id for fact in after] == [second, third]
        assert entries.facts_after(conn, number, third) == []


def test_a_held_answer_is_found_by_its_author_until_it_is_settled(database):
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        held = made.entry(number, "mine", author=AGENT, held="overtaken")
        older, newer = entries.append(conn, [held, held])
        assert there(entries.held_of(conn, number, BEA)).id == newer
        assert entries.held_of(conn, number, "eve@acme.example") is None
        assert entries.settle(conn, newer)
        assert not entries.settle(conn, newer)
        assert there(entries.held_of(conn, number, BEA)).id == older
        entries.settle(conn, older)
        assert entries.held_of(conn, number, BEA) is None


def test_a_moved_entry_takes_its_keys_files_and_deliveries_along(database):
    with database.write() as conn:
        (source, _), (target, target_entry) = made.new_ticket(conn), made.new_ticket(conn)
        digest = content.put(conn, b"x")
        file = made.stored("x.txt", digest, 1)
        (id,) = entries.append(conn, [made.entry(source, files=(file,))])
        keys.claim(conn, source, id, ["<1@x>"])
        sent = outbox.enqueue(conn, made.outgoing(source, entry=id))
        entries.move(conn, id, target)
        assert [entry.id for entry in entries.history(conn, target)] == [target_entry, id]
        assert entries.history(conn, target)[1].files == (file,)
        assert len(entries.history(conn, source)) == 1
        assert keys.find(conn, ["<1@x>"]) == {"<1@x>": (target, id)}
        assert there(outbox.get(conn, sent)).ticket == target


def test_a_direction_is_kept(database):
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        entries.append(conn, [made.entry(number, direction=Direction.OUT), _note(number)])
        directions = [entry.direction for entry in entries.history(conn, number)]
    assert directions == [Direction.IN, Direction.OUT, None]


def test_many_entries_at_once_keep_their_order(database):
    texts = [f"entry {n}" for n in range(75)]
    with database.write() as conn:
        number, _ = made.new_ticket(conn)
        ids = entries.append(conn, [made.entry(number, text) for text in texts])
        shown = entries.history(conn, number)[1:]
    assert ids == sorted(ids)
    assert [there(entry.body).text for entry in shown] == texts
    assert [entry.id for entry in shown] == ids


def test_erased_words_are_gone_and_a_tombstone_stays(database):
    with database.write() as conn:
        (arrival,) = inbox.accept_many(conn, [made.incoming(raw=b"raw words")])
        shared, own = content.put_many(conn, [b"shared", b"own"])
        number, other = made.new_ticket(conn)
        files = (made.stored("a.txt", shared, 6), made.stored("b.txt", own, 3))
        new = made.entry(number, "private words", title="Ada", files=files, inbox=arrival.id)
        id, sharing = entries.append(conn, [new, made.entry(number, files=files[:1])])
    with database.write() as conn:
        assert entries.erase(conn, id, NOW)
        assert not entries.erase(conn, id, NOW)
        assert not entries.erase(conn, 99, NOW)
    with database.read() as conn:
        assert search.entries(conn, "private") == []
        assert search.entries(conn, "ada") == []
        shown = next(entry for entry in entries.history(conn, number) if entry.id == id)
        assert (shown.body, shown.erased_at, shown.files) == (Body(text=""), NOW, ())
        assert shown.because == new.because
        assert content.get(conn, shared) == b"shared"
        assert entries.files_of(conn, sharing) == files[:1]
        with pytest.raises(ContentGoneError):
            content.get(conn, own)
        with pytest.raises(ContentGoneError):
            inbox.incoming(conn, there(inbox.get(conn, arrival.id)))
        assert search.entries(conn, "help") == [(sharing, number), (other, number)]


def test_what_passed_the_erased_words_on_is_erased_too(database):
    with database.write() as conn:
        (arrival,) = inbox.accept_many(conn, [made.incoming()])
        number, other = made.new_ticket(conn)
        notice = made.entry(number, "You wrote: private", kind=EntryKind.NOTICE, inbox=arrival.id)
        told = made.entry(
            number,
            "Told Bea",
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            inbox=arrival.id,
        )
        id, public, inside = entries.append(
            conn, [made.entry(number, "private", inbox=arrival.id), notice, told]
        )
        words = {"v": 1, "document": "private"}
        waiting, gone, others = (
            outbox.enqueue(conn, made.outgoing(number, entry=entry, message=words))
            for entry in (public, inside, other)
        )
        outbox.sent(conn, gone, now=NOW)
        assert entries.erase(conn, id, NOW)
        shown = {entry.id: there(entry.body).text for entry in entries.history(conn, number)}
        rows = [there(outbox.get(conn, row)) for row in (waiting, gone, others)]
    assert shown == {other: "Help!", id: "", public: "", inside: "Told Bea"}
    assert [(row.state, row.message) for row in rows] == [
        ("cancelled", {"v": 1}),
        ("sent", {"v": 1}),
        ("queued", words),
    ]


def test_the_newest_words_that_came_in(database):
    with database.write() as conn:
        number, first = made.new_ticket(conn)
        answer = made.entry(number, "answer", author=AGENT, direction=Direction.OUT)
        ids = entries.append(conn, [answer, _note(number)])
        assert there(entries.last_words(conn, number)).id == first
        assert [fact.id for fact in entries.recent(conn, number, 2)] == ids

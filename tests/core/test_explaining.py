"""What a decision would do, in plain words."""

from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import (
    Alter,
    Append,
    Away,
    Cancel,
    Change,
    Claim,
    Decision,
    Deliver,
    Drop,
    Hold,
    Move,
    On,
    Refuse,
    Settle,
    Skip,
    StartDeadline,
    StopDeadline,
    Verify,
)
from gateway.core.explaining import describe
from gateway.core.model import Author, EntryKind, Role, State, Visibility
from gateway.core.reasons import Reason, Why
from gateway.core.targets import Target
from tests.core.kit import ADA, BEA, BOB, DAY, MINUTE, NOW, PASSED, World, desk, signed, ticket

OVER = Reason.of(Why.TIME_IS_OVER)
WHO = Author(name="Bea Ruiz", address=BEA.email, role=Role.AGENT)


def lines(decision) -> Any:
    return describe(decision, "Acme Support")


def world(**rules) -> World:
    made = World(desk=desk(**rules))
    made.tickets[7] = ticket(7, assignee=BEA.email, state=State.OPEN)
    made.keys["mail:7"] = (7, None)
    return made


def test_a_new_ticket():
    assert lines(World().mail(ADA, "It burns")) == [
        "open a ticket in queue support",
        "add a message to it",
        "send a confirmation to ada@example.org",
        "tell Bea Ruiz (new_ticket)",
        "tell Carla Neri (new_ticket)",
    ]


def test_words_on_a_ticket():
    assert lines(world().mail(ADA, "It burns", refers_to=("mail:7",), proof=PASSED)) == [
        "add a message to ticket 7",
        "remember that ada@example.org is its owner's",
        "tell Bea Ruiz (reply)",
    ]


def test_where_nothing_is_sent_it_says_so():
    w = world()
    w.tickets[7] = ticket(7, queue="gone")
    decision = w.mail(ADA, "x", refers_to=("mail:7",), live=False)
    assert lines(decision) == ["add a message to ticket 7", "send nothing"]


def test_held_mail():
    assert lines(world().mail(BEA, "#close", refers_to=("mail:7",))) == [
        "hold it: says it is from bea@acme.example, without proof",
        "tell Bea Ruiz (held_unproven)",
    ]


def test_an_answer_with_commands():
    address = signed(AddressKind.PUBLIC, 7, BEA.email)
    w = world(answer_delay=MINUTE)
    decision = w.mail(BEA, "#resolve\n#cc bob@example.org\nIt is out.", recipients=(address,))
    assert lines(decision) == [
        "add the public answer of Bea Ruiz to ticket 7",
        "send the answer to ada@example.org after the time to take it back",
        "set state of ticket 7 to resolved",
        "let ticket 7 close by itself on 2026-01-12 09:00 UTC",
        "set participants of ticket 7 to bob@example.org",
    ]


def test_a_merge_tells_of_both():
    w = world()
    w.tickets[12] = ticket(12, requester=BOB)
    said = lines(w.act(BEA, 7, "merge 12"))
    assert "set the ticket that is to take the place of ticket 7 to 12" in said
    assert "set participants of ticket 12 to Ada Byron <ada@example.org>" in said
    assert said[-1] == "send nothing"


EVERY: list[tuple[Change, str]] = [
    (Drop(because=Reason.of(Why.OWN_MAIL)), "drop it: our own mail come back"),
    (Hold(because=OVER), "hold it: the time given is over"),
    (Move(entry=31, to=12, because=OVER), "move entry 31 to ticket 12"),
    (Away(agent=BEA.email), "give bea@acme.example no new tickets"),
    (
        Away(agent=BEA.email, until=NOW + DAY),
        "give bea@acme.example no new tickets until 2026-01-06 09:00 UTC",
    ),
    (Away(agent=BEA.email, back=True), "give bea@acme.example new tickets again"),
    (Settle(entry=31), "let go of the held answer (entry 31)"),
    (Cancel(outbox_ids=(1,), entry=31, because=OVER), "take back the answer (entry 31)"),
    (Deliver(outbox_id=3, state="bounced", error="x"), "mark outgoing message 3 as bounced: x"),
    (
        Skip(what="confirmation", because=Reason.of(Why.QUIET)),
        "leave out the confirmation: taken in quietly: imported",
    ),
    (Verify(address="a@b.c"), "remember that a@b.c is its owner's"),
    (Refuse(lines=("no", "never")), "refuse: no; never"),
    (
        StartDeadline(target=Target.WAKE, due_at=NOW, because=OVER),
        "let ticket 7 come back by itself on 2026-01-05 09:00 UTC",
    ),
    (
        Alter(field="assignee", new=None, because=OVER, author=WHO),
        "set assignee of ticket 7 to none",
    ),
    (Alter(field="tags", new=(), because=OVER, author=WHO), "set tags of ticket 7 to none"),
    (
        Append(
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            author=WHO,
            because=OVER,
            held="mark",
        ),
        "keep the answer for Bea Ruiz to look at again: the time given is over",
    ),
    (
        Append(
            kind=EntryKind.NOTICE, visibility=Visibility.INTERNAL, author=WHO, because=OVER
        ),
        "note on ticket 7, as Acme Support: the time given is over",
    ),
    (
        Append(
            kind=EntryKind.MESSAGE, visibility=Visibility.INTERNAL, author=WHO, because=OVER
        ),
        "add a message to ticket 7 for agents alone",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "line"), EVERY)
def test_every_kind_of_change(change, line):
    assert lines(Decision(ticket=7, changes=(change,)))[0] == line


def test_what_only_keeps_the_books_is_not_told():
    books = (Claim(keys=("x",)), StopDeadline(target=Target.WAKE, because=OVER))
    assert lines(Decision(ticket=7, changes=books, also=(On(ticket=8, changes=books),))) == [
        "send nothing"
    ]

"""Whoever makes the desk join tickets gets no words, no answers, and nobody's ticket, by it.

Mallory has a ticket of her own, and knows an id that Bob's answers. She sends a mail under it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.chat import Room
from gateway.core.clocks import ClockState
from gateway.core.deciding import decide
from gateway.core.model import EntryKind, State, Visibility
from gateway.core.ports import Outbound
from gateway.core.targets import Target
from gateway.runtime.applying import apply
from gateway.runtime.erasing import erase_person
from gateway.runtime.gathering import gather, seen_by
from gateway.store.errors import ConflictError
from tests.runtime.desk import Desk, mail, reply_to
from tests.runtime.test_importing import take
from tests.runtime.test_service_levels import config as sla

MALLORY, BOB, CARL, DAVE = (f"{n}@example.org" for n in ("mallory", "bob", "carl", "dave"))
BEA, CARLA = "bea@acme.example", "carla@acme.example"
HERS, KNOWN = "<hers@example.org>", "<known@example.org>"
SLACK = Room(channel="slack", address="C0DESK")


def of_mallory(desk: Desk, **fields: str) -> Outbound:
    """Mallory's ticket; the notice of it."""
    desk.receive(mail("Anything.", message_id=HERS, from_=MALLORY, **fields))
    return desk.sent_to(BEA, "new_ticket")[-1]


def of_bob(desk: Desk, **fields: str) -> Outbound:
    """Bob's, which answers what has not come; the notice of it."""
    desk.receive(mail("My password is lost.", in_reply_to=KNOWN, from_=BOB, **fields))
    return desk.sent_to(BEA, "new_ticket")[-1]


def mallory_joins(desk: Desk, **fields: str) -> None:
    given = {"from_": MALLORY, "message_id": KNOWN, "in_reply_to": HERS, "subject": "Re: Hers"}
    desk.receive(mail("And?", **given | fields))


@pytest.fixture
def notice(desk: Desk) -> Outbound:
    """The notice of Bob's ticket 2, which is joined to Mallory's 1 by now."""
    of_mallory(desk)
    told = of_bob(desk)
    mallory_joins(desk)
    assert desk.ticket(2).merged_into == 1
    return told


def said(desk: Desk, number: int) -> list[str]:
    """What people outside said on a ticket."""
    return [e.body.text for e in desk.history(number, EntryKind.MESSAGE) if e.body]


def answers_to(desk: Desk, *people: str) -> list[str]:
    return [p for p in people for _ in desk.sent_to(p, "answer")]


def test_words_of_hers_that_came_meanwhile_do_not_hide_where_an_answer_goes(
    desk: Desk, notice: Outbound
):
    desk.receive(reply_to(notice, "It is hunter2.", BEA))
    assert answers_to(desk, MALLORY, BOB) == []
    (held,) = desk.sent_to(BEA, "held_answer")
    assert BOB in held.document.text
    assert "what you write goes to mallory@example.org." in held.document.text
    assert "mallory@example.org wrote just now" in held.document.text


def test_naming_bob_in_cc_gets_her_no_answer_that_is_meant_for_him(desk: Desk):
    of_mallory(desk, cc=BOB)
    told = of_bob(desk)
    mallory_joins(desk)
    desk.receive(reply_to(told, "It is hunter2.", BEA))
    assert answers_to(desk, MALLORY) == []


def test_an_answer_that_was_held_before_does_not_go_elsewhere(desk: Desk):
    of_mallory(desk)
    told = of_bob(desk)
    desk.receive(reply_to(told, f"It is hunter2. Write to {told.reply_to} then.", BEA))
    (held,) = desk.sent_to(BEA, "held_answer")
    mallory_joins(desk)
    desk.receive(reply_to(held, "#send", BEA))
    assert answers_to(desk, MALLORY) == []


@pytest.mark.parametrize(
    "command", ["#note I look into it.", "#priority urgent", "#tag vip", "#watch"]
)
def test_a_ticket_on_which_an_agent_did_something_stays(desk: Desk, command: str):
    of_mallory(desk)
    told = of_bob(desk)
    desk.receive(reply_to(told, command, BEA))
    assert desk.ticket(2).state is State.NEW
    mallory_joins(desk)
    assert desk.ticket(2).merged_into is None


def test_her_ticket_that_waits_takes_nobody(desk: Desk):
    hers = of_mallory(desk)
    desk.receive(reply_to(hers, "#pending 3d\nWhich one?", BEA))
    of_bob(desk)
    mallory_joins(desk, list_id="<x.example.org>", precedence="list")
    assert desk.ticket(1).state is State.PENDING
    assert desk.ticket(2).merged_into is None


def chain(desk: Desk) -> tuple[Outbound, Outbound]:
    """Bob's 2 came to Mallory's 1, and that to Carl's 3; the notices of the first two."""
    hers = of_mallory(desk, in_reply_to="<lost@example.org>")
    told = of_bob(desk)
    mallory_joins(desk)
    desk.receive(mail("First of all.", message_id="<c@example.org>", from_=CARL))
    desk.receive(
        mail("Then.", message_id="<lost@example.org>", in_reply_to="<c@example.org>", from_=CARL)
    )
    assert [desk.ticket(n).merged_into for n in (2, 1, 3)] == [1, 3, None]
    return hers, told


@pytest.mark.parametrize("order", ["bob first", "mallory first"])
def test_a_chain_is_undone_in_any_order(desk: Desk, order: str):
    hers, told = chain(desk)
    both = [told, hers] if order == "bob first" else [hers, told]
    for one in both:
        desk.receive(reply_to(one, "#open", BEA))
    assert [desk.ticket(n).merged_into for n in (1, 2, 3)] == [None, None, None]
    said = {
        n: [e.body.text for e in desk.history(n, EntryKind.MESSAGE) if e.body] for n in (1, 2, 3)
    }
    assert said == {
        1: ["Anything.", "And?"],
        2: ["My password is lost."],
        3: ["First of all.", "Then."],
    }
    (bobs,) = desk.history(2, EntryKind.MESSAGE)
    assert bobs.visibility is Visibility.PUBLIC


def test_an_id_that_came_is_no_id_to_come(desk: Desk):
    """Carl's mail has joined Bob's ticket to Dave's. Mallory sends another one under its id."""
    desk.receive(mail("Mine.", message_id="<d@example.org>", from_=DAVE))
    of_bob(desk)
    desk.receive(mail("So?", message_id=KNOWN, in_reply_to="<d@example.org>", from_=CARL))
    assert desk.ticket(2).merged_into == 1
    desk.receive(mail("Anything.", message_id=HERS, from_=MALLORY))
    mallory_joins(desk)
    assert desk.ticket(1).merged_into is None


def test_an_answer_to_the_late_mail_stays_with_it_when_bobs_ticket_is_back(
    desk: Desk, notice: Outbound
):
    desk.receive(reply_to(notice, "#open", BEA))
    desk.receive(mail("Well?", in_reply_to=KNOWN, from_=MALLORY))
    assert said(desk, 2) == ["My password is lost."]
    assert said(desk, 1)[-1] == "Well?"


def test_what_bob_wrote_meanwhile_comes_back_with_the_rest(desk: Desk, notice: Outbound):
    confirmed = desk.sent_to(BOB, "confirmation")[-1]
    desk.receive(reply_to(confirmed, "It was hunter1.", BOB))
    assert said(desk, 1)[-1] == "It was hunter1."
    desk.receive(reply_to(notice, "#open", BEA))
    assert said(desk, 2) == ["My password is lost.", "It was hunter1."]
    assert said(desk, 1) == ["Anything.", "And?"]


def test_an_entry_that_an_agent_moved_stays_where_they_put_it(desk: Desk, notice: Outbound):
    desk.receive(mail("Else.", from_=DAVE))
    (bobs,) = [e for e in desk.history(1, EntryKind.MESSAGE) if e.author.address == BOB]
    assert not desk.act(1, f"move {bobs.id} 3").refused
    desk.receive(reply_to(notice, "#open", BEA))
    assert said(desk, 2) == []
    assert said(desk, 3) == ["My password is lost.", "Else."]


def test_what_was_held_for_bob_goes_back_with_his_ticket(desk: Desk, notice: Outbound):
    desk.receive(reply_to(notice, "It is hunter2.", BEA))
    desk.receive(reply_to(notice, "#open", BEA))
    desk.receive(reply_to(desk.sent_to(BEA, "reply")[-1], "#send", BEA))
    assert answers_to(desk, MALLORY) == []
    desk.receive(reply_to(notice, "#send", BEA))
    assert answers_to(desk, MALLORY, BOB) == [BOB]


def test_erasing_bobs_words_finds_them_where_they_went(desk: Desk, notice: Outbound):
    erase_person(desk.database, desk.app.policy, BOB, desk.clock)
    assert said(desk, 1) == ["Anything.", "", "And?"]
    everything = " ".join(e.body.full_text for e in desk.history(1) if e.body)
    assert "password" not in everything
    desk.receive(reply_to(notice, "#open", BEA))
    assert said(desk, 2) == [""]


@pytest.fixture
def room(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, rooms=(SLACK,))
    yield made
    made.close()


def card_of(desk: Desk, number: int) -> str:
    cards = [o for o in desk.slack.to(SLACK.address) if o.kind == "card" and o.ticket == number]
    return desk.slack.key(cards[0])


def in_thread(desk: Desk, number: int, text: str, **chat: object) -> None:
    there = {"where": "desk", "place": SLACK.address, "conversation": "", **chat}
    desk.say(text, by="U0BEA", on="slack", answers=card_of(desk, number), chat=there)


def test_a_button_of_bobs_card_sends_nothing_to_her(room: Desk):
    of_mallory(room)
    of_bob(room)
    thread = card_of(room, 2)
    mallory_joins(room)
    there = {"where": "desk", "place": SLACK.address, "conversation": "", "ticket": 2}
    room.say("#reply\nIt is hunter2.", by="U0BEA", on="slack", answers=thread, chat=there)
    assert answers_to(room, MALLORY) == []


LIST = {"list_id": "<talk.example.org>", "precedence": "list"}


def on_a_list(desk: Desk) -> None:
    """All three with the mark of the same list, which anybody can write."""
    of_mallory(desk, **LIST)
    of_bob(desk, **LIST)
    mallory_joins(desk, **LIST)
    assert desk.ticket(2).merged_into == 1


def test_the_thread_of_a_lists_ticket_sends_nothing_to_her(room: Desk):
    on_a_list(room)
    in_thread(room, 2, "#reply\nIt is hunter2.")
    assert answers_to(room, MALLORY) == []


def test_the_thread_of_a_ticket_that_is_back_is_its_own(room: Desk):
    on_a_list(room)
    room.act(2, "open")
    in_thread(room, 2, "#reply\nIt is hunter2.")
    assert answers_to(room, MALLORY, BOB) == [BOB]


def test_an_archive_takes_no_ticket_whose_requester_waits(desk: Desk):
    told = of_bob(desk)
    old = [
        mail("Old.", message_id=HERS, from_=MALLORY, date="Mon, 03 Mar 2025 10:00:00 +0100"),
        mail(
            "Old, too.",
            message_id=KNOWN,
            in_reply_to=HERS,
            from_=MALLORY,
            date="Mon, 03 Mar 2025 11:00:00 +0100",
        ),
    ]
    take(desk, old)
    assert desk.ticket(1).merged_into is None
    desk.receive(reply_to(told, "It is hunter2.", BEA))
    assert answers_to(desk, MALLORY, BOB) == [BOB]


def test_an_answer_by_shell_goes_to_bob_or_nowhere(desk: Desk, notice: Outbound):
    desk.act(2, text="It is hunter2.", public=True)
    desk.run()
    assert answers_to(desk, MALLORY) == []


def test_all_in_one_batch_is_the_same(desk: Desk):
    for raw in (
        mail("Anything.", message_id=HERS, from_=MALLORY),
        mail("My password is lost.", in_reply_to=KNOWN, from_=BOB),
        mail("And?", from_=MALLORY, message_id=KNOWN, in_reply_to=HERS),
    ):
        desk.arrive(raw)
    desk.run()
    assert desk.ticket(2).merged_into == 1
    (bobs,) = [e for e in desk.history(1, EntryKind.MESSAGE) if e.author.address == BOB]
    assert bobs.visibility is Visibility.INTERNAL
    desk.act(2, "open")
    assert said(desk, 2) == ["My password is lost."]


SOURCE = """
[[email.sources]]
name = "nagios"
match = 'from == "alerts@acme.example"'
dedupe = 'subject'
"""


def test_a_machines_ticket_goes_on_by_itself(url: str, tmp_path: Path):
    """Its mails name a thread that never comes, by an id that everybody can guess."""
    house = Desk(url, tmp_path, desk=SOURCE)
    of_mallory(house)
    alert = {"from_": "alerts@acme.example", "subject": "Disk", "in_reply_to": KNOWN}
    house.receive(mail("99 %", **alert))
    mallory_joins(house)
    assert house.ticket(2).merged_into is None
    house.receive(mail("99.5 %", **alert))
    assert len(said(house, 2)) == 2
    house.close()


RESTRICTED = """
[[queues]]
name = "support"

[[queues]]
name = "hr"
addresses = ["hr@acme.example"]
restricted = true

[[agents]]
name = "Hanna"
email = "hanna@acme.example"
queues = ["hr"]
"""


def test_whoever_saw_bobs_ticket_sees_it_still(url: str, tmp_path: Path):
    house = Desk(url, tmp_path, desk=RESTRICTED)
    house.receive(
        mail("Anything.", message_id=HERS, from_=MALLORY, to="hr@acme.example"),
        to="hr@acme.example",
    )
    assert house.ticket(1).queue == "hr"
    house.receive(mail("My password is lost.", in_reply_to=KNOWN, from_=BOB))
    mallory_joins(house)
    assert house.ticket(2).merged_into is None
    house.close()


def test_no_deadline_stops_by_it(url: str, tmp_path: Path):
    """Mallory's ticket has its answer, and nothing is due there; a list's mail starts no clock."""
    house = Desk(url, tmp_path, desk=sla())
    hers = of_mallory(house)
    house.receive(reply_to(hers, "What?", BEA))
    of_bob(house)
    mallory_joins(house, **LIST)
    due = house.ticket(2).clocks.of(Target.FIRST_RESPONSE)
    assert due is not None
    assert due.state is ClockState.RUNNING
    house.close()


def test_no_deadline_is_put_off_by_it(url: str, tmp_path: Path):
    """Bob waits since he wrote, however new the tickets are to which his is joined."""
    house = Desk(url, tmp_path, desk=sla())
    of_bob(house)
    due = house.ticket(1).clocks.of(Target.FIRST_RESPONSE)
    house.clock.advance(minutes=90)
    of_mallory(house)
    mallory_joins(house)
    assert house.ticket(1).merged_into == 2
    now_due = house.ticket(2).clocks.of(Target.FIRST_RESPONSE)
    assert due is not None
    assert now_due is not None
    assert (now_due.due_at, now_due.started_at) == (due.due_at, due.started_at)
    house.clock.advance(minutes=31)
    house.run()
    assert [o.ticket for o in house.sent_to(BEA, "overdue")] == [2]
    house.close()


def test_clocks_go_on_when_a_ticket_is_back(url: str, tmp_path: Path):
    house = Desk(url, tmp_path, desk=sla())
    of_mallory(house)
    of_bob(house)
    mallory_joins(house)
    house.act(2, "open")
    due = house.ticket(2).clocks.of(Target.FIRST_RESPONSE)
    assert due is not None
    assert due.state is ClockState.RUNNING
    house.close()


ADA = "ada@example.org"


@pytest.fixture
def known(desk: Desk) -> Desk:
    """Bob takes part in Ada's ticket 1 already; his own, to her, is joined to it."""
    desk.receive(mail("It burns.", message_id=HERS, cc=BOB))
    desk.receive(mail("Call.", in_reply_to=KNOWN, from_=BOB, to=f"support@acme.example, {ADA}"))
    desk.receive(mail("And now?", message_id=KNOWN, in_reply_to=HERS))
    assert desk.ticket(2).merged_into == 1
    return desk


def test_who_took_part_before_still_does_when_a_join_is_undone(known: Desk):
    told = known.sent_to(BEA, "new_ticket")[-1]
    known.receive(reply_to(told, "#open", BEA))
    assert known.ticket(2).merged_into is None
    assert [p.address for p in known.ticket(1).people] == [ADA, BOB]


def test_and_so_it_is_with_a_merge(known: Desk):
    known.act(2, "open")
    known.receive(mail("Else.", from_=DAVE, cc=BOB))
    known.act(2, "merge 3")
    assert [p.address for p in known.ticket(3).people] == [DAVE, BOB, ADA]
    known.act(2, "open")
    assert [p.address for p in known.ticket(3).people] == [DAVE, BOB]


def test_a_ticket_far_down_a_chain_is_found(desk: Desk):
    """Each ticket of hers answers a mail by which it goes to the next one."""
    told = of_bob(desk)
    for n in range(14):
        desk.receive(
            mail(f"No {n}.", message_id=f"<h{n}@x>", in_reply_to=f"<l{n}@x>", from_=MALLORY)
        )
        late = KNOWN if n == 0 else f"<l{n - 1}@x>"
        desk.receive(mail(f"To {n}", message_id=late, in_reply_to=f"<h{n}@x>", from_=MALLORY))
    last = max(t.number for t in desk.tickets())
    desk.receive(reply_to(desk.sent_to(BOB, "confirmation")[-1], "Well?", BOB))
    assert said(desk, last)[-1] == "Well?"
    desk.receive(reply_to(told, "#open", BEA))
    assert said(desk, 1) == ["My password is lost.", "Well?"]


def test_a_shift_line_about_bobs_ticket_says_nothing_to_her(desk: Desk, notice: Outbound):
    desk.act(2, "take", "reply", text="It is hunter2.", public=True)
    desk.run()
    assert answers_to(desk, MALLORY) == []


def test_what_an_agent_does_at_the_same_moment_counts(url: str, tmp_path: Path):
    """They take Bob's ticket between the desk's look and its word."""
    desk, other = Desk(url, tmp_path), Desk(url, tmp_path)
    of_mallory(desk)
    of_bob(desk)
    raw = mail("And?", from_=MALLORY, message_id=KNOWN, in_reply_to=HERS)
    accepted = desk.arrive(raw)
    handler = desk.app.handler
    with desk.database.write() as conn:
        event = handler.read(conn, desk.row(accepted.id))
        gathered = gather(conn, event, desk.app.desk)
    decision = decide(event, gathered.situation, desk.app.desk, gathered.placement)
    other.act(2, "take")
    with pytest.raises(ConflictError), desk.database.write() as conn:
        apply(
            conn,
            decision,
            desk=desk.app.desk,
            renderer=desk.app.renderer,
            now=desk.clock(),
            known_keys=gathered.known_keys,
            inbox=accepted.id,
            seen=seen_by(gathered),
        )
    desk.run()
    assert desk.ticket(2).merged_into is None
    assert desk.ticket(2).assignee == BEA
    desk.close()
    other.close()

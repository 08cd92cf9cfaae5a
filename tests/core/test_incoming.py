"""What requesters, participants and strangers say, and what it changes."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import (
    Append,
    Claim,
    NoticeKind,
    Say,
    Skip,
    StartDeadline,
    StopDeadline,
)
from gateway.core.chat import Spoken, Where
from gateway.core.model import Direction, EntryKind, Party, Priority, Proof, Role, State, Visibility
from gateway.core.policy import Agent
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    BOB,
    CARLA,
    DAN,
    DAY,
    FORGED,
    MALLORY,
    NOW,
    PASSED,
    World,
    alters,
    desk,
    of_type,
    says,
    signed,
    ticket,
    why,
)

N, O, P, H, R, X = State  # noqa: E741 - short for a table


def world(**fields) -> World:
    made = World()
    made.tickets[7] = ticket(7, **fields)
    made.keys["mail:7"] = (7, None)
    return made


def on_seven(w, author, text="words", **changes) -> Any:
    return w.mail(author, text, refers_to=("mail:7",), **changes)


# --- a new ticket


def test_a_new_ticket_holds_the_message_and_its_keys():
    w = World()
    decision = w.mail(
        ADA,
        "It burns",
        subject="Fire",
        own_key="mail:a",
        refers_to=("mail:y", "mail:x"),
        cc=(BOB,),
        recipients=("network@acme.example",),
        language="it",
    )
    made = w.tickets[7]
    assert (made.subject, made.requester, made.queue) == ("Fire", ADA, "network")
    assert (made.state, made.language, made.participants) == (N, "it", (BOB,))
    assert made.root == "mail:x"
    first = w.history(7)[0]
    assert (first.fact.kind, first.fact.visibility) == (EntryKind.MESSAGE, Visibility.PUBLIC)
    assert (first.fact.author.role, first.because) == (
        Role.REQUESTER,
        "belongs to no ticket so far: a new one",
    )
    assert w.keys["mail:a"] == (7, first.fact.id)
    assert w.keys["mail:x"] == w.keys["mail:y"] == (7, None)
    assert decision.matched_by is None


def test_an_answer_that_came_first_is_joined_by_the_late_one():
    w = World()
    w.mail(BOB, "I agree with Ada", own_key="mail:b", refers_to=("mail:a",))
    w.mail(ADA, "It burns", own_key="mail:a")
    assert list(w.tickets) == [7]
    assert len(w.history(7, EntryKind.MESSAGE)) == 2


@pytest.mark.parametrize(
    ("filled_in", "priority"), [(True, Priority.URGENT), (False, Priority.NORMAL)]
)
def test_a_form_says_how_urgent_it_is_and_a_header_does_not(filled_in: bool, priority: Priority):
    chat = Spoken(where=Where.DIRECT, pressed=True) if filled_in else None
    w = World()
    w.mail(ADA, "It burns", chat=chat, headers={"urgency": "high", "impact": "high"})

    assert w.tickets[7].priority is priority


def test_the_same_message_twice_is_one_entry():
    w = World()
    w.mail(ADA, "It burns", fingerprint="same")
    decision = w.mail(ADA, "It burns", fingerprint="same")
    assert [str(r) for r in w.dropped] == ["the same message as entry 31 of ticket 7"]
    assert says(decision) == []
    assert len(w.entries) == 1


def test_a_message_without_subject_has_a_name_all_the_same():
    w = World()
    w.mail(ADA, "It burns", subject="")
    assert w.tickets[7].subject == "(no subject)"


@pytest.mark.parametrize(
    ("person", "takes_part"),
    [
        (BOB, True),
        (ADA, False),
        (Party(address="bea@acme.example"), False),
        (Party(address="support@acme.example"), False),
        (Party(address="network@acme.example"), False),
        (Party(address=""), False),
        (Party(address=signed(AddressKind.PUBLIC, 3, "bea@acme.example")), False),
        (Party(address=f"support+3.{'a' * 31}@acme.example"), False),
    ],
)
@pytest.mark.parametrize("header", ["to", "cc"])
@pytest.mark.parametrize("new", [True, False])
def test_who_is_addressed_takes_part(person, takes_part, header, new):
    w = World() if new else world()
    changes = {header: (person,)}
    _ = w.mail(ADA, "x", **changes) if new else on_seven(w, ADA, **changes)
    assert w.tickets[7].participants == ((person,) if takes_part else ())


@pytest.mark.parametrize("new", [True, False])
def test_forged_mail_adds_nobody(new):
    w = World() if new else world()
    where = () if new else ("mail:7",)
    w.mail(ADA, "x", cc=(BOB,), proof=FORGED, refers_to=where)
    assert w.tickets[7].participants == ()


@pytest.mark.parametrize(
    ("proof", "takes_part"),
    [(Proof(), False), (FORGED, False), (PASSED, True)],
    ids=["unknown", "forged", "proven"],
)
def test_who_only_names_a_number_adds_nobody_without_proof(proof, takes_part):
    w = world()
    w.mail(ADA, "x", cc=(BOB,), subject="Re: [#7] Printer on fire", proof=proof)
    assert w.tickets[7].participants == ((BOB,) if takes_part else ())


def test_nobody_borrows_an_address_for_a_name():
    w = World()
    w.mail(Party(address="mallory@evil.example", name="bea@acme.example"), "x")
    reasons = [str(e.because) for e in w.entries.values()]
    assert not [r for r in reasons if "bea@" in r]
    assert {o.say.facts["requester"] for o in w.outbox} == {"mallory@evil.example"}


def test_there_is_a_limit_to_participants():
    crowd = tuple(Party(address=f"p{n}@example.org") for n in range(10_000))
    w = World()
    w.mail(ADA, "x", cc=crowd)
    assert len(w.tickets[7].participants) == 50
    w.keys["mail:7"] = (7, None)
    on_seven(w, ADA, cc=(BOB,))
    assert BOB not in w.tickets[7].participants


# --- on a ticket


@pytest.mark.parametrize(
    ("state", "author", "text", "after"),
    [
        (N, ADA, "words", N),
        (O, ADA, "words", O),
        (P, ADA, "words", O),
        (P, BOB, "words", O),
        (H, ADA, "words", O),
        (R, ADA, "It burns again", O),
        (X, ADA, "It burns again", O),
        (X, BOB, "It burns again", O),
        (P, ADA, "Thanks!", O),
        (R, ADA, "Thanks!", R),
        (X, ADA, "Muchas gracias", X),
        (R, ADA, "Thanks, but no", O),
        (N, MALLORY, "words", N),
        (P, MALLORY, "words", P),
        (H, MALLORY, "words", O),
        (R, MALLORY, "words", R),
        (X, MALLORY, "words", X),
    ],
)
def test_states_follow_words(state, author, text, after):
    w = world(state=state, participants=(BOB,))
    on_seven(w, author, text)
    assert w.tickets[7].state is after


@pytest.mark.parametrize("state", State)
def test_forged_words_move_nothing(state):
    w = world(state=state)
    decision = on_seven(w, ADA, proof=FORGED)
    assert (w.tickets[7].state, alters(decision)) == (state, {})
    assert not of_type(decision, StartDeadline) + of_type(decision, StopDeadline)


@pytest.mark.parametrize("state", [R, X])
def test_a_bare_thanks_is_shown_as_a_judgement_and_starts_no_clock(state):
    w = world(state=state)
    w.deadlines[7, Target.AUTO_CLOSE] = NOW + DAY
    decision = on_seven(w, ADA, "Grazie mille!")
    assert w.deadlines == {(7, Target.AUTO_CLOSE): NOW + DAY}
    assert [s.what for s in of_type(decision, Skip)] == ["reopening"]
    notice = w.history(7, EntryKind.NOTICE)[0]
    assert notice.fact.text == "a bare thanks: nothing reopened (#reopen undoes that)"
    assert notice.fact.visibility is Visibility.INTERNAL
    assert [o.say.kind for o in w.got(BEA)] == [NoticeKind.REPLY]


def test_a_strangers_words_are_kept_inside_and_marked():
    w = world()
    decision = on_seven(w, MALLORY, "Let me in", cc=(BOB,))
    kept = w.history(7)[0]
    assert (kept.fact.visibility, kept.fact.author.role) == (Visibility.INTERNAL, Role.STRANGER)
    assert kept.because == "new here: not on this conversation yet"
    assert alters(decision) == {}
    assert MALLORY.address not in {to for to, _, _ in says(decision)}


def test_a_stranger_whom_an_agent_takes_in_takes_part():
    w = world()
    on_seven(w, MALLORY, "Let me in", proof=PASSED)
    w.act(BEA, 7, f"cc {MALLORY.address}")
    w.act(BEA, 7, text="Hello both")
    assert w.last(MALLORY).text == "Hello both"
    w.answer(MALLORY, w.last(MALLORY), "Thank you for having me")
    last = w.history(7, EntryKind.MESSAGE)[-1]
    assert (last.fact.author.role, last.fact.visibility) == (Role.PARTICIPANT, Visibility.PUBLIC)
    before = w.history(7, EntryKind.MESSAGE)[0]
    assert before.fact.visibility is Visibility.INTERNAL


def test_an_agent_who_may_not_see_a_restricted_queue_triggers_nothing_there():
    w = world(queue="hr", assignee=DAN.email)
    address = signed(AddressKind.PUBLIC, 7, BEA.email)
    decision = w.mail(BEA, "#close\nHi Ada", recipients=(address,))
    kept = w.history(7)[0]
    assert kept.because == "Bea Ruiz is not of the restricted queue hr"
    assert kept.fact.visibility is Visibility.INTERNAL
    assert w.tickets[7].state is N
    assert says(decision) == [(DAN.email, "stranger", "internal")]
    assert decision.matched_by == "token"


# --- held mail


@pytest.mark.parametrize("text", ["#close", "#note hello", "Hi Ada, all is fine."])
def test_held_mail_triggers_nothing_and_its_agent_hears_of_it(text):
    w = world()
    before = dict(w.tickets)
    decision = on_seven(w, BEA, text)
    assert (w.tickets, w.entries) == (before, {})
    assert w.keys == {"mail:7": (7, None)}
    assert says(decision) == [(BEA.email, "held_unproven", "release")]
    assert why(decision)[0] == "no_proof"
    assert w.last(BEA).say.facts["why"] == "says it is from bea@acme.example, without proof"


def test_released_mail_is_the_agents():
    w = world()
    on_seven(w, BEA, "#reply\nAll is fine now.")
    w.release(BEA)
    assert w.last(ADA).text == "All is fine now."
    assert w.history(7)[0].because == "released by Bea Ruiz"


def test_forged_mail_on_somebodys_name_does_not_flood_them():
    w = world()
    caps = replace(w.desk.policy.caps, per_recipient=0)
    w.desk = desk(caps=caps)
    decision = on_seven(w, BEA, "#close")
    assert says(decision) == []
    assert "capped" in why(decision)


# --- follow-ups


def closed_long_ago(**fields) -> Any:
    w = world(state=X, closed_at=NOW - 20 * DAY, queue="network", participants=(BOB,), **fields)
    return w


@pytest.mark.parametrize(("author", "participants"), [(ADA, ()), (BOB, (BOB,))])
def test_a_follow_up_keeps_requester_and_queue_and_tells_its_number(author, participants):
    w = closed_long_ago()
    on_seven(w, author, "It burns again", proof=PASSED)
    new = w.tickets[8]
    assert (new.requester, new.queue, new.previous) == (ADA, "network", 7)
    assert new.participants == participants
    assert w.tickets[7].state is X
    first, summary = w.history(8)[:2]
    assert first.fact.author.role is (Role.REQUESTER if author is ADA else Role.PARTICIPANT)
    assert summary.fact.visibility is Visibility.INTERNAL
    assert summary.fact.text.startswith("Follows ticket 7: Printer on fire\nClosed on 2025-12-16.")
    confirmation = w.last(author, NoticeKind.CONFIRMATION)
    assert confirmation.say.facts["previous"] == 7
    assert w.last(BEA, NoticeKind.NEW_TICKET).say.facts["previous"] == 7


def test_a_follow_up_carries_the_last_words_over():
    w = World()
    w.mail(ADA, "The red cable burns", own_key="mail:a")
    w.act(BEA, 7, "close", text="Replaced it.")
    w.now += 20 * DAY
    w.mail(ADA, "Again", refers_to=("mail:a",))
    assert "Ada Byron: The red cable burns" in w.history(8)[1].fact.text


def test_a_stranger_learns_nothing_of_a_closed_ticket():
    w = closed_long_ago()
    on_seven(w, MALLORY, "Hi")
    assert (w.tickets[8].requester, w.tickets[8].previous) == (MALLORY, None)
    assert ADA.name not in repr([o.say for o in w.got(MALLORY)])


# --- imports are quiet


QUIET = """words|Thanks!|#resolve|#pending 2d\nHello|#hold 2d|#resolv|#note x|#escalate
#assign carla|#status|#mine|#queue network|#send|""".replace("\n#a", "|#a").split("|")
HOW: tuple[dict[str, Any], ...] = (
    {},
    {"refers_to": ("mail:7",)},
    {"refers_to": ("mail:7",), "proof": PASSED},
    {"recipients": (signed(AddressKind.PUBLIC, 7, BEA.email),), "cc": (BOB,)},
    {"recipients": (signed(AddressKind.STANDING, 0, BEA.email),)},
)


@pytest.mark.parametrize("text", QUIET)
@pytest.mark.parametrize("how", HOW)
def test_an_import_says_nothing_and_starts_no_clock(text, how):
    authors: tuple[Party | Agent, ...] = (ADA, BOB, MALLORY, BEA)
    for author, state in product(authors, State):
        w = world(state=state, participants=(BOB,), assignee=DAN.email, watchers=(CARLA.email,))
        decision = w.mail(author, text, live=False, **how)
        assert of_type(decision, Say) == []
        assert of_type(decision, StartDeadline) == []


# --- what outsiders are told


def test_nothing_for_people_outside_names_an_agents_address_or_how_we_sort():
    w = world(assignee=DAN.email, tags=("difficult",), participants=(BOB,))
    address = signed(AddressKind.PUBLIC, 7, BEA.email)
    w.mail(BEA, "Write to bea@acme.example, or call Dan.", recipients=(address,))
    said = repr([(o.say.to, o.say.facts, o.say.body, o.say.speaker) for o in w.got(ADA)])
    assert not any(agent.email in said for agent in AGENTS)
    assert "difficult" not in said
    assert w.last(ADA).text == "Write to support@acme.example, or call Dan."
    assert w.last(ADA).say.speaker == Party(address="support@acme.example", name="Bea Ruiz")


def test_claims_of_a_message():
    w = world()
    decision = on_seven(w, ADA, own_key="mail:new")
    assert [c.keys for c in of_type(decision, Claim)] == [("mail:new",), ("mail:7",)]


def test_what_came_in_says_so():
    w = world()
    decision = on_seven(w, ADA)
    entry = next(c for c in decision.changes if getattr(c, "fingerprint", None))
    assert entry.direction is Direction.IN


@pytest.mark.parametrize("proof", [PASSED, FORGED, Proof()], ids=lambda p: p.dmarc.value)
def test_the_verdict_on_the_sender_stands_on_the_entry(proof: Proof):
    (entry,) = of_type(World().mail(ADA, "It burns", proof=proof), Append)
    assert entry.proof == proof


@pytest.mark.parametrize("words", ["We are on it.", "#note Ask Ada."], ids=["answer", "note"])
def test_the_verdict_on_an_agent_stands_on_what_they_said(words: str):
    w = World()
    w.mail(ADA, "It burns")
    decision = w.answer(BEA, w.last(BEA), words, proof=PASSED)
    assert [entry.proof for entry in of_type(decision, Append)] == [PASSED]

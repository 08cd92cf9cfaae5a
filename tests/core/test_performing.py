"""What each command does on a ticket, and that a wrong one does nothing at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.addresses import AddressKind
from gateway.core.changes import (
    Alter,
    Append,
    Away,
    Claim,
    Move,
    NoticeKind,
    Refuse,
    Say,
    StartDeadline,
)
from gateway.core.commands import GRAMMAR
from gateway.core.deciding.performing import PERFORM
from gateway.core.model import EntryKind, Party, Priority, State, Visibility
from gateway.core.policy import Agent
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    DAN,
    DAY,
    EVE,
    NOW,
    World,
    alters,
    of_type,
    says,
    signed,
    ticket,
)

B, C, D, E = (agent.email for agent in (BEA, CARLA, DAN, EVE))
N, O, P, H, R, X = State  # noqa: E741 - short for a table


def world(**fields) -> World:
    made = World()
    made.tickets[7] = ticket(7, **fields)
    made.tickets[12] = ticket(12, subject="Other", requester=BOB)
    return made


def mail(w, text, agent=BEA, **changes) -> Any:
    address = signed(AddressKind.PUBLIC, 7, agent.email, of=w.tickets[7])
    return w.mail(agent, text, recipients=(address,), **changes)


def test_every_command_of_the_grammar_has_a_deed():
    assert set(PERFORM) == {g.name for g in GRAMMAR}


@pytest.mark.parametrize(
    ("fields", "command", "changed"),
    [
        ({}, "#resolve", {"state": R}),
        ({"state": P}, "#solved", {"state": R}),
        ({"state": X}, "#resolve", {}),
        ({}, "#close", {"state": X}),
        ({"state": X}, "#close", {}),
        ({}, "#open", {"state": O}),
        ({"state": X}, "#reopen", {"state": O}),
        ({"state": R}, "#open", {"state": O}),
        ({}, "#pending", {"state": P}),
        ({"state": R}, "#pending", {"state": P}),
        ({"state": P}, "#hold 2d", {"state": H}),
        ({}, "#priority urgent", {"priority": Priority.URGENT}),
        ({}, "#LOW", {"priority": Priority.LOW}),
        ({}, "#normal", {}),
        ({}, "#take", {"assignee": B, "state": O}),
        ({"assignee": B, "state": O}, "#take", {}),
        ({}, "#assign me", {"assignee": B, "state": O}),
        ({}, "#assign carla", {"assignee": C, "state": O}),
        ({}, "#assign Carla Neri", {"assignee": C, "state": O}),
        ({"state": P}, "#assign <CARLA@acme.example>", {"assignee": C}),
        ({"assignee": C, "state": O}, "#assign nobody", {"assignee": None}),
        ({}, "#queue network", {"queue": "network"}),
        ({}, "#group NETWORK", {"queue": "network"}),
        ({"assignee": C}, "#queue network", {"queue": "network", "assignee": None}),
        ({"assignee": B}, "#queue network", {"queue": "network"}),
        ({}, "#queue support", {}),
        ({}, "#escalate", {"tier": 2}),
        ({"assignee": B}, "#escalate", {"tier": 2, "assignee": None}),
        ({"assignee": D}, "#escalate", {"tier": 2}),
        ({"tier": 3}, "#escalate", {}),
        ({"tags": ("vpn",)}, "#tag VPN, wifi wifi", {"tags": ("vpn", "wifi")}),
        ({"tags": ("vpn", "wifi")}, "#untag vpn", {"tags": ("wifi",)}),
        ({"tags": ("vpn",)}, "#untag wifi", {}),
        ({}, "#cc <Bob@example.org>", {"participants": (Party(address=BOB.address),)}),
        ({"participants": (BOB,)}, "#cc bob@example.org", {}),
        ({}, "#cc ada@example.org", {}),
        ({"participants": (BOB,)}, "#uncc bob@example.org", {"participants": ()}),
        (
            {"participants": (BOB,)},
            "#for bob@example.org",
            {"participants": (), "requester": BOB},
        ),
        (
            {},
            "#for joe@example.org phone",
            {"requester": Party(address="joe@example.org"), "channel": "phone"},
        ),
        ({}, "#watch", {"watchers": (B,)}),
        ({"watchers": (B,)}, "#watch", {}),
        ({"watchers": (C, B)}, "#unwatch", {"watchers": (C,)}),
        ({"generation": 2}, "#revoke", {"generation": 3}),
        ({}, "#merge 12", {"state": X, "merged_into": 12, "participants": (ADA,)}),
        ({}, "#note", {}),
        ({}, "#reply", {}),
        ({}, "#status", {}),
        ({}, "#mine", {}),
        ({}, "#help", {}),
        ({}, "#away", {}),
        ({}, "#back", {}),
    ],
)
def test_what_a_command_changes(fields, command, changed):
    assert alters(mail(world(**fields), command)) == changed


@pytest.mark.parametrize(
    ("fields", "command", "told"),
    [
        ({}, "#assign carla", [(C, "assigned", "public")]),
        ({"assignee": C}, "#assign carla", []),
        ({}, "#take", []),
        ({}, "#queue network", []),  # Bea herself
        ({}, "#queue hr", [(E, "new_ticket", "public")]),
        ({}, "#status", [(B, "status", "internal")]),
        ({}, "#mine", [(B, "mine", "internal")]),
        ({}, "#help", [(B, "help", "internal")]),
        ({}, "#resolve", []),
        ({"assignee": C}, "#close", []),
    ],
)
def test_whom_a_command_tells(fields, command, told):
    assert says(mail(world(**fields), command)) == told


@pytest.mark.parametrize(
    ("fields", "line", "expected"),
    [
        ({}, "#resolv", "a command; #help lists them"),
        ({}, "#priority hot", "#priority urgent: one of low, normal, high, urgent"),
        ({}, "#assign zoe", "one agent of: Bea Ruiz <bea@acme.example>, Carla Neri"),
        ({}, "#assign acme", "one agent of:"),
        ({"queue": "hr"}, "#assign carla", "an agent of the restricted queue hr; Carla Neri"),
        ({}, "#queue sales", "the name of a queue: support, network, hr"),
        ({"state": X}, "#pending 2d", "the ticket is closed: #open it first"),
        ({"state": X}, "#hold", "the ticket is closed: #open it first"),
        ({}, "#cc carla@acme.example", "carla@acme.example is an agent (#assign, #watch)"),
        ({}, "#cc support@acme.example", "support@acme.example is the desk's own"),
        ({}, f"#cc {signed(AddressKind.PUBLIC, 7, B)}", "is the desk's own"),
        ({}, f"#cc support+7.{'a' * 31}@acme.example", "is the desk's own"),
        ({}, "#uncc ada@example.org", "a participant: the requester stays (see #for)"),
        ({"participants": (BOB,)}, "#uncc joe@example.org", "a participant: bob@example.org"),
        ({}, "#uncc joe@example.org", "a participant: there is none"),
        ({}, "#for help@acme.example", "somebody's address; help@acme.example is the desk's"),
        ({}, "#merge 99", "the number of another ticket: there is no 99"),
        ({}, "#merge 7", "the number of another ticket: this is the same one"),
        ({}, "#move 99 to 12", "an entry of this ticket: 99 is none (#status)"),
        ({}, "#send", "an answer that is held for you: there is none here"),
        ({}, "#undo", "an answer that still waits: none does, it is on its way"),
        ({}, "#away until yesterday", 'a day ahead, such as "until monday"'),
        ({}, "#away until 2020-01-01", 'a day ahead, such as "until monday"'),
    ],
)
def test_a_wrong_command_says_what_is_expected(fields, line, expected):
    w = world(**fields)
    agent = EVE if fields.get("queue") == "hr" else BEA
    mail(w, f"{line}\nHello Ada", agent)
    fault = w.last(agent, NoticeKind.COMMAND_ERROR).say.facts["faults"][0]
    assert fault["line"] == line
    assert expected in fault["expected"]


def only_explains(decision, agent) -> Any:
    """One internal note, its key claims, and one notice to that agent."""
    note, *claims, said = sorted(
        decision.changes, key=lambda c: (isinstance(c, Say), isinstance(c, Claim))
    )
    return (
        isinstance(note, Append)
        and (note.kind, note.visibility) == (EntryKind.NOTE, Visibility.INTERNAL)
        and all(isinstance(c, Claim) for c in claims)
        and isinstance(said, Say)
        and (said.to.address, said.kind) == (agent.email, NoticeKind.COMMAND_ERROR)
        and decision.also == ()
    )


WRONG = ["#resolv", "#priority hot", "#assign zoe", "#queue sales", "#merge 99", "#send", "#undo"]
FINE = ["#resolve", "#urgent", "#take", "#assign carla", "#queue network", "#escalate now", "#note"]
FINE += ["#tag a", "#cc joe@example.org", "#for joe@example.org", "#watch", "#merge 12", "#revoke"]
FINE += ["#pending 2d", "#away until monday", "#status", "#mine", "#help", "#close"]


@given(
    st.lists(st.sampled_from(FINE), max_size=4),
    st.sampled_from(WRONG),
    st.lists(st.sampled_from(FINE), max_size=4),
    st.sampled_from(["", "Hello Ada", "Hello\n\n#close"]),
    st.sampled_from([N, O, P, R]),
)
def test_with_a_fault_nothing_is_sent_and_nothing_changed(before, wrong, after, words, state):
    w = world(state=state, participants=(BOB,), watchers=(C,), assignee=D)
    text = "\n".join([*before, wrong, *after, words])
    decision = mail(w, text)
    assert only_explains(decision, BEA)
    assert w.tickets[7] == ticket(7, state=state, participants=(BOB,), watchers=(C,), assignee=D)
    kept = w.history(7)[0]
    assert kept.fact.text == text
    assert w.last(BEA).say.facts["text"] == text


def test_after_an_error_the_same_answer_can_be_sent_again():
    w = world()
    words = "Please switch it off and on again, and then tell me what you see."
    mail(w, f"#resolv\n{words}")
    w.answer(BEA, w.last(BEA, NoticeKind.COMMAND_ERROR), f"#resolve\n{words}")
    assert w.last(ADA, NoticeKind.ANSWER).text == words
    assert w.tickets[7].state is R


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_an_empty_answer_is_asked_about(text):
    w = world()
    decision = mail(w, text)
    assert only_explains(decision, BEA)
    assert "some words" in w.last(BEA).say.facts["faults"][0]["expected"]


# --- deadlines of commands


def starts(decision) -> Any:
    return [(d.target, d.due_at) for d in of_type(decision, StartDeadline)]


@pytest.mark.parametrize("command", ["#pending 2d", "#hold 2d"])
@pytest.mark.parametrize("state", [N, O, P, H, R])
def test_a_time_is_set_or_replaced_whatever_the_state_was(command, state):
    w = world(state=state)
    w.deadlines[7, Target.WAKE] = NOW + 9 * DAY
    w.deadlines[7, Target.AUTO_CLOSE] = NOW + 9 * DAY
    mail(w, command)
    assert w.deadlines[7, Target.WAKE] == NOW + 2 * DAY


def test_said_again_without_a_time_it_does_not_come_back_by_itself():
    w = world()
    mail(w, "#pending 2d")
    mail(w, "#pending")
    assert w.deadlines == {}
    assert w.tickets[7].state is P


@pytest.mark.parametrize("command", ["#open", "#resolve", "#close", "#merge 12", "#hold"])
def test_the_time_is_off_when_the_ticket_moves_on(command):
    w = world()
    mail(w, "#pending 2d")
    mail(w, command)
    assert (7, Target.WAKE) not in w.deadlines


@pytest.mark.parametrize("command", ["#open", "#close", "#pending", "#merge 12"])
def test_a_resolved_ticket_closes_by_itself_unless_it_moves_on(command):
    w = world()
    assert starts(mail(w, "#resolve")) == [(Target.AUTO_CLOSE, NOW + 7 * DAY)]
    mail(w, command)
    assert (7, Target.AUTO_CLOSE) not in w.deadlines


def test_the_requesters_words_take_the_time_off():
    w = world()
    mail(w, "#pending 2d")
    w.mail(ADA, "Here it is", recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))
    assert w.deadlines == {}
    assert w.tickets[7].state is O


# --- single commands, closer


def test_away_and_back():
    w = world()
    monday = datetime(2026, 1, 11, 23, tzinfo=UTC)  # its first minute in Madrid
    assert of_type(mail(w, "#away until monday"), Away) == [Away(agent=B, until=monday)]
    assert of_type(mail(w, "#away"), Away) == [Away(agent=B)]
    mail(w, "#back")
    assert w.away == {}


def test_an_escalation_keeps_its_reason_as_a_note():
    w = world()
    mail(w, "#escalate the router again")
    note = w.history(7, EntryKind.NOTE)[0]
    assert (note.fact.text, note.because) == ("the router again", "Bea Ruiz said #escalate")
    assert w.last(DAN).say.facts["why"] == "the router again"


def test_the_next_tier_sees_what_was_tried():
    w = world()
    mail(w, "Have you tried the other cable?")
    mail(w, "#escalate")
    assert w.last(DAN).say.facts["tried"] == ("Bea Ruiz: Have you tried the other cable?",)


def test_who_is_given_a_ticket_gets_the_last_words():
    w = world()
    w.mail(ADA, "Fire!", recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))
    mail(w, "#assign carla")
    said = w.last(CARLA, NoticeKind.ASSIGNED).say
    assert said.facts["last_words"] == "Fire!"
    assert said.facts["author"] == "Bea Ruiz"


def test_the_most_participants():
    w = world()
    many = " ".join(f"p{n}@example.org" for n in range(51))
    mail(w, f"#cc {many}")
    assert "at most 50 people" in w.last(BEA).say.facts["faults"][0]["expected"]
    assert w.tickets[7].participants == ()


def test_an_answer_and_a_gift_the_answerer_does_not_take_it():
    w = world()
    mail(w, "#assign carla\nCarla will look at it.")
    assert w.tickets[7].assignee == C
    assert [a.new for a in of_type(w.decisions[-1], Alter) if a.field == "assignee"] == [C]


def test_an_answer_takes_a_ticket_that_nobody_has():
    w = world()
    mail(w, "Look here.")
    assert (w.tickets[7].assignee, w.tickets[7].state) == (B, O)
    mail(w, "And here.", DAN)
    assert w.tickets[7].assignee == B


def test_commands_are_done_after_the_answer_went_out():
    w = world()
    decision = mail(w, "#resolve\n#cc bob@example.org\nDone.")
    assert [s.to.address for s in of_type(decision, Say)] == [ADA.address]
    assert w.tickets[7].state is R


def test_a_mail_of_commands_alone_is_kept_on_the_ticket_and_sends_nothing():
    w = world(assignee=C, watchers=(D,))
    decision = mail(w, "#urgent\n#tag vpn", fingerprint="once")
    assert says(decision) == []
    kept = w.history(7, EntryKind.NOTE)[0]
    assert (kept.fact.text, kept.fact.visibility) == ("#urgent\n#tag vpn", Visibility.INTERNAL)
    again = mail(w, "#urgent\n#tag vpn", fingerprint="once")
    assert [type(c).__name__ for c in again.changes] == ["Drop"]


def test_the_same_command_twice_is_done_once():
    w = world()
    mail(w, "#escalate\n#escalate")
    assert w.tickets[7].tier == 2


def test_why_an_entry_stands_there_names_the_command_alone():
    w = world()
    decision = mail(w, "#  assign carla")
    assert {str(a.because) for a in of_type(decision, Alter)} == {"Bea Ruiz said #assign"}


# --- by the command line


def test_by_the_command_line():
    w = world()
    w.act(BEA, 7, "resolve", "tag vpn", text="Done.")
    assert (w.tickets[7].state, w.tickets[7].tags) == (R, ("vpn",))
    assert w.last(ADA).text == "Done."
    assert w.history(7, EntryKind.MESSAGE)[0].because == "Bea Ruiz, by the command line"


@pytest.mark.parametrize(
    ("commands", "text", "public", "kind"),
    [
        ((), "words", True, EntryKind.MESSAGE),
        ((), "words", False, EntryKind.NOTE),
        (("note",), "words", True, EntryKind.NOTE),
        (("note words",), "", True, EntryKind.NOTE),
        (("reply",), "words", False, EntryKind.MESSAGE),
        (("reply words",), "", False, EntryKind.MESSAGE),
    ],
)
def test_where_words_of_the_command_line_go(commands, text, public, kind):
    w = world()
    w.act(BEA, 7, *commands, text=text, public=public)
    assert [(e.fact.kind, e.fact.text) for e in w.history(7)] == [(kind, "words")]


@pytest.mark.parametrize(
    ("agent", "number", "commands", "line"),
    [
        (BEA, 7, ("clsoe",), "#clsoe: expected a command; #help lists them (did you mean #close?)"),
        (BEA, 7, (), "nothing was said: expected words, or a command"),
        (BEA, 99, ("close",), "there is no ticket 99 that Bea Ruiz can see"),
        (BEA, 12, ("close",), "there is no ticket 12 that Bea Ruiz can see"),
        (BEA, 7, ("take", "queue sales"), "#queue sales: expected the name of a queue"),
    ],
)
def test_what_the_command_line_refuses(agent, number, commands, line):
    w = world()
    w.tickets[12] = ticket(12, queue="hr")
    before = dict(w.tickets)
    decision = w.act(agent, number, *commands)
    assert [type(c) for c in decision.changes] == [Refuse]
    assert decision.changes[0].lines[0].startswith(line)  # type: ignore[union-attr]
    assert w.tickets == before


OPERATOR = Agent(name="the operator", email="")


def test_the_operator_moves_entries_and_does_no_more():
    w = world()
    w.mail(ADA, "Wrong place", recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))
    for commands, text in ((("close",), ""), (("move 31 to 12", "close"), ""), ((), "words")):
        decision = w.act(OPERATOR, 7, *commands, text=text)
        assert [type(c) for c in decision.changes] == [Refuse]
    w.act(OPERATOR, 7, "move 31 to 12")
    assert w.entries[31].fact.ticket == 12


def test_move_takes_an_entry_to_another_ticket():
    w = world()
    w.mail(ADA, "Wrong place", recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))
    decision = w.act(BEA, 7, "move 31 to 12")
    assert [(m.entry, m.to) for m in of_type(decision, Move)] == [(31, 12)]
    assert w.entries[31].fact.ticket == 12
    w.act(BEA, 12, "move 31 to 7")
    assert w.entries[31].fact.ticket == 7

"""Agents in their room: who is one there, which ticket is meant, and where the words go."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import Append, Decision, Drop, NoticeKind, Say
from gateway.core.chat import Spoken, Where
from gateway.core.deciding import Desk, decide
from gateway.core.events import MessageArrived
from gateway.core.model import EntryKind, Message, Party, Visibility
from gateway.core.placement import Placement
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    CARLA,
    NOW,
    alters,
    book,
    message,
    of_type,
    policy,
    ticket,
    to_outside,
    why,
)

THERE = {BEA.email: (("slack", "U0BEA"),), CARLA.email: (("telegram", "12"),)}
STAFF = tuple(replace(a, accounts=THERE.get(a.email, ())) for a in AGENTS)
BEA_THERE = Party(channel="slack", address="U0BEA", name="bea")
SOMEBODY = Party(channel="slack", address="U0SOMEBODY", name="Bea Ruiz")


def desk(**changes: Any) -> Desk:
    return Desk(policy=policy(**{"agents": STAFF} | changes), book=book())


def said(text: str, *, by: Party = BEA_THERE, html: str | None = None, **spoken: Any) -> Message:
    """Something said in the room of Slack, in the thread of ticket 7."""
    given: dict[str, Any] = {"where": Where.DESK, "place": "slack:C1"}
    chat = Spoken(**given | {"shown_to_author_alone": True} | spoken)
    return message(
        by,
        text=text,
        channel="slack",
        recipients=(),
        own_key="slack:C1:2",
        refers_to=("slack:C1:1",),
        html=html,
        chat=chat,
    )


def in_thread(text: str, *, on: Any = None, desk: Desk | None = None, **more: Any) -> Decision:
    there = on or ticket()
    placement = Placement(
        because=Reason.of(Why.REFERENCE, ticket=there.number),
        ticket=there,
        matched_by="references",
    )
    return _decided(text, placement, Situation(ticket=there), desk, **more)


def nowhere(text: str, *, desk: Desk | None = None, **more: Any) -> Decision:
    placement = Placement(because=Reason.of(Why.NOTHING_MATCHED))
    return _decided(text, placement, Situation(), desk, **more)


def _decided(
    text: str, placement: Placement, situation: Situation, desk_: Desk | None, **more: Any
) -> Decision:
    event = MessageArrived(message=said(text, **more), at=NOW)
    return decide(event, situation, desk_ or desk(), placement)


def words(decision: Decision) -> list[tuple[EntryKind, Visibility, str]]:
    them = of_type(decision, Append)
    return [(e.kind, e.visibility, e.body.text) for e in them if e.body]


@pytest.mark.parametrize(
    ("text", "room_words", "seen"),
    [
        ("He called twice.", Visibility.INTERNAL, Visibility.INTERNAL),
        ("#reply\nIt is off.", Visibility.INTERNAL, Visibility.PUBLIC),
        ("#note\nHe called twice.", Visibility.INTERNAL, Visibility.INTERNAL),
        ("It is off.", Visibility.PUBLIC, Visibility.PUBLIC),
        ("#note\nHe called twice.", Visibility.PUBLIC, Visibility.INTERNAL),
        ("#reply\nIt is off.", Visibility.PUBLIC, Visibility.PUBLIC),
    ],
)
def test_words_in_a_thread_go_where_the_operator_says(
    text: str, room_words: Visibility, seen: Visibility
):
    decision = in_thread(text, desk=desk(room_words=room_words))

    ((kind, visibility, _),) = words(decision)
    assert visibility is seen
    assert kind is (EntryKind.MESSAGE if seen is Visibility.PUBLIC else EntryKind.NOTE)
    assert bool(to_outside(of_type(decision, Say))) == (seen is Visibility.PUBLIC)


def test_the_author_is_the_agent_of_the_config_not_the_name_that_the_network_shows():
    (note,) = of_type(in_thread("He called."), Append)

    assert (note.author.name, note.author.address) == (BEA.name, BEA.email)
    assert (note.author.channel, note.channel) == ("slack", "slack")


def test_a_command_in_a_thread_is_done():
    assert alters(in_thread("#priority high")) == {"priority": "high"}


def test_who_is_not_in_the_config_is_nobody_in_the_room():
    for decision in (in_thread("#close", by=SOMEBODY), nowhere("Hello", by=SOMEBODY)):
        assert why(decision) == ["no_agent_there"]
        assert decision.ticket is None
        assert [type(c) for c in decision.changes] == [Drop]


def test_an_account_counts_on_its_own_network_alone():
    stranger = Party(channel="telegram", address="U0BEA")
    decision = in_thread("#close", by=stranger)

    assert why(decision) == ["no_agent_there"]


def test_who_presses_a_button_is_checked_as_who_writes():
    assert why(in_thread("#take", by=SOMEBODY, pressed=True)) == ["no_agent_there"]
    assert alters(in_thread("#take", pressed=True))["assignee"] == BEA.email


def test_talk_among_agents_opens_nothing():
    decision = nowhere("Lunch?")

    assert why(decision) == ["among_agents"]
    assert [type(c) for c in decision.changes] == [Drop]


@pytest.mark.parametrize("text", ["#mine", "#help"])
def test_what_needs_no_ticket_is_answered_anywhere_in_the_room(text: str):
    (told,) = of_type(nowhere(text), Say)

    assert told.kind.value == text.lstrip("#")


@pytest.mark.parametrize("text", ["#priority high", "#note\nLunch at twelve", "#nots"])
def test_a_command_beside_every_ticket_is_explained_and_opens_nothing(text: str):
    decision = nowhere(text)

    (told,) = of_type(decision, Say)
    assert told.kind is NoticeKind.COMMAND_ERROR
    assert words(decision) == []


def test_a_ticket_is_opened_for_somebody_from_the_room():
    decision = nowhere("#for ada@example.org phone\nShe called: the screen is black.")

    assert [text for _, _, text in words(decision)] == ["She called: the screen is black."]


def test_a_ticket_that_is_not_there_and_one_that_they_may_not_see_answer_alike():
    hidden = ticket(7, queue="hr")
    there = in_thread("#close", on=hidden, ticket=7)
    absent = nowhere("#close", ticket=7)

    assert of_type(there, Say) == of_type(absent, Say)
    assert why(there) == why(absent)
    assert words(there) == words(absent) == []
    (told,) = of_type(absent, Say)
    assert told.facts["faults"] == [
        {"line": "ticket 7", "expected": "the number of a ticket that you can see", "meant": ""}
    ]


def test_in_private_an_agent_may_ask_for_help_and_may_act():
    private: dict[str, Any] = {"where": Where.DIRECT}
    own = ticket(requester=BEA_THERE)

    assert words(in_thread("Any news?", on=own, **private))[0][1] is Visibility.PUBLIC
    assert alters(in_thread("#priority high", on=ticket(requester=ADA), **private)) == {
        "priority": "high"
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("#status", NoticeKind.STATUS),
        ("#help", NoticeKind.HELP),
        ("#prioritty high", NoticeKind.COMMAND_ERROR),
        ("#priority", NoticeKind.COMMAND_ERROR),
    ],
)
def test_what_answers_an_agent_is_shown_to_them_alone_where_they_spoke(text: str, kind: NoticeKind):
    (told,) = [s for s in of_type(in_thread(text), Say) if s.kind is kind]

    assert told.to == Party(channel="slack", address="U0BEA", name="Bea Ruiz")
    assert (told.place, told.alone) == ("slack:C1", True)


def test_where_others_would_see_it_an_answer_goes_in_private():
    (told,) = of_type(in_thread("#status", shown_to_author_alone=False), Say)

    assert (told.to.address, told.place, told.alone) == ("U0BEA", "", True)

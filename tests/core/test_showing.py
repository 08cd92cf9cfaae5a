"""What rooms are shown of a decision: by table, for each thing that can be said or changed."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import Decision, NoticeKind, Say
from gateway.core.chat import Room, Spoken, Where
from gateway.core.deciding import Desk, decide
from gateway.core.events import AgentActed, DeliveryFailed, Event, MessageArrived
from gateway.core.model import Party, Proof, State, Verdict
from gateway.core.placement import Placement
from gateway.core.policy import Queue
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    HR,
    MALLORY,
    NETWORK,
    NOW,
    SUPPORT,
    book,
    message,
    of_type,
    policy,
    ticket,
)

SLACK = Room(channel="slack", address="C1")
TELEGRAM = Room(channel="telegram", address="-1")
BEA_THERE = Party(channel="slack", address="U0BEA")
STAFF = tuple(replace(a, accounts=(("slack", "U0BEA"),)) if a is BEA else a for a in AGENTS)
CARD = "slack:C1:1"


def desk(**changes: Any) -> Desk:
    given = {"agents": STAFF, "rooms": (SLACK,), "queues": (SUPPORT, NETWORK, _hidden(HR))}
    return Desk(policy=policy(**given | changes), book=book())


def _hidden(queue: Queue) -> Queue:
    return replace(queue, in_rooms=False)


def by_mail(text: str = "It is on fire.", who: Party = ADA, **changes: Any) -> Event:
    return MessageArrived(message=message(who, text=text), at=NOW, **changes)


def in_thread(text: str, *, refers_to: str = CARD, **spoken: Any) -> Event:
    chat = Spoken(where=Where.DESK, **spoken)
    said = message(
        BEA_THERE, text=text, channel="slack", recipients=(), refers_to=(refers_to,), chat=chat
    )
    return MessageArrived(message=said, at=NOW)


def by_shell(*commands: str, **more: Any) -> Event:
    return AgentActed(agent=BEA.email, ticket=7, at=NOW, commands=commands, **more)


def met(event: Event, *, there: bool = True, on: Any = None, desk_: Desk | None = None) -> Decision:
    known = on or (ticket() if there else None)
    placement = Placement(because=Reason.of(Why.REFERENCE, ticket=7), ticket=known)
    situation = Situation(ticket=known, cards=frozenset({CARD}))
    return decide(event, situation, desk_ or desk(), placement)


def shown(decision: Decision, room: Room = SLACK) -> list[Say]:
    return [s for s in of_type(decision, Say) if s.in_room and s.to.address == room.address]


def kinds(decision: Decision, room: Room = SLACK) -> list[str]:
    return [s.kind.value for s in shown(decision, room)]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (by_mail(), ["card", "said", "happened"]),  # the requester's words open it
        (by_mail("The maker here", MALLORY), ["card", "said"]),
        (by_shell("note", text="Hm."), ["card", "said"]),
        (by_shell("priority high"), ["card", "happened"]),
        (by_shell("resolve", text="Off now."), ["card", "said", "happened"]),
        (in_thread("Hm."), ["card"]),
        (in_thread("Hm.", refers_to="slack:C1:99"), ["card", "said"]),  # another ticket's thread
        (in_thread("#note\nHm.", pressed=True), ["card", "said"]),  # a form shows nothing there
        (in_thread("#priority high"), ["card", "happened"]),
        (in_thread("#reply\nOff now."), ["card", "happened"]),
        (in_thread("#prioritty high"), ["card"]),
        (in_thread("#status"), ["card"]),
    ],
    ids=str,
)
def test_what_a_room_is_shown(event: Event, expected: list[str]):
    decision = met(event, on=ticket(state=State.PENDING, watchers=(BEA.email,)))

    assert kinds(decision) == expected


FORGED = MessageArrived(message=message(ADA, proof=Proof(dmarc=Verdict.FAIL)), at=NOW)


@pytest.mark.parametrize(
    ("event", "whose"),
    [
        (by_mail(), ADA),
        (by_mail("The maker here", MALLORY), MALLORY),
        (by_shell("note", text="Hm."), Party(address=BEA.email, name=BEA.name)),
        (in_thread("Hm.", refers_to="slack:C1:99"), Party(address=BEA.email, name=BEA.name)),
        (FORGED, None),  # nobody lends a forger their face
    ],
    ids=str,
)
def test_whose_picture_may_stand_beside_words(event: Event, whose: Party | None):
    (said,) = (say for say in shown(met(event)) if say.kind is NoticeKind.SAID)

    assert said.whose == whose


def test_a_card_shows_who_asked():
    (card,) = (say for say in shown(met(by_shell("resolve"))) if say.kind is NoticeKind.CARD)

    assert card.whose == ADA


def test_nothing_is_shown_where_there_is_no_room():
    assert shown(met(by_mail(), desk_=desk(rooms=()))) == []


def test_a_new_ticket_is_shown_as_it_stands_in_the_end():
    decision = met(by_mail(), there=False)

    assert kinds(decision) == ["card", "said"]
    card = shown(decision)[0]
    assert (card.facts["subject"], card.facts["state"]) == ("Printer on fire", "new")
    assert card.lane == "room:slack:C1"


def test_each_room_is_shown_what_was_said_in_the_other():
    decision = met(in_thread("Hm."), desk_=desk(rooms=(SLACK, TELEGRAM)))

    assert "said" not in kinds(decision)
    assert kinds(decision, TELEGRAM)[:2] == ["card", "said"]


def test_what_is_imported_is_shown_nowhere():
    assert shown(met(by_mail(live=False), there=False)) == []


def test_what_could_not_be_said_in_a_room_is_not_told_there():
    room = Party(channel="slack", address="C1")
    event = DeliveryFailed(outbox_id=1, ticket=7, to=room, kind="reminder", error="gone", at=NOW)

    assert shown(met(event)) == []


def test_other_failures_are_shown():
    event = DeliveryFailed(outbox_id=1, ticket=7, to=ADA, kind="answer", error="gone", at=NOW)

    assert kinds(met(event))[:2] == ["card", "said"]


@pytest.mark.parametrize(("command", "over"), [("close", True), ("resolve", False)])
def test_a_card_says_when_its_ticket_is_over(command: str, over: bool):
    assert shown(met(by_shell(command)))[0].over is over


def test_a_ticket_that_leaves_for_a_hidden_queue_leaves_an_empty_card():
    decision = met(by_shell("queue hr"))

    (card,) = shown(decision)
    assert (card.kind, card.facts, card.actions) == (NoticeKind.CARD, {"hidden": True}, ())


def test_a_ticket_of_a_hidden_queue_is_shown_nowhere():
    assert shown(met(by_mail(), on=ticket(queue="hr"))) == []


def test_buttons_follow_the_state():
    def buttons(**changes: Any) -> list[tuple[str, bool]]:
        (card,) = shown(met(by_shell("tag x"), on=ticket(**changes)))[:1]
        return [(a.label, a.main) for a in card.actions]

    assert buttons()[:2] == [("button.take", True), ("button.answer", False)]
    assert buttons(assignee=BEA.email)[:2] == [("button.take", False), ("button.answer", True)]
    assert buttons(state=State.CLOSED) == [("button.open", False), ("button.answer", False)]


def test_internal_words_are_marked_as_internal():
    said = next(s for s in shown(met(by_shell("note", text="Hm."))) if s.kind is NoticeKind.SAID)

    assert said.facts["internal"] is True


def test_other_tickets_of_a_decision_are_shown_too():
    other = ticket(9)
    situation = Situation(ticket=ticket(), others={9: other})
    decision = decide(by_shell("merge 9"), situation, desk())

    of_other = [s for on in decision.also for s in on.changes if isinstance(s, Say)]
    assert [s.kind.value for s in of_other][:2] == ["card", "said"]

"""How agents hear of their tickets: by mail, in the ticket's thread, in private, or by several."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import Decision, NoticeKind, Reach, Say
from gateway.core.chat import Ask, Request, Room, Spoken, Where
from gateway.core.deciding import Desk, decide
from gateway.core.events import AgentActed, DeliveryFailed, Event, MessageArrived
from gateway.core.explaining import describe
from gateway.core.model import Party
from gateway.core.placement import Placement
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from tests.core.kit import (
    ADA,
    BEA,
    CARLA,
    DAN,
    EVE,
    HR,
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
CARLA_THERE = Party(channel="slack", address="U0CARLA", name=CARLA.name)


def desk(*notify: str, **changes: Any) -> Desk:
    carla = replace(CARLA, accounts=(("slack", "U0CARLA"),), notify=notify or ("slack",))
    queues = (SUPPORT, NETWORK, replace(HR, in_rooms=False))
    given = {"agents": (BEA, carla, DAN, EVE), "rooms": (SLACK,), "queues": queues}
    return Desk(policy=policy(**given | changes), book=book())


def met(event: Event, desk_: Desk | None = None, **changes: Any) -> Decision:
    there = ticket(**{"assignee": CARLA.email} | changes)
    placement = Placement(because=Reason.of(Why.REFERENCE, ticket=7), ticket=there)
    return decide(event, Situation(ticket=there), desk_ or desk(), placement)


def by_bea(*commands: str, **more: Any) -> AgentActed:
    return AgentActed(agent=BEA.email, ticket=7, at=NOW, commands=commands, **more)


def wrote(text: str = "It is on fire.") -> MessageArrived:
    return MessageArrived(message=message(ADA, text=text), at=NOW)


def told(decision: Decision, kind: NoticeKind) -> list[tuple[str, str]]:
    return [(s.to.channel, s.to.address) for s in of_type(decision, Say) if s.kind is kind]


def called(decision: Decision) -> list[tuple[NoticeKind, tuple[Party, ...]]]:
    return [(s.kind, s.mentions) for s in of_type(decision, Say) if s.mentions]


def test_by_mail_as_long_as_nothing_else_is_said():
    assert told(met(wrote(), desk("email")), NoticeKind.REPLY) == [("email", CARLA.email)]


def test_words_that_the_thread_shows_call_the_agent_there():
    decision = met(wrote())

    assert told(decision, NoticeKind.REPLY) == []
    assert called(decision) == [(NoticeKind.SAID, (CARLA_THERE,))]


def test_by_both_ways():
    decision = met(wrote(), desk("email", "slack"))

    assert told(decision, NoticeKind.REPLY) == [("email", CARLA.email)]
    assert called(decision) == [(NoticeKind.SAID, (CARLA_THERE,))]


def test_what_has_no_words_in_the_thread_is_said_there_with_a_mention():
    decision = met(by_bea("assign carla"), assignee=None)

    (say,) = [s for s in of_type(decision, Say) if s.kind is NoticeKind.ASSIGNED]
    assert (say.to.address, say.in_room, say.mentions) == ("C1", True, (CARLA_THERE,))
    assert say.reach is Reach.NOBODY
    assert say.lane == "room:slack:C1"


def test_without_a_room_in_private_and_an_answer_goes_where_that_of_mail_would():
    decision = met(wrote(), desk(rooms=()))

    (say,) = [s for s in of_type(decision, Say) if s.kind is NoticeKind.REPLY]
    assert (say.to, say.in_room, say.place) == (CARLA_THERE, False, "")
    assert say.reach is Reach.PUBLIC


def test_a_ticket_that_is_shown_in_no_room_is_told_in_private():
    carla = replace(CARLA, queues=("hr",), accounts=(("slack", "U0CARLA"),), notify=("slack",))
    decision = met(wrote(), desk(agents=(BEA, carla)), queue="hr")

    assert told(decision, NoticeKind.REPLY) == [("slack", "U0CARLA")]


def test_what_did_not_arrive_by_a_network_is_not_told_by_it():
    event = DeliveryFailed(
        outbox_id=1, ticket=7, to=CARLA_THERE, kind="reply", error="account_inactive", at=NOW
    )

    assert ("email", CARLA.email) in told(met(event), NoticeKind.UNDELIVERED)


def test_answers_of_people_outside_are_not_moved():
    decision = met(by_bea(text="Pull the plug."))

    assert told(decision, NoticeKind.ANSWER) == [("email", ADA.address)]


def test_what_rooms_are_shown_is_explained_in_a_line_each():
    lines = describe(met(by_bea("assign carla"), assignee=None), "Acme Support")

    assert lines.count("show it to agents in the slack room") == 1
    assert "tell Carla Neri in the slack room (assigned)" in lines


def slash(text: str, **spoken: Any) -> MessageArrived:
    """What Bea typed behind the slash command, in a channel where others read."""
    chat = Spoken(
        where=Where.DIRECT,
        conversation="slack:D1",
        place="slack:C9",
        shown_to_author_alone=True,
        pressed=True,
        **spoken,
    )
    account = Party(channel="slack", address="U0BEA")
    said = message(account, text=text, channel="slack", recipients=(), chat=chat)
    return MessageArrived(message=said, at=NOW)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (slash("#prioritty high", ticket=7), NoticeKind.COMMAND_ERROR),
        (slash("#status", ticket=7), NoticeKind.STATUS),
        (slash("#mine"), NoticeKind.MINE),
        (slash("", request=Request(ask=Ask.HELP)), NoticeKind.HELP),
    ],
    ids=str,
)
def test_what_an_agent_types_where_others_read_is_answered_to_them_alone(
    event: MessageArrived, kind: NoticeKind
):
    bea = replace(BEA, accounts=(("slack", "U0BEA"),))
    decision = met(event, desk("email", agents=(bea, CARLA)))

    (say,) = [s for s in of_type(decision, Say) if s.kind is kind]
    assert (say.to.address, say.place, say.alone) == ("U0BEA", "slack:C9", True)


def test_in_their_own_chat_with_the_desk_there_is_nobody_else():
    event = slash("#mine")
    assert event.message.chat is not None
    there = replace(event.message.chat, place="slack:D1")
    event = replace(event, message=replace(event.message, chat=there))
    bea = replace(BEA, accounts=(("slack", "U0BEA"),))
    decision = met(event, desk("email", agents=(bea, CARLA)))

    (say,) = [s for s in of_type(decision, Say) if s.kind is NoticeKind.MINE]
    assert (say.place, say.alone) == ("slack:D1", False)


BY_MAIL = replace(CARLA, accounts=(("slack", "U0CARLA"),), notify=("email",))


@pytest.mark.parametrize("notify", [("email",), ("slack",), ("email", "slack")], ids=str)
def test_an_escalation_calls_the_right_person_in_the_thread_however_they_hear_of_tickets(
    notify: tuple[str, ...],
):
    carla = replace(BY_MAIL, notify=notify, tier=2)
    decision = met(by_bea("escalate Too hot"), desk(agents=(BEA, carla)), assignee=None)

    (call,) = [s for s in of_type(decision, Say) if s.in_room and s.kind is NoticeKind.ESCALATED]
    assert (call.to.address, call.mentions) == ("C1", (CARLA_THERE,))
    by_mail = [(CARLA.email)] if "email" in notify else []
    assert [a for c, a in told(decision, NoticeKind.ESCALATED) if c == "email"] == by_mail


def test_several_are_called_by_one_post():
    dan = replace(DAN, accounts=(("slack", "U0DAN"),), tier=2, queues=CARLA.queues)
    carla = replace(BY_MAIL, tier=2)
    decision = met(by_bea("escalate Too hot"), desk(agents=(BEA, carla, dan)), assignee=None)

    (call,) = [s for s in of_type(decision, Say) if s.in_room and s.kind is NoticeKind.ESCALATED]
    assert {m.address for m in call.mentions} == {"U0CARLA", "U0DAN"}


def test_who_has_no_account_there_is_told_by_mail_alone():
    decision = met(
        by_bea("escalate Too hot"), desk(agents=(BEA, replace(CARLA, tier=2))), assignee=None
    )

    assert told(decision, NoticeKind.ESCALATED) == [("email", CARLA.email)]


def test_words_call_nobody_who_hears_of_them_by_mail():
    assert called(met(wrote(), desk(agents=(BEA, BY_MAIL)))) == []

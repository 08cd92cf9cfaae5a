"""A deadline that comes looks at the world again: answered meanwhile, it changes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import StartDeadline
from gateway.core.deciding import decide
from gateway.core.events import DeadlineCame, DeliveryFailed
from gateway.core.model import State
from gateway.core.situation import Situation
from gateway.core.targets import Target
from tests.core.kit import (
    ADA,
    BEA,
    DAY,
    HOUR,
    NOW,
    World,
    desk,
    of_type,
    says,
    signed,
    ticket,
    why,
)

N, O, P, H, R, X = State  # noqa: E741 - short for a table


def came(target, found, **situation) -> Any:
    event = DeadlineCame(ticket=7, target=target, due_at=NOW, at=NOW)
    return decide(event, Situation(ticket=found, **situation), desk())


@pytest.mark.parametrize(
    ("target", "state", "after"),
    [
        (Target.WAKE, P, O),
        (Target.WAKE, H, O),
        *[(Target.WAKE, s, None) for s in (N, O, R, X)],
        (Target.AUTO_CLOSE, R, X),
        *[(Target.AUTO_CLOSE, s, None) for s in (N, O, P, H, X)],
    ],
)
def test_it_moves_only_what_still_waits(target, state, after):
    decision = came(target, ticket(state=state, assignee=BEA.email))
    if after is None:
        assert decision.changes == ()
    else:
        assert decision.changes[0].new is after


def test_a_ticket_that_is_gone_is_no_error():
    assert came(Target.WAKE, None).changes == ()
    event = DeliveryFailed(outbox_id=1, ticket=7, to=ADA, kind="answer", error="x", at=NOW)
    assert decide(event, Situation(), desk()).changes == ()


def test_one_that_was_set_anew_meanwhile_does_not_fire_early():
    waiting = ticket(state=P)
    assert came(Target.WAKE, waiting, due_at=NOW + DAY).changes == ()
    assert came(Target.WAKE, waiting, due_at=NOW).changes != ()


def test_a_ticket_resolved_anew_meanwhile_closes_when_it_is_due():
    late = ticket(state=R, resolved_at=NOW - DAY)
    decision = came(Target.AUTO_CLOSE, late)
    assert [(d.target, d.due_at) for d in of_type(decision, StartDeadline)] == [
        (Target.AUTO_CLOSE, NOW + 6 * DAY)
    ]
    assert len(decision.changes) == 1


def test_pending_wakes_and_its_agent_gets_the_last_words():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "take", "pending 2d")
    w.wait(2 * DAY - HOUR)
    assert w.tickets[7].state is P
    w.wait(HOUR)
    assert w.tickets[7].state is O
    assert says(w.decisions[-1]) == [(BEA.email, "woke", "internal")]
    assert w.last(BEA).say.facts["last_words"] == "It burns"
    assert w.last(BEA).say.facts["waited"] == "pending"


def test_a_new_time_replaces_the_old_one():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "pending 2d")
    w.act(BEA, 7, "pending 5d")
    w.wait(3 * DAY)
    assert w.tickets[7].state is P
    w.wait(2 * DAY)
    assert w.tickets[7].state is O


def test_resolved_closes_by_itself_and_says_why():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "resolve", text="It is out.")
    said = len(w.outbox)
    w.wait(7 * DAY)
    assert w.tickets[7].state is X
    assert (w.tickets[7].resolved_at, w.tickets[7].closed_at) == (NOW, NOW + 7 * DAY)
    assert why(w.decisions[-1])[0] == "auto_closed"
    assert str(w.decisions[-1].changes[0].because) == "resolved for 7 days without a word"  # type: ignore[union-attr]
    assert (w.deadlines, len(w.outbox)) == ({}, said)


def test_words_of_the_requester_stop_the_closing():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "resolve")
    w.wait(6 * DAY)
    address = signed(AddressKind.REQUESTER, 7, ADA.address)
    w.mail(ADA, "It burns again", recipients=(address,))
    w.wait(30 * DAY)
    assert w.tickets[7].state is O


def test_a_thanks_does_not():
    w = World()
    w.mail(ADA, "It burns")
    w.act(BEA, 7, "resolve")
    w.mail(ADA, "Thanks!", recipients=(signed(AddressKind.REQUESTER, 7, ADA.address),))
    w.wait(7 * DAY)
    assert w.tickets[7].state is X


def test_a_ticket_without_the_time_of_its_resolution_closes():
    odd = replace(ticket(state=R), resolved_at=None)
    assert came(Target.AUTO_CLOSE, odd).changes[0].new is X

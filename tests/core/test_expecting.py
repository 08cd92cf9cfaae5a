"""A confirmation says when to expect an answer, where the queue says so."""

from dataclasses import replace
from typing import Any

from gateway.core.changes import NoticeKind, Say
from gateway.core.model import Priority
from gateway.core.policy import Queue
from gateway.core.sla import Sla
from gateway.core.targets import Allowance, Target
from tests.core.kit import ADA, HOUR, NETWORK, NOW, SUPPORT, World, desk, of_type

TWO_HOURS = Sla(
    name="default",
    times={Target.FIRST_RESPONSE: {Priority.NORMAL: Allowance.parse("2h")}},
)


def confirmed(queue: Queue, **slas: Sla) -> dict[str, Any]:
    world = World()
    world.desk = desk(queues=(replace(queue, sla="default"), NETWORK), slas=slas)
    decision = world.mail(ADA, "It burns", own_key="mail:a")
    (say,) = [s for s in of_type(decision, Say) if s.kind is NoticeKind.CONFIRMATION]
    return dict(say.facts)


def test_it_says_until_when_the_policy_has_the_answer_due():
    told = confirmed(replace(SUPPORT, say_when=True), default=TWO_HOURS)
    assert told["expected_at"] == NOW + 2 * HOUR


def test_a_queue_that_does_not_say_so_promises_nothing():
    assert "expected_at" not in confirmed(SUPPORT, default=TWO_HOURS)


def test_without_a_time_there_is_nothing_to_promise():
    assert "expected_at" not in confirmed(replace(SUPPORT, say_when=True))

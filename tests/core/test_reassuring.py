"""A requester hears that it is being worked on before a target is missed, where a queue says so."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import NoticeKind, Say
from gateway.core.clocks import What
from gateway.core.contacts import Contact, Contacts
from gateway.core.model import Priority
from gateway.core.sla import Sla
from gateway.core.targets import Allowance, Target
from gateway.settings.service_policy import reassuring_at
from tests.core.kit import ADA, BEA, HOUR, NETWORK, NOW, PASSED, SUPPORT, World, desk, of_type

S = NoticeKind.STILL_OPEN
FIRST, NEXT, WHOLE = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION


def sla(**times: str) -> Sla:
    allowed = {Target(t): {Priority.NORMAL: Allowance.parse(a)} for t, a in times.items()}
    return Sla(name="default", times=allowed)


def world(at: str = "80%", *, say_when: bool = False, more: Any = None, **times: str) -> World:
    support = replace(SUPPORT, sla="default", say_when=say_when, reassuring=reassuring_at(at))
    policy = sla(**(times or {"first_response": "10h", "resolution": "100h"}))
    return World(desk=desk(queues=(support, NETWORK), slas={"default": policy}, **(more or {})))


def burning(w: World, **mail: Any) -> World:
    w.mail(ADA, "It burns", **({"proof": PASSED} | mail))
    return w


def told(w: World) -> list[tuple[float, str]]:
    """Hours since NOW, and the reason, of what Ada heard."""
    return [((o.due_at - NOW) / HOUR, str(o.say.because)) for o in w.got(ADA, S)]


def test_before_the_first_answer_is_late():
    w = burning(world())
    w.wait(9 * HOUR)
    assert told(w) == [(8, "first response is due soon, and the queue says so to its requesters")]
    assert w.last(ADA, S).say.facts["expected_at"] is None
    steps = [m for _, m in w.ledger if m.what is What.STEP]
    assert str(steps[0].because) == "80%: told the requester that it is being worked on"


def test_with_the_time_where_the_queue_says_times():
    w = burning(world(say_when=True))
    w.wait(9 * HOUR)
    assert w.last(ADA, S).say.facts["expected_at"] == NOW + 10 * HOUR


def test_in_the_requesters_own_time_zone_if_it_is_known():
    known = Contacts([Contact(match="@example.org", timezone="America/Lima")])
    w = burning(world(say_when=True, more={"contacts": known}))
    w.wait(9 * HOUR)
    assert w.last(ADA, S).say.facts["timezone"] == "America/Lima"
    (confirmation,) = w.got(ADA, NoticeKind.CONFIRMATION)
    assert confirmation.say.facts["timezone"] == "America/Lima"


def test_a_queue_that_says_nothing_of_it_tells_nobody():
    w = burning(world(at=""))
    w.wait(200 * HOUR)
    assert told(w) == []


def test_not_once_it_was_answered():
    w = burning(world(first_response="10h"))
    w.wait(2 * HOUR)
    w.act(BEA, 7, text="Pull the plug.")
    w.wait(50 * HOUR)
    assert told(w) == []


def test_of_the_answer_alone_while_one_is_due():
    w = burning(world(first_response="90h", resolution="100h"))
    w.wait(79 * HOUR)
    assert [at for at, _ in told(w)] == [72]
    w.wait(2 * HOUR)
    assert [at for at, _ in told(w)] == [72]
    marks = [str(m.because) for _, m in w.ledger if m.what is What.STEP and m.target is WHOLE]
    assert marks == ["80%: said nothing to the requester: an answer is due to them before"]


def test_of_the_whole_once_it_was_answered():
    w = burning(world())
    w.act(BEA, 7, text="I look into it.")
    w.wait(81 * HOUR)
    assert [at for at, _ in told(w)] == [80]


def test_again_when_they_write_again():
    w = burning(world(next_response="10h"))
    w.act(BEA, 7, text="Pull the plug.")
    w.answer(ADA, w.last(ADA), "It still burns")
    w.wait(9 * HOUR)
    assert [at for at, _ in told(w)] == [8]


def test_after_the_desk_was_down_what_is_late_already_is_not_made_better():
    w = world()
    lead = replace(NETWORK, sla="")
    step_sla = replace(
        sla(first_response="10h"),
        steps=(
            replace(
                reassuring_at("80%")[0], at="due", share=1.0, reassures=False, notify=("lead",)
            ),
        ),
    )
    support = replace(SUPPORT, sla="default", reassuring=reassuring_at("80%"))
    w = burning(World(desk=desk(queues=(support, lead), slas={"default": step_sla})))
    w.deadlines[7, FIRST] = NOW + 11 * HOUR  # it is looked at when that is over
    w.wait(12 * HOUR)
    assert told(w) == []
    skipped = [str(m.because) for _, m in w.ledger if m.what is What.STEP]
    assert skipped[0] == "80%: skipped, for due had come as well"


@pytest.mark.parametrize("mail", [{"proof": None}, {"wants_silence": True}])
def test_not_who_is_unproven_or_wants_silence(mail):
    w = burning(world(), **{k: v for k, v in mail.items() if v is not None})
    if mail.get("proof", 1) is None:
        w.verified.clear()
    w.wait(9 * HOUR)
    assert told(w) == []
    assert of_type(w.decisions[-1], Say) == []

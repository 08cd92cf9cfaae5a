"""A part of the desk that needs a person: who hears of it."""

from dataclasses import replace
from typing import Any

from gateway.core.changes import Decision, Say
from gateway.core.deciding import decide
from gateway.core.events import TroubleReported
from gateway.core.situation import Situation
from tests.core.kit import BEA, CARLA, EVE, NOW, desk, of_type, says, why

WORDS = "The server refuses the password."


def told(over: bool = False, **policy: Any) -> Decision:
    event = TroubleReported(
        channel="email", key="email.mailbox support@acme.example", words=WORDS, over=over, at=NOW
    )
    return decide(event, Situation(), desk(**policy))


def test_every_lead_hears_of_it_and_nobody_else_and_an_answer_reaches_nobody():
    lead = replace(CARLA, lead=True)
    decision = told(agents=(BEA, lead, EVE))
    assert says(decision) == [
        (CARLA.email, "trouble", "nobody"),
        (EVE.email, "trouble", "nobody"),
    ]
    assert {say.facts["words"] for say in of_type(decision, Say)} == {WORDS}


def test_without_a_lead_every_agent_hears_of_it():
    heard = says(told(agents=(BEA, CARLA)))
    assert [to for to, _, _ in heard] == [BEA.email, CARLA.email]


def test_that_it_is_over_is_told_as_such():
    (say,) = of_type(told(over=True), Say)
    assert say.facts["over"] is True
    assert str(say.because) == "email.mailbox support@acme.example works again"


def test_a_desk_without_agents_notes_that_there_is_nobody():
    assert why(told(agents=())) == ["nobody_to_tell"]

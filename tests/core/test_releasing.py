"""An agent says whether a held mail is theirs: by the address that was told to them alone."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import Decision, Drop, Hold, Reconsider, Release
from gateway.core.deciding import decide
from gateway.core.events import MessageArrived
from gateway.core.model import Automatic, Proof, Remark, RemarkKind, Verdict
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import AgentProof
from gateway.core.situation import HeldMail, Situation
from tests.core.kit import BEA, CARLA, FORGED, MALLORY, MINUTE, NOW, PASSED, desk, message, signed

ASKED = HeldMail(inbox=31, asked_at=NOW - 14 * MINUTE)


def said(
    text: str = "#send", author: Any = BEA, to: Any = BEA, held: Any = ASKED, **more: Any
) -> Decision:
    address = signed(AddressKind.RELEASE, 31, to.email)
    policy = more.pop("policy", {})
    arrived = message(author, text=text, recipients=(address,), **more)
    ours = desk(**policy)
    placement = place(
        arrived, clues_of(arrived, ours.book), Candidates(), ours.book, ours.policy, NOW
    )
    event = MessageArrived(message=arrived, at=NOW, inbox_id=40)
    return decide(event, Situation(held_mail=held), ours, placement)


def the_change(decision: Decision) -> Any:
    (change,) = decision.changes
    return change


def test_send_lets_it_through_as_theirs():
    change = the_change(said())
    assert isinstance(change, Release)
    assert (change.inbox, change.by) == (31, BEA.email)


@pytest.mark.parametrize("text", ["That was not me!", "Yes, send it.", "", "> #send", "#sned"])
def test_anything_else_asks_again(text: str):
    change = the_change(said(text))
    assert isinstance(change, Reconsider)
    assert change.because.code == "release_unsaid"


def test_after_a_quarter_of_an_hour_they_are_asked_again():
    late = replace(ASKED, asked_at=NOW - 16 * MINUTE)
    change = the_change(said(held=late))
    assert isinstance(change, Reconsider)
    assert change.because.code == "release_too_late"


def test_it_counts_once():
    change = the_change(said(held=None))
    assert isinstance(change, Drop)
    assert change.because.code == "released_before"


def test_who_is_named_beside_others_lets_nothing_through():
    others = (Remark(kind=RemarkKind.AUTHORS, about="mallory@example.net"),)
    change = the_change(said(remarks=others))
    assert isinstance(change, Hold)
    assert change.because.code == "several_authors"


@pytest.mark.parametrize(
    ("proof", "asked", "why"),
    [
        (FORGED, AgentProof.AUTO, "forged"),
        (FORGED, AgentProof.BOTH, "forged"),
        (Proof(), AgentProof.BOTH, "needs_both"),
        (Proof(dmarc=Verdict.NONE), AgentProof.BOTH, "needs_both"),
    ],
)
def test_what_the_desk_asks_of_agents_it_asks_here_too(proof: Proof, asked: Any, why: str):
    change = the_change(said(proof=proof, policy={"agent_proof": asked}))
    assert isinstance(change, Hold)
    assert change.because.code == why


def test_with_both_proofs_it_counts_where_both_are_asked_for():
    decision = said(proof=PASSED, policy={"agent_proof": AgentProof.BOTH})
    assert isinstance(the_change(decision), Release)


@pytest.mark.parametrize(
    "more",
    [
        {"author": CARLA},
        {"author": MALLORY},
        {"automatic": Automatic.AUTO_REPLY, "automatic_because": "a vacation notice"},
    ],
)
def test_nobody_else_and_no_machine_lets_it_through(more: dict[str, Any]):
    kinds = {type(change) for change in said(**more).changes}
    assert not kinds & {Release, Reconsider}

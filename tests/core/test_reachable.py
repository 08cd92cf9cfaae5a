"""Mail that comes back for good is remembered of its address, and agents are warned."""

from typing import Any

import pytest

from gateway.core.changes import NoticeKind, Reachable, Say, Unreachable
from gateway.core.deciding import decide
from gateway.core.events import AgentActed, DeliveryFailed, MessageArrived, TicketAsked
from gateway.core.model import Automatic, Bounce, FailedRecipient
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.reachable import of_the_address, said_of_the_address
from gateway.core.situation import CameBack, Sender, Sent, Situation
from tests.core.kit import ADA, BEA, BOB, DAY, FORGED, NOW, book, desk, message, of_type, ticket

GONE = CameBack(at=NOW - DAY, why="ada@example.org (5.1.1)")
SEVEN = ticket(7, assignee=BEA.email, participants=(BOB,))


def report(status: str | None, address: str = ADA.address, *, temporary: bool = False) -> Bounce:
    return Bounce(
        recipients=(FailedRecipient(address=address, status=status),), temporary=temporary
    )


@pytest.mark.parametrize(
    ("status", "bad"),
    [
        ("5.1.1", True),
        ("5.1.10", True),
        ("5.1.2", True),
        ("5.1.7", False),  # the sender's address
        ("5.1.8", False),
        ("5.2.1", True),
        ("5.2.2", False),  # a full mailbox
        ("5.3.4", False),  # too large
        ("5.4.1", True),
        ("5.4.4", True),
        ("5.7.1", False),  # refused by policy
        ("5.0.0", True),
        ("4.4.1", False),  # given up, and nobody knows why
        (None, True),
    ],
)
def test_what_a_report_says_of_the_address(status, bad):
    assert of_the_address(report(status), ADA.address) is bad
    assert not of_the_address(report(status, temporary=True), ADA.address)


def test_the_status_of_the_very_address_counts():
    both = Bounce(
        recipients=(
            FailedRecipient(address="bob@example.org", status="5.1.1"),
            FailedRecipient(address="Ada@Example.org", status="5.2.2"),
        )
    )
    assert not of_the_address(both, ADA.address)
    assert of_the_address(report("5.1.1", "ada@behind.example"), ADA.address)


@pytest.mark.parametrize(
    ("error", "bad"),
    [
        ("the mail server refused the recipient: 550 5.1.1 no such user", True),
        ("the mail server refused the message: 554 5.7.1 spam", False),
        ("the mail server refused the recipient: 550 no", False),
        ("gave up after 5 days: no connection to 10.5.1.1", False),
    ],
)
def test_what_a_refusal_says_of_the_address(error, bad):
    assert said_of_the_address(error) is bad
    event = DeliveryFailed(outbox_id=1, ticket=7, to=ADA, kind="answer", error=error, at=NOW)
    made = of_type(decide(event, Situation(ticket=SEVEN), desk()), Unreachable)
    assert [(u.to, u.why) for u in made] == ([(ADA, error)] if bad else [])


@pytest.mark.parametrize(("status", "marked"), [("5.1.1", True), ("5.2.2", False)])
@pytest.mark.parametrize("number", [7, None])
def test_a_bounce_marks_the_address_only_where_that_is_bad(status, marked, number):
    made = message(BOB, automatic=Automatic.BOUNCE, bounce=report(status))
    sent = Sent(outbox_id=3, ticket=number, to=ADA, kind="answer")
    where = place(made, clues_of(made, book()), Candidates(), book(), desk().policy, NOW)
    situation = Situation(ticket=SEVEN if number else None, sent=sent)
    decision = decide(MessageArrived(message=made, at=NOW), situation, desk(), where)
    assert [u.to for u in of_type(decision, Unreachable)] == ([ADA] if marked else [])


def warned(decision: Any) -> list[tuple[str, str, str]]:
    them = [s for s in of_type(decision, Say) if s.kind is NoticeKind.CAME_BACK]
    return [(s.to.address, s.facts["to"], s.facts["error"]) for s in them]


def test_an_agent_who_answers_is_warned_and_the_answer_goes_out():
    event = AgentActed(agent=BEA.email, ticket=7, at=NOW, text="Come in.")
    situation = Situation(ticket=SEVEN, came_back={ADA.address: GONE})
    decision = decide(event, situation, desk())
    assert warned(decision) == [(BEA.email, ADA.address, GONE.why)]
    answers = [s.to.address for s in of_type(decision, Say) if s.kind is NoticeKind.ANSWER]
    assert answers == [ADA.address, BOB.address]


def test_a_note_warns_of_nothing():
    event = AgentActed(agent=BEA.email, ticket=7, at=NOW, text="Hm.", public=False)
    situation = Situation(ticket=SEVEN, came_back={ADA.address: GONE})
    assert warned(decide(event, situation, desk())) == []


def test_an_agent_who_opens_a_ticket_for_such_an_address_is_warned():
    event = TicketAsked(requester=ADA, subject="Lamp", text="Hm.", at=NOW, agent=BEA.email)
    decision = decide(event, Situation(came_back={ADA.address: GONE}), desk())
    assert warned(decision) == [(BEA.email, ADA.address, GONE.why)]


@pytest.mark.parametrize(
    ("fields", "again"),
    [({}, True), ({"automatic": Automatic.AUTO_REPLY}, False), ({"proof": FORGED}, False)],
)
def test_who_writes_again_can_be_reached_again(fields, again):
    made = message(ADA, **fields)
    where = place(made, clues_of(made, book()), Candidates(), book(), desk().policy, NOW)
    situation = Situation(sender=Sender(came_back=True))
    decision = decide(MessageArrived(message=made, at=NOW), situation, desk(), where)
    assert [r.to for r in of_type(decision, Reachable)] == ([ADA] if again else [])

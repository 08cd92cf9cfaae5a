"""A mail that an agent signed, sent on to the desk by somebody who got it."""

import pytest

from gateway.store.inbox import InboxState
from tests.runtime.desk import SUPPORT, Desk, mail

BEA, ADA, MALLORY = "bea@acme.example", "ada@example.org", "mallory@example.org"
FIRST = "<first@example.org>"
PASSED = {"v": 1, "dmarc": {"result": "pass", "domain": "acme.example"}}


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """Ada waits for an answer; what Bea signs passes DMARC."""
    desk.receive(mail(message_id=FIRST))
    return desk


@pytest.mark.parametrize(
    "named", [{"to": MALLORY}, {"to": f"{MALLORY}, x@acme.example"}, {"to": MALLORY, "cc": ADA}]
)
def test_it_is_no_answer_on_a_ticket_and_the_agent_is_asked(asked: Desk, named: dict[str, str]):
    raw = mail("Yes, do it.", from_=BEA, in_reply_to=FIRST, **named)
    assert asked.receive(raw, auth=PASSED).state is InboxState.HELD
    assert asked.sent_to(ADA, "answer") == []
    (question,) = asked.sent_to(BEA, "held_unproven")
    assert "wrote it to others" in question.document.text


@pytest.mark.parametrize(
    "named", [{"to": SUPPORT}, {"to": ADA, "cc": f"Acme <{SUPPORT}>"}, {"to": ""}]
)
def test_what_is_written_to_the_desk_is_the_agents(asked: Desk, named: dict[str, str]):
    raw = mail("#reply\nYes, do it.", from_=BEA, in_reply_to=FIRST, **named)
    assert asked.receive(raw, auth=PASSED).state is InboxState.DONE
    assert len(asked.sent_to(ADA, "answer")) == 1

"""A desk behind a group of its own: its answers come back through it, and make no loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail

ADA, GROUP = "ada@example.org", "help@acme.example"
LIST = {"list_id": "<help.acme.example>", "precedence": "list"}
FROM = f"Ada via Help <{GROUP}>"


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=f'[email]\nown_lists = ["{GROUP}"]')
    yield made
    made.close()


def test_mail_through_the_group_is_a_persons_ticket(house: Desk):
    house.receive(mail(from_=FROM, reply_to=f"Ada <{ADA}>", to=GROUP, cc="bob@example.org", **LIST))
    (ticket,) = house.tickets()
    assert [p.address for p in ticket.participants] == ["bob@example.org"]
    assert ticket.requester.address == ADA
    (confirmed,) = house.sent_to(ADA, "confirmation")
    assert "fire" not in confirmed.document.text
    assert house.relay.to(GROUP) == []


def test_the_desks_own_mail_come_back_through_the_group_is_known_without_its_mark(house: Desk):
    """Some lists take off every field that they do not know."""
    house.receive(mail(from_=FROM, reply_to=ADA, **LIST))
    house.act(1, "take", text="Pour water on it.")
    house.run()
    answer = house.sent_to(ADA, "answer")[-1]
    back = mail("Pour water on it.", from_=f"Bea via Help <{GROUP}>", message_id=answer.message_id)
    row = house.receive(back)
    assert (row.state, row.reason_code) == (InboxState.DROPPED, "own_mail")
    assert len(house.texts(1)) == 2


def test_a_group_that_hides_its_authors_gets_no_automatic_mail(house: Desk):
    house.receive(mail(from_=FROM, **LIST))
    assert [t.requester.address for t in house.tickets()] == [GROUP]
    assert house.relay.to(GROUP) == []

"""Whose picture may stand beside what a room is shown: their account on that network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.chat import Room
from gateway.core.model import Party
from tests.runtime.desk import Desk, mail

ROOM = Room(channel="slack", address="C0DESK")
ADA = Party(channel="slack", address="U0ADA", name="Ada Byron")
BEA = Party(channel="slack", address="U0BEA", name="Bea Ruiz")
SAME = {"same": [{"channel": "email", "address": "ada@example.org", "name": "Ada Byron"}]}


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, rooms=(ROOM,))
    yield made
    made.close()


def faces(desk: Desk, *kinds: str) -> list[Party | None]:
    return [o.face for o in desk.slack.to(ROOM.address) if o.kind in (kinds or ("said",))]


def met(desk: Desk) -> None:
    """Ada asks in Slack, which vouches for her mail address; the first ticket is hers."""
    desk.say("My screen is black.", by="U0ADA", on="slack", name="Ada Byron", chat=SAME)


def test_who_asks_in_slack_is_on_the_card_and_at_their_words(desk: Desk) -> None:
    met(desk)
    assert faces(desk, "card", "said") == [ADA, ADA]


def test_who_goes_on_by_mail_is_the_same_person(desk: Desk) -> None:
    met(desk)
    desk.receive(mail("And now it smokes."))
    assert faces(desk, "card", "said")[2:] == [ADA, ADA]


def test_who_is_not_in_slack_has_no_picture_there(desk: Desk) -> None:
    desk.receive(mail())
    desk.say("Help!", by="4711", name="Tom")
    assert faces(desk, "card", "said") == [None] * 4


def test_agents_are_known_by_their_configured_account(desk: Desk) -> None:
    desk.receive(mail())
    desk.act(1, "note", text="Looks bad.")
    desk.act(1, text="Pull the plug.")
    desk.run()
    assert faces(desk)[1:] == [BEA, BEA]


def test_changes_are_nobodys_words(desk: Desk) -> None:
    met(desk)
    desk.act(1, "priority high")
    desk.run()
    assert faces(desk, "happened") == [None]

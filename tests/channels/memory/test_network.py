"""The memory network stands for any chat network: cards, topics, edits, files."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.channels.memory import plugin as memory
from gateway.core.addresses import AddressBook, Key
from gateway.core.documents import Document
from gateway.core.model import Party
from gateway.core.ports import Outbound, PermanentError, Surroundings

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
AROUND = Surroundings(
    book=AddressBook(
        keys=(Key(id=0, secret=b"k" * 32),), desk_address="support@acme.example", queues={}
    ),
    now=lambda: NOON,
)


def outbound(**fields: Any) -> Outbound:
    given: dict[str, Any] = {
        "id": 1,
        "ticket": 7,
        "channel": "slack",
        "to": Party(channel="slack", address="C1"),
        "sender": Party(address="support@acme.example"),
        "document": Document(subject="", blocks=()),
        "message_id": "<1@acme.example>",
        "created_at": NOON,
    }
    return Outbound(**given | fields)


def test_a_card_opens_a_topic_and_is_edited_in_place_until_it_is_gone():
    made = memory.build(memory.settings(purpose="test"), AROUND, "slack")
    made.network.topics = True

    async def story() -> list[tuple[str, ...]]:
        first = await made.send(outbound(kind="card"))
        again = await made.send(outbound(kind="card", edits=first.keys[0]))
        made.network.gone.add("1")
        anew = await made.send(outbound(kind="card", edits=first.keys[0]))
        return [first.keys, again.keys, anew.keys]

    assert asyncio.run(story()) == [
        ("slack:1", "slack:topic:1"),
        ("slack:1", "slack:topic:1"),
        ("slack:3", "slack:topic:3"),
    ]


def test_files_are_fetched_up_to_a_size():
    made = memory.build(memory.settings(purpose="test"), AROUND)
    made.network.files["F1"] = b"abc"

    assert asyncio.run(made.fetch("F1", 3)) == b"abc"
    with pytest.raises(PermanentError, match="3 octets"):
        asyncio.run(made.fetch("F1", 2))
    with pytest.raises(PermanentError):
        asyncio.run(made.fetch("F2", 2))

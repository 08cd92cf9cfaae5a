"""Payloads in the shapes that Slack gives them, each with what is to be read in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.slack.reading import ReadOptions, read
from gateway.core.model import Message
from gateway.core.ports import Incoming
from tests.channels.slack.kit import NOON

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
OPTIONS = ReadOptions(room="C0TRIAGE")


def incoming(payload: Any, envelope: Any) -> Incoming:
    raw = json.dumps(payload).encode()
    return Incoming(
        channel="slack", external_id="evt:1", raw=raw, received_at=NOON, envelope=envelope
    )


def facts(message: Message) -> dict[str, Any]:
    chat = message.chat
    made: dict[str, Any] = {
        "ignored": message.ignored,
        "author": message.author.address,
        "name": message.author.name,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "language": message.language,
        "own_key": message.own_key,
        "refers_to": list(message.refers_to),
    }
    if chat is None:
        return made
    return made | {
        "where": chat.where.value,
        "conversation": chat.conversation,
        "place": chat.place,
        "overheard": chat.overheard,
        "pressed": chat.pressed,
        "ticket": chat.ticket,
        "request": chat.request.says if chat.request else None,
        "edit": [chat.edit.key, chat.edit.deleted] if chat.edit else None,
        "same": [party.address for party in chat.same],
        "files": [[f.ref, f.name, f.type, f.size, f.problem] for f in chat.files],
    }


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_payload_is_read_as_it_says(path: Path):
    sample = json.loads(path.read_text())
    found = facts(read(incoming(sample["payload"], sample["envelope"]), OPTIONS))
    expected = {"ignored": ""} | sample["expect"]

    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_no_payload_raises_without_its_envelope_or_with_holes(path: Path):
    payload = json.loads(path.read_text())["payload"]
    read(incoming(payload, {}), OPTIONS)
    for holed in _holed(payload):
        message = read(incoming(holed, {}), OPTIONS)
        json.dumps(facts(message))


def _holed(stored: Any) -> list[Any]:
    """The same with one thing in it being something else, for each thing at each level."""
    made: list[Any] = []
    if isinstance(stored, dict):
        for key, value in stored.items():
            odds: tuple[Any, ...] = (None, 7, [], {}, "")
            made += [stored | {key: odd} for odd in odds]
            made += [stored | {key: holed} for holed in _holed(value)]
    if isinstance(stored, list):
        made += [[holed] for one in stored[:1] for holed in _holed(one)] + [[None], [[]], [7]]
    return made

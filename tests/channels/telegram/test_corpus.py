"""Updates in the shape that Telegram sends them in, each with what is to be read of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import MessageType, UpdateType

from gateway.channels.telegram.reading import read
from gateway.core.model import Message
from gateway.core.ports import Incoming
from tests.channels.telegram.kit import NOON

CORPUS = Path(__file__).with_name("corpus")
CASES = {path.stem: json.loads(path.read_text()) for path in sorted(CORPUS.glob("*.json"))}
ENVELOPE = {"v": 1, "bot": {"id": 123456, "username": "acme_desk_bot"}, "room": -1001234}
# Kinds of the library's that are no field of a message or update.
_NO_FIELDS = {"effect_id"}


def arrived(raw: Any, envelope: dict[str, Any]) -> Incoming:
    octets = json.dumps(raw).encode()
    return Incoming(
        channel="telegram", external_id="update:1", raw=octets, received_at=NOON, envelope=envelope
    )


def told(message: Message) -> dict[str, Any]:
    """What a message says, without what says nothing."""
    found: dict[str, Any] = {
        "ignored": message.ignored,
        "own_key": message.own_key,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "language": message.language,
        "full_text": message.full_text if message.full_text != message.text else "",
        "refers_to": list(message.refers_to),
    }
    if (chat := message.chat) is not None:
        found |= {
            "where": chat.where.value,
            "conversation": chat.conversation,
            "place": chat.place,
            "ticket": chat.ticket,
            "request": chat.request.says if chat.request else "",
            "edit": chat.edit.key if chat.edit else "",
            "pressed": chat.pressed,
            "files": [
                [f.ref, f.name, f.type, f.size, *([f.problem] if f.problem else [])]
                for f in chat.files
            ],
        }
    author = {"author": [message.author.address, message.author.name]}
    return {key: value for key, value in found.items() if value} | author


@pytest.mark.parametrize("name", CASES)
def test_an_update_is_read_as_it_is_meant(name):
    case = CASES[name]
    message = read(arrived(case["raw"], case["envelope"]))
    assert told(message) == case["expected"]
    assert message.defects == ()


def kinds() -> set[str]:
    raws = [case["raw"] for case in CASES.values()]
    updates = [one for raw in raws for one in (raw if isinstance(raw, list) else [raw])]
    messages = [u[kind] for u in updates for kind in ("message", "edited_message") if kind in u]
    return {key for one in (*updates, *messages) for key in one}


@pytest.mark.parametrize("kind", [*UpdateType, *MessageType])
def test_every_kind_that_the_bot_api_knows_is_in_the_corpus(kind):
    assert kind.value in kinds() | _NO_FIELDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(kinds())) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.fuzz
@given(st.data())
def test_reading_never_raises_whatever_stands_in_a_field(data):
    case = data.draw(st.sampled_from(list(CASES.values())))
    raw = json.loads(json.dumps(case["raw"]))
    part = raw[0] if isinstance(raw, list) else raw
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [value for value in part.values() if isinstance(value, dict)]
        part = data.draw(st.sampled_from([part, *inner]))
        if part:
            part[data.draw(st.sampled_from(sorted(part)))] = data.draw(JSON)
    message = read(arrived(raw, ENVELOPE))
    for text in (message.text, message.full_text, message.subject, message.ignored):
        assert "\x00" not in text
        text.encode()
    assert message.ignored or message.author.address

"""From the network's own form, a JSON object, to a message; whatever cannot be read is text."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from gateway.channels.memory.speaking import spoken, words
from gateway.core.model import Message, Party


def read(channel: str, raw: bytes) -> Message:
    """The message that these octets stand for. Never raises."""
    stored, defects = _object(raw)
    text = words(stored, "text") or ("" if stored else raw.decode("utf-8", "replace"))
    own = words(stored, "id")
    return Message(
        channel=channel,
        author=Party(address=_address(stored), name=words(stored, "name"), channel=channel),
        fingerprint=blake2b(raw, digest_size=16).hexdigest(),
        message_id=own or None,
        own_key=f"{channel}:{own}" if own else None,
        refers_to=tuple(f"{channel}:{key}" for key in _answers(stored)),
        subject=words(stored, "subject"),
        text=text,
        full_text=text,
        html=words(stored, "html") or None,
        language=words(stored, "language") or None,
        chat=spoken(stored),
        ignored=words(stored, "ignored"),
        defects=defects,
    )


def _object(raw: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        stored = json.loads(raw)
    except (ValueError, RecursionError):
        return {}, ("not JSON",)
    return (stored, ()) if isinstance(stored, dict) else ({}, ("not a JSON object",))


def _address(stored: dict[str, Any]) -> str:
    """Mail addresses in lower case; ids of a network as they are."""
    address = words(stored, "from")
    return address if "chat" in stored else address.lower()


def _answers(stored: dict[str, Any]) -> list[str]:
    """What it answers, strongest first: one id, or several."""
    value = stored.get("answers")
    several = value if isinstance(value, list) else [value]
    return [words({"id": one}, "id") for one in several if isinstance(one, str) and one]

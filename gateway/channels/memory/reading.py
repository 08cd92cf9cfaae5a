"""From the network's own form, a JSON object, to a message; whatever cannot be read is text."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from gateway.core.model import Message, Party


def read(channel: str, raw: bytes) -> Message:
    """The message that these octets stand for. Never raises."""
    stored, defects = _object(raw)
    text = _words(stored, "text") or ("" if stored else raw.decode("utf-8", "replace"))
    own, answers = _words(stored, "id"), _words(stored, "answers")
    return Message(
        channel=channel,
        author=Party(
            address=_words(stored, "from").lower(), name=_words(stored, "name"), channel=channel
        ),
        fingerprint=blake2b(raw, digest_size=16).hexdigest(),
        message_id=own or None,
        own_key=f"{channel}:{own}" if own else None,
        refers_to=(f"{channel}:{answers}",) if answers else (),
        subject=_words(stored, "subject"),
        text=text,
        full_text=text,
        defects=defects,
    )


def _object(raw: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        stored = json.loads(raw)
    except (ValueError, RecursionError):
        return {}, ("not JSON",)
    return (stored, ()) if isinstance(stored, dict) else ({}, ("not a JSON object",))


def _words(stored: dict[str, Any], key: str) -> str:
    """A field as text; lone surrogates, which no database takes, become question marks."""
    value = stored.get(key)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

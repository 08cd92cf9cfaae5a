"""From one update, or the updates of an album, to a message: of which kind, and who reads that."""

from __future__ import annotations

import json
from typing import Any

from gateway.channels.telegram.reading.context import NAME, Context, fingerprint
from gateway.channels.telegram.reading.fields import Table, table, words
from gateway.channels.telegram.reading.ignoring import ignored, membership
from gateway.channels.telegram.reading.messages import read_message
from gateway.channels.telegram.reading.pressing import read_press
from gateway.core.model import Message, Party
from gateway.core.ports import Incoming

_MOST_PARTS = 100


def read(incoming: Incoming) -> Message:
    """The message that an update stands for; one that says nothing says of what kind it is."""
    context = Context.of(incoming.envelope)
    stored = _stored(incoming.raw)
    if isinstance(stored, dict):
        return _update(stored, context)
    parts = [table(one, "message") for one in stored or () if isinstance(one, dict)]
    parts = [part for part in parts if part][:_MOST_PARTS]
    return read_message(parts, context) if parts else _unreadable(incoming)


def _update(update: Table, context: Context) -> Message:
    kind = kind_of(update)
    stored = table(update, kind)
    match kind:
        case "message":
            return read_message([stored], context)
        case "edited_message":
            return read_message([stored], context, edited=True)
        case "callback_query":
            return read_press(stored, context)
        case "my_chat_member":
            return membership(stored, update.get("update_id"))
    return ignored(kind or "update of no kind", stored, update.get("update_id"))


def kind_of(update: Table) -> str:
    """The name of the one field beside the id, whatever Telegram will call it."""
    key = next((key for key, held in update.items() if isinstance(held, dict)), "")
    return words({"kind": key}, "kind")


def _stored(raw: bytes) -> Any:
    try:
        stored = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return stored if isinstance(stored, dict | list) else None


def _unreadable(incoming: Incoming) -> Message:
    text = incoming.raw.decode("utf-8", "replace").replace("\x00", "?")
    return Message(
        channel=NAME,
        author=Party(channel=NAME, address=""),
        fingerprint=fingerprint("unreadable", incoming.external_id),
        text=text,
        full_text=text,
        ignored="no update",
        defects=("not a JSON object",),
    )

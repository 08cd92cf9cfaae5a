"""From one payload of Slack's to a message: which kind it is, and who reads that."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from gateway.channels.slack.reading.actions import read_pressed, read_shortcut, read_submitted
from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.events import read_event
from gateway.channels.slack.reading.fields import Table, table, words
from gateway.channels.slack.reading.ignoring import ignored, is_foreign
from gateway.channels.slack.reading.slash import read_slash
from gateway.core.model import Message, Party
from gateway.core.ports import Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """``room``: the id of the triage channel, empty: there is none; ``queue`` as in the config."""

    room: str = ""
    queue: str = ""


def read(incoming: Incoming, options: ReadOptions) -> Message:
    """The message that a payload stands for; one of no meaning for a desk says its kind."""
    message = _read(incoming, options)
    return replace(message, queue=options.queue) if options.queue else message


def _read(incoming: Incoming, options: ReadOptions) -> Message:
    context = Context(
        room=options.room, envelope=incoming.envelope, external_id=incoming.external_id
    )
    payload = _payload(incoming.raw)
    if payload is None:
        return _unreadable(incoming, context)
    if is_foreign(payload, words(context.envelope, "team")):
        return ignored("of another workspace", payload, context)
    if "command" in payload:
        return read_slash(payload, context)
    match words(payload, "type"):
        case "event_callback":
            return read_event(table(payload, "event"), context)
        case "block_actions":
            return read_pressed(payload, context)
        case "view_submission":
            return read_submitted(payload, context)
        case "message_action":
            return read_shortcut(payload, context)
        case kind:
            return ignored(kind or "payload without a type", payload, context)


def _payload(raw: bytes) -> Table | None:
    try:
        stored = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return stored if isinstance(stored, dict) else None


def _unreadable(incoming: Incoming, context: Context) -> Message:
    text = incoming.raw.decode("utf-8", "replace").replace("\x00", "?")
    return Message(
        channel=NAME,
        author=Party(channel=NAME, address=""),
        fingerprint=context.fingerprint("unreadable", incoming.external_id),
        text=text,
        full_text=text,
        ignored="no JSON object",
        defects=("not a JSON object",),
    )

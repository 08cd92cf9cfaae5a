"""What a row of the outbox holds for chats alone, as stored JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.core.changes import Say
from gateway.core.chat import Action
from gateway.core.model import Party


def to_json(say: Say) -> dict[str, Any]:
    """Where it is put, what it replaces, its buttons; nothing where none of that is said."""
    stored = {
        "room": say.in_room,
        "over": say.over,
        "place": say.place,
        "alone": say.alone,
        "edits": say.edits,
        "actions": [_action(one) for one in say.actions],
        "mentions": [party(one) for one in say.mentions],
        "whose": party(say.whose) if say.whose else None,
    }
    return {name: value for name, value in stored.items() if value}


def from_json(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The same as fields of `core.ports.Outbound`."""
    return {
        "place": stored.get("place", ""),
        "alone": stored.get("alone", False),
        "over": stored.get("over", False),
        "edits": stored.get("edits", ""),
        "actions": tuple(_read_action(one) for one in stored.get("actions", ())),
        "mentions": tuple(Party(**one) for one in stored.get("mentions", ())),
    }


def party(one: Party) -> dict[str, str]:
    """Somebody, with the network by which they are known."""
    return {"address": one.address, "name": one.name, "channel": one.channel}


def _action(one: Action) -> dict[str, Any]:
    return {
        "label": one.label,
        "says": one.says,
        "asks": one.asks,
        "choices": [list(choice) for choice in one.choices],
        "main": one.main,
    }


def _read_action(stored: Mapping[str, Any]) -> Action:
    choices = tuple((label, says) for label, says in stored["choices"])
    return Action(**{**stored, "choices": choices})

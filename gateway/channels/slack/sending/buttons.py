"""Buttons and choices under what is said, at Slack's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.channels.slack.reading.actions import ASK, SAY
from gateway.core.chat import Action

_LABEL = 75  # characters
_MOST = 25  # elements of a block

Block = dict[str, Any]


def buttons(actions: Sequence[Action]) -> list[Block]:
    """Blocks of buttons; none where there are no actions."""
    elements = [_element(action, number) for number, action in enumerate(actions)]
    parts = [elements[at : at + _MOST] for at in range(0, len(elements), _MOST)]
    return [{"type": "actions", "elements": part} for part in parts]


def _element(action: Action, number: int) -> Block:
    if action.choices:
        return {
            "type": "static_select",
            "action_id": f"{SAY}:{number}",
            "placeholder": plain(action.label, _LABEL),
            "options": [
                {"text": plain(label, _LABEL), "value": says[:150]}
                for label, says in action.choices[:100]
            ],
        }
    made = {
        "type": "button",
        "action_id": f"{ASK if action.asks else SAY}:{number}",
        "text": plain(action.label, _LABEL),
        "value": action.says[:2_000],
    }
    return made | ({"style": "primary"} if action.main else {})


def plain(text: str, most: int) -> Block:
    """A text object of which nothing is markup."""
    return {"type": "plain_text", "text": short(text, most), "emoji": False}


def short(text: str, most: int) -> str:
    """One line of at most so many characters; never empty."""
    line = " ".join(text.split()) or "…"
    return line if len(line) <= most else line[: most - 1] + "…"

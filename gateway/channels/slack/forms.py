"""The forms (Slack's modals): a new ticket, and words for a button that asks for some."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.channels.slack.phrases import Phrases, phrases
from gateway.channels.slack.reading.actions import ASK, NEW_TICKET, WORDS, metadata
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.channels.slack.sending.buttons import plain
from gateway.channels.slack.settings import CannedTable

CANNED = "canned"  # the action id of the picker of ready-made words
_LEVELS = ("low", "medium", "high")
_MOST_TYPED = 3_000
_MOST_FILES = 10

View = dict[str, Any]


def new_ticket(language: str, prefill: str) -> View:
    """The form of the slash command; ``prefill`` is what was typed behind it."""
    say = phrases(language)
    subject: View = {"type": "plain_text_input", "action_id": "subject", "max_length": 150}
    if prefill:
        subject["initial_value"] = prefill[:150]
    return _view(
        say,
        NEW_TICKET,
        say.new_ticket,
        [
            _input(say.subject, subject),
            _input(
                say.description,
                {
                    "type": "plain_text_input",
                    "action_id": "description",
                    "multiline": True,
                    "max_length": _MOST_TYPED,
                },
            ),
            _input(say.urgency, _levels("urgency", say), optional=True),
            _input(say.impact, _levels("impact", say), optional=True),
            _input(
                say.files,
                {"type": "file_input", "action_id": "files", "max_files": _MOST_FILES},
                optional=True,
            ),
        ],
    )


def words_for(language: str, action: Table, payload: Table, canned: Sequence[CannedTable]) -> View:
    """The form of a button that asks for words; it remembers where the button was."""
    say = phrases(language)
    container = table(payload, "container")
    about = {
        "says": words(action, "value"),
        "channel": words(container, "channel_id"),
        "message": words(container, "message_ts"),
        "thread": words(container, "thread_ts") or words(table(payload, "message"), "thread_ts"),
    }
    title = words(table(action, "text"), "text").rstrip(" …") or say.words
    field = _words_input(say, "", 0, about["says"])
    view = _view(say, WORDS, title, [*_picker(say, canned), field])
    return view | {"private_metadata": json.dumps(about)}


def with_canned(language: str, payload: Table, canned: Sequence[CannedTable]) -> View | None:
    """The same form with the words that were picked below those that are typed already."""
    picked = next(
        (
            words(table(action, "selected_option"), "value")
            for action in tables(payload, "actions")
            if words(action, "action_id") == CANNED
        ),
        "",
    )
    if not picked.isascii() or not picked.isdigit() or int(picked) >= len(canned):
        return None
    view, say = table(payload, "view"), phrases(language)
    typed, times = _typed(view)
    text = "\n\n".join(part for part in (typed, canned[int(picked)].text) if part)[:_MOST_TYPED]
    title = words(table(view, "title"), "text") or say.words
    about = metadata(view)
    field = _words_input(say, text, times + 1, words(about, "says"))
    made = _view(say, WORDS, title, [*_picker(say, canned), field])
    return made | {"private_metadata": json.dumps(about)}


def _typed(view: Table) -> tuple[str, int]:
    """What is typed so far, and how often words were put in: Slack keeps what it knows by id."""
    for block, inputs in table(view, "state", "values").items():
        if block.startswith(WORDS) and isinstance(inputs, dict):
            value = inputs.get(WORDS)
            times = block.rpartition(":")[2]
            number = int(times) if times.isascii() and times.isdigit() and len(times) < 6 else 0
            return (words(value, "value") if isinstance(value, dict) else ""), number
    return "", 0


def _picker(say: Phrases, canned: Sequence[CannedTable]) -> list[View]:
    if not canned:
        return []
    options = [
        {"text": plain(one.name, 75), "value": str(number)} for number, one in enumerate(canned)
    ]
    select = {
        "type": "static_select",
        "action_id": CANNED,
        "placeholder": plain(say.canned, 150),
        "options": options[:100],
    }
    return [{"type": "actions", "block_id": CANNED, "elements": [select]}]


def _words_input(say: Phrases, text: str, times: int, says: str) -> View:
    """Where words are typed; below it, who will read them."""
    element: View = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "multiline": True,
        "max_length": _MOST_TYPED,
    }
    if text:
        element["initial_value"] = text
    first = says.split()[:1]
    hint = {"#reply": say.goes_out, "#note": say.stays_inside}.get(first[0]) if first else None
    made = _input(say.answer, element) | {"block_id": f"{WORDS}:{times}"}
    return made | ({"hint": plain(hint, 2_000)} if hint else {})


def _input(label: str, element: Mapping[str, Any], *, optional: bool = False) -> View:
    return {
        "type": "input",
        "label": plain(label, 2_000),
        "element": element,
        "optional": optional,
    }


def _levels(name: str, say: Phrases) -> View:
    options = [
        {"text": plain(label, 75), "value": level}
        for level, label in zip(_LEVELS, say.levels, strict=True)
    ]
    return {"type": "static_select", "action_id": name, "options": options}


def _view(say: Phrases, kind: str, title: str, blocks: list[View]) -> View:
    return {
        "type": "modal",
        "callback_id": kind,
        "title": plain(title, 24),
        "submit": plain(say.send, 24),
        "close": plain(say.cancel, 24),
        "blocks": blocks,
    }


def asking(payload: Table) -> Table | None:
    """The button of a payload that asks for words, if it is one."""
    for action in tables(payload, "actions"):
        if words(action, "action_id").partition(":")[0] == ASK:
            return action
    return None

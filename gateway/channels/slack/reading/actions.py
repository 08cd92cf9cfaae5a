"""Buttons, forms and shortcuts: each is a line of the grammar, or a request, of whoever did it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from gateway.channels.slack.keys import Place
from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.events import picked
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.channels.slack.reading.files import files_of
from gateway.channels.slack.reading.ignoring import ignored
from gateway.channels.slack.reading.wording import subject_of
from gateway.core.chat import Ask, Request, Spoken, WantedFile, Where
from gateway.core.model import Message

SAY = "say"  # the block id under which a button's value is what it says; its action id counts
ASK = "ask"  # a button that opens a form first
COPY = "copy"  # "make a ticket of it", asked for a message of a private channel
NEW_TICKET = "new_ticket"  # the form of the slash command
WORDS = "words"  # the form of a button that asks for words
MAKE_TICKET = "make_ticket"  # the shortcut on a message
_LEVELS = ("urgency", "impact")


def read_pressed(payload: Table, context: Context) -> Message:
    """A button that was pressed, or a choice that was made."""
    for action in tables(payload, "actions"):
        kind = words(action, "action_id").partition(":")[0]
        if kind == SAY:
            return _line(_value(action), payload, context)
        if kind == COPY and table(context.envelope, "picked"):
            who = words(table(payload, "user"), "id")
            return picked(words(table(payload, "container"), "channel_id"), who, context)
        return ignored(f"block_actions.{kind}", payload, context)
    return ignored("block_actions without an action", payload, context)


def _value(action: Table) -> str:
    return words(action, "value") or words(table(action, "selected_option"), "value")


def _line(says: str, payload: Table, context: Context) -> Message:
    container = table(payload, "container")
    channel = words(container, "channel_id") or words(table(payload, "channel"), "id")
    ts, thread = words(container, "message_ts"), words(container, "thread_ts")
    thread = thread or words(table(payload, "message"), "thread_ts")
    at = Place(channel, thread or ts)
    keys = [Place(channel, one).key for one in dict.fromkeys((thread, ts)) if one and channel]
    return _of_somebody(says, payload, context, at=at, refers_to=tuple(keys))


def _of_somebody(
    says: str, payload: Table, context: Context, *, at: Place, refers_to: tuple[str, ...]
) -> Message:
    who = words(table(payload, "user"), "id")
    where = context.where(at.channel)
    request = Request.of(says)
    text = "" if request else says
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("pressed", context.external_id),
        refers_to=refers_to,
        text=text,
        full_text=text,
        language=context.language(who),
        chat=Spoken(
            where=where,
            conversation=_conversation(where, at, context),
            place=at.key if at.channel else "",
            shown_to_author_alone=True,
            request=request,
            pressed=True,
            same=context.same(who),
        ),
    )


def _conversation(where: Where, at: Place, context: Context) -> str:
    if where is not Where.DIRECT:
        return ""
    return Place(at.channel).key if at.channel else context.direct


def read_submitted(payload: Table, context: Context) -> Message:
    """A form that was sent."""
    view = table(payload, "view")
    match words(view, "callback_id"):
        case "new_ticket":
            return _new_ticket(payload, view, context)
        case "words":
            about = metadata(view)
            at = Place(words(about, "channel"), words(about, "thread") or words(about, "message"))
            keys = [words(about, key) for key in ("thread", "message")]
            refers_to = [Place(at.channel, ts).key for ts in dict.fromkeys(keys) if ts]
            typed = _typed(view)
            says = f"{words(about, 'says')}\n{typed.get('words', '')}"
            return _of_somebody(says, payload, context, at=at, refers_to=tuple(refers_to))
        case kind:
            return ignored(f"view_submission.{kind}", payload, context)


def metadata(view: Table) -> Table:
    """What the form was opened about."""
    try:
        stored = json.loads(words(view, "private_metadata") or "{}")
    except (ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _new_ticket(payload: Table, view: Table, context: Context) -> Message:
    """What was filled in: urgency and impact as lines, and for conditions of the operator."""
    who, typed = words(table(payload, "user"), "id"), _typed(view)
    levels = {key: typed[key] for key in _LEVELS if typed.get(key)}
    text = typed.get("description", "")
    lines = "\n".join(f"{key.capitalize()}: {value}" for key, value in levels.items())
    full = f"{text}\n\n{lines}".strip() if lines else text
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("form", context.external_id),
        subject=" ".join(typed.get("subject", "").split())[:150] or subject_of(text),
        text=full,
        full_text=full,
        language=context.language(who),
        headers=levels,
        chat=Spoken(
            where=Where.DIRECT,
            conversation=context.direct,
            shown_to_author_alone=True,
            request=Request(ask=Ask.NEW),
            pressed=True,
            same=context.same(who),
            files=tuple(_files(view)),
        ),
    )


def _inputs(view: Table) -> Iterator[tuple[str, Table]]:
    values = table(view, "state", "values")
    for block in values.values():
        if isinstance(block, dict):
            for action, value in block.items():
                if isinstance(value, dict):
                    yield str(action), value


def _typed(view: Table) -> dict[str, str]:
    """What was typed or chosen, by the action id of its input."""
    return {
        action: words(value, "value") or words(table(value, "selected_option"), "value")
        for action, value in _inputs(view)
    }


def _files(view: Table) -> Iterator[WantedFile]:
    for _, value in _inputs(view):
        yield from files_of(value)


def read_shortcut(payload: Table, context: Context) -> Message:
    """The shortcut on somebody's message."""
    if words(payload, "callback_id") != MAKE_TICKET:
        return ignored(f"message_action.{words(payload, 'callback_id')}", payload, context)
    envelope = {**context.envelope, "picked": table(payload, "message")}
    who = words(table(payload, "user"), "id")
    channel = words(table(payload, "channel"), "id")
    return picked(channel, who, replace(context, envelope=envelope))

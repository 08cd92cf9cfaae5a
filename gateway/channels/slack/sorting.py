"""Which payloads concern the desk, what they are known by, and in what order they go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import blake2b

from gateway.channels.slack.keys import Place
from gateway.channels.slack.reading.events import SPOKEN
from gateway.channels.slack.reading.fields import Table, table, tables, words

_WHO = re.compile(r'<@([UW][A-Z0-9]{2,20})|"user_id": ?"([UW][A-Z0-9]{2,20})"')
_WHERE = re.compile(r'"channel_id": ?"(C[A-Z0-9]{2,20})"')
_MOST_NAMED = 20
_CHATTER = SPOKEN | {"message_changed", "message_deleted", "bot_message"}


def external_id(payload: Table) -> str:
    """What a payload is known by, however often it is delivered."""
    if event_id := words(payload, "event_id"):
        return f"evt:{event_id}"
    trigger = words(payload, "trigger_id")
    if "command" in payload and trigger:
        return f"cmd:{trigger}"
    view = words(table(payload, "view"), "id")
    if view and words(payload, "type") == "view_submission":
        return f"act:{view}"
    if trigger:
        return f"act:{trigger}"
    stamp = next((words(a, "action_ts") for a in tables(payload, "actions")), "")
    return f"act:{stamp}" if stamp else f"raw:{digest(payload)}"


def digest(payload: Table) -> str:
    """The same for the same payload."""
    raw = json.dumps(payload, sort_keys=True).encode()
    return blake2b(raw, digest_size=16).hexdigest()


def lane(payload: Table) -> str:
    """Equal for what is said in one conversation."""
    event = table(payload, "event")
    if event:
        item, message = table(event, "item"), message_of(event)
        channel = words(event, "channel") or words(item, "channel")
        ts = words(message, "thread_ts") or words(message, "ts") or words(item, "ts")
    else:
        container, message = table(payload, "container"), table(payload, "message")
        channel = words(container, "channel_id") or words(table(payload, "channel"), "id")
        ts = words(message, "thread_ts") or words(message, "ts") or words(container, "message_ts")
    if not channel or channel == "D":
        return f"slack:{author(payload)}"
    return Place(channel).key if Place(channel).direct else Place(channel, ts).key


def message_of(event: Table) -> Table:
    """The message that an event is about: it is inside where it was changed or deleted."""
    subtype = words(event, "subtype")
    if subtype == "message_changed":
        return table(event, "message")
    if subtype == "message_deleted":
        before = table(event, "previous_message")
        return {**before, "ts": words(event, "deleted_ts") or words(before, "ts")}
    return event


def author(payload: Table) -> str:
    """Who did it: the user id."""
    event = table(payload, "event")
    if event:
        return words(message_of(event), "user") or words(event, "user")
    return words(payload, "user_id") or words(table(payload, "user"), "id")


def named(*stored: Table) -> list[str]:
    """The people who are mentioned, the first few."""
    found = _WHO.findall(json.dumps(stored)[:50_000])
    return list(dict.fromkeys(a or b for a, b in found))[:_MOST_NAMED]


def named_channels(*stored: Table) -> list[str]:
    """The channels that are mentioned without their names, the first few."""
    return list(dict.fromkeys(_WHERE.findall(json.dumps(stored)[:50_000])))[:_MOST_NAMED]


def thread_keys(event: Table) -> Iterator[str]:
    """The keys of the message and of its thread: whether they are a ticket's says whose it is."""
    channel, message = words(event, "channel"), message_of(event)
    for ts in (words(message, "thread_ts"), words(message, "ts")):
        if ts:
            yield Place(channel, ts).key


def is_chatter(event: Table) -> bool:
    """Words in a channel that nobody said to the desk, unless they stand in a ticket's thread."""
    if words(event, "type") != "message" or words(event, "subtype") not in _CHATTER:
        return False
    return not Place(words(event, "channel")).direct


def is_own(event: Table, user: str, bot: str) -> bool:
    """Whether the desk's own bot said it."""
    message = message_of(event)
    who = words(message, "user") or words(event, "user")
    return (bool(user) and who == user) or (bool(bot) and words(message, "bot_id") == bot)


def is_below(event: Table, user: str) -> bool:
    """Whether it is said in a thread that this user began."""
    return bool(user) and words(message_of(event), "parent_user_id") == user


def is_command(event: Table) -> bool:
    """Whether it begins as a line of the agents' grammar does."""
    return words(message_of(event), "text").lstrip().startswith("#")

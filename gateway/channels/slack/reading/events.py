"""What comes by the Events API: messages, mentions, reactions, edits and deletions."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.channels.slack.keys import Place
from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.fields import Table, table, words
from gateway.channels.slack.reading.files import files_of
from gateway.channels.slack.reading.ignoring import ignored
from gateway.channels.slack.reading.wording import calls, subject_of, wording
from gateway.core.chat import Edit, Spoken, Where
from gateway.core.model import Message

# Subtypes of messages that people say; every other one is kept as ignored.
SPOKEN = frozenset(("", "file_share", "me_message", "thread_broadcast"))


def read_event(event: Table, context: Context) -> Message:
    """The message of an event."""
    match words(event, "type"):
        case "message":
            return _message_event(event, context)
        case "app_mention":
            return said(event, context, words(event, "channel"), called=True)
        case "reaction_added" if table(context.envelope, "picked"):
            return picked(words(table(event, "item"), "channel"), words(event, "user"), context)
        case kind:
            return ignored(kind or "event without a type", event, context)


def _message_event(event: Table, context: Context) -> Message:
    subtype = words(event, "subtype")
    if subtype == "message_changed":
        return _changed(event, context)
    if subtype == "message_deleted":
        return _deleted(event, context)
    if subtype not in SPOKEN:
        return ignored(f"message.{subtype}", event, context)
    if is_of_a_machine(event, context):
        return ignored("message of an app", event, context)
    return said(event, context, words(event, "channel"), called=calls(event, context))


def is_of_a_machine(message: Table, context: Context) -> bool:
    """Whether an app said it, the desk itself above all."""
    who = words(message, "user")
    return bool(words(message, "bot_id")) or not who or (bool(context.me) and who == context.me)


def said(message: Table, context: Context, channel: str, *, called: bool) -> Message:
    """What somebody said, by whatever event it was told."""
    own, thread = places(message, channel)
    where = context.where(channel)
    who = words(message, "user")
    found = wording(message, context)
    files = files_of(message)
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("said", own.key),
        own_key=own.key if own.ts else None,
        refers_to=(thread.key,) if thread is not None else (),
        subject=subject_of(found.text) or (files[0].name if files else ""),
        sent_at=moment(own.ts),
        text=found.text,
        full_text=found.text,
        html=found.html,
        language=context.language(who),
        chat=Spoken(
            where=where,
            conversation=Place(channel).key if where is Where.DIRECT and channel else "",
            place=(thread or own).key if channel else "",
            shown_to_author_alone=True,
            overheard=where is Where.COMMON and not called,
            same=context.same(who),
            files=files,
        ),
    )


def places(message: Table, channel: str) -> tuple[Place, Place | None]:
    """Where a message is, and the thread that it is said in, if it did not begin one."""
    ts, thread = words(message, "ts"), words(message, "thread_ts")
    inside = Place(channel, thread) if thread and thread != ts else None
    return Place(channel, ts), inside


def picked(channel: str, by: str, context: Context) -> Message:
    """A message that somebody made a ticket of: its author asks, in the thread below it.

    What an app said is asked for by whoever picked it.
    """
    message = table(context.envelope, "picked")
    if is_of_a_machine(message, context):
        message = {**message, "user": by}
    return said(message, context, channel, called=True)


def _changed(event: Table, context: Context) -> Message:
    """An edit has new words; what Slack itself adds, such as the preview of a link, is none."""
    message, before = table(event, "message"), table(event, "previous_message")
    if words(message, "subtype") == "tombstone":
        return _gone(message or before, words(before, "user"), event, context)
    if is_of_a_machine(message, context):
        return ignored("message of an app", event, context)
    new, old = wording(message, context), wording(before, context)
    if before and (new, files_of(message)) == (old, files_of(before)):
        return ignored("message.message_changed without other words", event, context)
    stamp = words(table(message, "edited"), "ts") or words(event, "ts")
    return _revision(message, event, context, words(message, "user"), stamp, deleted=False)


def _deleted(event: Table, context: Context) -> Message:
    before = table(event, "previous_message")
    if before and is_of_a_machine(before, context):
        return ignored("message of an app", event, context)
    stored = {**before, "ts": words(event, "deleted_ts") or words(before, "ts")}
    return _gone(stored, words(before, "user"), event, context)


def _gone(message: Table, who: str, event: Table, context: Context) -> Message:
    message = {**message, "user": who}
    return _revision(message, event, context, who, "deleted", deleted=True)


def _revision(
    message: Table, event: Table, context: Context, who: str, stamp: str, *, deleted: bool
) -> Message:
    channel = words(event, "channel")
    own, thread = places(message, channel)
    where = context.where(channel)
    found = wording({} if deleted else message, context)
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("changed", own.key, stamp),
        refers_to=tuple(place.key for place in (own, thread) if place is not None and place.ts),
        sent_at=moment(words(event, "event_ts") or words(event, "ts")),
        text=found.text,
        full_text=found.text,
        html=found.html,
        language=context.language(who),
        chat=Spoken(
            where=where,
            conversation=Place(channel).key if where is Where.DIRECT and channel else "",
            place=(thread or own).key if channel else "",
            shown_to_author_alone=True,
            overheard=where is Where.COMMON,
            edit=Edit(key=own.key, deleted=deleted),
            same=context.same(who),
            files=() if deleted else files_of(message),
        ),
    )


def moment(ts: str) -> datetime | None:
    """When a message was said: its time stamp counts the seconds of the epoch."""
    seconds, _, micro = ts.partition(".")
    if not seconds.isascii() or not seconds.isdigit() or len(seconds) > 11:
        return None
    micro = micro[:6].ljust(6, "0") if micro.isascii() and micro.isdigit() else "0"
    try:
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micro))
    except (ValueError, OverflowError, OSError):
        return None

"""What must be known of an update to take it in: its conversation, its album. Facts alone."""

from __future__ import annotations

from typing import Any

from gateway.channels.telegram.keys import Place
from gateway.channels.telegram.reading.context import topic_in
from gateway.channels.telegram.reading.fields import Table, table, whole, words
from gateway.channels.telegram.reading.reader import kind_of

Update = dict[str, Any]


def id_of(update: Table) -> int:
    """The update's id: higher for later ones."""
    return whole(update, "update_id")


def message_of(update: Table) -> Table:
    """The message that an update is about, or under which a button was pressed."""
    stored = table(update, kind_of(update))
    return table(stored, "message") or stored


def lane_of(update: Table) -> str:
    """The conversation: a chat, or a topic of it. Empty where an update belongs to none."""
    message = message_of(update)
    chat = whole(table(message, "chat"), "id")
    return Place(chat=chat, topic=topic_in(message)).key if chat else ""


def album_of(update: Table) -> str:
    """The album that a new message is a part of, as ``CHAT:GROUP``; empty: none."""
    message = table(update, "message")
    group = words(message, "media_group_id")
    return f"{whole(table(message, 'chat'), 'id')}:{group}" if group else ""

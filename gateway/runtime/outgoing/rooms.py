"""What goes to the rooms of agents: each ticket's card, and what is said below it.

Where the card stands is known when it was posted, so it is looked up when a row goes out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from gateway.core.changes import NoticeKind
from gateway.core.chat import Room
from gateway.core.frozen import replace
from gateway.core.ports import PermanentError, Trouble
from gateway.store import Connection, cards, outbox
from gateway.store.outbox import NewOutbox, OutboxRow

_SHOWN = frozenset({NoticeKind.CARD, NoticeKind.SAID, NoticeKind.HAPPENED})
_MOST_ANEW = 3  # times that one row follows a card that was posted anew


def is_shown(row: OutboxRow) -> bool:
    """Whether it is a room's view of a ticket, which can be posted anew, and nobody's message."""
    return row.kind in _SHOWN and bool(row.message.get("room"))


def needed(conn: Connection, new: NewOutbox, fresh: bool) -> bool:
    """Whether a row has to be written. ``fresh``: its ticket is new, so no card can be there.

    A card takes the place of one that still waits, and one that would say the same again is none.
    """
    if new.kind != NoticeKind.CARD or fresh or new.ticket is None:
        return True
    if outbox.replace_waiting(conn, new):
        return False
    there = cards.find(conn, new.ticket, _room(new))
    return there is None or there.digest != digest(new.message)


def _room(row: NewOutbox | OutboxRow) -> Room:
    return Room(channel=row.channel, address=row.to.address)


def digest(message: Mapping[str, Any]) -> str:
    """The same for cards that say the same."""
    said = [message["document"], message.get("actions", [])]
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


def where(conn: Connection, row: OutboxRow) -> dict[str, Any]:
    """Where in its room a row is said, as fields of `Outbound`; nothing for any other row.

    Raises PermanentError where the ticket's card could not be posted.
    """
    if not row.message.get("room") or row.ticket is None:
        return {}
    there = cards.find(conn, row.ticket, _room(row))
    if row.kind == NoticeKind.CARD:
        return {"edits": there.keys[0], "place": there.thread} if there else {}
    if there is None:
        raise PermanentError("the ticket has no card in that room")
    return {"place": there.thread}


def posted(conn: Connection, row: OutboxRow, keys: Sequence[str]) -> None:
    """A row went out by these keys: a card stands there from now on."""
    if row.kind != NoticeKind.CARD or row.ticket is None or not keys:
        return
    there = cards.find(conn, row.ticket, _room(row))
    known = there.keys if there and there.keys[0] == keys[0] else ()
    kept = tuple(keys) if len(keys) >= len(known) else known  # an edit tells no topic again
    cards.posted(conn, row.ticket, _room(row), kept, digest(row.message), row.id)


def anew(conn: Connection, row: OutboxRow, now: datetime) -> bool:
    """Where the card went away, post it anew, and what was to be said below it after it.

    False where nothing can be done about it.
    """
    times = row.message.get("anew", 0)
    there = cards.find(conn, row.ticket, _room(row)) if row.ticket is not None else None
    last = outbox.get(conn, there.outbox) if there else None
    if not row.message.get("room") or row.ticket is None or last is None or times >= _MOST_ANEW:
        return False
    cards.gone(conn, row.ticket, _room(row))
    again = _copy(row, now)
    following = replace(again, message=dict(again.message) | {"anew": times + 1})
    outbox.enqueue_many(conn, [_copy(last, now), following])
    outbox.replaced(conn, row.id)
    return True


def _copy(row: OutboxRow, now: datetime) -> NewOutbox:
    return NewOutbox(
        ticket=row.ticket,
        channel=row.channel,
        to=row.to,
        kind=row.kind,
        message=row.message,
        message_id=row.message_id,
        due_at=now,
        created_at=row.created_at,
        lane=row.lane,
        entry=row.entry,
        automatic=row.automatic,
    )


def trouble_of(row: OutboxRow, error: str) -> Trouble:
    """A room that cannot be reached, as leads hear of it: once a day."""
    words = (
        f"Tickets cannot be shown to agents in {row.to.address}: {error}. "
        "Look whether the room is there and the desk may write in it; "
        "each ticket is shown again with the next thing that happens on it."
    )
    return Trouble(channel=row.channel, key=f"{row.channel}.room", words=words)

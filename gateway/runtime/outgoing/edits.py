"""What changes an earlier post in a chat: which one that is, when it goes out."""

from __future__ import annotations

from typing import Any

from gateway.core.ports import PermanentError, Receipt
from gateway.store import Connection, outbox
from gateway.store.outbox import OutboxRow

CHANGES = "edits_row"  # in a stored message: the row of the outbox whose post this changes


def where(conn: Connection, row: OutboxRow) -> dict[str, Any]:
    """Which post a row changes, as a field of `Outbound`; nothing for any other row.

    Raises PermanentError where that one never went out.
    """
    number = row.message.get(CHANGES)
    if number is None:
        return {}
    posted = outbox.get(conn, number)
    if posted is None or not posted.keys:
        raise PermanentError("what it changes did not go out")
    return {"edits": posted.keys[0], "pieces": posted.pieces}


def posted(conn: Connection, row: OutboxRow, receipt: Receipt | None) -> None:
    """A change went out: the next one finds all pieces of what it changes."""
    number = row.message.get(CHANGES)
    changed = outbox.get(conn, number) if number is not None else None
    if changed is not None and receipt is not None and receipt.keys:
        outbox.moved(conn, changed, receipt.keys, receipt.words)

"""What changes an earlier post in a chat: which one that is, when it goes out."""

from __future__ import annotations

from typing import Any

from gateway.core.ports import PermanentError
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
    return {"edits": posted.keys[0]}

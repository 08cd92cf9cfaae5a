"""What the desk sent, and from whom it came back."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.addresses import AddressKind
from gateway.core.model import Message
from gateway.core.placement import Clues
from gateway.core.situation import CameBack, Sent
from gateway.store import Connection, outbox, people
from gateway.store.outbox import OutboxRow


def is_ours(conn: Connection, message_id: str) -> bool:
    """Whether the desk sent a mail of this id: a list may have taken its mark off."""
    return _sent_as(conn, message_id) is not None


def _sent_as(conn: Connection, message_id: str) -> OutboxRow | None:
    """What was sent with a Message-ID, which readers give without its brackets."""
    bare = message_id.strip("<>")
    return outbox.by_message_id(conn, f"<{bare}>")


def sent_about(conn: Connection, message: Message, clues: Clues) -> Sent | None:
    """Which of our messages a delivery report is about: its envelope sender, else its id.

    An id alone proves nothing: everybody knows it who has seen an answer to that message.
    """
    if message.bounce is None:
        return None
    row, proved = None, True
    signed = next((s for s in clues.signed if s.kind is AddressKind.BOUNCE), None)
    if signed is not None:
        row = outbox.get(conn, signed.number)
    elif message.bounce.returned_id:
        row, proved = _sent_as(conn, message.bounce.returned_id), message.bounce.marked
    if row is None:
        return None
    return Sent(
        outbox_id=row.id,
        ticket=row.ticket,
        to=row.to,
        kind=row.kind,
        entry=row.entry,
        proved=proved,
    )


def came_back(conn: Connection, addresses: Iterable[str]) -> dict[str, CameBack]:
    """Those people from whom mail came back for good."""
    them = people.came_back(conn, addresses)
    return {address: CameBack(at=at, why=why) for address, (at, why) in them.items()}

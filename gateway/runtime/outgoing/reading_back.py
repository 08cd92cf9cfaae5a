"""From a row of the outbox to what a channel sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.core import documents
from gateway.core.addresses import AddressKind, day_of
from gateway.core.changes import NoticeKind
from gateway.core.deciding import Desk
from gateway.core.model import Party
from gateway.core.ports import Outbound
from gateway.runtime.outgoing import chat, edits, faces, rooms
from gateway.runtime.outgoing.attaching import load_file
from gateway.runtime.outgoing.files import with_files
from gateway.runtime.scrubbing import scrub_outbound
from gateway.store import Connection
from gateway.store.outbox import OutboxRow


def outbound_of(conn: Connection, row: OutboxRow, desk: Desk) -> Outbound:
    """A row of the outbox as a channel sends it, with the octets of its attachments."""
    stored = row.message
    if stored.get("v") != 1:
        raise ValueError(f"a stored message has version {stored.get('v')!r}, expected 1")
    outbound = Outbound(
        id=row.id,
        ticket=row.ticket,
        channel=row.channel,
        to=row.to,
        sender=Party(**stored["sender"]),
        document=documents.from_json(stored["document"]),
        message_id=row.message_id,
        created_at=row.created_at,
        reply_to=stored["reply_to"],
        shown_to=tuple(Party(**p) for p in stored["shown_to"]),
        shown_cc=tuple(Party(**p) for p in stored["shown_cc"]),
        thread=tuple(stored["thread"]),
        bounce_to=_bounce_to(row, stored, desk),
        automatic=row.automatic,
        language=stored["language"],
        mark=stored["mark"],
        attachments=tuple(load_file(conn, f) for f in stored["files"]),
        attempt=row.attempts,
        kind=row.kind,
        **chat.from_json(stored)
        | faces.where(conn, row, desk.policy)
        | rooms.where(conn, row)
        | edits.where(conn, row),
    )
    outbound = with_files(conn, outbound, row)
    plain = desk.policy.sender_address(stored["queue"])
    return scrub_outbound(outbound, desk.book.looks_ours, plain)


def _bounce_to(row: OutboxRow, stored: Mapping[str, Any], desk: Desk) -> str:
    """The envelope sender: signed for this very message.

    None for a confirmation, so that no machine can answer it (RFC 3834, section 3.3).
    """
    if row.kind == NoticeKind.CONFIRMATION or row.channel != "email":
        return ""
    return desk.book.mint(
        AddressKind.BOUNCE,
        row.id,
        row.to.address,
        today=day_of(row.created_at),
        queue=stored["queue"],
    )

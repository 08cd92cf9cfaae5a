"""What there is of one person: their entries, tickets and arrivals. By scan: it is asked rarely."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, literal_column, select, text, update

from gateway.store import content
from gateway.store import inbox as arrivals
from gateway.store.schema import body, entry, inbox, outbox, raw, ticket
from gateway.store.statements import Prepared, among

_PAGE = 200
_HEADERS = 262_144  # octets of a raw form in which its author is looked for


def entries_of(conn: Connection, address: str, after: int) -> list[int]:
    """Entries by somebody whose words are still there, oldest first, a page after an id."""
    rows = _ENTRIES.all(conn, b_address=address, b_after=after, b_limit=_PAGE)
    return [row[0] for row in rows]


def tickets_of(conn: Connection, address: str) -> list[int]:
    """The tickets that somebody asked for."""
    return [row[0] for row in _TICKETS.all(conn, b_address=address)]


def written_on(conn: Connection, address: str) -> set[int]:
    """The tickets on which somebody wrote."""
    found, after = set[int](), 0
    while page := _WRITTEN_ON.all(conn, b_address=address, b_after=after, b_limit=_PAGE):
        found.update(ticket for _, ticket in page)
        after = page[-1][0]
    return found


def erase_summaries(conn: Connection, tickets: set[int]) -> int:
    """Summaries to agents that list one of these tickets lose their words; how many.

    One that still waits to be sent is taken back.
    """
    erased = after = 0
    while page := _SUMMARIES.all(conn, b_after=after, b_limit=_PAGE):
        after = page[-1][0]
        told = [id for id, message in page if tickets.intersection(message.get("lists", ()))]
        if told:
            erased += _ERASE_SUMMARIES.do(conn, b_ids=told, b_message={"v": 1})
    return erased


def loose_arrivals(conn: Connection, address: str) -> Iterator[int]:
    """Arrivals on no entry, with their raw form still there, whose headers name an address.

    Duplicates, what was dropped or ignored, what is held or could not be handled.
    """
    wanted, after = address.lower().encode(), 0
    while page := _LOOSE.all(conn, b_after=after, b_limit=_PAGE):
        for (after,) in page:
            if wanted in _head(conn, after):
                yield after


def _head(conn: Connection, id: int) -> bytes:
    row = arrivals.get(conn, id)
    if row is None:
        return b""
    octets = arrivals.incoming(conn, row).raw[:_HEADERS]
    return octets.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()


def erase_raw(conn: Connection, id: int, now: datetime) -> None:
    """The raw form of an arrival goes for good."""
    digests = [row[0] for row in _ERASE_RAW.all(conn, b_inbox=id) if row[0]]
    content.erase_unused(conn, digests, now)


_ENTRIES = Prepared(
    select(entry.c.id)
    .join_from(entry, body)
    .where(
        entry.c.author_address == bindparam("b_address"),
        entry.c.id > bindparam("b_after"),
        body.c.erased_at.is_(None),
    )
    .order_by(entry.c.id)
    .limit(bindparam("b_limit"))
)
_TICKETS = Prepared(
    select(ticket.c.number)
    .where(ticket.c.requester_address == bindparam("b_address"))
    .order_by(ticket.c.number)
)
_WRITTEN_ON = Prepared(
    select(entry.c.id, entry.c.ticket)
    .where(entry.c.author_address == bindparam("b_address"), entry.c.id > bindparam("b_after"))
    .order_by(entry.c.id)
    .limit(bindparam("b_limit"))
)
_SUMMARIES = Prepared(
    select(outbox.c.id, outbox.c.message)
    .where(outbox.c.id > bindparam("b_after"), outbox.c.kind == literal_column("'summary'"))
    .order_by(outbox.c.id)
    .limit(bindparam("b_limit"))
)
_ERASE_SUMMARIES = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.id, "b_ids"))
        .values(
            message=bindparam("b_message"),
            state=case((text("outbox.state = 'queued'"), "cancelled"), else_=outbox.c.state),
        )
    )
)
_LOOSE = Prepared(
    select(inbox.c.id)
    .join_from(inbox, raw)
    .where(
        inbox.c.id > bindparam("b_after"),
        text("inbox.state IN ('duplicate', 'dropped', 'ignored', 'held', 'failed')"),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("b_limit"))
)
_ERASE_RAW = Prepared(
    raw.delete().where(raw.c.inbox == bindparam("b_inbox")).returning(raw.c.digest)
)

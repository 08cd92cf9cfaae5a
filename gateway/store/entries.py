"""The history of tickets: entries are only ever added; their words stand apart, erasable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    text,
    update,
)

from gateway.core.model import (
    Body,
    EntryFact,
    StoredFile,
    Visibility,
)
from gateway.store import content, search
from gateway.store.entry_rows import (
    Delivery,
    EntryRow,
    NewEntry,
    body_columns,
    columns,
    delivery_of,
    entry_row,
    fact_of,
    file_columns,
    grouped,
    indexed,
    is_searched,
    stored_file,
)
from gateway.store.schema import attachment, body, entry, outbox, raw, thread_key
from gateway.store.search import Indexed
from gateway.store.statements import InsertRows, Prepared, among

__all__ = ["Delivery", "EntryRow", "NewEntry"]  # beside the functions below
LONGEST_FACT = 20_000  # characters of an entry's text that decisions look at


def append(conn: Connection, new: Sequence[NewEntry]) -> list[int]:
    """Write entries with their words and files; their ids in order."""
    ids = _INSERT.ids(conn, [columns(one) for one in new])
    both = list(zip(ids, new, strict=True))
    _INSERT_BODY.do(conn, [body_columns(id, one) for id, one in both if one.body is not None])
    _INSERT_FILES.do(conn, [row for id, one in both for row in file_columns(id, one.files)])
    search.index(
        conn, [indexed(id, one, one.body) for id, one in both if one.body and is_searched(one)]
    )
    return ids


def fact(conn: Connection, id: int) -> EntryFact | None:
    """What a decision needs to know of one entry."""
    row = _FACT.first(conn, b_id=id)
    return fact_of(row) if row else None


def facts_after(conn: Connection, ticket: int, entry_id: int) -> list[EntryFact]:
    """The public messages of a ticket after an entry, oldest first."""
    return [fact_of(row) for row in _FACTS_AFTER.all(conn, b_ticket=ticket, b_after=entry_id)]


def last_words(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message that came in on a ticket."""
    row = _LAST_WORDS.first(conn, b_ticket=ticket)
    return fact_of(row) if row else None


def recent(conn: Connection, ticket: int, limit: int) -> list[EntryFact]:
    """The newest entries of a ticket, oldest of them first."""
    return [fact_of(row) for row in reversed(_RECENT.all(conn, b_ticket=ticket, b_limit=limit))]


def pace(conn: Connection, ticket: int, since: datetime, most: int) -> int:
    """How many messages and notes a ticket took since then; counted up to ``most``."""
    rows = _PACE.all(conn, b_ticket=ticket, b_limit=most)
    return sum(row[0] > since for row in rows)


def held_of(conn: Connection, ticket: int, agent: str) -> EntryFact | None:
    """The newest answer on a ticket that is held for this agent."""
    row = _HELD_OF.first(conn, b_ticket=ticket, b_agent=agent)
    return fact_of(row) if row else None


def settle(conn: Connection, id: int) -> bool:
    """An answer is held no longer. False where somebody settled it before."""
    return _SETTLE.do(conn, b_id=id) > 0


def move(conn: Connection, id: int, to: int) -> None:
    """An entry goes to another ticket, with its files, thread keys and what goes out for it."""
    for statement in _MOVES:
        statement.do(conn, b_id=id, b_to=to)


def absorb(conn: Connection, source: int, target: int) -> None:
    """All of a ticket goes to another one: entries, thread keys, and what goes out."""
    for statement in _ABSORBS:
        statement.do(conn, b_source=source, b_target=target)


def make_internal(conn: Connection, id: int) -> None:
    """An entry is no longer for everybody on the ticket, nor found by their searches."""
    words = _WORDS.first(conn, b_id=id)
    if _MAKE_INTERNAL.do(conn, b_id=id) and words is not None:
        title, said = words
        old = Indexed(entry=id, visibility=Visibility.PUBLIC, title=title, text=said)
        search.forget(conn, old)
        new = Indexed(entry=id, visibility=Visibility.INTERNAL, title=title, text=said)
        search.index(conn, [new])


def erase(conn: Connection, id: int, now: datetime) -> bool:
    """Erase the words, files and raw form of an entry for good; that it was there stays.

    With it go the notices that it gave rise to, which repeat the words: one that still waits to be
    sent is taken back. Whether there was anything left to erase. Later answers that quote it are
    entries of their own.
    """
    words = _WORDS.first(conn, b_id=id)
    where = _PLACE.first(conn, b_id=id)
    if where is None or not _ERASE_BODY.do(conn, b_id=id, b_now=now):
        return False
    if words is not None:
        place = Visibility(where[0])
        search.forget(conn, Indexed(entry=id, visibility=place, title=words[0], text=words[1]))
    files = [row[0] for row in _ERASE_FILES.all(conn, b_id=id)]
    raws = [row[0] for row in _ERASE_RAW.all(conn, b_inbox=where[1]) if row[0]]
    content.erase_unused(conn, [*files, *raws], now)
    _erase_copies(conn, id, ticket=where[2], arrival=where[1], now=now)
    return True


def _erase_copies(
    conn: Connection, id: int, *, ticket: int, arrival: int | None, now: datetime
) -> None:
    """The words as the desk passed them on: what was said about the same arrival."""
    about = _NOTICES.all(conn, b_ticket=ticket, b_inbox=arrival) if arrival is not None else []
    for notice, visibility in about:
        if visibility == Visibility.PUBLIC:  # others say to whom the words went, not the words
            _ERASE_BODY.do(conn, b_id=notice, b_now=now)
    _ERASE_OUTBOX.do(conn, b_ids=[id, *(notice for notice, _ in about)], b_message={"v": 1})


def history(conn: Connection, ticket: int) -> list[EntryRow]:
    """All of a ticket, oldest first, with words, files, and how what went out fared."""
    rows = _HISTORY.all(conn, b_ticket=ticket)
    ids = [row[0] for row in rows]
    files = grouped(_HISTORY_FILES.all(conn, b_ids=ids), stored_file)
    delivery = grouped(_HISTORY_DELIVERY.all(conn, b_ids=ids), delivery_of)
    return [entry_row(row, files.get(row[0], ()), delivery.get(row[0], ())) for row in rows]


def files_of(conn: Connection, id: int) -> tuple[StoredFile, ...]:
    """The files of one entry."""
    return tuple(stored_file(row[1:]) for row in _HISTORY_FILES.all(conn, b_ids=[id]))


def body_of(conn: Connection, id: int) -> Body | None:
    """The words of one entry; None if it has none."""
    row = _BODY.first(conn, b_id=id)
    return Body(text=row[0], full_text=row[1], html=row[2]) if row else None


_INSERT = InsertRows(entry, returning=("id",), leave_out=("id",))
_INSERT_BODY = InsertRows(body)
_INSERT_FILES = InsertRows(attachment)


def _facts() -> Select[Any]:
    return select(
        entry.c.id,
        entry.c.ticket,
        entry.c.kind,
        entry.c.visibility,
        entry.c.at,
        entry.c.author_address,
        entry.c.author_name,
        entry.c.author_role,
        entry.c.author_channel,
        entry.c.reply_visibility,
        # Dozens of them may be looked at for one message, and a text may hold 25 MB.
        func.substr(body.c.text, literal_column("1"), literal_column(str(LONGEST_FACT))),
    ).join_from(entry, body, isouter=True)


_PUBLIC_MESSAGE = text("entry.kind = 'message' AND entry.visibility = 'public'")
_ONE: ColumnElement[int] = literal_column("1")
_FACT = Prepared(_facts().where(entry.c.id == bindparam("b_id")))
_FACTS_AFTER = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.id > bindparam("b_after"),
        _PUBLIC_MESSAGE,
    )
    .order_by(entry.c.id)
)
_LAST_WORDS = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.kind == "message",
        entry.c.visibility == "public",
        entry.c.direction == "in",
    )
    .order_by(entry.c.id.desc())
    .limit(1)
)
_RECENT = Prepared(
    _facts()
    .where(entry.c.ticket == bindparam("b_ticket"))
    .order_by(entry.c.id.desc())
    .limit(bindparam("b_limit"))
)
_PACE = Prepared(
    select(entry.c.at)
    .where(entry.c.ticket == bindparam("b_ticket"), text("entry.kind IN ('message', 'note')"))
    .order_by(entry.c.id.desc())
    .limit(bindparam("b_limit"))
)
_HELD_OF = Prepared(
    _facts()
    .where(
        entry.c.ticket == bindparam("b_ticket"),
        text("entry.held IS NOT NULL"),
        entry.c.author_address == bindparam("b_agent"),
    )
    .order_by(entry.c.id.desc())
    .limit(_ONE)
)
_SETTLE = Prepared(
    update(entry)
    .where(entry.c.id == bindparam("b_id"), entry.c.held.is_not(None))
    .values(held=null())
)
_MOVES = [
    Prepared(update(table).where(where == bindparam("b_id")).values(ticket=bindparam("b_to")))
    for table, where in (
        (entry, entry.c.id),
        (thread_key, thread_key.c.entry),
        (outbox, outbox.c.entry),
    )
]
_ABSORBS = [
    Prepared(
        update(table)
        .where(table.c.ticket == bindparam("b_source"))
        .values(ticket=bindparam("b_target"))
    )
    for table in (entry, thread_key)
]
_MAKE_INTERNAL = Prepared(
    update(entry)
    .where(entry.c.id == bindparam("b_id"), text("entry.visibility = 'public'"))
    .values(visibility=literal_column("'internal'"))
)
_WORDS = Prepared(
    select(body.c.title, body.c.text)
    .join_from(body, entry)
    .where(
        body.c.entry == bindparam("b_id"),
        body.c.erased_at.is_(None),
        text("entry.kind IN ('message', 'note')"),
    )
)
_BODY = Prepared(
    select(body.c.text, body.c.full_text, body.c.html).where(body.c.entry == bindparam("b_id"))
)
_PLACE = Prepared(
    select(entry.c.visibility, entry.c.inbox, entry.c.ticket).where(entry.c.id == bindparam("b_id"))
)
_NOTICES = Prepared(
    select(entry.c.id, entry.c.visibility).where(
        entry.c.ticket == bindparam("b_ticket"),
        entry.c.inbox == bindparam("b_inbox"),
        text("entry.kind = 'notice'"),
    )
)
_ERASE_OUTBOX = Prepared(
    lambda dialect: (
        update(outbox)
        .where(among(dialect, outbox.c.entry, "b_ids"), text("outbox.entry IS NOT NULL"))
        .values(
            message=bindparam("b_message"),
            state=case((text("outbox.state = 'queued'"), "cancelled"), else_=outbox.c.state),
        )
    )
)
_ERASE_BODY = Prepared(
    update(body)
    .where(body.c.entry == bindparam("b_id"), body.c.erased_at.is_(None))
    .values(
        title=literal_column("''"),
        text=literal_column("''"),
        full_text=literal_column("''"),
        html=null(),
        erased_at=bindparam("b_now"),
    )
)
_ERASE_FILES = Prepared(
    delete(attachment).where(attachment.c.entry == bindparam("b_id")).returning(attachment.c.digest)
)
_ERASE_RAW = Prepared(
    delete(raw).where(raw.c.inbox == bindparam("b_inbox")).returning(raw.c.digest)
)
_HISTORY = Prepared(
    select(*entry.columns, body.c.text, body.c.full_text, body.c.html, body.c.erased_at)
    .join_from(entry, body, isouter=True)
    .where(entry.c.ticket == bindparam("b_ticket"))
    .order_by(entry.c.id)
)
_HISTORY_FILES = Prepared(
    lambda dialect: (
        select(
            attachment.c.entry,
            attachment.c.name,
            attachment.c.type,
            attachment.c.size,
            attachment.c.digest,
            attachment.c.inline,
            attachment.c.cid,
        )
        .where(among(dialect, attachment.c.entry, "b_ids"))
        .order_by(attachment.c.entry, attachment.c.position)
    )
)
_HISTORY_DELIVERY = Prepared(
    lambda dialect: (
        select(
            outbox.c.entry,
            outbox.c.id,
            outbox.c.to_address,
            outbox.c.kind,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.error,
        )
        .where(among(dialect, outbox.c.entry, "b_ids"), text("outbox.entry IS NOT NULL"))
        .order_by(outbox.c.id)
    )
)

"""The history of tickets: entries are only ever added; their words stand apart, erasable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Role,
    StoredFile,
    Visibility,
)
from gateway.store import search
from gateway.store.errors import FingerprintTakenError
from gateway.store.schema import attachment, body, entry, outbox, thread_key
from gateway.store.search import Indexed
from gateway.store.statements import InsertRows, Prepared, Row, among
from gateway.store.types import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be written.

    ``change`` is ``{"what", "old", "new"}``. ``title`` is what it is found by beside its text:
    the subject and the requester, on the entry that opens a ticket. The files' contents have
    been put before.
    """

    ticket: int
    at: datetime
    kind: EntryKind
    visibility: Visibility
    author: Author
    because: str
    because_code: str
    direction: Direction | None = None
    channel: str = "email"
    change: Mapping[str, Any] | None = None
    fingerprint: str | None = None
    message_id: str | None = None
    held: str | None = None
    reply_visibility: Visibility | None = None
    inbox: int | None = None
    body: Body | None = field(default=None, repr=False)
    title: str = field(default="", repr=False)
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How one message of an entry fared: a row of the outbox."""

    id: int
    to: str
    kind: str
    state: str
    attempts: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry as it is shown. ``erased_at``: its words were erased then."""

    id: int
    ticket: int
    at: datetime
    kind: EntryKind
    visibility: Visibility
    direction: Direction | None
    channel: str
    author: Author
    because: str
    because_code: str
    change: Mapping[str, Any] | None
    fingerprint: str | None
    message_id: str | None
    held: str | None
    reply_visibility: Visibility | None
    inbox: int | None
    body: Body | None = field(repr=False)
    erased_at: datetime | None
    files: tuple[StoredFile, ...] = ()
    delivery: tuple[Delivery, ...] = ()


def append(conn: Connection, new: Sequence[NewEntry]) -> list[int]:
    """Write entries with their words and files; their ids in order.

    Raises FingerprintTakenError when another transaction wrote the same message first: within
    a savepoint of the caller, who undoes it and looks again.
    """
    try:
        ids = _INSERT.ids(conn, [_columns(one) for one in new])
    except IntegrityError as problem:
        if "fingerprint" in str(problem.orig):
            raise FingerprintTakenError("the same message was written meanwhile") from None
        raise
    both = list(zip(ids, new, strict=True))
    _INSERT_BODY.do(conn, [_body(id, one) for id, one in both if one.body is not None])
    _INSERT_FILES.do(conn, [row for id, one in both for row in _files(id, one.files)])
    search.index(conn, [_indexed(id, one, one.body) for id, one in both if one.body and _said(one)])
    return ids


def _said(one: NewEntry) -> bool:
    """Notices repeat what others wrote: finding them, too, would show everything twice."""
    return one.kind in (EntryKind.MESSAGE, EntryKind.NOTE)


def _columns(new: NewEntry) -> dict[str, Any]:
    return {
        "ticket": new.ticket,
        "at": new.at,
        "kind": new.kind.value,
        "visibility": new.visibility.value,
        "direction": new.direction.value if new.direction else None,
        "channel": new.channel,
        "author_address": new.author.address,
        "author_name": new.author.name,
        "author_role": new.author.role.value,
        "author_channel": new.author.channel,
        "because": new.because,
        "because_code": new.because_code,
        "change": None if new.change is None else dict(new.change),
        "fingerprint": new.fingerprint,
        "message_id": new.message_id,
        "held": new.held,
        "reply_visibility": new.reply_visibility.value if new.reply_visibility else None,
        "inbox": new.inbox,
    }


def _body(id: int, new: NewEntry) -> dict[str, Any]:
    said = new.body or Body(text="")
    return {
        "entry": id,
        "title": new.title,
        "text": said.text,
        "full_text": said.full_text,
        "html": said.html,
        "erased_at": None,
    }


def _files(id: int, files: Sequence[StoredFile]) -> list[dict[str, Any]]:
    return [
        {
            "entry": id,
            "position": position,
            "name": file.name,
            "type": file.type,
            "size": file.size,
            "inline": file.inline,
            "cid": file.cid,
            "digest": file.digest,
        }
        for position, file in enumerate(files)
    ]


def _indexed(id: int, new: NewEntry, said: Body) -> Indexed:
    return Indexed(
        entry=id, visibility=new.visibility, title=clean(new.title), text=clean(said.text)
    )


def fact(conn: Connection, id: int) -> EntryFact | None:
    """What a decision needs to know of one entry."""
    row = _FACT.first(conn, b_id=id)
    return _fact(row) if row else None


def facts_after(conn: Connection, ticket: int, entry_id: int) -> list[EntryFact]:
    """The public messages of a ticket after an entry, oldest first."""
    return [_fact(row) for row in _FACTS_AFTER.all(conn, b_ticket=ticket, b_after=entry_id)]


def last_public(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message of a ticket."""
    row = _LAST_PUBLIC.first(conn, b_ticket=ticket)
    return _fact(row) if row else None


def last_words(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message that came in on a ticket."""
    row = _LAST_WORDS.first(conn, b_ticket=ticket)
    return _fact(row) if row else None


def recent(conn: Connection, ticket: int, limit: int) -> list[EntryFact]:
    """The newest entries of a ticket, oldest of them first."""
    return [_fact(row) for row in reversed(_RECENT.all(conn, b_ticket=ticket, b_limit=limit))]


def by_fingerprint(conn: Connection, fingerprint: str) -> tuple[int, int] | None:
    """Ticket and entry of the same message, if it is there."""
    row = _BY_FINGERPRINT.first(conn, b_fingerprint=fingerprint)
    return (row[0], row[1]) if row else None


def held_of(conn: Connection, ticket: int, agent: str) -> EntryFact | None:
    """The newest answer on a ticket that is held for this agent."""
    row = _HELD_OF.first(conn, b_ticket=ticket, b_agent=agent)
    return _fact(row) if row else None


def settle(conn: Connection, id: int) -> None:
    """An answer is held no longer."""
    _SETTLE.do(conn, b_id=id)


def move(conn: Connection, id: int, to: int) -> None:
    """An entry goes to another ticket, with its files, thread keys and what goes out for it."""
    for statement in _MOVES:
        statement.do(conn, b_id=id, b_to=to)


def make_internal(conn: Connection, id: int) -> None:
    """An entry is no longer for everybody on the ticket, nor found by their searches."""
    words = _WORDS.first(conn, b_id=id)
    if _MAKE_INTERNAL.do(conn, b_id=id) and words is not None:
        title, said = words
        old = Indexed(entry=id, visibility=Visibility.PUBLIC, title=title, text=said)
        search.forget(conn, old)
        new = Indexed(entry=id, visibility=Visibility.INTERNAL, title=title, text=said)
        search.index(conn, [new])


def history(conn: Connection, ticket: int) -> list[EntryRow]:
    """All of a ticket, oldest first, with words, files, and how what went out fared."""
    rows = _HISTORY.all(conn, b_ticket=ticket)
    ids = [row[0] for row in rows]
    files = _grouped(_HISTORY_FILES.all(conn, b_ids=ids), _stored_file)
    delivery = _grouped(_HISTORY_DELIVERY.all(conn, b_ids=ids), _delivery)
    return [_entry_row(row, files.get(row[0], ()), delivery.get(row[0], ())) for row in rows]


def files_of(conn: Connection, id: int) -> tuple[StoredFile, ...]:
    """The files of one entry."""
    return tuple(_stored_file(row[1:]) for row in _HISTORY_FILES.all(conn, b_ids=[id]))


def body_of(conn: Connection, id: int) -> Body | None:
    """The words of one entry; None if it has none."""
    row = _BODY.first(conn, b_id=id)
    return Body(text=row[0], full_text=row[1], html=row[2]) if row else None


def _fact(row: Row) -> EntryFact:
    id, ticket, kind, visibility, at, address, name, role, channel, reply, said = row
    return EntryFact(
        id=id,
        ticket=ticket,
        kind=EntryKind(kind),
        visibility=Visibility(visibility),
        at=at,
        author=Author(name=name, address=address, role=Role(role), channel=channel),
        text=said or "",
        reply_visibility=Visibility(reply) if reply else None,
    )


def _entry_row(row: Row, files: tuple[StoredFile, ...], delivery: tuple[Delivery, ...]) -> EntryRow:
    fields = dict(zip(_ENTRY_NAMES, row, strict=False))
    said, full_text, html, erased_at = row[len(_ENTRY_NAMES) :]
    author = {name: fields.pop(f"author_{name}") for name in ("name", "address", "channel", "role")}
    fields["kind"] = EntryKind(fields["kind"])
    fields["visibility"] = Visibility(fields["visibility"])
    for name, kind in (("direction", Direction), ("reply_visibility", Visibility)):
        fields[name] = kind(fields[name]) if fields[name] else None
    return EntryRow(
        **fields,
        author=Author(**{**author, "role": Role(author["role"])}),
        body=None if said is None else Body(text=said, full_text=full_text, html=html),
        erased_at=erased_at,
        files=files,
        delivery=delivery,
    )


def _grouped(rows: Iterable[Row], build: Any) -> dict[int, tuple[Any, ...]]:
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(build(row[1:]))
    return {id: tuple(group) for id, group in groups.items()}


def _stored_file(row: Row) -> StoredFile:
    name, type_, size, digest, inline, cid = row
    return StoredFile(name=name, type=type_, size=size, digest=digest, inline=bool(inline), cid=cid)


def _delivery(row: Row) -> Delivery:
    id, to, kind, state, attempts, error = row
    return Delivery(id=id, to=to, kind=kind, state=state, attempts=attempts, error=error)


_ENTRY_NAMES = [c.name for c in entry.columns]
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
        body.c.text,
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
_LAST_PUBLIC = Prepared(
    _facts()
    .where(entry.c.ticket == bindparam("b_ticket"), _PUBLIC_MESSAGE)
    .order_by(entry.c.id.desc())
    .limit(_ONE)
)
_BY_FINGERPRINT = Prepared(
    select(entry.c.ticket, entry.c.id).where(
        entry.c.fingerprint == bindparam("b_fingerprint"),
        text("entry.fingerprint IS NOT NULL"),
    )
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
_SETTLE = Prepared(update(entry).where(entry.c.id == bindparam("b_id")).values(held=null()))
_MOVES = [
    Prepared(update(table).where(where == bindparam("b_id")).values(ticket=bindparam("b_to")))
    for table, where in (
        (entry, entry.c.id),
        (thread_key, thread_key.c.entry),
        (outbox, outbox.c.entry),
    )
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

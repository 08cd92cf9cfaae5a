"""Entries as they are written and as they are shown, and how rows become them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.core.frozen import quick
from gateway.core.model import (
    NO_PROOF,
    Author,
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Proof,
    Remark,
    RemarkKind,
    Role,
    StoredFile,
    Verdict,
    Visibility,
)
from gateway.store.schema import entry
from gateway.store.search import Indexed
from gateway.store.statements import Row
from gateway.store.types import clean
from gateway.store.wanted import WantedRow

_PROOFS = ("spf", "dkim", "dmarc")
ENTRY_NAMES = [c.name for c in entry.columns]


@quick
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
    message_id: str | None = None
    held: str | None = None
    reply_visibility: Visibility | None = None
    inbox: int | None = None
    proof: Proof = NO_PROOF
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
class Revision:
    """Words that were changed since. ``at``: when they were said, or changed to these."""

    at: datetime
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry as it is shown. ``erased_at``: its words were erased then.

    ``edited_at``: its author changed them, last then, and ``revisions`` are what they were before;
    ``deleted_at``: they took the message away. ``wanted`` are files that had to be fetched, and
    what became of them.
    """

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
    message_id: str | None
    held: str | None
    reply_visibility: Visibility | None
    inbox: int | None
    proof: Proof
    body: Body | None = field(repr=False)
    erased_at: datetime | None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    revisions: tuple[Revision, ...] = ()
    files: tuple[StoredFile, ...] = ()
    wanted: tuple[WantedRow, ...] = ()
    delivery: tuple[Delivery, ...] = ()


def is_searched(one: NewEntry) -> bool:
    """Notices repeat what others wrote: finding them, too, would show everything twice."""
    return one.kind in (EntryKind.MESSAGE, EntryKind.NOTE)


def columns(new: NewEntry) -> dict[str, Any]:
    """The row of `entry`."""
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
        "message_id": new.message_id,
        "held": new.held,
        "reply_visibility": new.reply_visibility.value if new.reply_visibility else None,
        "inbox": new.inbox,
        "proof": _proof_column(new.proof),
    }


def _proof_column(proof: Proof) -> dict[str, Any] | None:
    """Nothing for a message about whose sender nothing is known: most of them, behind a relay."""
    if proof == NO_PROOF:
        return None
    verdicts = {name: getattr(proof, name).value for name in _PROOFS}
    return {"v": 1, **verdicts}


def read_proof(column: Mapping[str, Any] | None) -> Proof:
    """What was known of the sender."""
    return Proof(**{name: Verdict(column[name]) for name in _PROOFS}) if column else NO_PROOF


def body_columns(id: int, new: NewEntry) -> dict[str, Any]:
    """The row of `body`."""
    said = new.body or Body(text="")
    return {
        "entry": id,
        "title": new.title,
        "text": said.text,
        "full_text": said.full_text,
        "html": said.html,
        "erased_at": None,
        "edited_at": None,
        "deleted_at": None,
        "remarks": _remarks(said),
    }


def _remarks(said: Body) -> dict[str, Any] | None:
    if not said.remarks:
        return None
    return {"v": 1, "remarks": [[r.kind.value, r.about] for r in said.remarks]}


def read_body(text: str, full_text: str, html: str | None, remarks: Any) -> Body:
    """The words of an entry from their columns."""
    told = remarks["remarks"] if remarks else ()
    found = tuple(Remark(kind=RemarkKind(kind), about=about) for kind, about in told)
    return Body(text=text, full_text=full_text, html=html, remarks=found)


def file_columns(id: int, files: Sequence[StoredFile]) -> list[dict[str, Any]]:
    """The rows of `attachment`."""
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
            "infected": file.infected or None,
        }
        for position, file in enumerate(files)
    ]


def indexed(id: int, new: NewEntry, said: Body) -> Indexed:
    """What the entry is found by."""
    return Indexed(
        entry=id, visibility=new.visibility, title=clean(new.title), text=clean(said.text)
    )


def fact_of(row: Row) -> EntryFact:
    """A fact from the columns that decisions need."""
    id, ticket, kind, visibility, at, address, name, role, channel, reply, said, change = row
    return EntryFact(
        id=id,
        ticket=ticket,
        kind=EntryKind(kind),
        visibility=Visibility(visibility),
        at=at,
        author=Author(name=name, address=address, role=Role(role), channel=channel),
        text=said or "",
        reply_visibility=Visibility(reply) if reply else None,
        change=change,
    )


def entry_row(row: Row, files: tuple[StoredFile, ...], delivery: tuple[Delivery, ...]) -> EntryRow:
    """An entry from its columns, followed by those of its words."""
    fields = dict(zip(ENTRY_NAMES, row, strict=False))
    said, full_text, html, remarks, erased_at, edited_at, deleted_at = row[len(ENTRY_NAMES) :]
    author = {name: fields.pop(f"author_{name}") for name in ("name", "address", "channel", "role")}
    fields["kind"] = EntryKind(fields["kind"])
    fields["visibility"] = Visibility(fields["visibility"])
    fields["proof"] = read_proof(fields["proof"])
    for name, kind in (("direction", Direction), ("reply_visibility", Visibility)):
        fields[name] = kind(fields[name]) if fields[name] else None
    return EntryRow(
        **fields,
        author=Author(**{**author, "role": Role(author["role"])}),
        body=None if said is None else read_body(said, full_text, html, remarks),
        erased_at=erased_at,
        edited_at=edited_at,
        deleted_at=deleted_at,
        files=files,
        delivery=delivery,
    )


def grouped(rows: Iterable[Row], build: Any) -> dict[int, tuple[Any, ...]]:
    """What rows become, by their first column."""
    groups: dict[int, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(build(row[1:]))
    return {id: tuple(group) for id, group in groups.items()}


FILE_COLUMNS = ("name", "type", "size", "digest", "inline", "cid", "infected")


def stored_file(row: Row) -> StoredFile:
    """A file from `FILE_COLUMNS`."""
    name, type_, size, digest, inline, cid, infected = row
    return StoredFile(
        name=name,
        type=type_,
        size=size,
        digest=digest,
        inline=bool(inline),
        cid=cid,
        infected=infected or "",
    )


def delivery_of(row: Row) -> Delivery:
    """A delivery from columns of the outbox."""
    id, to, kind, state, attempts, error = row
    return Delivery(id=id, to=to, kind=kind, state=state, attempts=attempts, error=error)

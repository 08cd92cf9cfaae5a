"""Words that were changed: kept as they were, and changed where they were passed on."""

from __future__ import annotations

import secrets

from gateway.core import documents
from gateway.core.changes import NoticeKind, Revise
from gateway.core.deciding.incoming import NO_SUBJECT
from gateway.core.documents import Block, Document
from gateway.core.frozen import replace
from gateway.core.model import Body
from gateway.runtime.applying.work import Work
from gateway.runtime.outgoing.edits import CHANGES
from gateway.store import Connection, entries, outbox, revisions
from gateway.store.outbox import NewOutbox, OutboxRow, OutboxState

_CARRIERS = frozenset({NoticeKind.ANSWER, NoticeKind.SAID})


def revise(work: Work, change: Revise) -> None:
    """What an entry says now, in the history and where it was posted."""
    conn, arrival = work.conn, work.inbox
    if change.earlier:
        if change.body is not None:
            revisions.came_late(conn, change.entry, change.body, work.now, arrival)
        return
    carriers = _carriers(conn, change.entry)
    if change.body is not None:
        revisions.revise(conn, change.entry, change.body, work.now, arrival)
    if change.wiped:
        entries.erase(conn, change.entry, work.now)
    if change.subject:  # not as a change of it, which would say what it was
        work.ticket = replace(work.needs_ticket(), subject=NO_SUBJECT)
    if change.body is None:
        revisions.take_away(conn, change.entry, work.now)
    if change.shown is not None:
        for row in carriers:
            _pass_on(work, row, change.shown, gone=change.body is None)
    what = "deleted" if change.body is None else "edited"
    work.note_change(change.because, change.author, what=what, old=None, new=change.entry)


def _carriers(conn: Connection, entry: int) -> list[OutboxRow]:
    """What was posted, or is about to be, with the words of an entry."""
    rows = outbox.words_of_entry(conn, entry)
    return [row for row in rows if row.kind in _CARRIERS and CHANGES not in row.message]


def _pass_on(work: Work, row: OutboxRow, words: Body, *, gone: bool) -> None:
    """One post or mail: what still waits is changed, or taken back; a post is changed in place."""
    if row.state is OutboxState.QUEUED and _still_waiting(work, row, words, gone=gone):
        return
    if row.channel == "email":
        return  # nobody can change what lies in a mailbox
    message = dict(row.message) | {
        "document": documents.to_json(_document(work, row, words, gone=gone)),
        "files": [],
        CHANGES: row.id,
    }
    again = NewOutbox(
        ticket=row.ticket,
        channel=row.channel,
        to=row.to,
        kind=row.kind,
        message=message,
        message_id=f"<{secrets.token_hex(12)}@{row.message_id.rpartition('@')[2].rstrip('>')}>",
        due_at=work.clock,
        created_at=work.clock,
        lane=row.lane,
        entry=row.entry,
        automatic=row.automatic,
    )
    outbox.enqueue_later(work.conn, [again])


def _still_waiting(work: Work, row: OutboxRow, words: Body, *, gone: bool) -> bool:
    if gone:
        return bool(outbox.cancel(work.conn, [row.id]))
    document = _reworded(documents.from_json(row.message["document"]), _block(words))
    message = dict(row.message) | {"document": documents.to_json(document)}
    return outbox.rewrite(work.conn, row.id, message)


def _document(work: Work, row: OutboxRow, words: Body, *, gone: bool) -> Document:
    """The post as it is to be now; that it was changed is said in the reader's language."""
    document, language = documents.from_json(row.message["document"]), row.message["language"]
    if gone:
        said = work.renderer.phrase(language, "word.deleted")
        return _reworded(document, Block(kind="text", text=said))
    edited = Block(kind="text", text=work.renderer.phrase(language, "word.edited"))
    found = _reworded(document, _block(words))
    return replace(found, blocks=(*found.blocks, edited))


def _block(words: Body) -> Block:
    return Block(kind="words", text=words.text, html=words.html)


def _reworded(document: Document, words: Block) -> Document:
    """The same with other words; after all the rest where there were none."""
    there = any(block.kind == "words" for block in document.blocks)
    blocks = tuple(words if block.kind == "words" else block for block in document.blocks)
    return replace(document, blocks=blocks if there else (*blocks, words))

"""What happens to a ticket and its history."""

from __future__ import annotations

from datetime import timedelta

from gateway.core import changes as c
from gateway.core.deciding.clocks import set_aside
from gateway.core.frozen import replace
from gateway.core.model import Attachment, State, StoredFile, Ticket
from gateway.core.targets import Target
from gateway.core.tickets import altered, opened
from gateway.runtime.applying.revising import revise
from gateway.runtime.applying.work import Handlers, Work, shown
from gateway.runtime.outgoing import About
from gateway.store import Connection, content, deadlines, entries, joins, keys, ledger, tickets
from gateway.store.entries import NewEntry
from gateway.store.errors import ConflictError


def _open(work: Work, change: c.Open) -> None:
    fresh = opened(change, 0, work.now)
    number = tickets.insert(work.conn, fresh)
    work.before = work.ticket = opened(change, number, work.now)
    work.opened = True


def _append(work: Work, change: c.Append) -> None:
    files = tuple(_stored(work, a) for a in change.attachments) + change.files
    _touch(work)
    work.because = work.because or change.because
    work.abouts[change.ref] = About(body=change.body, files=files, wanted=change.wanted)
    if change.wanted:
        work.wanted[change.ref] = change
    first = work.opened and not work.pending
    new = NewEntry(
        ticket=work.needs_ticket().number,
        at=work.now,
        kind=change.kind,
        visibility=change.visibility,
        direction=change.direction,
        channel=change.channel,
        author=change.author,
        because=str(change.because),
        because_code=change.because.code,
        message_id=change.message_id,
        held=change.held,
        inbox=work.inbox,
        proof=change.proof,
        body=change.body,
        title=_title(work.needs_ticket()) if first else "",
        files=files,
    )
    work.pending.append((change.ref, new))


def _touch(work: Work) -> None:
    """Whatever is said on a ticket makes a new version of it.

    So of two processes that decide about it at once, the second decides again, knowing the first.
    """
    if work.ticket is not None and not work.opened:
        later = work.ticket.updated_at + timedelta(microseconds=1)
        work.ticket = replace(work.ticket, updated_at=max(work.now, later))


def _title(ticket: Ticket) -> str:
    """What a ticket is found by beside its words."""
    return f"{ticket.subject} {ticket.requester.name} {ticket.requester.address}"


def _stored(work: Work, attachment: Attachment) -> StoredFile:
    return StoredFile(
        name=attachment.name,
        type=attachment.type,
        size=attachment.size,
        digest=content.put(work.conn, _content(work.conn, attachment)),
        inline=attachment.inline,
        cid=attachment.cid,
        infected=attachment.infected,
    )


def _content(conn: Connection, attachment: Attachment) -> bytes | content.Content:
    if not attachment.digest:
        return attachment.data
    return content.prepared(conn.dialect.name, attachment.data, attachment.digest)


def _alter(work: Work, change: c.Alter) -> None:
    ticket = work.needs_ticket()
    old = getattr(ticket, change.field)
    work.ticket = altered(ticket, change, work.now)
    work.note_change(
        change.because,
        change.author,
        what=change.field,
        old=shown(old),
        new=shown(change.new),
    )


def _claim(work: Work, change: c.Claim) -> None:
    work.claims.append(change)


def _move(work: Work, change: c.Move) -> None:
    source = work.needs_ticket().number
    entries.move(work.conn, change.entry, change.to)
    for number in (source, change.to):
        work.note_change(
            change.because,
            work.desk_author(),
            on=number,
            what="entry",
            old=source,
            new=change.to,
            entry=change.entry,
        )


def _absorb(work: Work, change: c.Absorb) -> None:
    """The other ticket's history comes here; it is closed, and says where it went."""
    into = work.needs_ticket().number
    source = work.seen.get(change.ticket) or tickets.load(work.conn, change.ticket)
    if source is None:
        raise ConflictError(f"ticket {change.ticket} is gone")
    joins.absorb(work.conn, source.number, into, strangers=change.strangers)
    closed = replace(source, state=State.CLOSED, closed_at=work.now, merged_into=into)
    still = set_aside(closed, work.desk.policy, work.now, change.because)
    tickets.save(work.conn, source, replace(closed, clocks=still.clocks))
    ledger.append(work.conn, source.number, still.marks)
    deadlines.stop(work.conn, source.number, list(Target), str(change.because))
    for number in (into, source.number):
        work.note_change(
            change.because,
            work.desk_author(),
            on=number,
            what="joined",
            old=source.number,
            new=into,
        )


def _take_back(work: Work, change: c.TakeBack) -> None:
    ticket = work.needs_ticket()
    joins.take_back(
        work.conn,
        ticket.number,
        change.ticket,
        now_on=change.now_on,
        author=ticket.requester.address,
    )


def _let_go(work: Work, change: c.LetGo) -> None:
    if not keys.let_go(work.conn, change.key, change.of):
        raise ConflictError("another process took the same conversation over meanwhile")


def _revise(work: Work, change: c.Revise) -> None:
    _touch(work)
    revise(work, change)


HANDLERS: Handlers = {
    c.Open: _open,
    c.Append: _append,
    c.Alter: _alter,
    c.Claim: _claim,
    c.LetGo: _let_go,
    c.Move: _move,
    c.Absorb: _absorb,
    c.TakeBack: _take_back,
    c.Revise: _revise,
}

"""Carries out a decision within one transaction: all of it is there afterwards, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from gateway.core import changes as c
from gateway.core.deciding import Desk
from gateway.core.deciding.clocks import set_aside
from gateway.core.model import Attachment, EntryKind, Party, State, StoredFile, Ticket, Visibility
from gateway.core.reasons import Why
from gateway.core.targets import Target
from gateway.core.tickets import altered, opened
from gateway.runtime.challenging import challenge
from gateway.runtime.outgoing import About, Renders
from gateway.runtime.revising import revise
from gateway.runtime.timing import write_times
from gateway.runtime.work import Applied, Work, shown
from gateway.runtime.writing import write
from gateway.store import (
    Connection,
    bursts,
    content,
    deadlines,
    entries,
    kept,
    keys,
    ledger,
    linking,
    outbox,
    people,
    rotation,
    tickets,
)
from gateway.store import inbox as inbox_rows
from gateway.store.entries import NewEntry
from gateway.store.errors import ConflictError
from gateway.store.inbox import InboxState

_FATES = {Why.DUPLICATE: InboxState.DUPLICATE, Why.IGNORED: InboxState.IGNORED}


def apply(  # noqa: PLR0913 - two clocks, and what the decision knew
    conn: Connection,
    decision: c.Decision,
    *,
    desk: Desk,
    renderer: Renders,
    now: datetime,
    clock: datetime | None = None,
    known_keys: frozenset[str] = frozenset(),
    inbox: int | None = None,
    seen: Mapping[int, Ticket] = MappingProxyType({}),
) -> Applied:
    """Write what was decided. Call within a savepoint.

    ``now`` is the moment that counts for the ticket; ``clock`` is what the clock says, where it
    differs: a message may have waited, but what is said about it is said now. ``seen`` are the
    tickets as the decision saw them, by number.

    Raises `store.errors.KeyTakenError` where another process claimed a thread key meanwhile: place
    again then; `store.errors.ConflictError` where the ticket changed under us.
    """

    def work(number: int | None) -> Work:
        made = Work(
            conn=conn,
            desk=desk,
            renderer=renderer,
            now=now,
            clock=clock or now,
            known_keys=known_keys,
            inbox=inbox,
        )
        if number is not None:
            made.before = made.ticket = seen.get(number) or tickets.load(conn, number)
        return made

    main = work(decision.ticket)
    _carry_out(main, decision.changes)
    for other in decision.also:
        _carry_out(work(other.ticket), other.changes)
    if decision.counts:
        people.count(conn, [(one.scope, one.key) for one in decision.counts], people.hour_of(now))
    bursts.save(conn, [(one.agent, one.sort, one.burst) for one in decision.paced])
    return Applied(
        state=main.fate.state,
        ticket=main.ticket.number if main.ticket else main.fate.ticket,
        entry=main.first_entry,
        because=main.fate.because or main.because,
        refused=main.fate.refused,
    )


def _carry_out(work: Work, changes: tuple[c.Change, ...]) -> None:
    for change in changes:
        _HANDLERS[type(change)](work, change)
    if work.before is not None and work.ticket is not None:
        work.ticket = tickets.save(work.conn, work.before, work.ticket)
    write(work)
    write_times(work)


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
    work.pending.append(
        (
            "",
            NewEntry(
                ticket=ticket.number,
                at=work.now,
                kind=EntryKind.CHANGE,
                visibility=Visibility.INTERNAL,
                author=change.author,
                because=str(change.because),
                because_code=change.because.code,
                change={"what": change.field, "old": shown(old), "new": shown(change.new)},
                inbox=work.inbox,
            ),
        )
    )


def _claim(work: Work, change: c.Claim) -> None:
    work.claims.append(change)


def _say(work: Work, change: c.Say) -> None:
    work.says.append(change)


def _keep(work: Work, change: c.Keep) -> None:
    work.keeps.append(change)


def _listed(work: Work, change: c.Listed) -> None:
    if kept.remove(work.conn, change.kept) < len(change.kept):
        raise ConflictError("another process listed the same notices meanwhile")


def _due(work: Work, change: c.StartDeadline | c.StopDeadline) -> None:
    work.dues[change.target] = change


def _tick(work: Work, change: c.Tick) -> None:
    work.ticket = replace(work.needs_ticket(), clocks=change.clocks)
    work.marks += change.marks


def _wait(work: Work, change: c.Wait) -> None:
    work.ticket = replace(work.needs_ticket(), waiting=change.waiting)


def _hold(work: Work, change: c.Hold) -> None:
    work.fate = Applied(state=InboxState.HELD, because=change.because)


def _drop(work: Work, change: c.Drop) -> None:
    facts = dict(change.because.facts)
    twice = change.because.why is Why.DUPLICATE
    work.fate = Applied(
        state=_FATES.get(change.because.why, InboxState.DROPPED),
        because=change.because,
        ticket=int(facts["ticket"]) if twice else None,
    )


def _release(work: Work, change: c.Release) -> None:
    if not inbox_rows.release(work.conn, change.inbox, change.by, now=work.clock):
        raise ConflictError("a held message was released by somebody else meanwhile")


def _reconsider(work: Work, change: c.Reconsider) -> None:
    inbox_rows.reconsider(work.conn, change.inbox, now=work.clock)


def _refuse(work: Work, change: c.Refuse) -> None:
    work.fate = Applied(state=InboxState.DROPPED, refused=change.lines)


def _deliver(work: Work, change: c.Deliver) -> None:
    outbox.bounced(work.conn, change.outbox_id, change.error)


def _unreachable(work: Work, change: c.Unreachable) -> None:
    people.mark_bounced(work.conn, change.to, work.clock, change.why)


def _reachable(work: Work, change: c.Reachable) -> None:
    people.clear_bounced(work.conn, change.to)


def _cancel(work: Work, change: c.Cancel) -> None:
    if len(outbox.cancel(work.conn, change.outbox_ids)) < len(change.outbox_ids):
        raise ConflictError("an answer went out while it was being taken back")
    entries.make_internal(work.conn, change.entry)


def _settle(work: Work, change: c.Settle) -> None:
    if not entries.settle(work.conn, change.entry):
        raise ConflictError("a held answer was settled by somebody else meanwhile")


def _move(work: Work, change: c.Move) -> None:
    source = work.needs_ticket().number
    entries.move(work.conn, change.entry, change.to)
    moved = {"what": "entry", "old": source, "new": change.to}
    for number in (source, change.to):
        work.pending.append(
            (
                "",
                NewEntry(
                    ticket=number,
                    at=work.now,
                    kind=EntryKind.CHANGE,
                    visibility=Visibility.INTERNAL,
                    author=work.desk_author(),
                    because=str(change.because),
                    because_code=change.because.code,
                    change=moved | {"entry": change.entry},
                    inbox=work.inbox,
                ),
            )
        )


def _absorb(work: Work, change: c.Absorb) -> None:
    """The other ticket's history comes here; it is closed, and says where it went."""
    into = work.needs_ticket().number
    source = tickets.load(work.conn, change.ticket)
    if source is None:
        raise ConflictError(f"ticket {change.ticket} is gone")
    entries.absorb(work.conn, source.number, into)
    closed = replace(source, state=State.CLOSED, closed_at=work.now, merged_into=into)
    still = set_aside(closed, work.desk.policy, work.now, change.because)
    tickets.save(work.conn, source, replace(closed, clocks=still.clocks))
    ledger.append(work.conn, source.number, still.marks)
    deadlines.stop(work.conn, source.number, list(Target), str(change.because))
    note = NewEntry(
        ticket=into,
        at=work.now,
        kind=EntryKind.CHANGE,
        visibility=Visibility.INTERNAL,
        author=work.desk_author(),
        because=str(change.because),
        because_code=change.because.code,
        change={"what": "joined", "old": source.number, "new": into},
        inbox=work.inbox,
    )
    work.pending += [("", note), ("", replace(note, ticket=source.number))]


def _away(work: Work, change: c.Away) -> None:
    people.set_away(work.conn, change.agent, change.until, back=change.back)


def _given(work: Work, change: c.Given) -> None:
    """Of two processes that give at once the second decides again, and gives to the next one."""
    if not rotation.give(work.conn, change.queue, change.before, change.agent):
        raise ConflictError(f"a ticket of {change.queue} was given by somebody else meanwhile")


def _verify(work: Work, change: c.Verify) -> None:
    people.verify(work.conn, Party(address=change.address), work.now)


def _link(work: Work, change: c.Link) -> None:
    linking.link(work.conn, change.one, change.other, work.now)


def _attempt(work: Work, change: c.Attempt) -> None:
    if not linking.attempt(work.conn, change.account, change.tries, over=change.over):
        raise ConflictError("a code was tried by somebody else meanwhile")


def _let_go(work: Work, change: c.LetGo) -> None:
    if not keys.let_go(work.conn, change.key, change.of):
        raise ConflictError("another process took the same conversation over meanwhile")


def _revise(work: Work, change: c.Revise) -> None:
    _touch(work)
    revise(work, change)


def _skip(work: Work, change: c.Skip) -> None:
    """Only the log hears of it."""


_HANDLERS: dict[type[Any], Callable[[Work, Any], None]] = {
    c.Open: _open,
    c.Append: _append,
    c.Alter: _alter,
    c.Claim: _claim,
    c.Say: _say,
    c.Keep: _keep,
    c.Listed: _listed,
    c.StartDeadline: _due,
    c.StopDeadline: _due,
    c.Tick: _tick,
    c.Wait: _wait,
    c.Hold: _hold,
    c.Drop: _drop,
    c.Release: _release,
    c.Reconsider: _reconsider,
    c.Refuse: _refuse,
    c.Deliver: _deliver,
    c.Unreachable: _unreachable,
    c.Reachable: _reachable,
    c.Cancel: _cancel,
    c.Settle: _settle,
    c.Move: _move,
    c.Absorb: _absorb,
    c.Away: _away,
    c.Given: _given,
    c.Verify: _verify,
    c.Link: _link,
    c.Challenge: challenge,
    c.Attempt: _attempt,
    c.LetGo: _let_go,
    c.Revise: _revise,
    c.Skip: _skip,
}

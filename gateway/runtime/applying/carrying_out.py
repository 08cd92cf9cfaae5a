"""One decision, change by change, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from gateway.core import changes as c
from gateway.core.deciding import Desk
from gateway.core.model import Ticket
from gateway.runtime.applying import clocks, fates, notices, sending, ticket
from gateway.runtime.applying import people as of_people
from gateway.runtime.applying.clocks import write_times
from gateway.runtime.applying.work import Applied, Handlers, Work
from gateway.runtime.applying.writing import write
from gateway.runtime.outgoing import Renders
from gateway.store import Connection, bursts, people, tickets

HANDLERS: Handlers = {
    **ticket.HANDLERS,
    **notices.HANDLERS,
    **clocks.HANDLERS,
    **fates.HANDLERS,
    **sending.HANDLERS,
    **of_people.HANDLERS,
}


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
    heard: bool = True,
) -> Applied:
    """Write what was decided. Call within a savepoint.

    ``now`` is the moment that counts for the ticket; ``clock`` is what the clock says, where it
    differs: a message may have waited, but what is said about it is said now. ``seen`` are the
    tickets as the decision saw them, by number. Without ``heard`` nothing is put into words but
    answers that may still be taken back.

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
            heard=heard,
            seen=seen,
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
        HANDLERS[type(change)](work, change)
    if work.before is not None and work.ticket is not None:
        work.ticket = tickets.save(work.conn, work.before, work.ticket)
    write(work)
    write_times(work)

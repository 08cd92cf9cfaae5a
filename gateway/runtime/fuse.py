"""A fuse against loops that nobody recognised.

Two vacation responders that do not say what they are, a requester's and an agent's, would keep
each other going through the desk for ever: each notice to the agent makes an answer, each answer
a mail of the requester's. So there is a limit to what the desk says by itself about one ticket to
one person within an hour. What an agent writes is never left out.
"""

from __future__ import annotations

import structlog

from gateway.core.changes import Say
from gateway.core.model import Body, EntryKind, Visibility
from gateway.core.reasons import Reason, Why
from gateway.runtime.work import Work
from gateway.store import people
from gateway.store.entries import NewEntry

MOST = 30  # within an hour: people who talk that much are on the telephone by then
_SCOPE = "ticket"
log = structlog.get_logger(__name__)


def within_limits(work: Work) -> list[Say]:
    """What may be said of all that is to be said; the ticket shows whom the rest was for."""
    ticket = work.ticket
    if ticket is None or work.opened:
        return work.says
    counted = {
        say.to.address: (_SCOPE, f"{ticket.number}:{say.to.address}")
        for say in work.says
        if say.automatic
    }
    if not counted:
        return work.says
    hour = people.hour_of(work.now)
    sent = people.tallies(work.conn, counted.values(), hour)
    too_many = {address for address, key in counted.items() if sent[key] >= MOST}
    free = [key for address, key in counted.items() if address not in too_many]
    if free:
        people.count(work.conn, free, hour)
    if too_many:
        _show(work, too_many)
    return [say for say in work.says if not (say.automatic and say.to.address in too_many)]


def _show(work: Work, addresses: set[str]) -> None:
    ticket = work.needs_ticket()
    log.warning("notices_left_out", ticket=ticket.number, people=len(addresses))
    because = Reason.of(Why.TOO_MANY_NOTICES, limit=MOST, who=", ".join(sorted(addresses)))
    entry = NewEntry(
        ticket=ticket.number,
        at=work.now,
        kind=EntryKind.NOTICE,
        visibility=Visibility.INTERNAL,
        author=work.desk_author(),
        because=str(because),
        because_code=because.code,
        body=Body(text=str(because)),
        inbox=work.inbox,
    )
    work.pending.append(("", entry))

"""What becomes of the message itself, and of others that are held."""

from __future__ import annotations

from gateway.core import changes as c
from gateway.core.reasons import Why
from gateway.runtime.applying.work import Applied, Handlers, Work
from gateway.store import inbox as inbox_rows
from gateway.store.errors import ConflictError
from gateway.store.inbox import InboxState

_FATES = {Why.DUPLICATE: InboxState.DUPLICATE, Why.IGNORED: InboxState.IGNORED}


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


def _skip(work: Work, change: c.Skip) -> None:
    """Only the log hears of it."""


HANDLERS: Handlers = {
    c.Hold: _hold,
    c.Drop: _drop,
    c.Release: _release,
    c.Reconsider: _reconsider,
    c.Refuse: _refuse,
    c.Skip: _skip,
}

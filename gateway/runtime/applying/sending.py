"""What becomes of what goes out, and of answers that wait."""

from __future__ import annotations

from gateway.core import changes as c
from gateway.runtime.applying.work import Handlers, Work
from gateway.store import entries, outbox, people
from gateway.store.errors import ConflictError


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


HANDLERS: Handlers = {
    c.Deliver: _deliver,
    c.Unreachable: _unreachable,
    c.Reachable: _reachable,
    c.Cancel: _cancel,
    c.Settle: _settle,
}

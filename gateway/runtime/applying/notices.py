"""What is said, or kept for a summary: collected, and written last."""

from __future__ import annotations

from gateway.core import changes as c
from gateway.runtime.applying.work import Handlers, Work
from gateway.store import kept
from gateway.store.errors import ConflictError


def _say(work: Work, change: c.Say) -> None:
    work.says.append(change)


def _keep(work: Work, change: c.Keep) -> None:
    work.keeps.append(change)


def _listed(work: Work, change: c.Listed) -> None:
    if kept.remove(work.conn, change.kept) < len(change.kept):
        raise ConflictError("another process listed the same notices meanwhile")


HANDLERS: Handlers = {
    c.Say: _say,
    c.Keep: _keep,
    c.Listed: _listed,
}

"""What is too much at once for one agent is kept for a summary."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.bursts import (
    NO_BURST,
    Burst,
    Bursts,
    Folding,
    Sort,
    is_full,
    with_kept,
    with_notice,
)
from gateway.core.changes import Change, Decision, Keep, NoticeKind, Paced, Say
from gateway.core.frozen import replace
from gateway.core.moments import in_words
from gateway.core.reasons import Reason, Why

_MAIL = "email"
# What is not named here is never kept: what answers the agent's own doing, or comes once a day.
SORTS = {
    NoticeKind.NEW_TICKET: Sort.EVERYDAY,
    NoticeKind.REPLY: Sort.EVERYDAY,
    NoticeKind.STRANGER: Sort.EVERYDAY,
    NoticeKind.COPY: Sort.EVERYDAY,
    NoticeKind.ASSIGNED: Sort.EVERYDAY,
    NoticeKind.PASSED_ON: Sort.EVERYDAY,
    NoticeKind.NOTE: Sort.EVERYDAY,
    NoticeKind.WOKE: Sort.EVERYDAY,
    NoticeKind.UNDELIVERED: Sort.EVERYDAY,
    NoticeKind.REMINDER: Sort.PRESSING,
    NoticeKind.OVERDUE: Sort.PRESSING,
    NoticeKind.ESCALATED: Sort.PRESSING,
}


def with_folding(decision: Decision, bursts: Bursts | None, folding: Folding) -> Decision:
    """The same decision, in which notices that are too many at once are kept.

    ``bursts`` is what was told so far; None where nobody is told in earnest.
    """
    if bursts is None or not folding.most:
        return decision
    folder = _Folder(bursts, folding)
    changes = folder.folded(decision.changes)
    also = tuple(replace(on, changes=folder.folded(on.changes)) for on in decision.also)
    if not folder.changed:
        return decision
    return replace(decision, changes=changes, also=also, paced=folder.paced())


def _sort_of(change: Change) -> Sort | None:
    """How something counts; None where it does not: a chat has a thread for each ticket."""
    if not isinstance(change, Say) or change.place or change.to.channel != _MAIL:
        return None
    return SORTS.get(change.kind)


class _Folder:
    """Goes through what is said, and counts."""

    def __init__(self, bursts: Bursts, folding: Folding) -> None:
        self._bursts = bursts
        self._folding = folding
        self._because = Reason.of(
            Why.TOO_MANY_AT_ONCE, limit=folding.most, within=in_words(folding.within)
        )
        self.changed: dict[tuple[str, Sort], Burst] = {}

    def folded(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        return tuple(self._one(change) for change in changes)

    def paced(self) -> tuple[Paced, ...]:
        return tuple(
            Paced(agent=agent, sort=sort, burst=burst)
            for (agent, sort), burst in self.changed.items()
            if burst != self._bursts.of.get((agent, sort))
        )

    def _one(self, change: Change) -> Change:
        sort = _sort_of(change)
        if sort is None or not isinstance(change, Say):
            return change
        key = (change.to.address, sort)
        burst = self.changed.get(key) or self._bursts.of.get(key, NO_BURST)
        now = self._bursts.now
        if is_full(burst, self._folding, now):
            self.changed[key] = with_kept(burst, self._folding)
            return Keep(say=change, sort=sort, because=self._because)
        self.changed[key] = with_notice(burst, self._folding, now)
        return change

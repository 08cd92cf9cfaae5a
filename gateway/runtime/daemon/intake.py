"""What channels hand messages to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from gateway.core.ports import Accepted, Incoming, IntakeUnavailableError, Trouble
from gateway.runtime import desk_events
from gateway.runtime.condition import Condition
from gateway.store.group_commit import GroupCommit

log = structlog.get_logger(__name__)


class GroupIntake:
    """The intake that channels see: shared commits, and the worker is woken."""

    def __init__(
        self,
        commits: GroupCommit,
        on_accepted: Callable[[], None],
        now: Callable[[], datetime],
        condition: Condition,
    ) -> None:
        self._commits = commits
        self._on_accepted = on_accepted
        self._now = now
        self._condition = condition

    async def accept(self, incoming: Incoming) -> Accepted:
        """See `core.ports.Intake`."""
        accepted = await asyncio.wrap_future(self._commits.submit(incoming))
        self._on_accepted()
        return accepted

    async def report(self, trouble: Trouble) -> None:
        """See `core.ports.Door`."""
        level = log.info if trouble.over else log.warning
        self._condition.heard(trouble)
        level("trouble", channel=trouble.channel, key=trouble.key, over=trouble.over)
        try:
            await self.accept(desk_events.of_trouble(trouble, self._now()))
        except IntakeUnavailableError as away:
            log.warning("trouble_untold", key=trouble.key, error=str(away))

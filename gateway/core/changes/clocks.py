"""When something is due on a ticket, and for whom it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.clocks import Clocks, Mark
from gateway.core.reasons import Reason
from gateway.core.targets import Target
from gateway.core.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDeadline:
    """The ticket's deadline for this target is due then; an earlier one is replaced."""

    target: Target
    due_at: datetime
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDeadline:
    """The ticket's deadline for this target is off, if there is one."""

    target: Target
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The ticket's clocks stand so from now on; ``marks`` are lines for their ledgers."""

    clocks: Clocks
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Since when the ticket waits for its requester; None: it does not, or not by a clock."""

    waiting: Waiting | None

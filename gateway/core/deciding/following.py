"""What follows from a decision, whoever made it: clocks, waiting, promises, the question."""

from __future__ import annotations

from datetime import datetime

from gateway.core.changes import Decision
from gateway.core.deciding.asking import with_question
from gateway.core.deciding.clocks import with_clocks
from gateway.core.deciding.draft import Desk
from gateway.core.deciding.promising import with_promise
from gateway.core.deciding.waiting import with_waiting
from gateway.core.model import Ticket
from gateway.core.situation import Situation
from gateway.core.targets import Target


def with_all_that_follows(
    decision: Decision,
    seen: Ticket | None,
    situation: Situation,
    desk: Desk,
    now: datetime,
    *,
    came: Target | None = None,
    machine: bool = False,
) -> Decision:
    """The decision, with all that follows from it for its ticket.

    ``seen`` is the ticket as it was decided about, None for a new one; ``came`` and ``machine`` are
    as `with_clocks` has them.
    """
    decision = with_clocks(decision, seen, desk.policy, now, came=came, machine=machine)
    decision = with_waiting(decision, seen, desk.policy, now)
    decision = with_promise(decision, seen, desk.policy, now)
    return with_question(decision, seen, situation, desk, now)

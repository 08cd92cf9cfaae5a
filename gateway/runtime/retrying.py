"""When an outgoing message is tried again: growing, jittered waits, for days; a pure decision."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(
    timedelta(minutes=m) for m in (0.5, 2, 5, 15, 30, 60, 120, 240)
)  # then every four hours
GIVE_UP_AFTER = timedelta(days=4)  # RFC 5321, section 4.5.4.1: at least four to five days


def next_try(
    attempts: int, first: datetime, now: datetime, jitter: float, least: float | None = None
) -> datetime | None:
    """When to try again after ``attempts`` tries, the first of them at ``first``.

    ``jitter`` is from 0 to 1 and moves the wait by a fifth either way; ``least`` is the wait in
    seconds that the network asked for. None: given up.
    """
    wait = WAITS[min(max(attempts, 1), len(WAITS)) - 1] * (0.8 + 0.4 * jitter)
    if least is not None:
        wait = max(wait, timedelta(seconds=least))
    due = now + wait
    return None if due - first > GIVE_UP_AFTER else due

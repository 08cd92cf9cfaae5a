"""What becomes of what goes out, and of answers that wait."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.model import Party
from gateway.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """What became of an outgoing message is known now: ``bounced``, with the words why."""

    outbox_id: int
    state: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Mail to somebody comes back for good, with the words why."""

    to: Party
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """Somebody to whom mail came back wrote: it may arrive again."""

    to: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Outgoing messages that still wait are taken back; their entry becomes internal."""

    outbox_ids: tuple[int, ...]
    entry: int
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """A held answer was sent or is given up: it is held no longer."""

    entry: int

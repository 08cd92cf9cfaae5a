"""What the desk shows on its pages, and what may be asked of it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether each part of the desk does its work; ``parts`` by name, with what is in its way."""

    ready: bool
    parts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """A held mail as its agent is shown it.

    ``answers`` are the words that would go out, to whom; ``would`` says all that would be done.
    ``language`` is the agent's.
    """

    agent: str
    language: str
    received_at: datetime
    because: str
    subject: str
    text: str
    answers: tuple[tuple[str, str], ...] = ()
    would: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of somebody's wish to let a held mail through."""

    RELEASED = "released"
    GONE = "gone"  # it waits no longer: it was let through before
    REFUSED = "refused"  # no pass of ours, or one that is over


class Backstage(Protocol):
    """What the pages know of the desk. All of it may block, and is called in threads."""

    def readiness(self) -> Readiness:
        """Look at the database and at what each channel said last."""
        ...

    def metrics(self) -> bytes:
        """The figures in Prometheus' text format."""
        ...

    def held(self, given: str) -> HeldView | Outcome:
        """The held mail of a pass; or why there is none to be shown."""
        ...

    def release(self, given: str) -> Outcome:
        """Let the held mail of a pass through, as its agent's. Returns after the commit."""
        ...

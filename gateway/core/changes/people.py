"""What is known of agents and of those who write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.changes.notices import Say
from gateway.core.model import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An agent gets no new tickets until then (None: until they say so); ``back``: again."""

    agent: str
    until: datetime | None = None
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Somebody got a ticket of a queue in turn; ``before`` is who got the last one until then."""

    queue: str
    agent: str
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """An address proved to be its owner's."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two accounts are one person's from now on."""

    one: Party
    other: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Send a fresh code by mail (``say``, which is given it as ``code``), good until then.

    ``account`` says that the mail address is theirs, and has to bring it back to ``place``.
    """

    account: Party
    place: str
    say: Say
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An account tried a code once more (after ``tries``); ``over``: there is none any more."""

    account: Party
    tries: int
    over: bool = False

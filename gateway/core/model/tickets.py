"""A ticket as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.core.clocks import NO_CLOCKS, Clocks
from gateway.core.frozen import quick
from gateway.core.model.people import Party, Role
from gateway.core.promises import Promise
from gateway.core.waiting import Waiting


class State(StrEnum):
    """Where a ticket stands; the moves between them are in ``core.states``."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a ticket is, lowest first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands.

    ``root`` is the Message-ID (or other key) that began the conversation: what every mail
    about it refers to first, so that mail clients keep one thread. ``generation`` is part of
    every signed reply address; raising it kills those that are out. ``leaked`` names the agents
    whose own reply address got out, once each time. ``list_id`` is the mailing list whose mail
    opened it, if one did. ``rating``: how many stars of five its requester gives. ``place`` is
    where among people it is talked about, such as a thread of a chat: the key that its network
    knows it by. ``sla`` is a policy of the ticket's own, before its queue's. ``silent``: the desk
    itself writes nothing to its requester, who is a machine or whose mail was not to be believed.
    ``waiting`` is there while a requester is waited for who is to be reminded. ``version`` goes up
    by one with each write.
    """

    number: int
    subject: str
    requester: Party
    queue: str
    created_at: datetime
    updated_at: datetime
    state: State = State.NEW
    priority: Priority = Priority.NORMAL
    tier: int = 1
    assignee: str | None = None
    tags: tuple[str, ...] = ()
    participants: tuple[Party, ...] = ()
    watchers: tuple[str, ...] = ()
    language: str = "en"
    channel: str = "email"
    root: str | None = None
    previous: int | None = None
    merged_into: int | None = None
    list_id: str = ""
    rating: int | None = None
    place: str = ""
    generation: int = 0
    leaked: tuple[str, ...] = ()
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    sla: str = ""
    silent: bool = False
    clocks: Clocks = NO_CLOCKS
    waiting: Waiting | None = None
    promise: Promise | None = None
    version: int = 0

    @property
    def people(self) -> tuple[Party, ...]:
        """The requester, then the participants: everybody outside who takes part."""
        return (self.requester, *self.participants)

    def role_of(self, *accounts: Party | str) -> Role:
        """What somebody is to this ticket, agents apart: by any account that is theirs.

        A mail address (lower case) may be given as it is.
        """
        theirs = {_account(one) for one in accounts}
        if _account(self.requester) in theirs:
            return Role.REQUESTER
        if any(_account(p) in theirs for p in self.participants):
            return Role.PARTICIPANT
        return Role.STRANGER


def _account(of: Party | str) -> tuple[str, str]:
    """Who somebody is on their network; what looks like a mail address is one everywhere."""
    if isinstance(of, str):
        return "email", of
    return ("email" if "@" in of.address else of.channel), of.address

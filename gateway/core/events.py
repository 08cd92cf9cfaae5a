"""What can happen to the desk. Each event takes the same road: inbox, decide, apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.core.bursts import Sort
from gateway.core.model import Message, Party
from gateway.core.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageArrived:
    """A message came in on a channel.

    ``at`` is the moment that counts: when it was accepted, or its own date for an import.
    ``released_by`` is the agent who vouched for a held one. ``old``: sent more than a day before
    it was met.
    """

    message: Message
    at: datetime
    inbox_id: int = 0
    live: bool = True
    old: bool = False
    released_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentActed:
    """An agent spoke where their identity is certain (the command line, later chat buttons).

    ``commands`` are lines of the grammar, ``#`` optional; ``text`` is what they said;
    ``public`` whether it goes to the requester. ``agent`` is empty for the operator, who may
    move entries alone. ``via`` is the channel by which they spoke.
    """

    agent: str
    ticket: int
    at: datetime
    commands: tuple[str, ...] = ()
    text: str = ""
    public: bool = True
    via: str = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAsked:
    """Somebody's call or visit becomes a ticket; ``agent`` is who took it, if known."""

    requester: Party
    subject: str
    text: str
    at: datetime
    channel: str = "phone"
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineCame:
    """A deadline is due. The decision looks at the world again before it believes it."""

    ticket: int
    target: Target
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """A message of ours did not arrive, or nobody knows (``maybe``).

    ``unreachable``: nothing at all reaches them by that network.
    """

    outbox_id: int
    ticket: int
    to: Party
    kind: str
    error: str
    at: datetime
    maybe: bool = False
    unreachable: bool = False
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleReported:
    """A part of the desk needs a person, or needs one no longer (``over``).

    ``key`` is what it is about, as the config names it; ``words`` say to a lead what is wrong and
    what to do, without secrets and without anybody's mail.
    """

    channel: str
    key: str
    words: str
    at: datetime
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDue:
    """The hour has come at which leads and agents hear what is before them on a ``day``."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDue:
    """A shift of agents ended: whoever comes on hears what they leave open."""

    ended: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDue:
    """An agent was told enough at once, and time went by: what was kept for them is due."""

    agent: str
    sort: Sort
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettled:
    """A file of an entry that had to be fetched came late, or could not be had (``problem``).

    ``tried_again``: it will be. ``left_behind``: an answer went out without it. ``infected``:
    malware was found in it. ``to``: an answer to them went out without it, and now it is here, as
    ``file`` among those that are fetched.
    """

    ticket: int
    entry: int
    name: str
    at: datetime
    problem: str = ""
    tried_again: bool = False
    left_behind: bool = False
    infected: bool = False
    to: Party | None = None
    file: int = 0


Event = (
    MessageArrived
    | AgentActed
    | TicketAsked
    | DeadlineCame
    | DeliveryFailed
    | TroubleReported
    | DigestDue
    | HandoverDue
    | SummaryDue
    | FileSettled
)

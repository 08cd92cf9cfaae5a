"""The nouns of the desk. All frozen; all times are aware datetimes in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.core.clocks import NO_CLOCKS, Clocks
from gateway.core.promises import Promise
from gateway.core.waiting import Waiting

if TYPE_CHECKING:
    from gateway.core.chat import Spoken


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


class Visibility(StrEnum):
    """Who may see an entry: everybody on the ticket, or agents alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Direction(StrEnum):
    """Which way a message went, seen from the desk."""

    IN = "in"
    OUT = "out"


class EntryKind(StrEnum):
    """What an entry of a ticket's history is."""

    MESSAGE = "message"
    NOTE = "note"
    CHANGE = "change"
    NOTICE = "notice"


class Role(StrEnum):
    """What the author of an entry is to the ticket.

    A *stranger* wrote to a ticket that they do not take part in.
    """

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    AGENT = "agent"
    STRANGER = "stranger"
    DESK = "desk"


class Automatic(StrEnum):
    """Which kind of machine sent a message."""

    BOUNCE = "bounce"  # delivery reports, delay warnings too
    AUTO_REPLY = "auto_reply"  # vacation notices and receipts
    REPORT = "report"  # abuse reports and the like
    BULK = "bulk"  # lists, newsletters, anything auto-generated that is no reply
    OWN = "own"  # our own mail come back


class Verdict(StrEnum):
    """What a check of the sender said. ``UNKNOWN``: nobody whom we trust has checked."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NONE = "none"
    UNKNOWN = "unknown"


def called(name: str, address: str) -> str:
    """The name, else the address; a name that could be taken for somebody's address is none."""
    return address if not name or "@" in name else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody on a channel: a mail address in lower case, a Slack or Telegram user id."""

    address: str
    name: str = ""
    channel: str = "email"

    @property
    def shown(self) -> str:
        """How people call them."""
        return called(self.name, self.address)


class RemarkKind(StrEnum):
    """What an agent has to know of a message beside its words."""

    ENCRYPTED = "encrypted"  # by S/MIME or PGP: only its addressee can read it
    SIGNED = "signed"  # by S/MIME or PGP; nobody has checked the signature
    PARTIAL = "partial"  # one piece of a mail that was cut up (RFC 2046, section 5.2.2)
    ELSEWHERE = "elsewhere"  # a file that has to be fetched (RFC 2046, section 5.2.3)
    PROGRAM = "program"  # a file that does something when it is opened
    DISGUISED = "disguised"  # a file that is a program, though its name says otherwise
    INFECTED = "infected"  # a file that is kept away from everybody
    UNSCANNED = "unscanned"  # nobody could look for malware in it
    AUTHORS = "authors"  # From names others beside whom the desk takes for the author


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One such thing; ``about`` is what it is about: a method, a file, a place."""

    kind: RemarkKind
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A machine that may open tickets, as the operator named it, and what it says of its mail.

    ``key`` is the thread key of what the mail is about: repeats of it have the same one; empty
    where each mail is about something else. ``resolves``: it says that this is over. ``person``:
    whose words it passes on, where they are somebody's.
    """

    name: str
    key: str = ""
    resolves: bool = False
    person: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message, or goes out with one.

    ``name`` is safe as a file name; ``type`` is a MIME type in lower case; ``cid`` is the
    Content-ID without angle brackets, by which HTML shows an inline picture. ``infected`` names
    the malware that was found in it: then it is kept, and handed on to nobody. ``digest`` is the
    store's for the data, where it was worked out beforehand.
    """

    name: str
    type: str
    data: bytes = field(repr=False)
    inline: bool = False
    cid: str | None = None
    infected: str = ""
    digest: str = ""

    @property
    def size(self) -> int:
        """Octets."""
        return len(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A kept attachment, without its octets: ``digest`` finds them in the content store."""

    name: str
    type: str
    size: int
    digest: str
    inline: bool = False
    cid: str | None = None
    infected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecipient:
    """One address of a delivery report, with its enhanced status code (RFC 3463), if given."""

    address: str
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a delivery report said (RFC 3464, and the reports that do not follow it).

    ``returned_id`` is the Message-ID of the mail that came back, where the report has it.
    """

    recipients: tuple[FailedRecipient, ...] = ()
    temporary: bool = False
    returned_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of a sender's authenticity: verdicts for the domain of From."""

    spf: Verdict = Verdict.UNKNOWN
    dkim: Verdict = Verdict.UNKNOWN
    dmarc: Verdict = Verdict.UNKNOWN

    @property
    def forged(self) -> bool:
        """DMARC is known to fail: the From line is not to be believed."""
        return self.dmarc is Verdict.FAIL

    @property
    def refused(self) -> bool:
        """SPF or DMARC is known to fail: nothing may be sent to that address by itself."""
        return Verdict.FAIL in (self.spf, self.dmarc)

    @property
    def verified(self) -> bool:
        """DMARC passed, aligned with From (RFC 7489)."""
        return self.dmarc is Verdict.PASS


NO_PROOF = Proof()
"""Nothing is known of the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The message that somebody forwarded, inline or as an attachment of type message/rfc822.

    ``comment`` is what the forwarder wrote above it; ``key`` is the thread key of the original,
    where its id is known.
    """

    author: Party
    subject: str = ""
    text: str = ""
    full_text: str = ""
    html: str | None = None
    comment: str = ""
    key: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel's reader made of a raw message: facts only, no policy.

    ``keys`` are opaque strings by which answers find their ticket: ``own`` is this message's
    own (or None), ``refers_to`` what it answers, strongest first. ``fingerprint`` is the same
    for the same message that came by two ways, and differs for any other one. ``recipients``
    are all addresses it was sent to or delivered for, envelope first, in lower case: where a
    signed reply address may stand. ``headers`` are fields of the message by their name in lower
    case, for conditions of the operator. ``text`` is what the person wrote, without quoted history
    and signature; ``full_text`` is all of it. ``wants_silence``: whoever sent it, a person or not,
    asks for no automatic answer. ``answers_invitation``: a calendar made it, though a person may
    have added words. ``source``: a machine that may open tickets sent it.
    ``delivered_at`` is when it came into the mailbox that it was fetched from, None where it came
    straight to us. ``chat`` is what a chat network says of it, None for mail. ``ignored`` is the
    kind of event that it is, where the reader knows of no meaning of that for a desk: it is kept,
    listed with its kind, and nothing else. ``queue`` is where it lands unless something says
    otherwise, as the channel's config has it; empty: by its recipients.
    """

    channel: str
    author: Party
    fingerprint: str
    message_id: str | None = None
    own_key: str | None = None
    refers_to: tuple[str, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    text: str = ""
    full_text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic | None = None
    automatic_because: str = ""
    wants_silence: bool = False
    answers_invitation: bool = False
    source: Source | None = None
    bounce: Bounce | None = None
    list_id: str = ""
    proof: Proof = NO_PROOF
    language: str | None = None
    forwarded: Forwarded | None = None
    remarks: tuple[Remark, ...] = ()
    chat: Spoken | None = None
    ignored: str = ""
    queue: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    defects: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many came along, those that are yet to be fetched included."""
        return len(self.attachments) + (len(self.chat.files) if self.chat else 0)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who made an entry, as it is shown."""

    name: str
    address: str
    role: Role
    channel: str = "email"

    @property
    def shown(self) -> str:
        """How people call them."""
        return called(self.name, self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The words of an entry; kept apart from the history, so that they can be erased.

    ``remarks`` are what an agent has to know of the message that brought them.
    """

    text: str
    full_text: str = ""
    html: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFact:
    """What a decision needs to know of an entry that is already there.

    ``text`` is the beginning of what was said. ``reply_visibility`` is set for what the desk sent
    to an agent: whether an answer to it is public or stays inside.
    """

    id: int
    ticket: int
    kind: EntryKind
    visibility: Visibility
    at: datetime
    author: Author
    text: str = ""
    reply_visibility: Visibility | None = None

"""What a channel's reader made of a raw message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.core.frozen import quick
from gateway.core.model.files import Attachment
from gateway.core.model.people import NO_PROOF, Party, Proof

if TYPE_CHECKING:
    from gateway.core.chat import Spoken


class Automatic(StrEnum):
    """Which kind of machine sent a message."""

    BOUNCE = "bounce"  # delivery reports, delay warnings too
    AUTO_REPLY = "auto_reply"  # vacation notices and receipts
    REPORT = "report"  # abuse reports and the like
    BULK = "bulk"  # lists, newsletters, anything auto-generated that is no reply
    OWN = "own"  # our own mail come back


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
class FailedRecipient:
    """One address of a delivery report, with its enhanced status code (RFC 3463), if given."""

    address: str
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a delivery report said (RFC 3464, and the reports that do not follow it).

    ``returned_id`` is the Message-ID of the mail that came back, where the report has it;
    ``marked``: its copy there bears the mark that we made for that very id.
    """

    recipients: tuple[FailedRecipient, ...] = ()
    temporary: bool = False
    returned_id: str | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The message that somebody forwarded, inline or as an attachment of type message/rfc822.

    ``comment`` is what the forwarder wrote above it; ``key`` is the thread key of the original,
    where its id is known; ``language`` that of its words, where it is clear.
    """

    author: Party
    subject: str = ""
    text: str = ""
    full_text: str = ""
    html: str | None = None
    comment: str = ""
    key: str | None = None
    sent_at: datetime | None = None
    language: str | None = None


@quick
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

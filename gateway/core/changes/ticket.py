"""What happens to a ticket and its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.core.chat import WantedFile
from gateway.core.clocks import NO_CLOCKS, Clocks
from gateway.core.frozen import quick
from gateway.core.model import (
    NO_PROOF,
    Attachment,
    Author,
    Body,
    Direction,
    EntryKind,
    Party,
    Priority,
    Proof,
    StoredFile,
    Visibility,
)
from gateway.core.reasons import Reason


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new ticket. ``root`` is the key that its conversation begins with.

    ``sla`` is a policy of the ticket's own, before its queue's. ``silent``: the desk writes nothing
    to its requester by itself.
    """

    subject: str
    requester: Party
    queue: str
    because: Reason
    channel: str = "email"
    priority: Priority = Priority.NORMAL
    tier: int = 1
    language: str = "en"
    tags: tuple[str, ...] = ()
    participants: tuple[Party, ...] = ()
    root: str | None = None
    previous: int | None = None
    list_id: str = ""
    place: str = ""
    sla: str = ""
    silent: bool = False
    clocks: Clocks = NO_CLOCKS


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """A new entry on the ticket's history.

    ``fingerprint`` makes the same message once; ``held`` says why an answer waits for its
    author (``overtaken`` or ``mark``), else it is None. ``proof`` is what was known of the sender
    of the message that the words came by. ``wanted`` are files of it that have to be fetched;
    ``wanted_by`` is the entry whose they were until now.
    """

    kind: EntryKind
    visibility: Visibility
    author: Author
    because: Reason
    ref: str = ""
    direction: Direction | None = None
    channel: str = "email"
    body: Body | None = None
    attachments: tuple[Attachment, ...] = ()
    files: tuple[StoredFile, ...] = ()
    fingerprint: str | None = None
    message_id: str | None = None
    held: str | None = None
    proof: Proof = NO_PROOF
    wanted: tuple[WantedFile, ...] = ()
    wanted_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alter:
    """A fact of the ticket changes; the history shows what, from what, to what, and why.

    ``field`` is a field of `Ticket`; ``new`` is the value as that field holds it.
    """

    field: str
    new: Any
    because: Reason
    author: Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """These thread keys belong to the ticket from now on (first come, first served).

    ``taken_from``: the ticket that they are known to belong to, which gives them up. ``came``:
    whether one that others referred to has come by this.
    """

    keys: tuple[str, ...]
    ref: str = ""
    taken_from: int | None = None
    came: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entry goes to another ticket, with its thread keys and files."""

    entry: int
    to: int
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """All entries of another ticket come to this one; that one is closed.

    ``strangers``: who takes part there does not take part here, so that their words are
    internal. ``clocks`` are those of the other ticket: of two that wait for an answer the one that
    began first goes on.
    """

    ticket: int
    because: Reason
    strangers: bool = False
    clocks: Clocks = NO_CLOCKS


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """The ticket has again, as they were, the entries of it that ``ticket`` absorbed.

    ``now_on``: the ticket that this one lives on in, which is another one where it was joined, too.
    """

    ticket: int
    now_on: int
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """A thread key of a ticket is nobody's from now on."""

    key: str
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """The author of an entry changed its words to ``body``; what they were stays as a revision.

    ``body`` is None for what they deleted: its words stay, unless they are to be ``wiped``, and
    with them the ticket's subject, where it is made of them (``subject``).
    ``earlier``: these words are older than those that are there. What was posted of the entry in
    chats is changed there, too, to ``shown``; None leaves it as it is.
    """

    entry: int
    because: Reason
    author: Author
    body: Body | None = None
    wiped: bool = False
    subject: bool = False
    earlier: bool = False
    shown: Body | None = None

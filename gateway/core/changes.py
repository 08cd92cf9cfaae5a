"""What a decision may ask for. The shell applies a list of these in one transaction.

Entries that one decision makes have no id yet: ``ref`` names them within the decision, so that
notices and drafts can point at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.core.bursts import Burst, Sort
from gateway.core.chat import Action, WantedFile
from gateway.core.clocks import NO_CLOCKS, Clocks, Mark
from gateway.core.facts import Scene
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
from gateway.core.targets import Target
from gateway.core.waiting import Waiting


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """A new entry on the ticket's history.

    ``fingerprint`` makes the same message once; ``held`` says why an answer waits for its
    author (``overtaken`` or ``mark``), else it is None. ``proof`` is what was known of the sender
    of the message that the words came by. ``wanted`` are files of it that have to be fetched.
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

    ``taken_from``: the ticket that they are known to belong to, which gives them up.
    """

    keys: tuple[str, ...]
    ref: str = ""
    taken_from: int | None = None


class NoticeKind(StrEnum):
    """Everything the desk says; each has a template of this name in every language."""

    # to requesters and participants
    CONFIRMATION = "confirmation"
    ANSWER = "answer"
    WAITING = "waiting"
    RESOLVED = "resolved"
    STILL_OPEN = "still_open"
    # to the rooms where agents work
    CARD = "card"
    SAID = "said"
    HAPPENED = "happened"
    # to people in chats, in answer to what they ask of the desk itself; the code goes by mail
    WELCOME = "welcome"
    OVERVIEW = "overview"
    HEARD = "heard"
    LINK_CODE = "link_code"
    # to agents; ``Say.reach`` says for each whom an answer to it would reach
    NEW_TICKET = "new_ticket"
    REPLY = "reply"
    EDITED = "edited"
    STRANGER = "stranger"
    COPY = "copy"
    ASSIGNED = "assigned"
    OPENED = "opened"
    PASSED_ON = "passed_on"
    NOTE = "note"
    WOKE = "woke"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    COMMAND_ERROR = "command_error"
    HELD_UNPROVEN = "held_unproven"
    HELD_ANSWER = "held_answer"
    UNDELIVERED = "undelivered"
    CAME_BACK = "came_back"
    TROUBLE = "trouble"
    DIGEST = "digest"
    AGENDA = "agenda"
    HANDOVER = "handover"
    SUMMARY = "summary"
    SHIFT_DONE = "shift_done"
    DONE = "done"
    STATUS = "status"
    MINE = "mine"
    HELP = "help"


class Reach(StrEnum):
    """Whom an answer to a notice would reach: what its reply address is signed for."""

    REQUESTER = "requester"  # we are writing to somebody outside
    PUBLIC = "public"  # an agent's answer goes to the requester
    INTERNAL = "internal"  # an agent's answer stays inside the team
    STANDING = "standing"  # an agent's answer opens a ticket
    RELEASE = "release"  # an agent's answer lets a held mail through
    SHIFT = "shift"  # an agent's answer is lines about many tickets
    NOBODY = "nobody"  # no reply address


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Something to be said to one person, rendered by the shell from the kind's template.

    ``about`` is the ref (or id) of the entry that it carries the words of; ``facts`` fill the
    template. What has one ``lane`` on a ticket goes out in order, else what goes to one person.
    ``shown_to``/``shown_cc`` are named in the headers. ``wait`` holds it back;
    ``answer_of`` is the agent who may take it back meanwhile. ``automatic`` is false for what
    a person wrote. ``in_room``: ``to`` is a room of agents, and it is said there in the ticket's
    thread, which is found when it goes out. ``over``, ``place``, ``alone``, ``edits``,
    ``actions`` and ``mentions`` are for chats, as `core.ports.Outbound` has them.
    """

    kind: NoticeKind
    to: Party
    reach: Reach
    because: Reason
    about: str | int | None = None
    language: str = "en"
    facts: Mapping[str, Any] = field(default_factory=dict)
    body: Body | None = None
    shown_to: tuple[Party, ...] = ()
    shown_cc: tuple[Party, ...] = ()
    speaker: Party | None = None
    attach: bool = False
    files: tuple[StoredFile, ...] = ()
    wait: timedelta = timedelta(0)
    answer_of: str | None = None
    automatic: bool = True
    capped: bool = False
    lane: str = ""
    in_room: bool = False
    over: bool = False
    place: str = ""
    alone: bool = False
    edits: str = ""
    actions: tuple[Action, ...] = ()
    mentions: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Something to be said that is too much at once: it is kept for the agent's next summary."""

    say: Say
    sort: Sort
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """These that were kept (by id) are in a summary now, and kept no longer."""

    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """How much an agent was told of a sort stands so from now on."""

    agent: str
    sort: Sort
    burst: Burst


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDeadline:
    """The ticket's deadline for this target is due then; an earlier one is replaced."""

    target: Target
    due_at: datetime
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDeadline:
    """The ticket's deadline for this target is off, if there is one."""

    target: Target
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The ticket's clocks stand so from now on; ``marks`` are lines for their ledgers."""

    clocks: Clocks
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Since when the ticket waits for its requester; None: it does not, or not by a clock."""

    waiting: Waiting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The message stays in the inbox, listed as held, until somebody releases it."""

    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The message goes nowhere; it stays listed with the reason."""

    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A held message is handled now, as the agent's who vouched for it."""

    inbox: int
    by: str
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsider:
    """A held message is looked at again, so that its agent is asked again."""

    inbox: int
    because: Reason


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entry goes to another ticket, with its thread keys and files."""

    entry: int
    to: int
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """All entries and thread keys of another ticket come to this one; that one is closed."""

    ticket: int
    because: Reason


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One more of something: ``scope`` and ``key`` of a tally, by hour, or by day (``…_day``)."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that could have been expected was left out, and why: for the log."""

    what: str
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Nothing is done: what was asked for is wrong, and these lines say how."""

    lines: tuple[str, ...]


Change = (
    Open
    | Append
    | Alter
    | Claim
    | Say
    | Keep
    | Listed
    | StartDeadline
    | StopDeadline
    | Tick
    | Wait
    | Hold
    | Drop
    | Release
    | Reconsider
    | Deliver
    | Unreachable
    | Reachable
    | Cancel
    | Settle
    | Move
    | Absorb
    | Away
    | Given
    | Verify
    | Link
    | Challenge
    | Attempt
    | LetGo
    | Revise
    | Skip
    | Refuse
)


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """Changes to one ticket: an existing one by number, or the new one (None)."""

    ticket: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done about one event: changes in order, by ticket where they have one.

    ``counts`` is what is remembered of it for the decisions within the hour or day after it,
    ``paced`` of how much agents were told.
    ``scene`` is what the operator's rules looked at, where any were asked.
    """

    ticket: int | None
    changes: tuple[Change, ...]
    matched_by: str | None = None
    also: tuple[On, ...] = ()
    counts: tuple[Count, ...] = ()
    paced: tuple[Paced, ...] = ()
    scene: Scene | None = field(default=None, repr=False, compare=False)

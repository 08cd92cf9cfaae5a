"""What a decision needs to know of the world, as frozen values; the shell fetches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.agenda import Agenda
from gateway.core.assignment import Staff
from gateway.core.bursts import Bursts
from gateway.core.chat import WantedFile
from gateway.core.frozen import quick
from gateway.core.model import Body, EntryFact, Party, StoredFile, Ticket

EVERYBODY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What is remembered of a message's author. ``verified``: proved to be theirs before.

    ``came_back``: mail to them did, for good. ``accounts`` are who else they are known to be;
    ``vouched`` those of them by the word of the network, now for the first time.
    """

    accounts: tuple[Party, ...] = ()
    vouched: tuple[Party, ...] = ()
    verified: bool = False
    language: str | None = None
    came_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """Mail to an address came back for good: when, and what was said about it."""

    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """Confirmations sent within the last hour: to the address, to its domain, to everybody.

    ``words``: how often the author said the same words before within the hour, on this ticket or
    to open one. ``opened``: how many tickets they opened before within the day. ``gone``: how often
    it was said within the day that this very message of a chat is deleted.
    """

    recipient: int = 0
    domain: int = 0
    overall: int = 0
    words: int = 0
    opened: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A ticket's requester, as somebody to whom the desk itself may write.

    ``verified``: the address proved to be theirs. ``came_back``: mail to them did. ``answer`` is
    the newest that an agent wrote to them on the ticket.
    """

    verified: bool = False
    came_back: bool = False
    tallies: Tallies = Tallies()
    answer: EntryFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCode:
    """A code that was sent to a mail address, to be brought back to ``place`` until then."""

    address: str
    place: str
    digest: str
    until: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be known for what somebody asks of the desk itself in a chat.

    ``own`` are their tickets that are not closed, newest first. ``code`` is the one that they may
    bring back; ``mails`` how many codes went to the address that they name today, ``asked`` how
    many they asked for.
    """

    own: tuple[Ticket, ...] = ()
    code: PendingCode | None = None
    mails: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """An answer that waits for its author's word.

    ``body.full_text`` is what they wrote at first, commands included. ``wanted`` are files of it
    that are not here yet.
    """

    entry: int
    body: Body
    files: tuple[StoredFile, ...] = ()
    wanted: tuple[WantedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAnswer:
    """An answer that can still be taken back: its entry and the outgoing messages of it."""

    entry: int
    outbox_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail that waits in the inbox for its agent's word. ``asked_at``: when they were asked."""

    inbox: int
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An outgoing message that a delivery report is about.

    ``proved``: the report bears a sign that only who had the message itself can know.
    """

    outbox_id: int
    ticket: int | None
    to: Party
    kind: str
    entry: int | None = None
    proved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A notice that waits for its agent's summary. ``entry`` is the one whose words it carries."""

    id: int
    ticket: int
    kind: str
    at: datetime
    entry: int | None = None


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything beside event and policy that one decision looks at.

    ``ticket`` is the one the event belongs to (merges followed), ``previous`` the one a new
    ticket would point back to. ``answered`` is the entry that the message answers and ``newer``
    the public messages that came after it. ``others`` are further tickets that commands name,
    ``entries`` entries that they name. ``last_words`` are the requester's newest. ``duplicate``
    is the (ticket, entry) that already holds this very message. ``due_at`` is when the deadline
    that came is due now, where it was set anew meanwhile. ``held_mail`` is the one that a release
    address names, as long as it is held. ``shift`` has, for an answer to a digest, the situation of
    each ticket that its lines name. ``repeats``: what a source said of the same thing within the
    hour before; for the deadline about that, how many were only counted. ``came_back`` has those
    people, by address, whose mail came back for good. ``ours``: the message bears the id of one
    that the desk itself sent. ``agenda`` is what is before the desk, for a digest;
    ``left`` the tickets of those whose shift ends, for a hand-over.
    ``staff`` is how the agents stand, where the desk assigns tickets itself. ``unanswered`` has,
    for an agent who goes away, the requester's last words on each open ticket of theirs that waits
    for an answer; the tickets are in ``others``. ``addressee`` is the ticket's requester, where the
    desk may have something to say to them by itself. ``other_way``: for a message that did not
    arrive, the proven mail address of whom it was for. ``asked`` is what a request in a chat needs.
    ``bursts`` is how much agents were told lately; None where nobody is told in earnest. ``kept``:
    for a summary, what it is to list; its tickets are in ``others``, its words in ``entries``.
    ``cards`` are the keys of the ticket's cards in rooms of agents, for what was said in one of
    these. ``came_along`` has, by the number of a ticket that others were merged into, whose
    addresses came to take part there by that. ``was_joined``: the ticket that the message names
    was joined by the desk itself to the one where it goes.
    """

    ticket: Ticket | None = None
    answered: EntryFact | None = None
    file: StoredFile | None = None
    newer: tuple[EntryFact, ...] = ()
    last_words: EntryFact | None = None
    history: tuple[EntryFact, ...] = ()
    others: Mapping[int, Ticket] = field(default_factory=dict)
    entries: Mapping[int, EntryFact] = field(default_factory=dict)
    held: HeldAnswer | None = None
    waiting: WaitingAnswer | None = None
    held_mail: HeldMail | None = None
    sender: Sender = Sender()
    other_way: Party | None = None
    asked: Asked = Asked()
    tallies: Tallies = Tallies()
    addressee: Addressee = Addressee()
    away: Mapping[str, datetime | None] = field(default_factory=dict)
    staff: Staff = field(default_factory=Staff)
    unanswered: Mapping[int, EntryFact] = field(default_factory=dict)
    ours: bool = False
    repeats: int = 0
    came_back: Mapping[str, CameBack] = field(default_factory=dict)
    mine: tuple[Ticket, ...] = ()
    sent: Sent | None = None
    duplicate: tuple[int, int] | None = None
    shift: Mapping[int, Situation] = field(default_factory=dict)
    agenda: Agenda | None = None
    cards: frozenset[str] = frozenset()
    came_along: Mapping[int, frozenset[str]] = field(default_factory=dict)
    was_joined: bool = False
    left: tuple[Ticket, ...] = ()
    pace: int = 0
    due_at: datetime | None = None
    bursts: Bursts | None = None
    kept: tuple[Kept, ...] = ()

"""The seam between the desk and the networks, and between the desk and the clock.

A channel knows this module, ``core.model`` and its own library; never the store and never
another channel. Further abilities (edit, react, upload) are to be further small protocols,
never more methods here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from gateway.core.addresses import AddressBook
from gateway.core.chat import Action
from gateway.core.documents import Document
from gateway.core.model import Attachment, Message, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Raw octets from a network, with where they came from.

    ``external_id`` is unique within the channel: the same one accepted twice is kept once.
    ``envelope`` is small, JSON-able and versioned by the channel (key ``v``): what the network
    said beside the message (sender, recipients, peer). ``lane`` is an opaque string that is
    equal for messages of one conversation as far as the channel can tell cheaply: messages of
    a lane are handled in the order they were accepted. ``live`` is false for an import: nothing
    is sent and no clock runs.
    """

    channel: str
    external_id: str
    raw: bytes = field(repr=False)
    received_at: datetime
    envelope: Mapping[str, Any] = field(default_factory=dict)
    lane: str = ""
    live: bool = True


@dataclass(frozen=True, slots=True)
class Accepted:
    """The promise: row ``id`` of the inbox is on disk. ``duplicate``: it already was."""

    id: int
    duplicate: bool = False


class IntakeUnavailableError(Exception):
    """The inbox cannot take the message now (disk full, database locked or gone): try later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a person has to see to, or that is over.

    ``key`` is what it is about as the config names it, such as ``email.mailbox ada@example.org``:
    leads hear of one key once a day. ``words`` are sentences for them: what is wrong, and what to
    do about it; no secrets, nobody's mail.
    """

    channel: str
    key: str
    words: str
    over: bool = False


class CannotListenError(OSError):
    """A port cannot be had: the ``key`` of the config, and ``where`` as host:port."""

    def __init__(self, key: str, where: str, cause: OSError) -> None:
        super().__init__(cause.errno, cause.strerror or str(cause))
        self.key = key
        self.where = where


class Intake(Protocol):
    """Where a channel hands over what it received."""

    async def accept(self, incoming: Incoming) -> Accepted:
        """Write to the inbox and return after the commit.

        Must not be acknowledged upstream before this returned. Raises
        `IntakeUnavailableError`; the channel then tells its peer to come again.
        """
        ...


class Door(Intake, Protocol):
    """What a running channel has of the desk: its intake, and somebody to tell of trouble."""

    async def report(self, trouble: Trouble) -> None:
        """Have the leads told, by whatever way still goes. Never raises: at worst it is logged."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message to one person (``to``), complete and the same at every try.

    ``message_id`` was fixed before the first try. ``thread`` holds the keys of the conversation,
    oldest first (for mail: the ids for References). ``shown_to`` and ``shown_cc`` are the people
    whom the headers name; delivery is to ``to`` alone. ``bounce_to`` is the envelope sender;
    empty: none (RFC 5321, section 4.5.5). ``automatic`` is true for what the desk says by
    itself. ``mark`` is the signed sign by which our own mail is recognised. ``kind`` is what sort
    of thing is said (`core.changes.NoticeKind`).

    For chats: ``place`` is the key of where it is said, empty for the person's own conversation;
    ``alone``: there it is shown to ``to`` alone, where the network can do that. ``edits`` is the
    key (of an earlier receipt) of what this replaces; where that is gone it is said anew.
    ``pieces`` are the keys of the rest of it, in order, where it was long: replaced, too. ``over``:
    nothing more is expected in the thread that it stands for. ``actions`` are buttons; ``mentions``
    are people there who are called by it. ``face``: the account on this network of whoever said it,
    or asked; their picture may be shown beside it. ``lacks`` are files that it goes without, since
    they have to be fetched; channels have no use for it. ``attempt`` counts the tries from 1: of
    one before this the fate may be unknown, so a network that can be asked is asked first.
    """

    id: int
    ticket: int | None
    channel: str
    to: Party
    sender: Party
    document: Document
    message_id: str
    created_at: datetime
    reply_to: str | None = None
    shown_to: tuple[Party, ...] = ()
    shown_cc: tuple[Party, ...] = ()
    thread: tuple[str, ...] = ()
    bounce_to: str = ""
    automatic: bool = True
    language: str = "en"
    mark: str = ""
    attachments: tuple[Attachment, ...] = ()
    kind: str = ""
    place: str = ""
    alone: bool = False
    over: bool = False
    edits: str = ""
    pieces: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    mentions: tuple[Party, ...] = ()
    face: Party | None = None
    lacks: tuple[int, ...] = ()
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the network said when it took a message: keys by which answers will be recognised.

    In a chat the first key is that of the message itself, by which it can be edited; what opens a
    thread or topic of its own gives the key of that one next. ``words``: so many of the first keys
    are of its words, which are edited together, and not of files or threads.
    """

    keys: tuple[str, ...] = ()
    words: int = 0
    remark: str = ""


class SendError(Exception):
    """A message did not go out. The text is shown to agents and operators: no secrets in it."""


class TemporaryError(SendError):
    """Try again later. Whatever is unknown counts as temporary.

    ``after`` is the least wait in seconds, where the network named one.
    """

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class PermanentError(SendError):
    """Trying again is of no use: the agent has to be told."""


class UnreachableError(PermanentError):
    """Nothing at all reaches them by this network: they left it, or blocked the desk there."""


class GoneError(PermanentError):
    """Where it was to be said is not there any more: a thread, a topic, the message above it."""


class MaybeSentError(SendError):
    """The connection was lost after the message was handed over: it may have gone out."""


Note = Mapping[str, Any]
"""A small JSON document of a channel's own, with its version as ``v``."""


class Notebook(Protocol):
    """A channel's own small durable memory: offsets, ledgers, caches; never a message.

    Notes stand in books, each under a key. A book's name begins with the channel's. Every method
    blocks: call it in a thread. Raises `NotebookUnavailableError`.
    """

    def get(self, book: str, key: str) -> Note | None:
        """The note under a key, None if there is none."""
        ...

    def write(self, book: str, put: Mapping[str, Note], delete: Iterable[str] = ()) -> None:
        """Put notes, and delete others, in one commit: all of it is on disk on return, or none."""
        ...

    def scan(self, book: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, Note]]:
        """Keys beyond ``after`` with their notes, in the order of the keys' code points."""
        ...


class NotebookUnavailableError(Exception):
    """The notebook cannot be read or written now (disk full, database locked or gone)."""


class Turns(Protocol):
    """Who does what only one process may do at a time, of those that share the database."""

    def take(self, name: str) -> bool:
        """Whether it is our turn; ours from now on if it was nobody's. Blocks, never for long.

        A turn can be lost with the connection to the database: ask again every few seconds.
        """
        ...

    def leave(self, name: str) -> None:
        """Somebody else may have it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTicket:
    """What somebody outside is shown of a ticket of theirs, where a network has room for a list.

    ``state`` is in words; ``due_at``: when an answer is due, where that is said.
    """

    number: int
    subject: str
    state: str
    due_at: datetime | None = None


OwnTickets = Callable[[Party, str], Sequence[OwnTicket]]
"""The open tickets of somebody, newest first, in a language. Blocks: call it in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel may know of the desk when it is built.

    ``notebook``, ``turns`` and ``own_tickets`` are there in the daemon; a command without a
    database has none of them. ``web``: the desk has a web server, so that networks can post to it
    (`Hooks`); ``public_url`` is how it is reached from outside, empty where nothing says so.
    ``is_agent``: whether the config names an account as an agent's. It is for hints to people
    alone: what somebody may do is decided elsewhere.
    """

    book: AddressBook
    now: Callable[[], datetime]
    notebook: Notebook | None = None
    turns: Turns | None = None
    own_tickets: OwnTickets | None = None
    web: bool = False
    public_url: str = ""
    is_agent: Callable[[Party], bool] = lambda _who: True


class Channel(Protocol):
    """One network. Built by its folder's ``plugin.build`` from its own settings."""

    @property
    def name(self) -> str:
        """The channel's name as it stands in config and on entries, such as ``email``."""
        ...

    def read(self, incoming: Incoming) -> Message:
        """Raw octets to facts. Pure; never raises on bad input, reads as far as it can."""
        ...

    async def run(self, intake: Door, ready: Callable[[], None]) -> None:
        """Receive until cancelled; call ``ready`` once when all listeners accept.

        Acknowledges upstream only after ``accept`` returned. Ends within a second of being
        cancelled, what is under way being finished or left unacknowledged.
        """
        ...

    async def send(self, outbound: Outbound) -> Receipt:
        """Send one message. Raises `TemporaryError`, `PermanentError` or `MaybeSentError`."""
        ...


class Verdict(StrEnum):
    """What a check came to."""

    WORKS = "works"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `gateway check`: the key of the config that it is about, and what was found."""

    key: str
    verdict: Verdict
    said: str


@runtime_checkable
class Checks(Protocol):
    """A channel that can try out its part of the config. Optional."""

    async def check(self) -> list[Finding]:
        """Connect to whatever the config names, and say what works; changes and sends nothing.

        Never raises: what is in the way is a finding.
        """
        ...


@runtime_checkable
class Renews(Protocol):
    """A channel of whose table some keys count while it runs, when the config was edited. Optional.

    ``renewable`` names these keys.
    """

    @property
    def renewable(self) -> frozenset[str]: ...

    def renew(self, section: Any) -> None:
        """Go on by this table, of which nothing but those keys is new. On the event loop."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A channel whose files have to be fetched apart from their messages. Optional."""

    async def fetch(self, ref: str, most: int) -> bytes:
        """The octets of a `core.chat.WantedFile`, at most ``most``.

        Raises `TemporaryError` or `PermanentError`; their words are shown to agents, and hold
        neither a token nor an address that has one.
        """
        ...


@runtime_checkable
class Scans(Protocol):
    """A channel that can have octets searched for malware, as its config says. Optional."""

    async def scan(self, data: bytes) -> str | None:
        """The name of what was found, empty for nothing, None where nobody could look."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """What came to a path of a channel's: header names in lower case, the body as it came."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookReply:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"


Hook = Callable[[HookRequest], Awaitable[HookReply]]


@runtime_checkable
class Hooks(Protocol):
    """A channel to which its network posts, by the desk's own web server. Optional."""

    def hooks(self) -> Mapping[str, Hook]:
        """What answers a POST, by path (``/slack/events``); nothing where none is configured.

        A hook answers for what it accepted after the commit alone; while the channel does not run
        it answers 503.
        """
        ...

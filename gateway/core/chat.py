"""What chat networks tell beside words: where it was said, by which button, which files are there.

Facts alone; what follows from them is decided elsewhere. Keys and references are opaque to the
core: a channel makes them, and is handed them back unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.model import Party


class Where(StrEnum):
    """In what sort of place something was said."""

    DIRECT = "direct"  # between one person and the desk: a private chat
    COMMON = "common"  # among people, such as a thread of a channel where the desk was called
    DESK = "desk"  # where agents work: the thread or topic of a ticket, and around it


class Ask(StrEnum):
    """What somebody outside may ask of the desk without words for an agent."""

    START = "start"  # they met the desk: it greets
    HELP = "help"
    NEW = "new"  # what they say next is about something else
    STATUS = "status"  # their own tickets
    CLOSE = "close"  # they need nothing more
    SOLVED = "solved"  # the answer to "is it solved?"
    NOT_SOLVED = "not_solved"
    RATE = "rate"  # stars, 1 to 5
    LINK = "link"  # they say that a mail address is theirs, too
    CODE = "code"  # the code that was sent there


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One such thing. ``argument``: stars, an address, a code; empty where there is none."""

    ask: Ask
    argument: str = ""

    @property
    def says(self) -> str:
        """The form that a button carries: ``rate 5``."""
        return f"{self.ask} {self.argument}".rstrip()

    @classmethod
    def of(cls, said: str) -> Request | None:
        """The request of a button's form; None for anything else."""
        word, _, argument = said.strip().partition(" ")
        known = next((ask for ask in Ask if ask == word), None)
        return cls(ask=known, argument=argument.strip()) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The message stands for a change of an earlier one: ``key`` is that one's own key.

    ``deleted``: it is gone, and the message has no words; else its words replace the earlier ones.
    """

    key: str
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file that lies with the network until it is fetched.

    ``ref`` is all that the channel needs to fetch it (`core.ports.Fetches`): no secret, no token.
    ``name`` is safe as a file name; ``size`` in octets, where the network says it. ``problem``
    says why it is of no use to try, such as being too large.
    """

    ref: str
    name: str
    type: str
    size: int | None = None
    inline: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a chat network says of a message beside its words.

    The network itself names the author: nobody can pretend to be somebody else there.
    ``conversation`` is the key of the author's own standing conversation with the desk (a private
    chat): what they say there goes on with its open ticket; empty elsewhere. ``place`` is where
    an answer to this very message is put, ``shown_to_author_alone`` whether the network can show
    it there to the author alone. ``overheard``: it was said among people without calling the desk,
    and counts only where it belongs to a ticket. ``ticket`` is one that the author named outright.
    ``pressed``: a button or a form said it. ``same`` are other accounts that the network vouches to
    be the same person's. ``files`` are to be fetched.
    """

    where: Where
    conversation: str = ""
    place: str = ""
    shown_to_author_alone: bool = False
    overheard: bool = False
    ticket: int | None = None
    request: Request | None = None
    edit: Edit | None = None
    pressed: bool = False
    same: tuple[Party, ...] = ()
    files: tuple[WantedFile, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is a message of its own: no button, no change of an earlier one."""
        return self.edit is None and self.request is None and not self.pressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button under something that is said.

    ``says`` is what pressing it says: a line of the agents' grammar (``#take``) or the form of a
    `Request`. ``asks``: words are asked for first, and follow that line. ``choices``: one of these
    instead, as (label, says). ``main`` stands out.
    """

    label: str
    says: str = ""
    asks: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where the agents of a desk work on a network: a channel or a group, as its id."""

    channel: str
    address: str

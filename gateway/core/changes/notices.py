"""What is said, to whom, and whom an answer to it would reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from gateway.core.bursts import Burst, Sort
from gateway.core.chat import Action
from gateway.core.frozen import quick
from gateway.core.model import Body, Party, StoredFile
from gateway.core.reasons import Reason


class NoticeKind(StrEnum):
    """Everything the desk says; each has a template of this name in every language."""

    # to requesters and participants
    CONFIRMATION = "confirmation"
    ANSWER = "answer"
    LATE_FILE = "late_file"
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


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Something to be said to one person, rendered by the shell from the kind's template.

    ``about`` is the ref (or id) of the entry that it carries the words of; ``facts`` fill the
    template. ``files``: these alone of that entry's go along. What has one ``lane`` on a ticket
    goes out in order, else what goes to one person.
    ``shown_to``/``shown_cc`` are named in the headers. ``wait`` holds it back;
    ``answer_of`` is the agent who may take it back meanwhile. ``automatic`` is false for what
    a person wrote. ``in_room``: ``to`` is a room of agents, and it is said there in the ticket's
    thread, which is found when it goes out. ``over``, ``place``, ``alone``, ``edits``,
    ``actions`` and ``mentions`` are for chats, as `core.ports.Outbound` has them. ``whose``: who
    said it, or asked; chats may show their picture.
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
    whose: Party | None = None


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

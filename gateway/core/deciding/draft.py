"""A decision in the making: the changes so far, and the ticket as they would leave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.core.addresses import AddressBook
from gateway.core.assignment import Staff
from gateway.core.changes import (
    Alter,
    Append,
    Change,
    Decision,
    NoticeKind,
    On,
    Open,
    Reach,
    Say,
    StartDeadline,
    StopDeadline,
    Tick,
    Wait,
)
from gateway.core.clocks import Clocks, Mark
from gateway.core.events import MessageArrived
from gateway.core.facts import Scene
from gateway.core.frozen import replace
from gateway.core.model import Author, Party, Role, State, Ticket
from gateway.core.notices import to_agent
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.states import Cause, after
from gateway.core.targets import Target
from gateway.core.tickets import altered, opened
from gateway.core.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every decision may use beside event and situation."""

    policy: Policy
    book: AddressBook


def is_the_desks(desk: Desk, address: str) -> bool:
    """Whether an address is one of the desk's or of a group of its own, or looks signed."""
    if address in desk.book.plain or address in desk.policy.own_lists:
        return True
    return desk.book.looks_ours(address)


def is_written_to(desk: Desk, event: MessageArrived) -> bool:
    """Whether a message names the desk among those whom it is for, or nobody at all.

    An archive that an operator takes in may well hold mail to others.
    """
    named = (*event.message.to, *event.message.cc)
    return not event.live or not named or any(is_the_desks(desk, p.address) for p in named)


def desk_author(policy: Policy) -> Author:
    """The desk itself, as an author."""
    return Author(name=policy.desk_name, address=policy.desk_address, role=Role.DESK)


def agent_author(agent: Agent, channel: str = "email") -> Author:
    """An agent, as an author."""
    return Author(name=agent.name, address=agent.email, role=Role.AGENT, channel=channel)


class Draft:
    """Collects changes for one ticket (and, by commands, for others); decides nothing."""

    def __init__(self, ticket: Ticket, desk: Desk, now: datetime, *, live: bool = True) -> None:
        self.ticket = ticket
        self.desk = desk
        self.now = now
        self.live = live
        self.matched_by: str | None = None
        self.scene: Scene | None = None
        self.staff: Staff | None = None  # as what was given in this decision left it
        self._number: int | None = ticket.number
        self._changes: list[Change] = []
        self._also: list[On] = []
        self._refs = 0

    @classmethod
    def opening(cls, change: Open, desk: Desk, now: datetime, *, live: bool = True) -> Draft:
        """A draft that begins with a new ticket."""
        draft = cls(opened(change, 0, now), desk, now, live=live)
        draft._number = None
        draft._changes.append(change)
        return draft

    @classmethod
    def nowhere(cls, desk: Desk, now: datetime, *, live: bool = True) -> Draft:
        """A draft for what needs no ticket: only notices come of it."""
        nobody = Ticket(
            number=0,
            subject="",
            requester=Party(address=""),
            queue=desk.policy.queues[0].name,
            created_at=now,
            updated_at=now,
        )
        draft = cls(nobody, desk, now, live=live)
        draft._number = None
        return draft

    @property
    def opens(self) -> bool:
        """Whether the ticket is new by this very decision."""
        return self._number is None

    @property
    def policy(self) -> Policy:
        """The operator's policy."""
        return self.desk.policy

    def add(self, *changes: Change) -> None:
        """Append changes as they are."""
        self._changes.extend(changes)

    def on_other(self, ticket: int, *changes: Change) -> None:
        """Append changes to another ticket."""
        self._also.append(On(ticket=ticket, changes=changes))

    def entry(self, append: Append) -> str:
        """Append an entry; gives the ref by which notices point at it."""
        self._changes.append(append)
        return append.ref

    def ref(self) -> str:
        """A fresh ref."""
        self._refs += 1
        return f"new-{self._refs}"

    def has(self, kind: type[Change]) -> bool:
        """Whether a change of this kind is there already."""
        return any(isinstance(change, kind) for change in self._changes)

    def newest_ref(self, fingerprint: str) -> str:
        """The ref of the entry that holds a message; empty where the message left none."""
        for change in self._changes:
            if isinstance(change, Append) and change.fingerprint == fingerprint:
                return change.ref
        return ""

    def alter(self, field: str, new: Any, because: Reason, author: Author) -> bool:
        """Change a fact of the ticket; nothing happens where it already is so."""
        if getattr(self.ticket, field) == new:
            return False
        change = Alter(field=field, new=new, because=because, author=author)
        self._changes.append(change)
        self.ticket = altered(self.ticket, change, self.now)
        return True

    def move_state(self, cause: Cause, because: Reason, author: Author) -> bool:
        """Move the state as the table says; the deadlines that hang on it follow."""
        target = after(self.ticket.state, cause)
        if not self.alter("state", target, because, author):
            return False
        self.add(StopDeadline(target=Target.WAKE, because=because))
        self.add(StopDeadline(target=Target.AUTO_CLOSE, because=because))
        if target is State.RESOLVED:
            self.start(Target.AUTO_CLOSE, self.policy.auto_close_after, because)
        return True

    def start(self, target: Target, span: timedelta, because: Reason) -> None:
        """A deadline that is due after a while, unless all of this is an import."""
        if self.live:
            self.add(StartDeadline(target=target, due_at=self.now + span, because=because))

    def tick(self, clocks: Clocks, marks: tuple[Mark, ...]) -> None:
        """The clocks stand so from now on."""
        self._changes.append(Tick(clocks=clocks, marks=marks))
        self.ticket = replace(self.ticket, clocks=clocks)

    def wait_for(self, waiting: Waiting | None) -> None:
        """The requester is waited for like this from now on."""
        self._changes.append(Wait(waiting=waiting))
        self.ticket = replace(self.ticket, waiting=waiting)

    def say(self, notice: Say) -> None:
        """Say something, unless all of this is an import."""
        if self.live:
            self._changes.append(notice)

    def tell(
        self,
        agent: Agent,
        kind: NoticeKind,
        because: Reason,
        *,
        reach: Reach = Reach.INTERNAL,
        **more: Any,
    ) -> None:
        """Say something to an agent, in their language, with the ticket's facts."""
        self.say(to_agent(self.policy, self.ticket, agent, kind, because, reach=reach, **more))

    def decision(self) -> Decision:
        """All of it."""
        return Decision(
            ticket=self._number,
            changes=tuple(self._changes),
            matched_by=self.matched_by,
            also=tuple(self._also),
            scene=self.scene,
        )


def by_agent(agent: Agent, line: str) -> Reason:
    """The reason of what a command does: its word alone, without what else stood there."""
    word = line.lstrip("# \t").split(maxsplit=1)[:1]
    return Reason.of(Why.BY_COMMAND, agent=agent.name, command="#" + "".join(word))

"""A decision on its way into the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.core import changes as c
from gateway.core.clocks import Mark
from gateway.core.deciding import Desk
from gateway.core.model import Author, EntryKind, Party, Role, Ticket, Visibility
from gateway.core.promises import Promise
from gateway.core.reasons import Reason
from gateway.core.targets import Target
from gateway.runtime.outgoing import About, Renders
from gateway.store import Connection
from gateway.store.entries import NewEntry
from gateway.store.inbox import InboxState


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of an event."""

    state: InboxState = InboxState.DONE
    ticket: int | None = None
    entry: int | None = None
    because: Reason | None = None
    refused: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Work:
    """One decision being carried out on one ticket: what was collected so far.

    ``now`` is the moment that counts for the ticket, ``clock`` the one in which we write. Where
    nobody hears it (``heard``), what is said is not put into words. ``seen`` are the tickets as the
    decision saw them, by number.
    ``because`` is the reason of the first entry.
    """

    conn: Connection
    desk: Desk
    renderer: Renders
    now: datetime
    clock: datetime
    known_keys: frozenset[str]
    inbox: int | None
    heard: bool = True
    seen: Mapping[int, Ticket] = field(default_factory=dict)
    before: Ticket | None = None
    opened: bool = False
    ticket: Ticket | None = None
    pending: list[tuple[str, NewEntry]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    existing: dict[int, About] = field(default_factory=dict)
    wanted: dict[str, c.Append] = field(default_factory=dict)
    abouts: dict[str, About] = field(default_factory=dict)
    says: list[c.Say] = field(default_factory=list)
    keeps: list[c.Keep] = field(default_factory=list)
    claims: list[c.Claim] = field(default_factory=list)
    dues: dict[Target, c.StartDeadline | c.StopDeadline] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    first_entry: int | None = None
    fate: Applied = field(default_factory=Applied)
    because: Reason | None = None

    def needs_ticket(self) -> Ticket:
        """The ticket. Raises LookupError where there is none: a decision that is wrong."""
        if self.ticket is None:
            raise LookupError("a change needs a ticket, and there is none")
        return self.ticket

    def desk_author(self) -> Author:
        """The desk itself, as an author."""
        policy = self.desk.policy
        return Author(name=policy.desk_name, address=policy.desk_address, role=Role.DESK)

    def note_change(
        self, because: Reason, author: Author, *, on: int | None = None, **change: Any
    ) -> None:
        """The history says what changed (``what``, ``old``, ``new``), from whom, and why.

        On the ticket itself, unless ``on`` names another one.
        """
        entry = NewEntry(
            ticket=self.needs_ticket().number if on is None else on,
            at=self.now,
            kind=EntryKind.CHANGE,
            visibility=Visibility.INTERNAL,
            author=author,
            because=str(because),
            because_code=because.code,
            change=change,
            inbox=self.inbox,
        )
        self.pending.append(("", entry))


Handlers = dict[type[Any], Callable[[Work, Any], None]]
"""What carries out each kind of change."""


def shown(value: Any) -> Any:
    """A ticket's field as the history shows it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Party):
        return {"name": value.name, "address": value.address}
    if isinstance(value, Promise):
        return value.to_json()
    if isinstance(value, tuple):
        return [shown(v) for v in value]
    return value

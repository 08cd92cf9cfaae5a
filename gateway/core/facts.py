"""What a rule may look at: the names, their types, and their values for one message.

The page of the documentation that lists them is made from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.core.calendars import ALWAYS
from gateway.core.contacts import ContactKind
from gateway.core.expressions import (
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    Fact,
    Facts,
    Type,
    Vocabulary,
    list_of,
    map_of,
    one_of,
    record,
)
from gateway.core.model import Automatic, Message, Party, Priority, Role, State, Ticket
from gateway.core.policy import Policy
from gateway.core.rules import Occasion

LONGEST_TEXT = 50_000  # characters of a text that rules look at
MOST = 200  # addresses, attachments
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AUTOMATIC = ("", *(a.value for a in Automatic))
_ROLES = tuple(r.value for r in Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A message on a ticket, as rules see it. ``verified``: the author's address was proven."""

    ticket: Ticket
    message: Message
    policy: Policy
    now: datetime
    occasion: Occasion
    role: Role = Role.REQUESTER
    verified: bool = False

    @property
    def local(self) -> datetime:
        """The moment, as the clock on the desk's wall shows it."""
        return self.now.astimezone(ZoneInfo(self.policy.timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    fact: Fact
    value: Callable[[Scene], Any]


def vocabulary(queues: Iterable[str], calendars: Iterable[str] = (ALWAYS,)) -> Vocabulary:
    """The names that rules may use on a desk with these queues and calendars."""
    return Vocabulary(tuple(known.fact for known in _known(tuple(queues), tuple(calendars))))


def facts_of(scene: Scene, names: Iterable[str]) -> Facts:
    """The values of these names, and of no others."""
    return Facts({name: _VALUES[name](scene) for name in names if name in _VALUES})


def _known(queues: tuple[str, ...] = (), calendars: tuple[str, ...] = ()) -> tuple[_Known, ...]:
    return (
        *_of_words(),
        *_of_people(),
        *_of_files(),
        *_of_ticket(queues),
        *_of_time(calendars),
    )


def _one(
    name: str, kind: Type, description: str, example: str, value: Callable[[Scene], Any]
) -> _Known:
    return _Known(fact=Fact(name, kind, description, example), value=value)


def _of_words() -> tuple[_Known, ...]:
    return (
        _one(
            "subject",
            TEXT,
            "the subject of the message",
            'subject.matches("(?i)outage|down")',
            lambda s: s.message.subject,
        ),
        _one(
            "text",
            TEXT,
            "what the person wrote, quoted history and signature left out; the first "
            f"{LONGEST_TEXT} characters",
            'text.contains("invoice")',
            lambda s: s.message.text[:LONGEST_TEXT],
        ),
        _one(
            "language",
            TEXT,
            "the language of the message, such as en; empty if not known",
            'language == "it"',
            lambda s: s.message.language or "",
        ),
        _one(
            "headers",
            map_of(TEXT, lower=True),
            "header fields of a mail by their name in lower case: the first of each name, "
            "those that every mail has left out",
            'headers["x-priority"] == "1"',
            lambda s: dict(s.message.headers),
        ),
    )


def _of_people() -> tuple[_Known, ...]:
    person = record(
        address=TEXT,
        domain=TEXT,
        name=TEXT,
        kind=one_of(k.value for k in ContactKind),
        tags=list_of(TEXT),
        verified=TRUTH,
        agent=TRUTH,
    )
    return (
        _one(
            "from",
            TEXT,
            "the address of whoever wrote, in lower case",
            'from.endsWith("@acme.example")',
            lambda s: s.message.author.address,
        ),
        _one(
            "requester",
            person,
            "who the ticket is for: address, domain, name; kind and tags of their contact; "
            "verified (their address was proven once), agent (one of our own)",
            '"vip" in requester.tags',
            _requester,
        ),
        _one(
            "role",
            one_of(_ROLES),
            "what the author is to the ticket",
            'role == "participant"',
            lambda s: s.role.value,
        ),
        _one("to", list_of(TEXT), "addresses in To", "to.size() > 5", lambda s: _all(s.message.to)),
        _one(
            "cc",
            list_of(TEXT),
            "addresses in Cc",
            'cc.exists(a, a.endsWith("@board.example"))',
            lambda s: _all(s.message.cc),
        ),
        _one(
            "recipient",
            TEXT,
            "the desk's own address that it was sent to",
            'recipient == "billing@acme.example"',
            _recipient,
        ),
        _one(
            "list_id",
            TEXT,
            "the mailing list that passed it on; empty if none",
            'list_id == "users.lists.example"',
            lambda s: s.message.list_id,
        ),
        _one(
            "automatic",
            one_of(_AUTOMATIC),
            "which kind of machine sent it; empty for a person",
            'automatic == "bulk"',
            lambda s: s.message.automatic.value if s.message.automatic else "",
        ),
    )


def _of_files() -> tuple[_Known, ...]:
    return (
        _one(
            "attachments",
            list_of(record(name=TEXT, type=TEXT, size=NUMBER)),
            "what is attached; size in octets",
            'attachments.exists(a, a.type == "application/pdf" && a.size > 1000000)',
            lambda s: [
                {"name": a.name, "type": a.type, "size": a.size}
                for a in s.message.attachments[:MOST]
            ],
        ),
        _one(
            "has_attachments",
            TRUTH,
            "whether a file is attached; pictures within the text do not count",
            "has_attachments",
            lambda s: any(not a.inline for a in s.message.attachments),
        ),
    )


def _of_ticket(queues: tuple[str, ...]) -> tuple[_Known, ...]:
    return (
        _one(
            "channel",
            TEXT,
            "how the ticket came: email, phone…",
            'channel == "phone"',
            lambda s: s.ticket.channel,
        ),
        _one(
            "queue",
            one_of(queues),
            "the ticket's queue, as earlier rules left it",
            'queue == "support"',
            lambda s: s.ticket.queue,
        ),
        _one(
            "priority",
            one_of(p.value for p in Priority),
            "its priority, as earlier rules left it",
            'priority != "urgent"',
            lambda s: s.ticket.priority.value,
        ),
        _one(
            "tier",
            NUMBER,
            "its tier, as earlier rules left it",
            "tier == 1",
            lambda s: s.ticket.tier,
        ),
        _one(
            "tags",
            list_of(TEXT),
            "its tags, those of earlier rules, too",
            '"outage" in tags',
            lambda s: list(s.ticket.tags),
        ),
        _one(
            "state",
            one_of(x.value for x in State),
            "its state, before a reply moves it",
            'state == "resolved"',
            lambda s: s.ticket.state.value,
        ),
        _one(
            "assignee",
            TEXT,
            "address of the agent who has it; empty if nobody",
            'assignee == ""',
            lambda s: s.ticket.assignee or "",
        ),
    )


def _of_time(calendars: tuple[str, ...]) -> tuple[_Known, ...]:
    return (
        _one(
            "now",
            MOMENT,
            "when the message was taken in",
            'now > timestamp("2026-12-24T00:00:00Z")',
            lambda s: s.now,
        ),
        _one(
            "hour",
            NUMBER,
            "the hour in the desk's time zone, 0–23",
            "hour >= 18 || hour < 8",
            lambda s: s.local.hour,
        ),
        _one(
            "weekday",
            one_of(DAYS),
            "the day in the desk's time zone",
            'weekday in ["sat", "sun"]',
            lambda s: DAYS[s.local.weekday()],
        ),
        _one(
            "open",
            record(**dict.fromkeys(calendars, TRUTH)),
            "whether a calendar is open now, by its name; always is there, too",
            "!open.always",
            lambda s: {name: hours.is_open(s.now) for name, hours in s.policy.calendars.items()},
        ),
    )


def _requester(scene: Scene) -> dict[str, Any]:
    who = scene.ticket.requester
    known = scene.policy.contacts.of(who.address)
    agent = who.address in scene.policy.agents_by_email
    return {
        "address": who.address,
        "domain": who.address.rpartition("@")[2] if "@" in who.address else "",
        "name": who.name or known.name,
        "kind": (ContactKind.INTERNAL if agent else known.kind).value,
        "tags": list(known.tags),
        "verified": scene.verified,
        "agent": agent,
    }


def _all(people: tuple[Party, ...]) -> list[str]:
    return [p.address for p in people[:MOST]]


def _recipient(scene: Scene) -> str:
    """The plain form of the first address of ours; of a signed one, what it was made from."""
    ours = {a for queue in scene.policy.queues for a in queue.addresses}
    ours.add(scene.policy.desk_address)
    for given in scene.message.recipients:
        local, _, domain = given.rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        if given in ours or plain in ours:
            return given if given in ours else plain
    return scene.message.recipients[0] if scene.message.recipients else ""


_VALUES = {known.fact.name: known.value for known in _known()}

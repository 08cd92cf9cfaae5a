"""From the config to what the core decides with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import time
from types import MappingProxyType

from gateway.core.addresses import AddressBook, Key
from gateway.core.bursts import Folding
from gateway.core.chat import Room
from gateway.core.contacts import Contact, Contacts
from gateway.core.policy import LANGUAGES, Agent, Bulk, Caps, Policy, Queue, SourceLimit
from gateway.core.rules import Level, Matrix
from gateway.core.targets import Allowance
from gateway.core.waiting import Patience
from gateway.settings.models import AgentTable, DeskTable, InRooms, QueueTable, Settings
from gateway.settings.rules import rules_of
from gateway.settings.ruling import ContactTable, MatrixTable
from gateway.settings.service_policy import calendars_of, reassuring_at, slas_of

DEFAULT_QUEUE = "support"
DEFAULT_SLA = "default"


def policy_of(settings: Settings, sections: Mapping[str, object] = MappingProxyType({})) -> Policy:
    """What the operator decided, for the core. ``sections`` are the tables of the channels."""
    desk = settings.desk
    queues = tuple(_queue(q, desk) for q in settings.queues) or (_default_queue(desk),)
    calendars = calendars_of(settings.calendars)
    return Policy(
        desk_name=desk.name,
        desk_address=desk.address,
        agents=tuple(_agent(a, queues, desk.language) for a in settings.agents),
        queues=queues,
        language=desk.language,
        timezone=desk.timezone,
        languages=tuple(dict.fromkeys((*LANGUAGES, desk.language))),
        agent_proof=desk.agent_proof,
        bulk=_bulk_of(sections),
        sources=_sources_of(sections),
        own_lists=_own_lists_of(sections),
        caps=Caps(**desk.caps.model_dump()),
        reopen_within=desk.reopen_within,
        auto_close_after=desk.auto_close_after,
        answer_delay=desk.answer_delay,
        remind_promise=desk.remind_promise,
        folding=Folding(most=desk.burst_notices, within=desk.burst_within),
        slas=slas_of(settings.sla),
        calendars=calendars,
        hours=calendars[settings.calendars[0].name] if settings.calendars else None,
        hand_over=desk.hand_over,
        digest=time.fromisoformat(desk.digest.zfill(5)) if desk.digest else None,
        public_url=settings.http.public_url if settings.http else "",
        contacts=Contacts(_contact(table) for table in settings.contacts),
        rules=rules_of(settings.rules, settings.agents, [q.name for q in queues], calendars),
        matrix=_matrix(settings.priority_matrix),
        rooms=_rooms_of(sections),
        room_words=desk.room_words,
        deleted=desk.deleted,
    )


def _contact(table: ContactTable) -> Contact:
    return Contact(
        match=table.match,
        kind=table.kind,
        tags=table.tags,
        name=table.name,
        language=table.language,
        timezone=table.timezone,
    )


def _matrix(table: MatrixTable) -> Matrix:
    return {(i, u): getattr(getattr(table, i.value), u.value) for i in Level for u in Level}


def _bulk_of(sections: Mapping[str, object]) -> Bulk:
    """What becomes of newsletters: as the first channel says that knows of them."""
    said = (getattr(section, "bulk", None) for section in sections.values())
    return next((bulk for bulk in said if isinstance(bulk, Bulk)), Bulk.TICKET)


def _sources_of(sections: Mapping[str, object]) -> tuple[SourceLimit, ...]:
    """The machines that may open tickets, of every channel that knows some."""
    return tuple(
        SourceLimit(name=source.called, most_per_hour=source.most_per_hour)
        for section in sections.values()
        for source in getattr(section, "sources", ())
    )


def _own_lists_of(sections: Mapping[str, object]) -> frozenset[str]:
    """The groups that the desk's addresses sit behind, of every channel that knows some."""
    return frozenset(a for section in sections.values() for a in getattr(section, "own_lists", ()))


def _rooms_of(sections: Mapping[str, object]) -> tuple[Room, ...]:
    """Where agents work in chats, of every channel that has such a place (``room``)."""
    said = (getattr(section, "room", None) for section in sections.values())
    return tuple(room for room in said if isinstance(room, Room))


def _default_queue(desk: DeskTable) -> Queue:
    return Queue(
        name=DEFAULT_QUEUE,
        addresses=(desk.address,),
        sla=DEFAULT_SLA,
        patience=_patience(desk.remind_requester, desk.resolve_unanswered),
    )


def _patience(reminders: Iterable[str], resolve: str) -> Patience:
    return Patience(
        reminders=tuple(Allowance.parse(text) for text in reminders if text),
        resolve=Allowance.parse(resolve) if resolve else None,
    )


def patience_of(table: QueueTable, desk: DeskTable) -> tuple[tuple[str, ...], str]:
    """When requesters of a queue are reminded, and when it is given up: its own, else the desk's.

    A queue that reminds nobody gives nobody up.
    """
    own, resolve = table.remind_requester, table.resolve_unanswered
    reminders = desk.remind_requester if own is None else own
    if resolve is None:
        resolve = desk.resolve_unanswered if reminders else ""
    return reminders, resolve


def _queue(table: QueueTable, desk: DeskTable) -> Queue:
    return Queue(
        name=table.name,
        addresses=table.addresses,
        label=table.label,
        restricted=table.restricted,
        notify=table.notify,
        sla=table.sla,
        say_when=table.say_when,
        patience=_patience(*patience_of(table, desk)),
        ask_solved=table.ask_solved,
        reassuring=reassuring_at(table.still_working),
        assign=table.assign,
        skill=table.skill,
        in_rooms=_in_rooms(table),
    )


def _in_rooms(table: QueueTable) -> bool:
    """Everybody in a room sees what is there, so a restricted queue has to be shown outright."""
    if table.rooms is InRooms.AUTO:
        return not table.restricted
    return table.rooms is InRooms.SHOWN


def _accounts(table: AgentTable) -> tuple[tuple[str, str], ...]:
    """Who an agent is on chat networks, of those where they are somebody."""
    named = (("slack", table.slack), ("telegram", str(table.telegram or "")))
    return tuple((channel, id) for channel, id in named if id)


def _agent(table: AgentTable, queues: Iterable[Queue], language: str) -> Agent:
    open_to_all = tuple(q.name for q in queues if not q.restricted)
    return Agent(
        name=table.name,
        email=table.email,
        tier=table.tier,
        queues=table.queues or open_to_all,
        skills=table.skills,
        lead=table.lead,
        language=table.language or language,
        shift=table.shift,
        on_call=table.on_call,
        limit=table.limit,
        accounts=_accounts(table),
        notify=table.notify,
    )


def key_id(secret: bytes) -> int:
    """The key id (0–15) that a secret always has, so that it verifies whatever comes after it.

    A place in a list would move when a secret is added or dropped, and kill what it signed.
    """
    return hashlib.sha256(b"key id\0" + secret).digest()[0] & 0x0F


def address_book(settings: Settings, secret: bytes) -> AddressBook:
    """The desk's addresses. ``secret`` signs; the config's previous secrets still verify."""
    return book_of(settings.desk, settings.queues, secret)


def book_of(desk: DeskTable, queues: tuple[QueueTable, ...], secret: bytes) -> AddressBook:
    """As `address_book`, from single tables."""
    secrets = (secret, *(old.encode() for old in desk.old_secrets))
    return AddressBook(
        keys=tuple(Key(id=key_id(s), secret=s) for s in secrets),
        desk_address=desk.address,
        queues={q.name: q.addresses for q in queues} or {DEFAULT_QUEUE: (desk.address,)},
        pattern=desk.reply_address,
    )

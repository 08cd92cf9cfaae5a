"""From what is to be said to a row of the outbox: rendered, addressed and identified, once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from gateway.core import documents
from gateway.core.addresses import AddressKind, day_of
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.chat import Action, WantedFile
from gateway.core.deciding import Desk
from gateway.core.documents import Document
from gateway.core.model import Attachment, Body, Party, StoredFile, Ticket
from gateway.core.ports import Outbound
from gateway.core.revoking import address_generation
from gateway.runtime import outgoing_chat, outgoing_edits, outgoing_rooms
from gateway.runtime.outgoing_files import wait_of, with_files
from gateway.runtime.scrubbing import scrub_outbound
from gateway.store import Connection, content, entries, keys
from gateway.store.outbox import NewOutbox, OutboxRow

_MOST_ATTACHED = 15 * 1024 * 1024  # octets carried along to agents; more is only named
_KINDS = {
    Reach.REQUESTER: AddressKind.REQUESTER,
    Reach.PUBLIC: AddressKind.PUBLIC,
    Reach.INTERNAL: AddressKind.INTERNAL,
    Reach.STANDING: AddressKind.STANDING,
    Reach.RELEASE: AddressKind.RELEASE,
    Reach.SHIFT: AddressKind.SHIFT,
}
_OF_THE_DESK = frozenset(
    {
        NoticeKind.CONFIRMATION,
        NoticeKind.WAITING,
        NoticeKind.RESOLVED,
        NoticeKind.STILL_OPEN,
        NoticeKind.WELCOME,
        NoticeKind.OVERVIEW,
        NoticeKind.HEARD,
        NoticeKind.LINK_CODE,
        NoticeKind.COMMAND_ERROR,
        NoticeKind.HELD_UNPROVEN,
        NoticeKind.HELD_ANSWER,
        NoticeKind.UNDELIVERED,
        NoticeKind.CAME_BACK,
        NoticeKind.TROUBLE,
        NoticeKind.DIGEST,
        NoticeKind.AGENDA,
        NoticeKind.HANDOVER,
        NoticeKind.SUMMARY,
        NoticeKind.SHIFT_DONE,
        NoticeKind.DONE,
        NoticeKind.STATUS,
        NoticeKind.MINE,
        NoticeKind.HELP,
        NoticeKind.OPENED,
        NoticeKind.WOKE,
        NoticeKind.REMINDER,
        NoticeKind.OVERDUE,
        NoticeKind.CARD,
        NoticeKind.SAID,
        NoticeKind.HAPPENED,
    }
)


class Renders(Protocol):
    """What turns a notice into a document; the templates' side of it."""

    def render(
        self,
        say: Say,
        *,
        number: int | None,
        words: Body | None,
        files: tuple[str, ...] = (),
        now: datetime | None = None,
    ) -> Document:
        """The notice in its language, with the words it carries."""
        ...

    def phrase(self, language: str, name: str) -> str:
        """A short phrase by its name; the name itself where there is none of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The entry that a notice carries the words of."""

    entry: int | None = None
    body: Body | None = None
    files: tuple[StoredFile, ...] = ()
    wanted: tuple[WantedFile, ...] = ()
    key: str | None = None


def compose(
    say: Say, ticket: Ticket | None, about: About, desk: Desk, renderer: Renders, now: datetime
) -> NewOutbox:
    """A notice, complete: whatever is decided later, this is what will be sent at every try."""
    queue = ticket.queue if ticket else desk.policy.queues[0].name
    sender = _sender(say, queue, desk)
    message_id = f"<{_fresh_id(now)}@{sender.address.rpartition('@')[2]}>"
    attached = _attached(say, about)
    facts = {**say.facts, **_desk_facts(say, queue, desk, now)}
    say = replace(say, facts=facts, actions=_named(say, renderer))
    document = renderer.render(
        say,
        number=ticket.number if ticket else None,
        words=say.body or about.body,
        files=_names(about),
        now=now,
    )
    message = {
        "v": 1,
        "sender": _party(sender),
        "reply_to": _reply_to(say, ticket, queue, desk, now),
        "shown_to": [_party(p) for p in say.shown_to],
        "shown_cc": [_party(p) for p in say.shown_cc],
        "thread": _thread(ticket, about, sender) if _in_conversation(say) else [],
        "queue": queue,
        "language": say.language,
        "mark": desk.book.mark(message_id),
        "document": documents.to_json(document),
        "files": [_file(f) for f in attached],
        **outgoing_chat.to_json(say),
    }
    if about.wanted:
        message["missing"] = renderer.phrase(say.language, "word.missing")
    if say.kind is NoticeKind.SUMMARY:  # by this, one person's words are found again
        message["lists"] = [one["number"] for one in say.facts["told"]]
    return NewOutbox(
        ticket=ticket.number if ticket else None,
        channel=say.to.channel,
        to=say.to,
        kind=say.kind.value,
        message=message,
        message_id=message_id,
        due_at=now + wait_of(say, about.wanted),
        created_at=now,
        lane=f"{ticket.number if ticket else 0}:{say.lane or say.to.address}",
        answer_of=say.answer_of if say.wait else None,
        automatic=say.automatic,
    )


def _names(about: About) -> tuple[str, ...]:
    """The files that came along, and those that are still on their way."""
    there = (f.name for f in about.files if not f.inline and not f.infected)
    return (*there, *(one.name for one in about.wanted))


def _named(say: Say, renderer: Renders) -> tuple[Action, ...]:
    """Buttons with their labels in the reader's language, which the core gives by name."""
    if not say.actions:
        return ()

    def named(name: str) -> str:
        return renderer.phrase(say.language, name)

    return tuple(
        replace(
            action,
            label=named(action.label),
            choices=tuple((named(label), says) for label, says in action.choices),
        )
        for action in say.actions
    )


def _fresh_id(now: datetime) -> str:
    """Unique, and beside the last ones in every index, which stays quick however long it is."""
    return f"{int(now.timestamp() * 1000):012x}.{secrets.token_hex(8)}"


def _desk_facts(say: Say, queue: str, desk: Desk, now: datetime) -> dict[str, str]:
    """What the desk is called here; and to agents, where they open tickets."""
    facts = {"desk": desk.policy.sender_name(queue), "link": _link(say, desk, now)}
    if say.to.address in desk.policy.agents_by_email:
        facts["standing_address"] = desk.book.standing(say.to.address, queue=queue)
    return facts


def _link(say: Say, desk: Desk, now: datetime) -> str:
    """Where a held mail can be looked at and let through, if the desk has pages."""
    if say.reach is not Reach.RELEASE or not desk.policy.public_url:
        return ""
    until = now + desk.policy.release_within
    given = desk.book.passes.issue(int(say.facts["inbox"]), until=until)
    return f"{desk.policy.public_url}/release/{given}"


def _sender(say: Say, queue: str, desk: Desk) -> Party:
    """Always from the queue's address; the name says who speaks."""
    address, name = desk.policy.sender_address(queue), desk.policy.sender_name(queue)
    if say.kind in _OF_THE_DESK:
        return Party(address=address, name=name)
    if say.speaker is not None:
        return Party(address=address, name=f"{say.speaker.name} ({name})")
    who = say.facts.get("author") or say.facts.get("requester") or ""
    return Party(address=address, name=f"{who} via {name}" if who else name)


def _in_conversation(say: Say) -> bool:
    """Whether it belongs to the conversation with the requester.

    What agents are told by a chat never does: a channel could put it where the requester reads.
    """
    return say.to.channel == "email" or say.reach is Reach.REQUESTER


def _thread(ticket: Ticket | None, about: About, sender: Party) -> list[str]:
    """The keys for References: what began the conversation, then what this answers.

    All mail about a ticket begins with the same one, so that every client keeps it together.
    """
    if ticket is None:
        return []
    made_up = f"mail:ticket-{ticket.number}@{sender.address.rpartition('@')[2]}"
    return [k for k in dict.fromkeys((ticket.root or made_up, about.key)) if k]


def _reply_to(say: Say, ticket: Ticket | None, queue: str, desk: Desk, now: datetime) -> str | None:
    kind = _KINDS.get(say.reach)
    if kind is None or say.to.channel != "email":
        return None
    if kind is AddressKind.RELEASE:
        row = int(say.facts["inbox"])
        return desk.book.mint(kind, row, say.to.address, today=day_of(now), queue=queue)
    if kind is AddressKind.SHIFT:
        return desk.book.mint(kind, 0, say.to.address, today=day_of(now), queue=queue)
    if ticket is None or kind is AddressKind.STANDING:
        return desk.book.standing(say.to.address, queue=queue)
    return desk.book.mint(
        kind,
        ticket.number,
        say.to.address,
        today=day_of(now),
        generation=address_generation(ticket, say.to.address),
        queue=queue,
    )


def _attached(say: Say, about: About) -> tuple[StoredFile, ...]:
    """The clean files that go along, as far as they fit; the rest is named in the text."""
    if not say.attach:
        return ()
    return _fitting(about.files, all_of_them=say.reach is Reach.REQUESTER)


def _fitting(files: tuple[StoredFile, ...], *, all_of_them: bool = False) -> tuple[StoredFile, ...]:
    room, kept = _MOST_ATTACHED, []
    for file in files:
        if file.infected:
            continue
        if file.size <= room or all_of_them:
            kept.append(file)
            room -= file.size
    return tuple(kept)


def _party(party: Party) -> dict[str, str]:
    return {"address": party.address, "name": party.name}


def _file(file: StoredFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "digest": file.digest,
        "inline": file.inline,
        "cid": file.cid,
    }


def outbound_of(conn: Connection, row: OutboxRow, desk: Desk) -> Outbound:
    """A row of the outbox as a channel sends it, with the octets of its attachments."""
    stored = row.message
    if stored.get("v") != 1:
        raise ValueError(f"a stored message has version {stored.get('v')!r}, expected 1")
    outbound = Outbound(
        id=row.id,
        ticket=row.ticket,
        channel=row.channel,
        to=row.to,
        sender=Party(**stored["sender"]),
        document=documents.from_json(stored["document"]),
        message_id=row.message_id,
        created_at=row.created_at,
        reply_to=stored["reply_to"],
        shown_to=tuple(Party(**p) for p in stored["shown_to"]),
        shown_cc=tuple(Party(**p) for p in stored["shown_cc"]),
        thread=tuple(stored["thread"]),
        bounce_to=_bounce_to(row, stored, desk),
        automatic=row.automatic,
        language=stored["language"],
        mark=stored["mark"],
        attachments=tuple(_load(conn, f) for f in stored["files"]),
        attempt=row.attempts,
        kind=row.kind,
        **outgoing_chat.from_json(stored)
        | outgoing_rooms.where(conn, row)
        | outgoing_edits.where(conn, row),
    )
    outbound = with_files(conn, outbound, row, _fitting, lambda file: _load(conn, _file(file)))
    plain = desk.policy.sender_address(stored["queue"])
    return scrub_outbound(outbound, desk.book.looks_ours, plain)


def _bounce_to(row: OutboxRow, stored: Mapping[str, Any], desk: Desk) -> str:
    """The envelope sender: signed for this very message.

    None for a confirmation, so that no machine can answer it (RFC 3834, section 3.3).
    """
    if row.kind == NoticeKind.CONFIRMATION or row.channel != "email":
        return ""
    return desk.book.mint(
        AddressKind.BOUNCE,
        row.id,
        row.to.address,
        today=day_of(row.created_at),
        queue=stored["queue"],
    )


def _load(conn: Connection, stored: Mapping[str, Any]) -> Attachment:
    return Attachment(
        name=stored["name"],
        type=stored["type"],
        data=content.get(conn, stored["digest"]),
        inline=stored["inline"],
        cid=stored["cid"],
    )


def mail_key(message_id: str) -> str:
    """The thread key of a message of ours."""
    return "mail:" + message_id.strip("<>")


def about_existing(conn: Connection, entry: int) -> About:
    """An entry that is there already, as a notice needs it."""
    own = keys.of_entry(conn, entry)
    return About(
        entry=entry,
        body=entries.body_of(conn, entry),
        files=entries.files_of(conn, entry),
        key=next((k for k in own if k.startswith("mail:")), None),
    )

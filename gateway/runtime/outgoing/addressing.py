"""From whom it comes, where an answer to it goes, and in which thread it stands."""

from __future__ import annotations

from datetime import datetime

from gateway.core.addresses import AddressKind, day_of
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.deciding import Desk
from gateway.core.model import Party, Ticket
from gateway.core.revoking import address_generation
from gateway.runtime.outgoing.about import About

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


def sender_of(say: Say, queue: str, desk: Desk) -> Party:
    """Always from the queue's address; the name says who speaks."""
    address, name = desk.policy.sender_address(queue), desk.policy.sender_name(queue)
    if say.kind in _OF_THE_DESK:
        return Party(address=address, name=name)
    if say.speaker is not None:
        return Party(address=address, name=f"{say.speaker.name} ({name})")
    who = say.facts.get("author") or say.facts.get("requester") or ""
    return Party(address=address, name=f"{who} via {name}" if who else name)


def in_conversation(say: Say) -> bool:
    """Whether it belongs to the conversation with the requester.

    What agents are told by a chat never does: a channel could put it where the requester reads.
    """
    return say.to.channel == "email" or say.reach is Reach.REQUESTER


def thread_of(ticket: Ticket | None, about: About, sender: Party) -> list[str]:
    """The keys for References: what began the conversation, then what this answers.

    All mail about a ticket begins with the same one, so that every client keeps it together.
    """
    if ticket is None:
        return []
    made_up = f"mail:ticket-{ticket.number}@{sender.address.rpartition('@')[2]}"
    return [k for k in dict.fromkeys((ticket.root or made_up, about.key)) if k]


def reply_to_of(
    say: Say, ticket: Ticket | None, queue: str, desk: Desk, now: datetime
) -> str | None:
    """The signed address that an answer goes to; None where there is none, as in chats."""
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

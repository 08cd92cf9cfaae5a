"""From what is to be said to a row of the outbox: rendered, addressed and identified, once."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Protocol

from gateway.core import documents
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.chat import Action
from gateway.core.deciding import Desk
from gateway.core.documents import Document
from gateway.core.frozen import replace
from gateway.core.model import Body, Party, Ticket
from gateway.runtime.outgoing import chat
from gateway.runtime.outgoing.about import About
from gateway.runtime.outgoing.addressing import in_conversation, reply_to_of, sender_of, thread_of
from gateway.runtime.outgoing.attaching import attached_to, file_to_json
from gateway.runtime.outgoing.files import missing_words, wait_of
from gateway.store.outbox import NewOutbox


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


def compose(
    say: Say, ticket: Ticket | None, about: About, desk: Desk, renderer: Renders, now: datetime
) -> NewOutbox:
    """A notice, complete: whatever is decided later, this is what will be sent at every try."""
    queue = ticket.queue if ticket else desk.policy.queues[0].name
    sender = sender_of(say, queue, desk)
    message_id = f"<{_fresh_id(now)}@{sender.address.rpartition('@')[2]}>"
    attached = attached_to(say, about)
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
        "reply_to": reply_to_of(say, ticket, queue, desk, now),
        "shown_to": [_party(p) for p in say.shown_to],
        "shown_cc": [_party(p) for p in say.shown_cc],
        "thread": thread_of(ticket, about, sender) if in_conversation(say) else [],
        "queue": queue,
        "language": say.language,
        "mark": desk.book.mark(message_id),
        "document": documents.to_json(document),
        "files": [file_to_json(f) for f in attached],
        **chat.to_json(say),
    }
    if about.wanted:
        message |= missing_words(say, renderer.phrase)
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


def _party(party: Party) -> dict[str, str]:
    return {"address": party.address, "name": party.name}

"""Somebody in a chat changes or deletes what they wrote: the history shows that."""

from __future__ import annotations

from gateway.core.audience import acts_as, for_copies, for_words, without
from gateway.core.changes import Count, Decision, NoticeKind, Reach, Revise
from gateway.core.chat import Where
from gateway.core.commands import parse
from gateway.core.deciding.automatic import dropped
from gateway.core.deciding.draft import Desk, Draft
from gateway.core.deciding.incoming import NO_SUBJECT
from gateway.core.deciding.publishing import for_outside
from gateway.core.echoes import GONE
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.leaks import internal_left
from gateway.core.model import Body, EntryFact, EntryKind, Message, Role, Ticket, Visibility
from gateway.core.placement import Placement
from gateway.core.policy import Agent, Deleted
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation

_SAID = (EntryKind.MESSAGE, EntryKind.NOTE)


def decide_revision(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What a change of earlier words does; None for what is none.

    A change of what never came is taken as the message itself, in private and in its thread.
    """
    chat = event.message.chat
    if chat is None:
        return None
    if not placement.other_words and chat.edit is not None:
        return _of_unknown(event.message, placement)
    if not placement.other_words:
        gone = chat.plain and situation.tallies.gone
        return dropped(Reason.of(Why.GONE_BEFORE)) if gone else None
    entry, ticket = situation.answered, placement.ticket
    if entry is None or ticket is None:
        return None
    number, at = ticket.number, entry.id
    agent = desk.policy.agent_of(event.message.author)
    if entry.kind not in _SAID or not _wrote_it(entry, event.message, agent):
        return (
            dropped(Reason.of(Why.CHANGE_OF_OTHER, ticket=number, entry=at)) if chat.edit else None
        )
    body = _new_words(event.message, agent)
    if not (chat.edit and chat.edit.deleted) and body.text.strip() == entry.text.strip():
        return dropped(Reason.of(Why.CHANGES_NOTHING, ticket=number, entry=at))
    draft = Draft(ticket, desk, event.at, live=event.live)
    draft.matched_by = placement.matched_by
    _revise(draft, event.message, entry, body, agent, situation)
    return draft.decision()


def _of_unknown(message: Message, placement: Placement) -> Decision | None:
    """Its message may come yet: new words are taken as it, and that it is gone is remembered."""
    chat = message.chat
    assert chat is not None  # noqa: S101 - the caller has looked
    assert chat.edit is not None  # noqa: S101 - the caller has looked
    in_thread = chat.where is Where.COMMON and placement.ticket is not None
    if not chat.edit.deleted and (chat.where is Where.DIRECT or in_thread):
        return None
    nothing = dropped(Reason.of(Why.CHANGES_UNKNOWN))
    if not chat.edit.deleted:
        return nothing
    return replace(nothing, counts=(Count(scope=GONE, key=chat.edit.key),))


def _wrote_it(entry: EntryFact, message: Message, agent: Agent | None) -> bool:
    """Whether the same account wrote it, or the same agent."""
    who = message.author
    if agent is not None and entry.author.role is Role.AGENT:
        return entry.author.address == agent.email
    return (entry.author.channel, entry.author.address) == (who.channel, who.address)


def _new_words(message: Message, agent: Agent | None) -> Body:
    """What it says now. Commands were done when it was said first: changing them does nothing."""
    text = parse(message.text).rest if agent is not None else message.text
    html = message.html if text == message.text else None
    return Body(text=text, full_text=message.full_text, html=html)


def _revise(
    draft: Draft,
    message: Message,
    entry: EntryFact,
    body: Body,
    agent: Agent | None,
    situation: Situation,
) -> None:
    edit = message.chat.edit if message.chat else None
    author = entry.author
    if edit is None:
        because = Reason.of(Why.CAME_LATE, ticket=draft.ticket.number, entry=entry.id)
        draft.add(_change(entry, because, body=body, earlier=True))
        return
    if edit.deleted:
        because = Reason.of(Why.TOOK_AWAY, author=author.shown)
        wiped = draft.policy.deleted is Deleted.WIPE
        named = wiped and _is_subject_of(entry, draft.ticket)
        draft.add(_change(entry, because, wiped=wiped, subject=named, shown=Body(text="")))
        if named:
            draft.ticket = replace(draft.ticket, subject=NO_SUBJECT)
        _tell(draft, entry, message, None, because)
        return
    because = Reason.of(Why.CHANGED, author=author.shown)
    shown = _as_shown(draft, entry, body, agent, situation)
    draft.add(_change(entry, because, body=body, shown=shown))
    _tell(draft, entry, message, body, because)


def _is_subject_of(entry: EntryFact, ticket: Ticket) -> bool:
    """Whether a ticket is called by the words of an entry: by those that it began with."""
    return entry.author.channel != "email" and entry.at == ticket.created_at


def _change(entry: EntryFact, because: Reason, **more: object) -> Revise:
    return Revise(entry=entry.id, because=because, author=entry.author, **more)  # type: ignore[arg-type]


def _as_shown(
    draft: Draft, entry: EntryFact, body: Body, agent: Agent | None, situation: Situation
) -> Body | None:
    """What people outside see of an agent's new words: nothing where something internal is left."""
    if agent is None or entry.visibility is Visibility.INTERNAL:
        return body
    notes = [e for e in situation.history if e.kind is EntryKind.NOTE]
    others = [e.text for e in notes if e.author.address != agent.email]
    own = [e.text for e in notes if e.author.address == agent.email]
    if internal_left(body.text, others, draft.desk.book.looks_ours, own=own) is not None:
        return None
    clean = for_outside(draft, body.text)
    return Body(text=clean, html=body.html if clean == body.text else None)


def _tell(
    draft: Draft, entry: EntryFact, message: Message, body: Body | None, because: Reason
) -> None:
    """Agents hear of it: those who heard the words. People outside see it where they can."""
    author = acts_as(draft.policy, message.author)
    inside = entry.visibility is Visibility.INTERNAL
    of_agent = entry.author.role is Role.AGENT
    them = (
        for_copies(draft.policy, draft.ticket, author)
        if of_agent
        else without(for_words(draft.policy, draft.ticket, draft.now), author)
    )
    for agent in them:
        draft.tell(
            agent,
            NoticeKind.EDITED,
            because,
            reach=Reach.INTERNAL if inside else Reach.PUBLIC,
            facts={"author": entry.author.shown, "deleted": body is None},
            body=body or Body(text=""),
        )

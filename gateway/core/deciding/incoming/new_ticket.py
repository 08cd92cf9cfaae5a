"""A message that belongs nowhere yet: a new ticket, and who hears of it."""

from __future__ import annotations

from gateway.core.audience import acts_as, for_new, for_want_of_others, without
from gateway.core.changes import Append, NoticeKind, Open, Reach, Skip
from gateway.core.conversations import common_place
from gateway.core.courtesy import wants_no_mail
from gateway.core.deciding.assigning import assign_and_tell
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.deciding.incoming.confirming import confirm
from gateway.core.deciding.incoming.entry import append_message, remember
from gateway.core.deciding.incoming.outsiders import addressed
from gateway.core.deciding.joining import claim_conversation
from gateway.core.deciding.ruling import follow_rules
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Body, EntryKind, Message, Party, Priority, Role, Ticket, Visibility
from gateway.core.placement import Placement
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.rules import Occasion, asked_priority
from gateway.core.situation import Situation

NO_SUBJECT = "(no subject)"
_LONGEST_SUMMARY = 1_000  # characters


def open_ticket(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Draft:
    """A message that belongs nowhere yet: a new ticket, its confirmation, its notices."""
    message, policy = event.message, desk.policy
    draft = Draft.opening(
        _opened_by(message, placement, situation, desk), desk, event.at, live=event.live
    )
    role = _role_on_new(draft, message)
    ref = append_message(draft, message, placement.because, role)
    follow_rules(draft, message, situation, Occasion.OPEN, role=role, ref=ref)
    assign_and_tell(draft, situation, ref)
    if placement.previous is not None:
        _carry_over(draft, placement.previous, placement.because, situation)
    confirm(draft, event, situation, ref)
    because = Reason.of(Why.REQUESTER_WROTE, author=message.author.shown)
    announce(draft, because, ref, author=acts_as(policy, message.author))
    claim_conversation(draft, message, placement)
    remember(draft, message)
    return draft


def _role_on_new(draft: Draft, message: Message) -> Role:
    """A follow-up keeps the requester of before, whoever of its people wrote."""
    return draft.ticket.role_of(message.author)


def _carry_over(draft: Draft, previous: Ticket, because: Reason, situation: Situation) -> None:
    """What the ticket before was about, for whoever takes the new one."""
    last = situation.last_words
    lines = [f"Follows ticket {previous.number}: {previous.subject}"]
    if previous.closed_at is not None:
        lines.append(f"Closed on {previous.closed_at:%Y-%m-%d}.")
    if last is not None and last.ticket == previous.number and last.text:
        lines.append(f"{last.author.shown}: {' '.join(last.text.split())}")
    draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            author=desk_author(draft.policy),
            because=because,
            body=Body(text="\n".join(lines)[:_LONGEST_SUMMARY]),
        )
    )


def _opened_by(message: Message, placement: Placement, situation: Situation, desk: Desk) -> Open:
    policy, previous = desk.policy, placement.previous
    queue = previous.queue if previous else policy.queue_of(message).name
    return Open(
        subject=message.subject or NO_SUBJECT,
        requester=previous.requester if previous else known_as(message.author, policy),
        queue=queue,
        because=placement.because,
        channel=message.channel,
        priority=_priority(message, policy),
        language=language_of(message, situation, policy),
        participants=_participants(message, previous, desk),
        root=message.refers_to[-1] if message.refers_to else message.own_key,
        previous=previous.number if previous else None,
        list_id=message.list_id,
        silent=wants_no_mail(message),
        place=common_place(message),
    )


def _priority(message: Message, policy: Policy) -> Priority:
    """As somebody filled it in; else the one of all tickets. Rules are asked afterwards."""
    filled_in = message.chat is not None and message.chat.pressed
    asked = asked_priority(message.headers, policy.matrix) if filled_in else None
    return asked or Priority.NORMAL


def _participants(message: Message, previous: Ticket | None, desk: Desk) -> tuple[Party, ...]:
    """Who else takes part: a follow-up keeps the requester of before, so its author is one."""
    first = previous.requester.address if previous else message.author.address
    author = () if message.author.address == first else (message.author,)
    everybody = (*author, *addressed(message, desk, taken=(first, message.author.address)))
    return everybody[: desk.policy.most_participants]


def known_as(party: Party, policy: Policy) -> Party:
    """Somebody with the name that the operator's contacts have, where they gave none."""
    return party if party.name else replace(party, name=policy.contacts.of(party.address).name)


def language_of(message: Message, situation: Situation, policy: Policy) -> str:
    """The requester's language among those the desk speaks: contact, message, before, ours."""
    return spoken_with(policy, message.author.address, message.language, situation.sender.language)


def spoken_with(policy: Policy, address: str, *said: str | None) -> str:
    """The language to write to somebody in, of those that the desk speaks.

    Their contact's, else the first of what was ``said``, else the desk's own.
    """
    for language in (policy.contacts.of(address).language, *said):
        if language in policy.languages:
            return language
    return policy.language


def announce(draft: Draft, because: Reason, ref: str | int | None, *, author: str) -> None:
    """Tell those who hear of a new ticket."""
    told = without(for_new(draft.policy, draft.ticket, draft.now), author)
    told = without(told, draft.ticket.assignee or "")  # who was given it has heard of it
    if not told and not draft.ticket.assignee:
        told = without(for_want_of_others(draft.policy, draft.ticket), author)
    for agent in told:
        draft.tell(
            agent, NoticeKind.NEW_TICKET, because, reach=Reach.PUBLIC, about=ref, attach=True
        )
    if not told:
        draft.add(Skip(what="new_ticket", because=Reason.of(Why.NOBODY_TO_TELL)))

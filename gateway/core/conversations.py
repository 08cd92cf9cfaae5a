"""Which ticket goes on in somebody's private chat, and which one they mean by its number. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.chat import Ask, Where
from gateway.core.commands import parse
from gateway.core.model import Message, Party, Role, State, Ticket
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.thanks import is_bare_thanks

GOES_ON = timedelta(days=1)  # words so soon after a ticket was resolved still belong to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a message of a private chat belongs: a ticket, or a new one (None), and why.

    ``taken_from`` is the ticket that has the conversation's key, where a new one takes it over.
    ``unseen``: the number that was named is of no ticket that they may see.
    """

    because: Reason
    ticket: Ticket | None = None
    taken_from: int | None = None
    unseen: int | None = None


def by_number(
    message: Message, ticket: Ticket | None, policy: Policy, accounts: tuple[Party, ...]
) -> Standing | None:
    """The ticket that was named outright, for agents who may see it and for people on it.

    One that does not exist and one that they may not see are the same to them.
    """
    number = message.chat.ticket if message.chat else None
    if number is None:
        return None
    agent = policy.agent_of(message.author)
    seen = ticket is not None and (
        (agent is not None and policy.may_see(agent, ticket.queue))
        or ticket.role_of(message.author, *accounts) is not Role.STRANGER
    )
    if not seen:
        return Standing(because=Reason.of(Why.UNSEEN, ticket=number), unseen=number)
    return Standing(because=Reason.of(Why.NAMED, ticket=number), ticket=ticket)


def conversation_of(message: Message, policy: Policy) -> str:
    """The key of the private chat that a message goes on with; empty for none.

    An agent's commands are about no request of their own.
    """
    chat = message.chat
    if chat is None or chat.where is not Where.DIRECT:
        return ""
    if policy.agent_of(message.author) is not None and chat.request is None:
        parsed = parse(message.text)
        if parsed.commands or parsed.faults:
            return ""
    return chat.conversation


def common_place(message: Message) -> str:
    """Where among people it was said; empty for what was said in private."""
    chat = message.chat
    return chat.place if chat is not None and chat.where is Where.COMMON else ""


def own_key_of(message: Message) -> str | None:
    """The message's own key: of a change, that of the message which it changes."""
    edit = message.chat.edit if message.chat else None
    return edit.key if edit else message.own_key


def is_of_itself(message: Message) -> bool:
    """Whether a message is a change of one that came before, or that one, come late."""
    return message.chat is not None and (message.chat.edit is not None or message.chat.plain)


def by_conversation(
    message: Message,
    owner: tuple[int, Ticket] | None,
    accounts: tuple[Party, ...],
    now: datetime,
) -> Standing | None:
    """The ticket of the chat that this was said in, until it is over; then a new one.

    ``owner`` is that ticket with the number by which the key is known.
    """
    if owner is None:
        return None
    number, ticket = owner
    request = message.chat.request if message.chat else None
    if request is not None and request.ask is Ask.NEW:
        return Standing(because=Reason.of(Why.ASKED_ANEW), taken_from=number)
    if ticket.role_of(message.author, *accounts) is Role.STRANGER:
        because = Reason.of(Why.NOTHING_MATCHED)
        return Standing(because=because, taken_from=number)
    thanks = is_bare_thanks(message.text, attachments=message.files)
    if is_over(ticket, now) and not thanks and not _answers_the_end(message):
        because = Reason.of(Why.CONVERSATION_OVER, ticket=number)
        return Standing(because=because, taken_from=number)
    because = Reason.of(Why.CONVERSATION, ticket=number)
    return Standing(because=because, ticket=ticket)


def _answers_the_end(message: Message) -> bool:
    """Whether it says something of a ticket that may well be over: no new one comes of that."""
    request = message.chat.request if message.chat else None
    return request is not None and request.ask in (Ask.RATE, Ask.SOLVED, Ask.CLOSE)


def is_over(ticket: Ticket, now: datetime) -> bool:
    """Whether a ticket was resolved longer than a day ago."""
    if ticket.state not in (State.RESOLVED, State.CLOSED):
        return False
    ended = ticket.resolved_at or ticket.closed_at
    return ended is None or now - ended > GOES_ON

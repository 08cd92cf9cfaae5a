"""What the desk itself answers to somebody in a chat: short, and where they asked."""

from __future__ import annotations

from typing import Any

from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.chat import Action, Where
from gateway.core.deciding.draft import Desk
from gateway.core.deciding.incoming import language_of
from gateway.core.events import MessageArrived
from gateway.core.model import Message, Ticket
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def heard(
    event: MessageArrived,
    situation: Situation,
    desk: Desk,
    what: str,
    *,
    actions: tuple[Action, ...] = (),
    **facts: Any,
) -> Say:
    """One of the short answers: ``what`` is its name among the phrases of ``heard``."""
    facts = {"what": what, **facts}
    return reply(event, situation, desk, NoticeKind.HEARD, actions=actions, facts=facts)


def reply(
    event: MessageArrived,
    situation: Situation,
    desk: Desk,
    kind: NoticeKind,
    *,
    facts: dict[str, Any],
    actions: tuple[Action, ...] = (),
) -> Say:
    """An answer to whoever asked, and to nobody else where the network can do that."""
    message, chat = event.message, event.message.chat
    elsewhere = chat is not None and typed_elsewhere(message)
    return Say(
        kind=kind,
        to=message.author,
        reach=Reach.NOBODY,
        because=asked_reason(event),
        language=language_of(message, situation, desk.policy),
        facts=facts,
        actions=actions,
        place=chat.place if chat and elsewhere else "",
        alone=bool(chat and elsewhere and chat.shown_to_author_alone),
    )


def typed_elsewhere(message: Message) -> bool:
    """Whether it was asked among people, or by a command that was typed outside of the own chat."""
    chat = message.chat
    if chat is None or chat.where is Where.COMMON:
        return chat is not None
    typed = chat.pressed and not message.refers_to
    return typed and chat.shown_to_author_alone and chat.place not in ("", chat.conversation)


def asked_reason(event: MessageArrived) -> Reason:
    """Why the desk answers."""
    chat = event.message.chat
    what = chat.request.ask.value if chat and chat.request else "words"
    return Reason.of(Why.ASKED, author=event.message.author.shown, what=what)


def stars() -> tuple[Action, ...]:
    """One to five of them."""
    return tuple(Action(label="\u2b50" * n, says=f"rate {n}") for n in range(1, 6))


def buttons_for_more(own: tuple[Ticket, ...]) -> tuple[Action, ...]:
    """What else may be asked for."""
    more = (Action(label="press.status", says="status"),) if own else ()
    return (*more, Action(label="press.new", says="new"))

"""What somebody in a chat asks of the desk itself, without words for an agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gateway.core.audience import for_copies
from gateway.core.changes import Decision, LetGo, NoticeKind
from gateway.core.chat import Ask, Request
from gateway.core.codes import request_of
from gateway.core.commands import parse
from gateway.core.deciding.answers import grammar_facts
from gateway.core.deciding.draft import Desk, Draft
from gateway.core.deciding.hearing import (
    asked_reason,
    buttons_for_more,
    heard,
    reply,
    stars,
)
from gateway.core.deciding.incoming import add_words
from gateway.core.deciding.linking import decide_code, decide_link
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Author, Body, Message, Role, State, Ticket
from gateway.core.placement import Placement
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.solved import NOT_SOLVED, SOLVED
from gateway.core.speakers import Speaker, role_in
from gateway.core.states import Cause
from gateway.core.targets import Target

MOST_SHOWN = 10
_MEANT = {"status": Ask.STATUS, "close": Ask.CLOSE, "resolve": Ask.CLOSE, "open": Ask.NOT_SOLVED}
_RESTING = frozenset({State.RESOLVED, State.CLOSED})


def decide_request(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What is done for it; None for words that belong to a ticket."""
    request = request_of(event.message) or _typed(event.message, placement, desk)
    if request is None:
        return None
    if request.ask is Ask.LINK:
        return decide_link(event, request, situation, desk)
    if request.ask is Ask.CODE:
        return decide_code(event, request, situation, desk)
    if request.ask is Ask.NEW and event.message.text.strip():
        return None  # these words open it
    decide = _OF_TICKET.get(request.ask)
    if decide is None:
        return _ALONE[request.ask](event, placement, situation, desk)
    ticket = placement.ticket
    mine = role_in(event.message, ticket, situation.sender.accounts) is Role.REQUESTER
    if ticket is None or not mine:
        return _only(event, situation, desk, "nothing")
    return decide(event, request, replace(placement, ticket=ticket), situation, desk)


def _typed(message: Message, placement: Placement, desk: Desk) -> Request | None:
    """A line of the agents' grammar by somebody else, on a ticket that they named: as they mean it.

    What is not theirs to do is answered, and is no word for an agent.
    """
    chat, ticket = message.chat, placement.ticket
    if chat is None or chat.ticket is None or not chat.pressed or ticket is None:
        return None
    if desk.policy.agent_of(message.author) is not None:
        return None
    parsed = parse(message.text)
    if not parsed.commands and not parsed.faults:
        return None
    named = {command.name for command in parsed.commands}
    asked = next((ask for name, ask in _MEANT.items() if name in named), None)
    return Request(ask=asked) if asked else Request(ask=Ask.HELP)


def _only(
    event: MessageArrived, situation: Situation, desk: Desk, what: str, **facts: Any
) -> Decision:
    """Nothing but a short answer."""
    draft = Draft.nowhere(desk, event.at, live=event.live)
    draft.say(heard(event, situation, desk, what, **facts))
    return draft.decision()


def _welcome(
    event: MessageArrived, _placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    draft = Draft.nowhere(desk, event.at, live=event.live)
    linked = any(one.channel == "email" for one in situation.sender.accounts)
    facts = {"can_link": not linked}
    actions = buttons_for_more(situation.asked.own)
    draft.say(reply(event, situation, desk, NoticeKind.WELCOME, facts=facts, actions=actions))
    return draft.decision()


def _help(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    """What they can say: to an agent, the grammar."""
    agent = desk.policy.agent_of(event.message.author)
    if agent is None:
        return _welcome(event, placement, situation, desk)
    draft = Draft.nowhere(desk, event.at, live=event.live)
    draft.tell(agent, NoticeKind.HELP, asked_reason(event), facts=grammar_facts())
    return draft.decision()


def _new(event: MessageArrived, placement: Placement, situation: Situation, desk: Desk) -> Decision:
    """The private chat is about no ticket any more; what comes next opens one."""
    draft = Draft.nowhere(desk, event.at, live=event.live)
    chat = event.message.chat
    owner = placement.taken_from
    if chat is not None and chat.conversation and owner is not None:
        draft.add(LetGo(key=chat.conversation, of=owner))
    draft.say(heard(event, situation, desk, "new"))
    return draft.decision()


def _overview(
    event: MessageArrived, _placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    draft = Draft.nowhere(desk, event.at, live=event.live)
    own = situation.asked.own
    lines = tuple(_line(ticket, desk.policy) for ticket in own[:MOST_SHOWN])
    facts = {"tickets": lines, "left_out": max(0, len(own) - MOST_SHOWN)}
    draft.say(reply(event, situation, desk, NoticeKind.OVERVIEW, facts=facts))
    return draft.decision()


def _line(ticket: Ticket, policy: Policy) -> dict[str, Any]:
    """A ticket as its requester sees it."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state.value,
        "expected_at": answer_due(ticket, policy),
    }


def answer_due(ticket: Ticket, policy: Policy) -> datetime | None:
    """When its requester hears that an answer is due, where the queue says such things."""
    queue = policy.queues_by_name.get(ticket.queue)
    if queue is None or not queue.say_when:
        return None
    clocks = (ticket.clocks.of(t) for t in (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE))
    waiting = (c.due_at for c in clocks if c is not None and c.met_at is None)
    return min((at for at in waiting if at is not None), default=None)


def _close(
    event: MessageArrived,
    _request: Request,
    placement: Placement,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """They need nothing more: whoever works on it hears so."""
    draft = _on(event, placement, desk)
    draft.matched_by = placement.matched_by
    author, ticket = event.message.author, draft.ticket
    because = Reason.of(Why.NEEDS_NOTHING, author=author.shown)
    if draft.move_state(Cause.CLOSED, because, _author(event.message)):
        for agent in for_copies(desk.policy, draft.ticket, ""):
            facts = {"author": desk.policy.desk_name}
            body = Body(text=f"{because}.")
            draft.tell(agent, NoticeKind.NOTE, because, facts=facts, body=body)
    draft.say(heard(event, situation, desk, "closed", actions=stars(), number=ticket.number))
    return draft.decision()


def _solved(
    event: MessageArrived,
    request: Request,
    placement: Placement,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """As if they had written that it is solved, where they were asked; then it is for stars."""
    draft = _on(event, placement, desk)
    ticket = draft.ticket
    if ticket.state not in _RESTING:
        return _close(event, request, placement, situation, desk)
    if ticket.state is State.RESOLVED:
        words = SOLVED.get(ticket.language, SOLVED["en"])[0]
        draft = _as_words(event, words, placement, situation, desk)
    draft.matched_by = placement.matched_by
    draft.say(heard(event, situation, desk, "solved", actions=stars()))
    return draft.decision()


def _not_solved(
    event: MessageArrived,
    _request: Request,
    placement: Placement,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """As if they had written so: it opens again, and agents hear it."""
    draft = _on(event, placement, desk)
    ticket = draft.ticket
    if ticket.state in _RESTING:
        words = NOT_SOLVED.get(ticket.language, NOT_SOLVED["en"])
        draft = _as_words(event, words, placement, situation, desk)
    draft.matched_by = placement.matched_by
    draft.say(heard(event, situation, desk, "not_solved", number=ticket.number))
    return draft.decision()


def _as_words(
    event: MessageArrived, words: str, placement: Placement, situation: Situation, desk: Desk
) -> Draft:
    """A button is the same as the words that it stands for."""
    said = replace(event.message, text=words, full_text=words, html=None)
    speaker = Speaker(role=Role.REQUESTER)
    return add_words(replace(event, message=said), placement, speaker, situation, desk)


def _rate(
    event: MessageArrived,
    request: Request,
    placement: Placement,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """Stars, kept with the ticket; the last ones count."""
    if request.argument not in ("1", "2", "3", "4", "5") or placement.ticket is None:
        return _only(event, situation, desk, "nothing")
    draft, stars_given = _on(event, placement, desk), int(request.argument)
    author = event.message.author.shown
    because = Reason.of(Why.RATED, author=author, stars=stars_given)
    draft.alter("rating", stars_given, because, _author(event.message))
    draft.matched_by = placement.matched_by
    draft.say(heard(event, situation, desk, "rated"))
    return draft.decision()


def _on(event: MessageArrived, placement: Placement, desk: Desk) -> Draft:
    assert placement.ticket is not None  # noqa: S101 - the caller has looked
    return Draft(placement.ticket, desk, event.at, live=event.live)


def _author(message: Message) -> Author:
    who = message.author
    return Author(name=who.name, address=who.address, role=Role.REQUESTER, channel=message.channel)


def no_such_ticket(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    """The same answer for a ticket that is not there and for one that they may not see."""
    return _only(event, situation, desk, "no_such_ticket", number=placement.unseen)


_Alone = Callable[[MessageArrived, Placement, Situation, Desk], Decision]
_OfTicket = Callable[[MessageArrived, Request, Placement, Situation, Desk], Decision]
_ALONE: dict[Ask, _Alone] = {
    Ask.START: _welcome,
    Ask.HELP: _help,
    Ask.NEW: _new,
    Ask.STATUS: _overview,
}
_OF_TICKET: dict[Ask, _OfTicket] = {
    Ask.CLOSE: _close,
    Ask.SOLVED: _solved,
    Ask.NOT_SOLVED: _not_solved,
    Ask.RATE: _rate,
}

"""An agent opens a ticket for somebody: by forwarding their mail, with ``#for``, or by hand."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.changes import (
    Append,
    Claim,
    Decision,
    Drop,
    NoticeKind,
    Open,
    Reach,
    Refuse,
    Skip,
)
from gateway.core.commands import Command, Fault, Parsed, parse
from gateway.core.courtesy import capped
from gateway.core.deciding.act import requester_named
from gateway.core.deciding.acting import fault_facts
from gateway.core.deciding.answers import GLOBAL
from gateway.core.deciding.assigning import assign_and_tell
from gateway.core.deciding.draft import Desk, Draft, is_the_desks
from gateway.core.deciding.incoming import announce, claim, language_of, spoken_with
from gateway.core.deciding.performing import Act, WrongCommandError, perform
from gateway.core.deciding.publishing import Words, write_note
from gateway.core.deciding.ruling import follow_rules
from gateway.core.events import MessageArrived, TicketAsked
from gateway.core.frozen import replace
from gateway.core.model import (
    Attachment,
    Author,
    Body,
    Direction,
    EntryKind,
    Message,
    Party,
    Proof,
    Role,
    Visibility,
)
from gateway.core.notices import confirmation
from gateway.core.placement import Placement
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.rules import Occasion
from gateway.core.situation import Situation
from gateway.core.speakers import Speaker

_IN_ORDER = "opening"  # the lane of what the agent hears before the requester does


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is to be opened: for whom, with which words, and what the agent wrote beside."""

    requester: Party
    subject: str
    body: Body
    channel: str
    because: Reason
    comment: str = ""
    attachments: tuple[Attachment, ...] = ()
    named: bool = False


def open_for_somebody(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """A proven agent's mail that belongs to no ticket: to their standing address, or commands."""
    assert speaker.agent is not None  # noqa: S101 - the caller has looked
    agent, message = speaker.agent, event.message
    parsed = parse(message.forwarded.comment if message.forwarded else message.text)
    if parsed.faults:
        return _explain(event, agent, parsed.faults, desk)
    try:
        draft = _draft(event, placement, agent, parsed, situation, desk)
    except WrongCommandError as wrong:
        return _explain(event, agent, (wrong.fault,), desk)
    return draft.decision()


def _draft(
    event: MessageArrived,
    placement: Placement,
    agent: Agent,
    parsed: Parsed,
    situation: Situation,
    desk: Desk,
) -> Draft:
    message = event.message
    only_asks = parsed.commands and all(c.name in GLOBAL for c in parsed.commands)
    if only_asks and not parsed.rest and message.forwarded is None:
        return _answer_only(event, agent, parsed, situation, desk)
    case = _case(message, agent, parsed, desk)
    if parsed.commands and not (case.body.text or case.attachments or case.named):
        expected = "a ticket's own reply address, or words to open one with: this belongs to none"
        raise WrongCommandError(parsed.commands[0], expected)
    draft = _opened(case, event, placement, agent, situation, desk)
    ref = _append(draft, case, message.fingerprint, message.message_id)
    claim(draft, message, ref)
    if message.forwarded and message.forwarded.key:
        draft.add(Claim(keys=(message.forwarded.key,), ref=ref))
    said = replace(
        message, author=case.requester, subject=case.subject, text=case.body.text, proof=Proof()
    )
    follow_rules(draft, said, situation, Occasion.OPEN, ref=ref)
    _comment_and_commands(draft, agent, case, parsed, situation)
    assign_and_tell(draft, situation, ref)
    _tell(draft, agent, case, situation, ref)
    return draft


def _case(message: Message, agent: Agent, parsed: Parsed, desk: Desk) -> _Case:
    asked = next((c for c in parsed.commands if c.name == "for"), None)
    channel = asked.args[1] if asked and len(asked.args) > 1 else message.channel
    forwarded = message.forwarded
    requester = _requester(asked, forwarded.author if forwarded else None, agent, desk)
    if forwarded is not None:
        return _Case(
            requester=requester,
            subject=forwarded.subject or message.subject,
            body=Body(
                text=forwarded.text,
                full_text=forwarded.full_text,
                html=forwarded.html,
                remarks=message.remarks,
            ),
            channel=channel,
            because=Reason.of(Why.FORWARDED, agent=agent.name),
            comment=parsed.rest,
            attachments=message.attachments,
            named=True,
        )
    return _Case(
        requester=requester,
        subject=message.subject,
        body=Body(text=parsed.rest, full_text=message.full_text, remarks=message.remarks),
        channel=channel,
        because=Reason.of(Why.CALLED, author=requester.shown, agent=agent.name),
        attachments=message.attachments,
        named=asked is not None,
    )


def _requester(asked: Command | None, author: Party | None, agent: Agent, desk: Desk) -> Party:
    """Whom ``#for`` names, else who wrote what is forwarded, else the agent themselves.

    Raises `WrongCommandError` for an address of the desk's.
    """
    if author is not None and (not author.address or is_the_desks(desk, author.address)):
        author = None
    if asked is None:
        return author or Party(address=agent.email, name=agent.name)
    address = requester_named(desk, asked)
    if author is not None and author.address == address:
        return author
    return Party(address=address)


def _opened(
    case: _Case,
    event: MessageArrived,
    placement: Placement,
    agent: Agent,
    situation: Situation,
    desk: Desk,
) -> Draft:
    message = event.message
    written_to = (q for r in message.recipients if (q := desk.book.queue_of(r)) is not None)
    draft = Draft.opening(
        Open(
            subject=case.subject or "(no subject)",
            requester=case.requester,
            queue=next(written_to, _own_queue(agent, desk)),
            because=case.because,
            channel=case.channel,
            language=_language(case, message, situation, desk),
            root=message.forwarded.key if message.forwarded else message.own_key,
        ),
        desk,
        event.at,
        live=event.live,
    )
    draft.matched_by = placement.matched_by
    return draft


def _language(case: _Case, message: Message, situation: Situation, desk: Desk) -> str:
    """The requester's: the agent's own mail says only how somebody of the team writes."""
    if case.requester.address == message.author.address:
        return language_of(message, situation, desk.policy)
    theirs = message.forwarded.language if message.forwarded else None
    return spoken_with(desk.policy, case.requester.address, theirs, message.language)


def _append(
    draft: Draft, case: _Case, fingerprint: str | None = None, message_id: str | None = None
) -> str:
    return draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.MESSAGE,
            visibility=Visibility.PUBLIC,
            direction=Direction.IN,
            channel=case.channel,
            author=Author(
                name=case.requester.name,
                address=case.requester.address,
                role=Role.REQUESTER,
                channel=case.channel,
            ),
            because=case.because,
            body=case.body,
            attachments=case.attachments,
            fingerprint=fingerprint,
            message_id=message_id,
        )
    )


def _comment_and_commands(
    draft: Draft, agent: Agent, case: _Case, parsed: Parsed, situation: Situation
) -> None:
    words = Words(body=Body(text=case.comment), original=case.comment, because=case.because)
    if words.any:
        write_note(draft, agent, words)
    act = Act(draft=draft, agent=agent, situation=situation, parsed=parsed, words=words)
    for command in parsed.commands:
        if command.name != "for":
            perform(act, command)


def _tell(draft: Draft, agent: Agent | None, case: _Case, situation: Situation, ref: str) -> None:
    """The agent first, then the requester, then the queue."""
    if agent is not None:
        draft.tell(
            agent, NoticeKind.OPENED, case.because, reach=Reach.PUBLIC, about=ref, lane=_IN_ORDER
        )
    against = capped(situation.tallies, draft.policy.caps)
    inside = case.requester.address in draft.policy.agents_by_email
    if against is not None:
        draft.add(Skip(what="confirmation", because=against))
    elif not inside and "@" in case.requester.address:
        to = case.requester
        told = confirmation(draft.policy, draft.ticket, to, case.because, repeat=True, about=ref)
        draft.say(replace(told, lane=_IN_ORDER))
    announce(draft, case.because, ref, author=agent.email if agent else "")


def _answer_only(
    event: MessageArrived, agent: Agent, parsed: Parsed, situation: Situation, desk: Desk
) -> Draft:
    """``#mine``, ``#help`` and the like need no ticket."""
    draft = Draft.nowhere(desk, event.at, live=event.live)
    words = Words(body=Body(text=""), original="", because=Reason.of(Why.NOTHING_MATCHED))
    act = Act(draft=draft, agent=agent, situation=situation, parsed=parsed, words=words)
    for command in parsed.commands:
        perform(act, command)
    return draft


def _explain(
    event: MessageArrived, agent: Agent, faults: tuple[Fault, ...], desk: Desk
) -> Decision:
    """No ticket is opened; the mail stays listed, and the agent gets their words back."""
    because = Reason.of(Why.COMMAND_WRONG, line=faults[0].line)
    return explain_without(event, agent, because, faults, desk)


def explain_without(
    event: MessageArrived, agent: Agent, because: Reason, faults: tuple[Fault, ...], desk: Desk
) -> Decision:
    """What an agent said goes to no ticket; they hear what is wrong, and get their words back."""
    draft = Draft.nowhere(desk, event.at, live=event.live)
    draft.add(Drop(because=because))
    draft.tell(
        agent,
        NoticeKind.COMMAND_ERROR,
        because,
        reach=Reach.STANDING,
        facts={
            "faults": fault_facts(faults),
            "text": event.message.text,
            "standing": True,
            "subject": event.message.subject,
        },
    )
    return draft.decision()


def decide_asked(event: TicketAsked, situation: Situation, desk: Desk) -> Decision:
    """A call or a visit, taken down by hand."""
    agent = desk.policy.agents_by_email.get(event.agent or "")
    if event.agent and agent is None:
        return Decision(ticket=None, changes=(Refuse(lines=(f"there is no agent {event.agent}",)),))
    if is_the_desks(desk, event.requester.address):
        wrong = f"{event.requester.address} is an address of the desk: expected a requester's"
        return Decision(ticket=None, changes=(Refuse(lines=(wrong,)),))
    by = agent.name if agent else desk.policy.desk_name
    case = _Case(
        requester=event.requester,
        subject=event.subject,
        body=Body(text=event.text, full_text=event.text),
        channel=event.channel,
        because=Reason.of(Why.CALLED, author=event.requester.shown, agent=by),
    )
    draft = Draft.opening(
        Open(
            subject=case.subject or "(no subject)",
            requester=case.requester,
            queue=_own_queue(agent, desk),
            because=case.because,
            channel=case.channel,
            language=spoken_with(desk.policy, case.requester.address, situation.sender.language),
        ),
        desk,
        event.at,
    )
    ref = _append(draft, case)
    said = Message(
        channel=case.channel,
        author=case.requester,
        fingerprint="",
        subject=case.subject,
        text=event.text,
    )
    follow_rules(draft, said, situation, Occasion.OPEN, ref=ref)
    assign_and_tell(draft, situation, ref)
    _tell(draft, agent, case, situation, ref)
    return draft.decision()


def _own_queue(agent: Agent | None, desk: Desk) -> str:
    """The agent's first queue, else the desk's."""
    return agent.queues[0] if agent and agent.queues else desk.policy.queues[0].name

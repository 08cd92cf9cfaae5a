"""From an event to its decider."""

from __future__ import annotations

from typing import assert_never

from gateway.core.audience import as_party
from gateway.core.changes import Change, Decision, Hold, NoticeKind, Reach, Say, Skip
from gateway.core.commands import parse
from gateway.core.courtesy import capped
from gateway.core.deciding.acting import decide_acted, decide_agent_message
from gateway.core.deciding.automatic import decide_automatic, dropped
from gateway.core.deciding.by_chat import with_chats
from gateway.core.deciding.chatting import decide_chat, with_links
from gateway.core.deciding.deadlines import decide_deadline
from gateway.core.deciding.deliveries import decide_delivery_failed
from gateway.core.deciding.digests import decide_digest
from gateway.core.deciding.draft import Desk, is_written_to
from gateway.core.deciding.expecting import with_expectation
from gateway.core.deciding.files import decide_file, with_wanted
from gateway.core.deciding.folding import with_folding
from gateway.core.deciding.following import with_all_that_follows
from gateway.core.deciding.handing_over import decide_handover
from gateway.core.deciding.in_rooms import decide_in_room
from gateway.core.deciding.incoming import add_words, open_ticket
from gateway.core.deciding.opening import decide_asked, open_for_somebody
from gateway.core.deciding.pacing import paced
from gateway.core.deciding.releasing import decide_release
from gateway.core.deciding.shifts import answers_digest, decide_shift
from gateway.core.deciding.showing import with_shown
from gateway.core.deciding.sources import decide_source
from gateway.core.deciding.summaries import decide_summary
from gateway.core.deciding.troubles import decide_trouble
from gateway.core.echoes import with_counts
from gateway.core.events import (
    AgentActed,
    DeadlineCame,
    DeliveryFailed,
    DigestDue,
    Event,
    FileSettled,
    HandoverDue,
    MessageArrived,
    SummaryDue,
    TicketAsked,
    TroubleReported,
)
from gateway.core.model import Role, Ticket
from gateway.core.placement import Placement
from gateway.core.policy import Agent
from gateway.core.reachable import with_reachability
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.speakers import Speaker, identify
from gateway.core.targets import SERVICE


def decide(
    event: Event, situation: Situation, desk: Desk, placement: Placement | None = None
) -> Decision:
    """What is to be done about an event, and why. Pure.

    ``placement`` goes with a `MessageArrived` and says where it belongs.
    """
    decision = _whole(event, situation, desk, placement)
    return with_folding(decision, situation.bursts, desk.policy.folding)


def _whole(event: Event, situation: Situation, desk: Desk, placement: Placement | None) -> Decision:
    decision = _decided(event, situation, desk, placement)
    decision = with_wanted(decision, event, desk)
    decision = with_reachability(decision, event, situation, desk.policy)
    decision = with_links(decision, event, situation)
    decision = with_counts(decision, event, placement.ticket if placement else None)
    if isinstance(event, MessageArrived) and not event.live:
        return decision
    came = event.target if isinstance(event, DeadlineCame) and event.target in SERVICE else None
    seen = _seen(situation, placement)
    before = seen.get(decision.ticket or 0)
    machine = isinstance(event, MessageArrived) and event.message.source is not None
    decision = with_all_that_follows(
        decision, before, situation, desk, event.at, came=came, machine=machine
    )
    decision = with_expectation(decision, desk.policy)
    decision = with_shown(decision, event, seen, situation, desk.policy)
    return with_chats(decision, event, desk.policy)


def _seen(situation: Situation, placement: Placement | None) -> dict[int, Ticket]:
    """The tickets that a decision can be about, as they were when it was decided."""
    placed = (placement.ticket, placement.original, placement.replaces) if placement else ()
    of_lines = (one.ticket for one in situation.shift.values())
    them = (*placed, situation.ticket, *situation.others.values(), *of_lines)
    return {t.number: t for t in reversed(them) if t is not None}


def _decided(
    event: Event, situation: Situation, desk: Desk, placement: Placement | None
) -> Decision:
    match event:
        case MessageArrived():
            assert placement is not None  # noqa: S101 - a message is always placed first
            return decide_message(event, placement, situation, desk)
        case AgentActed():
            return decide_acted(event, situation, desk)
        case TicketAsked():
            return decide_asked(event, situation, desk)
        case DeadlineCame():
            return decide_deadline(event, situation, desk)
        case DeliveryFailed():
            return decide_delivery_failed(event, situation, desk)
        case TroubleReported():
            return decide_trouble(event, desk)
        case FileSettled():
            return decide_file(event, situation, desk)
        case DigestDue() | HandoverDue() | SummaryDue():
            return _decided_by_the_hour(event, situation, desk)
    assert_never(event)


def _decided_by_the_hour(
    event: DigestDue | HandoverDue | SummaryDue, situation: Situation, desk: Desk
) -> Decision:
    """What agents are told about many tickets at once."""
    match event:
        case DigestDue():
            return decide_digest(situation, desk)
        case HandoverDue():
            return decide_handover(event, situation, desk)
        case SummaryDue():
            return decide_summary(event, situation, desk)


def decide_message(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    """A message: machines first, then who speaks, then what they say."""
    if situation.duplicate is not None:
        ticket, entry = situation.duplicate
        return dropped(Reason.of(Why.DUPLICATE, ticket=ticket, entry=entry))
    if situation.ours:
        return dropped(Reason.of(Why.OWN_MAIL))
    for decider in (decide_chat, decide_source, decide_automatic, decide_release):
        special = decider(event, placement, situation, desk)
        if special is not None:
            return special
    speaker = identify(
        event.message,
        placement,
        desk.policy,
        event.at,
        released_by=event.released_by,
        accounts=situation.sender.accounts,
        to_us=is_written_to(desk, event),
    )
    if speaker.held is not None:
        return _held(event, placement, speaker, situation, desk)
    in_room = decide_in_room(event, placement, speaker, desk)
    return in_room or _of_speaker(event, placement, speaker, situation, desk)


def _of_speaker(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    if speaker.agent is not None:
        return _of_agent(event, placement, speaker, situation, desk)
    if placement.ticket is None:
        draft = open_ticket(event, placement, situation, desk)
    else:
        draft = add_words(event, placement, speaker, situation, desk)
    draft.matched_by = placement.matched_by
    return paced(draft.decision(), situation, desk)


def _of_agent(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    ticket, agent = placement.ticket, speaker.agent
    if agent is not None and answers_digest(placement):
        return decide_shift(event, agent, situation, desk)
    if ticket is None or agent is None:
        return open_for_somebody(event, placement, speaker, situation, desk)
    if not desk.policy.may_see(agent, ticket.queue):
        outside = Speaker(role=Role.STRANGER, claimed=agent)
        draft = add_words(event, placement, outside, situation, desk)
        draft.matched_by = placement.matched_by
        return draft.decision()
    decided = decide_agent_message(event, placement, speaker, situation, desk)
    deliberate = parse(event.message.text).has("send")
    return decided if deliberate else paced(decided, situation, desk)


def _held(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """Neither on the ticket nor lost; the agent whom it names is told, at their address."""
    agent, because = speaker.claimed, speaker.held
    assert agent is not None  # noqa: S101 - only what names an agent is held
    assert because is not None  # noqa: S101 - the caller has looked
    changes: list[Change] = [Hold(because=because)]
    against = capped(situation.tallies, desk.policy.caps)
    if not event.live:
        against = Reason.of(Why.QUIET)
    if against is not None:
        changes.append(Skip(what="held_unproven", because=against))
    else:
        changes.append(_ask(event, placement, agent, because, desk))
    return Decision(ticket=None, changes=tuple(changes), matched_by=placement.matched_by)


def _ask(
    event: MessageArrived, placement: Placement, agent: Agent, because: Reason, desk: Desk
) -> Say:
    ticket = placement.ticket
    return Say(
        kind=NoticeKind.HELD_UNPROVEN,
        to=as_party(agent),
        reach=Reach.RELEASE,
        because=because,
        language=agent.language or desk.policy.language,
        facts={
            "inbox": event.inbox_id,
            "subject": event.message.subject,
            "number": ticket.number if ticket else None,
            "why": str(because),
        },
        capped=True,
    )

"""What is to be known of a message that arrived."""

from __future__ import annotations

from datetime import datetime

from gateway.core.addresses import AddressKind
from gateway.core.chat import Where
from gateway.core.commands import Parsed, address_of, parse
from gateway.core.deciding import Desk
from gateway.core.deciding.shifts import answers_digest
from gateway.core.deciding.sources import SCOPE, counted_as
from gateway.core.events import AgentActed, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Message, Ticket
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates, Clues, Placement
from gateway.core.shift_lines import shift_lines
from gateway.core.situation import HeldMail, Sender, Situation
from gateway.runtime.gathering.agents import for_acted, for_agent
from gateway.runtime.gathering.authors import meet_author
from gateway.runtime.gathering.copies import Copy, copy_stands, is_elsewhere
from gateway.runtime.gathering.counts import count_of, pace, tallies_of
from gateway.runtime.gathering.gathered import Gathered
from gateway.runtime.gathering.merges import came_along, living, load_living, load_with_merged
from gateway.runtime.gathering.recognising import echoes, fingerprint_key, is_met, keys_of
from gateway.runtime.gathering.requests import asked_of
from gateway.runtime.gathering.sent import came_back, is_ours, sent_about
from gateway.store import Connection, cards, entries, inbox, joins, keys, people
from gateway.store.inbox import InboxState


def for_message(conn: Connection, event: MessageArrived, desk: Desk) -> Gathered:
    """What is to be known about a message that arrived."""
    message = event.message
    clues = clues_of(message, desk.book)
    same = fingerprint_key(message)
    known = keys.find(conn, keys_of(message, clues))
    copy = known.get(same)
    if copy is not None and copy_stands(conn, message, copy):
        return _duplicate(event, clues, copy, desk)
    sender = meet_author(conn, message, event.at) if is_met(message) else Sender()
    found = replace(_candidates(conn, clues, known, live=event.live), accounts=sender.accounts)
    placement = place(message, clues, found, desk.book, desk.policy, event.at, live=event.live)
    if copy is not None and not is_elsewhere(conn, message, copy, placement, found):
        return _duplicate(event, clues, copy, desk)
    situation = replace(
        _situation(conn, event, clues, placement, desk),
        sender=sender,
        asked=asked_of(conn, event, sender),
    )
    if clues.own_key in known and message.message_id:
        situation = replace(situation, ours=is_ours(conn, message.message_id))
    return Gathered(
        situation=situation,
        placement=placement,
        known_keys=frozenset(known),
        copied_on=copy[0] if copy else None,
    )


def _duplicate(event: MessageArrived, clues: Clues, copy: Copy, desk: Desk) -> Gathered:
    return Gathered(
        situation=Situation(duplicate=(copy[0], copy[1] or 0)),
        placement=_nowhere(event.message, clues, desk, event.at),
    )


def _candidates(
    conn: Connection, clues: Clues, known: dict[str, tuple[int, int | None]], *, live: bool
) -> Candidates:
    loaded = load_with_merged(conn, (*clues.numbers, *(number for number, _ in known.values())))
    alive = {number for number, ticket in loaded.items() if ticket.merged_into is None}
    joinable = alive if len(alive) > 1 else frozenset[int]()
    return Candidates(
        tickets=living(loaded),
        originals={n: t for n, t in loaded.items() if t.merged_into is not None},
        keys=known,
        touched=joins.touched(conn, joinable) if joinable else frozenset(),
        awaited=joins.awaited(conn, joinable) if joinable and not live else frozenset(),
    )


def _nowhere(message: Message, clues: Clues, desk: Desk, at: datetime) -> Placement:
    return place(message, clues, Candidates(), desk.book, desk.policy, at)


def _situation(
    conn: Connection, event: MessageArrived, clues: Clues, placement: Placement, desk: Desk
) -> Situation:
    message = event.message
    sent = sent_about(conn, message, clues)
    ticket = placement.ticket
    if sent is not None and sent.ticket is not None:
        ticket = load_living(conn, (sent.ticket,)).get(sent.ticket, ticket)
    situation = Situation(
        ticket=ticket,
        answered=entries.fact(conn, placement.answered) if placement.answered else None,
        last_words=entries.last_words(conn, placement.previous.number)
        if placement.previous
        else None,
        sent=sent,
        pace=pace(conn, event, placement.ticket, desk),
        held_mail=_held_mail(conn, placement),
        shift=_shift(conn, message, placement, event.at),
        cards=_cards(conn, message, ticket),
    )
    parsed = Parsed(commands=(), rest="")
    agent = desk.policy.agent_of(message.author)
    if agent is not None:
        parsed = parse(message.forwarded.comment if message.forwarded else message.text)
        situation = for_agent(conn, situation, agent.email, parsed, event.at)
        situation = _of_merged(conn, situation, placement)
        if situation.ticket is None:
            asked = (confirmed_to(message, parsed),)
            situation = replace(situation, came_back=came_back(conn, asked))
    source = message.source
    if source is not None:
        counted = count_of(conn, SCOPE, counted_as(source), people.hour_of(event.at))
        situation = replace(situation, repeats=counted)
    if not is_met(message):
        return situation
    repeated = echoes(event, placement.ticket.number if placement.ticket else 0)
    return replace(
        situation,
        tallies=tallies_of(conn, confirmed_to(message, parsed), event.at, repeated),
    )


def _of_merged(conn: Connection, situation: Situation, placement: Placement) -> Situation:
    """What is to be known where an agent's message names a ticket that goes on in another one."""
    if placement.original is None:
        return situation
    chain = load_with_merged(conn, (placement.original.number,))
    return replace(
        situation,
        others={**situation.others, **chain},
        came_along=came_along(conn, placement.original),
        was_joined=joins.were_joined(conn, chain),
    )


def _cards(conn: Connection, message: Message, ticket: Ticket | None) -> frozenset[str]:
    """The keys of a ticket's cards, by which what is said below one of them is known."""
    if ticket is None or message.chat is None or message.chat.where is not Where.DESK:
        return frozenset()
    return frozenset(
        key for card in cards.of_ticket(conn, ticket.number).values() for key in card.keys
    )


def _held_mail(conn: Connection, placement: Placement) -> HeldMail | None:
    """The mail that a release address of the author's own names, if it waits still."""
    signed = placement.signed
    if signed is None or signed.kind is not AddressKind.RELEASE or not placement.own_address:
        return None
    row = inbox.get(conn, signed.number)
    if row is None or row.state is not InboxState.HELD or row.handled_at is None:
        return None
    return HeldMail(inbox=row.id, asked_at=row.handled_at)


def _shift(
    conn: Connection, message: Message, placement: Placement, at: datetime
) -> dict[int, Situation]:
    """What is to be known of each ticket that an answer to a digest names."""
    if not answers_digest(placement):
        return {}
    commands: dict[int, tuple[str, ...]] = {}
    for line in shift_lines(message.text):
        if line.number is not None:
            commands[line.number] = (*commands.get(line.number, ()), line.command)
    agent = message.author.address
    asked = (
        AgentActed(agent=agent, ticket=number, at=at, commands=tuple(filter(None, them)))
        for number, them in commands.items()
    )
    return {event.ticket: for_acted(conn, event).situation for event in asked}


def confirmed_to(message: Message, parsed: Parsed) -> str:
    """Whom a confirmation would go to: as ``#for`` says, the author of a forward, the author."""
    for command in parsed.commands:
        if command.name == "for":
            return address_of(command.args[0]) or message.author.address
    return message.forwarded.author.address if message.forwarded else message.author.address

"""Fetches what a decision needs to know, as one frozen Situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core.addresses import AddressKind
from gateway.core.agenda import agenda_of, whose
from gateway.core.chat import Where
from gateway.core.commands import Parsed, address_of, number_of, parse, parse_words
from gateway.core.day import end_of
from gateway.core.deciding import Desk
from gateway.core.deciding.shifts import answers_digest
from gateway.core.deciding.sources import COUNTED, SCOPE, counted_as
from gateway.core.echoes import GONE, OPENED, WORDS, echo_key
from gateway.core.events import (
    AgentActed,
    DeadlineCame,
    DeliveryFailed,
    DigestDue,
    FileSettled,
    HandoverDue,
    MessageArrived,
    TicketAsked,
)
from gateway.core.handover import leaving
from gateway.core.model import EntryFact, Message, Party, Role, State, Ticket
from gateway.core.place import Candidates, Clues, Placement, clues_of, place
from gateway.core.shift_lines import shift_lines
from gateway.core.situation import (
    Addressee,
    CameBack,
    HeldAnswer,
    HeldMail,
    Sender,
    Sent,
    Situation,
    Tallies,
    WaitingAnswer,
)
from gateway.core.targets import SERVICE, Target
from gateway.runtime.addressees import addressee_of, tally_keys
from gateway.runtime.challenging import asked_of
from gateway.runtime.meeting import meet_author
from gateway.store import (
    Connection,
    cards,
    deadlines,
    entries,
    inbox,
    keys,
    linking,
    outbox,
    people,
    tickets,
)
from gateway.store.inbox import InboxState
from gateway.store.outbox import OutboxRow

_HISTORY = 40  # entries that #status and the check for internal words look at
_MINE = 200  # tickets that #mine looks at
_PACE = timedelta(hours=1)
_SAME = "same:"
_MERGES = 10  # how far merged tickets are followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A situation, where the message belongs, and which of its keys are taken already."""

    situation: Situation
    placement: Placement | None = None
    known_keys: frozenset[str] = field(default_factory=frozenset)


def seen_by(gathered: Gathered) -> dict[int, Ticket]:
    """Every ticket that a decision may write to, as it saw it: of several loads the first one."""
    situation, placed = gathered.situation, gathered.placement
    them = [*situation.others.values(), situation.ticket]
    them += [t for one in situation.shift.values() for t in (*one.others.values(), one.ticket)]
    if placed is not None:
        them += [*placed.joins, placed.original, placed.replaces, placed.ticket]
    return {ticket.number: ticket for ticket in them if ticket is not None}


def fingerprint_key(message: Message) -> str:
    """The thread key under which a message is known to be there already."""
    return _SAME + message.fingerprint


def is_fingerprint(key: str) -> bool:
    """Whether a thread key stands for a whole message."""
    return key.startswith(_SAME)


def for_message(conn: Connection, event: MessageArrived, desk: Desk) -> Gathered:
    """What is to be known about a message that arrived."""
    message = event.message
    clues = clues_of(message, desk.book)
    same = fingerprint_key(message)
    known = keys.find(conn, keys_of(message, clues))
    if same in known:
        ticket, entry = known[same]
        return Gathered(
            situation=Situation(duplicate=(ticket, entry or 0)),
            placement=_nowhere(message, clues, desk, event.at),
        )
    sender = meet_author(conn, message, event.at) if is_met(message) else Sender()
    found = replace(_candidates(conn, clues, known), accounts=sender.accounts)
    placement = place(message, clues, found, desk.book, desk.policy, event.at, live=event.live)
    situation = replace(
        _situation(conn, event, clues, placement, desk),
        sender=sender,
        asked=asked_of(conn, event, sender),
    )
    if clues.own_key in known and message.message_id:
        situation = replace(situation, ours=_is_ours(conn, message.message_id))
    return Gathered(situation=situation, placement=placement, known_keys=frozenset(known))


def _is_ours(conn: Connection, message_id: str) -> bool:
    """Whether the desk sent a mail of this id: a list may have taken its mark off."""
    return _sent_as(conn, message_id) is not None


def _sent_as(conn: Connection, message_id: str) -> OutboxRow | None:
    """What was sent with a Message-ID, which readers give without its brackets."""
    bare = message_id.strip("<>")
    return outbox.by_message_id(conn, f"<{bare}>")


def keys_of(message: Message, clues: Clues) -> list[str]:
    """Every key by which a message may be known, or find its ticket."""
    own = (clues.own_key, clues.source_key, clues.conversation, fingerprint_key(message))
    return [*clues.keys, *(key for key in own if key)]


def is_met(message: Message) -> bool:
    """Whether its author is somebody to remember: a person, be it behind a machine."""
    if message.ignored:
        return False
    if message.chat is not None and message.chat.where is Where.DESK:
        return False  # agents, and whoever else may be in their room
    return message.automatic is None or bool(message.source and message.source.person)


def _candidates(
    conn: Connection, clues: Clues, known: dict[str, tuple[int, int | None]]
) -> Candidates:
    loaded = _loaded(conn, (*clues.numbers, *(number for number, _ in known.values())))
    return Candidates(
        tickets=_living(loaded),
        originals={n: t for n, t in loaded.items() if t.merged_into is not None},
        keys=known,
    )


def _nowhere(message: Message, clues: Clues, desk: Desk, at: datetime) -> Placement:
    return place(message, clues, Candidates(), desk.book, desk.policy, at)


def load_living(conn: Connection, numbers: Iterable[int]) -> dict[int, Ticket]:
    """Tickets by the numbers asked for; a merged one is replaced by the one it lives on in."""
    wanted = set(numbers)
    return {n: t for n, t in _living(_loaded(conn, wanted)).items() if n in wanted}


def _loaded(conn: Connection, numbers: Iterable[int]) -> dict[int, Ticket]:
    """Tickets as they are themselves, and those that the merged ones lead to."""
    wanted = set(numbers)
    if not wanted:
        return {}
    loaded = tickets.load_many(conn, wanted)
    for _ in range(_MERGES):
        targets = {t.merged_into for t in loaded.values() if t.merged_into} - set(loaded)
        if not targets:
            break
        loaded |= tickets.load_many(conn, targets)
    return loaded


def _living(loaded: dict[int, Ticket]) -> dict[int, Ticket]:
    return {number: _followed(loaded, ticket) for number, ticket in loaded.items()}


def _followed(loaded: dict[int, Ticket], ticket: Ticket) -> Ticket:
    for _ in range(_MERGES):
        if ticket.merged_into is None or ticket.merged_into not in loaded:
            break
        ticket = loaded[ticket.merged_into]
    return ticket


def _situation(
    conn: Connection, event: MessageArrived, clues: Clues, placement: Placement, desk: Desk
) -> Situation:
    message = event.message
    sent = _sent(conn, message, clues)
    ticket = placement.ticket
    if sent is not None and sent.ticket is not None:
        ticket = load_living(conn, (sent.ticket,)).get(sent.ticket, ticket)
    situation = Situation(
        ticket=ticket,
        answered=entries.fact(conn, placement.answered) if placement.answered else None,
        last_words=last_words(conn, placement.previous) if placement.previous else None,
        sent=sent,
        pace=_pace(conn, event, placement.ticket, desk),
        held_mail=_held_mail(conn, placement),
        shift=_shift(conn, message, placement, event.at),
        cards=_cards(conn, message, ticket),
    )
    parsed = Parsed(commands=(), rest="")
    agent = desk.policy.agent_of(message.author)
    if agent is not None:
        parsed = parse(message.forwarded.comment if message.forwarded else message.text)
        situation = _for_agent(conn, situation, agent.email, parsed, event.at)
        if situation.ticket is None:
            asked = (_confirmed_to(message, parsed),)
            situation = replace(situation, came_back=_came_back(conn, asked))
    source = message.source
    if source is not None:
        counted = _counted(conn, SCOPE, counted_as(source), people.hour_of(event.at))
        situation = replace(situation, repeats=counted)
    if not is_met(message):
        return situation
    repeated = echoes(event, placement.ticket.number if placement.ticket else 0)
    return replace(
        situation,
        tallies=_tallies(conn, _confirmed_to(message, parsed), event.at, repeated),
    )


def _cards(conn: Connection, message: Message, ticket: Ticket | None) -> frozenset[str]:
    """The keys of a ticket's cards, by which what is said below one of them is known."""
    if ticket is None or message.chat is None or message.chat.where is not Where.DESK:
        return frozenset()
    return frozenset(
        key for card in cards.of_ticket(conn, ticket.number).values() for key in card.keys
    )


def echoes(event: MessageArrived, ticket: int) -> dict[str, tuple[str, str]]:
    """The tallies of what an author repeats, by the field that they fill.

    ``ticket`` is the number of the one that the message belongs to, else 0. Nothing is counted of
    what was imported.
    """
    if not event.live:
        return {}
    message = event.message
    opened = {"opened": (OPENED, message.author.address)}
    if message.chat is not None:  # people say "hello?" there as often as they like
        return opened | ({"gone": (GONE, message.own_key)} if message.own_key else {})
    key = echo_key(message, ticket)
    return opened | ({"words": (WORDS, key)} if key else {})


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


def _counted(conn: Connection, scope: str, key: str, hour: int) -> int:
    return people.tallies(conn, [(scope, key)], hour)[scope, key]


def _pace(conn: Connection, event: MessageArrived, ticket: Ticket | None, desk: Desk) -> int:
    if ticket is None or not event.live or event.message.chat is not None:
        return 0  # in a chat people talk quickly, and its network says who they are
    most = desk.policy.caps.per_ticket + 1
    return entries.pace(conn, ticket.number, event.at - _PACE, most)


def _confirmed_to(message: Message, parsed: Parsed) -> str:
    """Whom a confirmation would go to: as ``#for`` says, the author of a forward, the author."""
    for command in parsed.commands:
        if command.name == "for":
            return address_of(command.args[0]) or message.author.address
    return message.forwarded.author.address if message.forwarded else message.author.address


def _sent(conn: Connection, message: Message, clues: Clues) -> Sent | None:
    """Which of our messages a delivery report is about: its envelope sender, else its id."""
    if message.bounce is None:
        return None
    row = None
    signed = next((s for s in clues.signed if s.kind is AddressKind.BOUNCE), None)
    if signed is not None:
        row = outbox.get(conn, signed.number)
    elif message.bounce.returned_id:
        row = _sent_as(conn, message.bounce.returned_id)
    if row is None:
        return None
    return Sent(outbox_id=row.id, ticket=row.ticket, to=row.to, kind=row.kind, entry=row.entry)


def _meet(conn: Connection, party: Party, now: datetime, language: str | None = None) -> Sender:
    if not party.address:
        return Sender()
    identity = people.meet(conn, party, now, language=language)
    return Sender(
        verified=identity.verified, language=identity.language, came_back=identity.bounced
    )


def _tallies(
    conn: Connection,
    address: str,
    now: datetime,
    more: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Tallies:
    """The caps of a confirmation to an address, and ``more`` tallies by the field they fill."""
    wanted = [*tally_keys(address), *more.values()]
    counts = people.tallies(conn, wanted, people.hour_of(now))
    recipient, domain, overall = (counts[key] for key in tally_keys(address))
    others = {field: counts[key] for field, key in more.items()}
    return Tallies(recipient=recipient, domain=domain, overall=overall, **others)


def _for_agent(
    conn: Connection, situation: Situation, agent: str, parsed: Parsed, now: datetime
) -> Situation:
    """What an agent's words and commands need to be known beside."""
    ticket, answered = situation.ticket, situation.answered
    mine = _assigned(conn, agent) if parsed.has("mine") else ()
    waiting = _unanswered(conn, agent) if parsed.has("away") else {}
    unanswered = {t.number: words for t, words in waiting.values()}
    offered = {number: t for number, (t, _) in waiting.items()}
    if ticket is None:
        return replace(situation, mine=mine, others=offered, unanswered=unanswered)
    return replace(
        situation,
        mine=mine,
        came_back=_came_back(conn, (p.address for p in ticket.people)),
        newer=tuple(entries.facts_after(conn, ticket.number, answered.id)) if answered else (),
        history=tuple(entries.recent(conn, ticket.number, _HISTORY)),
        last_words=last_words(conn, ticket),
        others=offered | _others(conn, ticket, parsed),
        unanswered=unanswered,
        entries=_entries(conn, parsed),
        held=_held(conn, ticket, agent) if parsed.has("send") else None,
        waiting=_waiting(conn, ticket, agent) if parsed.has("undo") else None,
        addressee=addressee_of(conn, ticket, now) if _may_resolve(parsed) else Addressee(),
    )


def _may_resolve(parsed: Parsed) -> bool:
    """Whether the requester may have to be told that it is resolved."""
    return parsed.has("resolve") or parsed.has("send")


def _came_back(conn: Connection, addresses: Iterable[str]) -> dict[str, CameBack]:
    """Those people from whom mail came back for good."""
    them = people.came_back(conn, addresses)
    return {address: CameBack(at=at, why=why) for address, (at, why) in them.items()}


def _assigned(conn: Connection, agent: str) -> tuple[Ticket, ...]:
    """An agent's tickets that are not over, newest first."""
    them = tickets.listing(conn, assignee=agent, limit=_MINE)
    return tuple(t for t in them if t.state not in (State.RESOLVED, State.CLOSED))


def _unanswered(conn: Connection, agent: str) -> dict[int, tuple[Ticket, EntryFact]]:
    """An agent's tickets on which somebody outside waits for an answer, with what they said."""
    found: dict[int, tuple[Ticket, EntryFact]] = {}
    for ticket in _assigned(conn, agent):
        said = entries.last_public(conn, ticket.number)
        if ticket.state in (State.NEW, State.OPEN) and said and said.author.role is not Role.AGENT:
            found[ticket.number] = (ticket, said)
    return found


def last_words(conn: Connection, ticket: Ticket) -> EntryFact | None:
    """The newest public message that came in on a ticket."""
    return entries.last_words(conn, ticket.number)


def _others(conn: Connection, ticket: Ticket, parsed: Parsed) -> dict[int, Ticket]:
    named = [c.args[0] for c in parsed.commands if c.name == "merge"]
    named += [c.args[-1] for c in parsed.commands if c.name == "move"]
    numbers = {n for word in named if (n := number_of(word))}
    found = load_living(conn, numbers)
    if ticket.merged_into is not None:
        found |= tickets.load_many(conn, (ticket.merged_into,))
    return found


def _entries(conn: Connection, parsed: Parsed) -> dict[int, EntryFact]:
    named = [n for c in parsed.commands if c.name == "move" and (n := number_of(c.args[0]))]
    facts = (entries.fact(conn, n) for n in named)
    return {fact.id: fact for fact in facts if fact is not None}


def _held(conn: Connection, ticket: Ticket, agent: str) -> HeldAnswer | None:
    held = entries.held_of(conn, ticket.number, agent)
    body = entries.body_of(conn, held.id) if held else None
    if held is None or body is None:
        return None
    return HeldAnswer(entry=held.id, body=body, files=entries.files_of(conn, held.id))


def _waiting(conn: Connection, ticket: Ticket, agent: str) -> WaitingAnswer | None:
    found = outbox.waiting_answer(conn, ticket.number, agent)
    return WaitingAnswer(entry=found[0], outbox_ids=found[1]) if found else None


def for_acted(conn: Connection, event: AgentActed) -> Gathered:
    """What is to be known when an agent acted by the command line.

    Merges are not followed, so that a merged ticket can be opened again.
    """
    ticket = tickets.load(conn, event.ticket)
    parsed = parse_words(event.commands)
    situation = _for_agent(conn, Situation(ticket=ticket), event.agent, parsed, event.at)
    return Gathered(situation=situation)


def for_asked(conn: Connection, event: TicketAsked) -> Gathered:
    """What is to be known when a ticket is opened by hand."""
    return Gathered(
        situation=Situation(
            came_back=_came_back(conn, (event.requester.address,)),
            sender=_meet(conn, event.requester, event.at),
            tallies=_tallies(conn, event.requester.address, event.at),
        )
    )


def for_digest(conn: Connection, event: DigestDue, desk: Desk) -> Gathered:
    """What is before the desk when the hour of the digest has come."""
    until = end_of(event.day, desk.policy.timezone)
    agenda = agenda_of(tickets.every_open(conn), event.at, until)
    return Gathered(situation=Situation(agenda=agenda, away=_away(conn, event.at)))


def for_handover(conn: Connection, event: HandoverDue, desk: Desk) -> Gathered:
    """What those leave open whose shift ended."""
    goers = {agent.email for agent in leaving(desk.policy, event.ended)}
    every = tickets.every_open(conn) if goers else ()
    left = tuple(ticket for ticket in every if not goers.isdisjoint(whose(ticket)))
    return Gathered(situation=Situation(left=left, away=_away(conn, event.at)))


def _away(conn: Connection, now: datetime) -> dict[str, datetime | None]:
    """Who is away now, and until when."""
    gone = people.away_agents(conn)
    return {agent: back for agent, back in gone.items() if back is None or back > now}


def _writes_outside(target: Target, ticket: Ticket, desk: Desk) -> bool:
    """Whether a deadline may have something to say to the requester."""
    return target is Target.NUDGE or (
        target in SERVICE and bool(desk.policy.rules_for(ticket).more)
    )


def for_ticket(
    conn: Connection, event: DeadlineCame | DeliveryFailed | FileSettled, desk: Desk
) -> Gathered:
    """What is to be known when a deadline came or a delivery failed."""
    ticket = tickets.load(conn, event.ticket)
    situation = Situation(ticket=ticket, last_words=last_words(conn, ticket) if ticket else None)
    if isinstance(event, DeadlineCame):
        due = deadlines.due_at(conn, event.ticket, event.target)
        situation = replace(situation, due_at=due)
        if event.target is Target.REPEATS:
            hour = people.hour_of(event.due_at) - 1  # it is due when that one is over
            counted = _counted(conn, COUNTED, str(event.ticket), hour)
            situation = replace(situation, repeats=counted)
        if ticket is not None and _writes_outside(event.target, ticket, desk):
            situation = replace(situation, addressee=addressee_of(conn, ticket, event.at))
        if ticket is not None and event.target in SERVICE:
            said = tuple(entries.recent(conn, ticket.number, _HISTORY))
            situation = replace(situation, history=said)
    elif isinstance(event, DeliveryFailed) and event.unreachable:
        said_in = entries.fact(conn, event.entry) if event.entry else None
        other_way = linking.verified_mail_of(conn, event.to)
        situation = replace(situation, answered=said_in, other_way=other_way)
    return Gathered(situation=situation)

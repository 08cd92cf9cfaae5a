"""What the operator decided, as the core sees it. Made from the settings, frozen, no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from gateway.core.bursts import TWENTY, Folding
from gateway.core.business_hours import Hours
from gateway.core.calendars import ALWAYS, only_always
from gateway.core.chat import Room
from gateway.core.contacts import Contacts
from gateway.core.escalation import Step
from gateway.core.model import Message, Party, Ticket, Visibility
from gateway.core.rules import ITIL, Matrix, Occasion, Rule
from gateway.core.sla import NO_SLA, Rules, Sla, hours_of
from gateway.core.waiting import NO_PATIENCE, Patience

# What the desk can say by itself; `gateway/templates` has a folder for each.
LANGUAGES = ("en", "es", "it", "fr", "de", "pt")


class AgentProof(StrEnum):
    """What an agent's mail must bring along: the signed address, or a DMARC pass too."""

    AUTO = "auto"
    BOTH = "both"


class Bulk(StrEnum):
    """What becomes of mailing lists and newsletters."""

    TICKET = "ticket"
    ATTACH = "attach"
    DROP = "drop"


class Deleted(StrEnum):
    """What becomes of words that their author deleted in a chat."""

    KEEP = "keep"
    WIPE = "wipe"


class Notify(StrEnum):
    """Who hears of a new ticket of a queue."""

    QUEUE = "queue"
    LEAD = "lead"
    NOBODY = "nobody"


class Assign(StrEnum):
    """How the tickets of a queue come to agents."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who answers. ``email`` is in lower case and names them everywhere.

    ``shift`` names the calendar in which they work; empty: always. ``on_call``: hears of
    escalations while nobody is on shift. ``accounts`` are who they are on chat networks, as
    (channel, id): by these alone they are known there. ``notify``: the channels by which they hear
    of their tickets.
    """

    name: str
    email: str
    tier: int = 1
    queues: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    lead: bool = False
    language: str = ""
    shift: str = ""
    on_call: bool = False
    limit: int = 0
    accounts: tuple[tuple[str, str], ...] = ()
    notify: tuple[str, ...] = ("email",)

    def account(self, channel: str) -> str:
        """Who they are on a network; empty where they are not known there."""
        return self.email if channel == "email" else dict(self.accounts).get(channel, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A pile of tickets with addresses of its own. ``label`` is shown to requesters, if set.

    ``say_when``: confirmations say when an answer is due. ``patience``: how long requesters are
    waited for. ``ask_solved``: they are asked whether what an agent resolved is solved.
    ``reassuring``: the steps at which they hear that it is being worked on.
    ``in_rooms``: its tickets are shown in the rooms where agents work.
    """

    name: str
    addresses: tuple[str, ...] = ()
    label: str = ""
    restricted: bool = False
    notify: Notify = Notify.QUEUE
    sla: str = ""
    say_when: bool = False
    patience: Patience = NO_PATIENCE
    ask_solved: bool = True
    reassuring: tuple[Step, ...] = ()
    assign: Assign = Assign.MANUAL
    skill: str = ""
    in_rooms: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most within an hour.

    Confirmations for one recipient, one domain, and overall; messages on one ticket, and the same
    words of one correspondent, before the desk takes them for machines that answer each other.
    ``per_correspondent``: tickets that somebody opens within a day and has confirmed.
    """

    per_recipient: int = 5
    per_domain: int = 2_000
    overall: int = 20_000
    per_ticket: int = 40
    per_words: int = 3
    per_correspondent: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimit:
    """How much agents hear of a machine that may open tickets.

    ``most_per_hour``: messages about one thing within the hour; 0: any number.
    """

    name: str
    most_per_hour: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision may depend on beside the event and the situation.

    ``hours`` are the desk's own, None where it has no calendar; ``digest`` is when leads and agents
    hear what is before them; with ``hand_over`` whoever comes on hears what those leave open whose
    shift ends. ``rooms`` are where agents work in chats; ``room_words`` is who reads
    what they say there without a command.
    """

    desk_name: str
    desk_address: str
    agents: tuple[Agent, ...]
    queues: tuple[Queue, ...]
    language: str = "en"
    timezone: str = "UTC"
    languages: tuple[str, ...] = LANGUAGES
    agent_proof: AgentProof = AgentProof.AUTO
    bulk: Bulk = Bulk.TICKET
    caps: Caps = Caps()
    folding: Folding = TWENTY
    sources: tuple[SourceLimit, ...] = ()
    own_lists: frozenset[str] = frozenset()
    reopen_within: timedelta = timedelta(days=14)
    auto_close_after: timedelta = timedelta(days=7)
    answer_delay: timedelta = timedelta(0)
    remind_promise: timedelta = timedelta(minutes=30)
    reply_address_life: timedelta = timedelta(days=30)
    release_within: timedelta = timedelta(minutes=15)
    public_url: str = ""
    most_participants: int = 50
    slas: Mapping[str, Sla] = field(default_factory=dict)
    digest: time | None = None
    hand_over: bool = True
    hours: Hours | None = field(default=None, compare=False)
    calendars: Mapping[str, Hours] = field(default_factory=only_always, compare=False)
    contacts: Contacts = field(default_factory=Contacts)
    rules: tuple[Rule, ...] = ()
    matrix: Matrix = field(default_factory=lambda: ITIL)
    rooms: tuple[Room, ...] = ()
    room_words: Visibility = Visibility.INTERNAL
    deleted: Deleted = Deleted.KEEP
    agents_by_email: Mapping[str, Agent] = field(init=False, repr=False, compare=False)
    queues_by_name: Mapping[str, Queue] = field(init=False, repr=False, compare=False)
    rule_names: Mapping[Occasion, frozenset[str]] = field(init=False, repr=False, compare=False)
    told_by_chat: bool = field(init=False, repr=False, compare=False)
    called_in_rooms: bool = field(init=False, repr=False, compare=False)
    _agents_by_account: Mapping[tuple[str, str], Agent] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "agents_by_email", {a.email: a for a in self.agents})
        object.__setattr__(self, "queues_by_name", {q.name: q for q in self.queues})
        object.__setattr__(self, "rule_names", {o: _names(self.rules, o) for o in Occasion})
        told = any(way != "email" for a in self.agents for way in a.notify)
        object.__setattr__(self, "told_by_chat", told)
        called = any(a.account(room.channel) for a in self.agents for room in self.rooms)
        object.__setattr__(self, "called_in_rooms", called)
        by_account = {account: a for a in self.agents for account in a.accounts}
        object.__setattr__(self, "_agents_by_account", by_account)

    def agent_of(self, party: Party) -> Agent | None:
        """The agent whom an address or an account names; that it is really them is another matter.

        On a chat network the configured id alone counts, never a name or a mail address.
        """
        if party.channel == "email":
            return self.agents_by_email.get(party.address)
        return self._agents_by_account.get((party.channel, party.address))

    def most_per_hour(self, source: str) -> int:
        """Of how many messages of a source about one thing agents hear; 0: of all."""
        return next((s.most_per_hour for s in self.sources if s.name == source), 0)

    def rooms_for(self, queue: str) -> tuple[Room, ...]:
        """The rooms in which tickets of a queue are shown."""
        known = self.queues_by_name.get(queue)
        return self.rooms if known is None or known.in_rooms else ()

    def queue_for(self, recipients: tuple[str, ...]) -> Queue:
        """The queue whose address a message was sent to; the first queue if none was."""
        for recipient in recipients:
            for queue in self.queues:
                if recipient in queue.addresses:
                    return queue
        return self.queues[0]

    def queue_of(self, message: Message) -> Queue:
        """The queue of a message that opens a ticket: its channel's, else by its recipients."""
        named = self.queues_by_name.get(message.queue) if message.queue else None
        return named or self.queue_for(message.recipients)

    def rules_for(self, ticket: Ticket) -> Rules:
        """What service level counts for a ticket as it stands: its own policy, else its queue's."""
        queue = self.queues_by_name.get(ticket.queue)
        name = ticket.sla or (queue.sla if queue else "")
        return Rules(
            sla=self.slas.get(name, NO_SLA),
            calendars=self.calendars,
            priority=ticket.priority,
            tier=ticket.tier,
            more=queue.reassuring if queue else (),
        )

    def hours_for(self, ticket: Ticket) -> Hours:
        """Whose open time counts for a ticket: its service level's, else the desk's own."""
        sla = self.rules_for(ticket).sla
        own = hours_of(self.calendars, sla.calendar) if sla is not NO_SLA else self.hours
        return own or self.calendars[ALWAYS]

    def patience_for(self, ticket: Ticket) -> Patience:
        """How long the requester of a ticket is waited for."""
        queue = self.queues_by_name.get(ticket.queue)
        return queue.patience if queue else NO_PATIENCE

    def on_shift(self, agent: Agent, now: datetime) -> bool:
        """Whether an agent works now."""
        return not agent.shift or hours_of(self.calendars, agent.shift).is_open(now)

    def sender_address(self, queue: str) -> str:
        """The address that a queue's mail comes from: its first, else the desk's."""
        known = self.queues_by_name.get(queue)
        return known.addresses[0] if known and known.addresses else self.desk_address

    def sender_name(self, queue: str) -> str:
        """The name that a queue's mail comes from."""
        known = self.queues_by_name.get(queue)
        return (known.label if known else "") or self.desk_name

    def agents_of(self, queue: str, tier: int | None = None) -> tuple[Agent, ...]:
        """The agents of a queue, those of one tier if it is given, in the config's order."""
        return tuple(
            a for a in self.agents if queue in a.queues and (tier is None or a.tier == tier)
        )

    def leads_of(self, queue: str) -> tuple[Agent, ...]:
        """The leads of a queue, else every lead."""
        own = tuple(a for a in self.agents if a.lead and queue in a.queues)
        return own or tuple(a for a in self.agents if a.lead)

    def may_see(self, agent: Agent, queue: str) -> bool:
        """Whether an agent may see tickets of a queue: restricted ones are for its own agents."""
        known = self.queues_by_name.get(queue)
        return not (known and known.restricted) or queue in agent.queues or agent.lead


def _names(rules: tuple[Rule, ...], occasion: Occasion) -> frozenset[str]:
    """The facts that the rules of an occasion look at."""
    return frozenset(name for r in rules if r.on is occasion for name in r.when.names)

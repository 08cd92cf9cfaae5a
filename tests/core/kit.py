"""Builders for the desk's nouns, and a small world in which decisions come true. All of it pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.core.addresses import AddressBook, AddressKind, Key, day_of
from gateway.core.assignment import Staff
from gateway.core.bursts import Burst, Bursts, Sort
from gateway.core.changes import (
    Alter,
    Append,
    Away,
    Cancel,
    Change,
    Claim,
    Decision,
    Deliver,
    Drop,
    Given,
    Hold,
    Keep,
    Link,
    Listed,
    Move,
    NoticeKind,
    Open,
    Reach,
    Reachable,
    Refuse,
    Say,
    Settle,
    Skip,
    StartDeadline,
    StopDeadline,
    Tick,
    Unreachable,
    Verify,
    Wait,
)
from gateway.core.clocks import Mark
from gateway.core.commands import parse, parse_words
from gateway.core.deciding import Desk, decide
from gateway.core.events import (
    AgentActed,
    DeadlineCame,
    DeliveryFailed,
    DigestDue,
    Event,
    HandoverDue,
    MessageArrived,
    SummaryDue,
    TicketAsked,
    TroubleReported,
)
from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Message,
    Party,
    Priority,
    Proof,
    Role,
    State,
    StoredFile,
    Ticket,
    Verdict,
    Visibility,
)
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates, Clues, Placement
from gateway.core.policy import Agent, Notify, Policy, Queue
from gateway.core.promises import Promise
from gateway.core.reasons import Reason
from gateway.core.revoking import address_generation
from gateway.core.situation import (
    Addressee,
    HeldAnswer,
    Kept,
    Sender,
    Sent,
    Situation,
    WaitingAnswer,
)
from gateway.core.targets import Target
from gateway.core.tickets import altered, opened

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ADA = Party(address="ada@example.org", name="Ada Byron")
BOB = Party(address="bob@example.org", name="Bob Noyce")
MALLORY = Party(address="mallory@evil.example", name="Mallory")

BEA = Agent(name="Bea Ruiz", email="bea@acme.example", tier=1, queues=("support", "network"))
CARLA = Agent(name="Carla Neri", email="carla@acme.example", tier=1, queues=("support",))
DAN = Agent(name="Dan Ode", email="dan@acme.example", tier=2, queues=("support", "hr"))
EVE = Agent(name="Eve Low", email="eve@acme.example", tier=3, queues=("network",), lead=True)
AGENTS = (BEA, CARLA, DAN, EVE)

SUPPORT = Queue(name="support", addresses=("support@acme.example", "help@acme.example"))
NETWORK = Queue(name="network", addresses=("network@acme.example",), label="Acme Network")
HR = Queue(name="hr", addresses=("hr@acme.example",), restricted=True)

PASSED = Proof(spf=Verdict.PASS, dkim=Verdict.PASS, dmarc=Verdict.PASS)
FORGED = Proof(dmarc=Verdict.FAIL)


def policy(**changes: Any) -> Policy:
    fields: dict[str, Any] = {
        "desk_name": "Acme Support",
        "desk_address": "support@acme.example",
        "agents": AGENTS,
        "queues": (SUPPORT, NETWORK, HR),
        "timezone": "Europe/Madrid",
    }
    return Policy(**fields | changes)


def notifying(notify: Notify) -> Policy:
    return policy(queues=(replace(SUPPORT, notify=notify), NETWORK, HR))


KEY = Key(id=1, secret=b"k" * 32)


def book(*keys: Key, pattern: str = "") -> AddressBook:
    return AddressBook(
        keys=keys or (KEY,),
        desk_address="support@acme.example",
        queues={q.name: q.addresses for q in (SUPPORT, NETWORK, HR)},
        pattern=pattern,
    )


def desk(**changes: Any) -> Desk:
    return Desk(policy=policy(**changes), book=book())


def ticket(number: int = 7, **changes: Any) -> Ticket:
    fields: dict[str, Any] = {
        "number": number,
        "subject": "Printer on fire",
        "requester": ADA,
        "queue": "support",
        "created_at": NOW - DAY,
        "updated_at": NOW - DAY,
    }
    if changes.get("state") is State.CLOSED:
        fields["closed_at"] = NOW - HOUR
    return Ticket(**fields | changes)


def signed(
    kind: AddressKind, number: int, owner: str, *, of: Ticket | None = None, age: int = 0
) -> str:
    """A signed address, as old as so many days; of a ticket: one that lives."""
    generation = address_generation(of, owner) if of else 0
    today = day_of(NOW - age * DAY)
    return book().mint(kind, number, owner, today=today, generation=generation)


def message(author: Party | Agent = ADA, **changes: Any) -> Message:
    who = Party(address=author.email, name=author.name) if isinstance(author, Agent) else author
    text = changes.get("text", "It is on fire.")
    fields: dict[str, Any] = {
        "channel": "email",
        "author": who,
        "fingerprint": f"print-of-{text}",
        "own_key": "mail:1@example.org",
        "recipients": ("support@acme.example",),
        "subject": "Printer on fire",
        "full_text": text,
        "text": text,
    }
    return Message(**fields | changes)


def entry(id: int, author: Party | Agent, text: str = "words", **changes: Any) -> EntryFact:
    agent = isinstance(author, Agent)
    fields: dict[str, Any] = {
        "id": id,
        "ticket": 7,
        "kind": EntryKind.MESSAGE,
        "visibility": Visibility.PUBLIC,
        "at": NOW,
        "author": Author(
            name=author.name,
            address=author.email if isinstance(author, Agent) else author.address,
            role=Role.AGENT if agent else Role.REQUESTER,
        ),
        "text": text,
    }
    return EntryFact(**fields | changes)


def of_type(decision: Decision, kind: type[Any]) -> list[Any]:
    """The changes of one type, those on other tickets, too."""
    every = [*decision.changes, *(change for on in decision.also for change in on.changes)]
    return [change for change in every if isinstance(change, kind)]


def says(decision: Decision) -> list[tuple[str, str, str]]:
    """Who is told what, and whom an answer would reach."""
    return [(s.to.address, s.kind.value, s.reach.value) for s in of_type(decision, Say)]


def alters(decision: Decision) -> dict[str, Any]:
    return {a.field: a.new for a in of_type(decision, Alter)}


def why(decision: Decision) -> list[str]:
    """The code of every reason in it."""
    every = of_type(decision, object)
    return [c.because.code for c in every if isinstance(getattr(c, "because", None), Reason)]


def to_outside(said: Iterable[Say]) -> list[Say]:
    return [s for s in said if s.to.address not in {a.email for a in AGENTS}]


_TYPES: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "subject": str,
    "requester": Party,
    "queue": str,
    "state": State,
    "priority": Priority,
    "tier": int,
    "assignee": (str, type(None)),
    "tags": tuple,
    "participants": tuple,
    "watchers": tuple,
    "channel": str,
    "merged_into": (int, type(None)),
    "generation": int,
    "leaked": tuple,
    "rating": int,
    "promise": (Promise, type(None)),
}
_MEMBERS: dict[str, type[Any]] = {
    "tags": str,
    "participants": Party,
    "watchers": str,
    "leaked": str,
}


def check_types(change: Alter) -> None:
    """An `Alter` holds a value exactly as the ticket's field holds it."""
    assert isinstance(change.new, _TYPES[change.field]), change
    if isinstance(change.new, tuple):
        assert all(type(m) is _MEMBERS[change.field] for m in change.new), change
    else:
        assert type(change.new) in (State, Priority, str, int, Party, Promise, type(None)), change


@dataclass(slots=True, kw_only=True)
class Entry:
    """An entry as the world keeps it."""

    fact: EntryFact
    body: Body | None = None
    held: str | None = None
    because: str = ""
    fingerprint: str | None = None


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """Something said, with the address that an answer to it would go to."""

    id: int
    say: Say
    ticket: int | None
    reply_to: str | None
    key: str
    entry: int | None
    due_at: datetime
    state: str = "queued"

    @property
    def text(self) -> str:
        """The words of an answer."""
        assert self.say.body is not None
        return self.say.body.text


@dataclass(slots=True, kw_only=True)
class World:
    """Applies decisions to frozen tickets, entries, keys, deadlines and what was said."""

    desk: Desk = field(default_factory=desk)
    now: datetime = NOW
    tickets: dict[int, Ticket] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    outbox: list[Outgoing] = field(default_factory=list)
    deadlines: dict[tuple[int, Target], datetime] = field(default_factory=dict)
    ledger: list[tuple[int, Mark]] = field(default_factory=list)
    held: list[MessageArrived] = field(default_factory=list)
    dropped: list[Reason] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)  # addresses from which mail came back
    linked: list[set[Party]] = field(default_factory=list)
    away: dict[str, datetime | None] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    bursts: dict[tuple[str, Sort], Burst] = field(default_factory=dict)
    kept: dict[int, tuple[Keep, Kept]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    _mails: int = 0

    # --- what people do

    def mail(self, author: Party | Agent, text: str, **changes: Any) -> Decision:
        """Somebody writes a mail of their own."""
        self._mails += 1
        live = changes.pop("live", True)
        old = changes.pop("old", False)
        own = changes.pop("own_key", f"mail:{self._mails}@somewhere.example")
        fingerprint = changes.pop("fingerprint", f"print-{self._mails}")
        made = message(author, text=text, own_key=own, fingerprint=fingerprint, **changes)
        return self.meet(MessageArrived(message=made, at=self.now, live=live, old=old))

    def answer(self, author: Party | Agent, to: Outgoing, text: str, **changes: Any) -> Decision:
        """Somebody answers something that they got, with Reply in their mail client."""
        fields: dict[str, Any] = {
            "recipients": (to.reply_to,) if to.reply_to else ("support@acme.example",),
            "refers_to": (to.key,),
            "subject": f"Re: {to.say.facts.get('subject', '')}",
        }
        return self.mail(author, text, **fields | changes)

    def act(
        self, agent: Agent, number: int, *commands: str, text: str = "", public: bool = True
    ) -> Decision:
        """An agent speaks by the command line."""
        return self.meet(
            AgentActed(
                agent=agent.email,
                ticket=number,
                at=self.now,
                commands=commands,
                text=text,
                public=public,
            )
        )

    def wait(self, span: timedelta) -> None:
        """Time goes by, and deadlines come when they are due."""
        until = self.now + span
        while due := sorted((at, key) for key, at in self.deadlines.items() if at <= until):
            at, (number, target) = due[0]
            del self.deadlines[number, target]
            self.now = at
            self.meet(DeadlineCame(ticket=number, target=target, due_at=at, at=at))
        self.now = until

    def fail(self, out: Outgoing, error: str = "no such user", *, maybe: bool = False) -> Decision:
        assert out.ticket is not None
        return self.meet(
            DeliveryFailed(
                outbox_id=out.id,
                ticket=out.ticket,
                to=out.say.to,
                kind=out.say.kind.value,
                error=error,
                at=self.now,
                maybe=maybe,
            )
        )

    def release(self, by: Agent) -> Decision:
        return self.meet(replace(self.held.pop(), released_by=by.name))

    # --- what is seen of it

    def got(self, who: Party | Agent, kind: NoticeKind | None = None) -> list[Outgoing]:
        address = who.email if isinstance(who, Agent) else who.address
        return [
            o
            for o in self.outbox
            if o.say.to.address == address and kind in (None, o.say.kind) and o.state == "queued"
        ]

    def last(self, who: Party | Agent, kind: NoticeKind | None = None) -> Outgoing:
        return self.got(who, kind)[-1]

    def history(self, number: int, *kinds: EntryKind) -> list[Entry]:
        return [
            e
            for e in self.entries.values()
            if e.fact.ticket == number and (not kinds or e.fact.kind in kinds)
        ]

    # --- how decisions are made and come true

    def meet(self, event: Event) -> Decision:
        placement = None
        if isinstance(event, MessageArrived):
            placement, situation = self._look(event)
        else:
            situation = self._about(event)
        bursts = Bursts(now=self.now, of=dict(self.bursts))
        addressee = self._addressee(situation)
        situation = replace(situation, staff=self._staff(), addressee=addressee, bursts=bursts)
        decision = decide(event, situation, self.desk, placement)
        self._apply(decision, event)
        self.decisions.append(decision)
        return decision

    def _addressee(self, situation: Situation) -> Addressee:
        ticket = situation.ticket
        if ticket is None:
            return Addressee()
        said = (e.fact for e in self.history(ticket.number, EntryKind.MESSAGE))
        answers = [f for f in said if f.author.role is Role.AGENT]
        return Addressee(
            verified=ticket.requester.address in self.verified,
            came_back=ticket.requester.address in self.bad,
            answer=answers[-1] if answers else None,
        )

    def _look(self, event: MessageArrived) -> tuple[Placement, Situation]:
        clues = clues_of(event.message, self.desk.book)
        accounts, vouched = self._accounts(event.message)
        found = replace(self._found(clues), accounts=accounts)
        placement = place(event.message, clues, found, self.desk.book, self.desk.policy, event.at)
        same = [e for e in self.entries.values() if e.fingerprint == event.message.fingerprint]
        sent = self._sent(event.message, clues)
        ticket = placement.ticket or (self._living(sent.ticket) if sent else None)
        situation = Situation(
            ticket=ticket,
            answered=self.entries[placement.answered].fact if placement.answered else None,
            sender=Sender(
                verified=event.message.author.address in self.verified,
                accounts=accounts,
                vouched=vouched,
            ),
            duplicate=(same[0].fact.ticket, same[0].fact.id) if same else None,
            sent=sent,
        )
        if placement.previous is not None:
            situation = replace(situation, last_words=self._last_words(placement.previous.number))
        words = event.message.forwarded.comment if event.message.forwarded else event.message.text
        agent = self.desk.policy.agent_of(event.message.author)
        speaks = agent.email if agent else event.message.author.address
        return placement, self._for_agent(
            situation, speaks, [c.args for c in parse(words).commands]
        )

    def _accounts(self, message: Message) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
        """Who else an author is, and who of them by the word of the network, for the first time."""
        if message.proof.forged:
            return (), ()
        same = message.chat.same if message.chat else ()
        who = (message.author.channel, message.author.address)
        pairs = [{(p.channel, p.address): p for p in pair} for pair in self.linked]
        linked = {key: p for pair in pairs if who in pair for key, p in pair.items()}
        known = tuple(p for key, p in sorted(linked.items()) if key != who)
        new = tuple(p for p in same if (p.channel, p.address) not in linked)
        return (*known, *new), new

    def _found(self, clues: Clues) -> Candidates:
        asked = (*clues.keys, clues.own_key or "", clues.conversation)
        known = {k: self.keys[k] for k in asked if k in self.keys}
        numbers = {*clues.numbers, *(n for n, _ in known.values())}
        own = {n: self.tickets[n] for n in numbers if n in self.tickets}
        return Candidates(
            tickets={n: living for n in own if (living := self._living(n)) is not None},
            originals={n: t for n, t in own.items() if t.merged_into is not None},
            keys=known,
        )

    def _living(self, number: int | None) -> Ticket | None:
        found = self.tickets.get(number or 0)
        while found is not None and found.merged_into is not None:
            found = self.tickets[found.merged_into]
        return found

    def _sent(self, message: Message, clues: Clues) -> Sent | None:
        bounce = next((s for s in clues.signed if s.kind is AddressKind.BOUNCE), None)
        row = next((o for o in self.outbox if bounce and o.id == bounce.number), None)
        if row is None or message.bounce is None:
            return None
        return Sent(
            outbox_id=row.id, ticket=row.ticket, to=row.say.to, kind=row.say.kind, entry=row.entry
        )

    def _staff(self) -> Staff:
        done = (State.RESOLVED, State.CLOSED)
        busy = [t.assignee for t in self.tickets.values() if t.assignee and t.state not in done]
        return Staff(loads=Counter(busy), away=dict(self.away), given=dict(self.given))

    def _unanswered(self, agent: str) -> dict[int, EntryFact]:
        """The last words on an agent's open tickets that wait for an answer."""
        them = [
            t.number
            for t in self.tickets.values()
            if t.assignee == agent and t.state in (State.NEW, State.OPEN)
        ]
        said = {
            number: [
                e.fact
                for e in self.history(number, EntryKind.MESSAGE)
                if e.fact.visibility is Visibility.PUBLIC
            ]
            for number in them
        }
        return {
            number: facts[-1]
            for number, facts in said.items()
            if facts and facts[-1].author.role is not Role.AGENT
        }

    def _about(self, event: Event) -> Situation:
        if isinstance(event, TicketAsked | TroubleReported | DigestDue | HandoverDue):
            return Situation()
        if isinstance(event, SummaryDue):
            return self._kept(event)
        assert not isinstance(event, MessageArrived)
        number = event.ticket
        situation = Situation(ticket=self.tickets.get(number), last_words=self._last_words(number))
        if isinstance(event, AgentActed):
            args = [c.args for c in parse_words(event.commands).commands]
            return self._for_agent(situation, event.agent, args)
        return situation

    def _kept(self, event: SummaryDue) -> Situation:
        """What is kept for an agent, as a summary needs it."""
        kept = tuple(
            row
            for keep, row in self.kept.values()
            if (keep.say.to.address, keep.sort) == (event.agent, event.sort)
        )
        words = {k.entry: self.entries[k.entry].fact for k in kept if k.entry is not None}
        return Situation(kept=kept, others=dict(self.tickets), entries=words)

    def _for_agent(
        self, situation: Situation, agent: str, args: Sequence[tuple[str, ...]]
    ) -> Situation:
        known = not agent or agent in self.desk.policy.agents_by_email  # the operator has none
        unanswered = self._unanswered(agent)
        offered = {n: self.tickets[n] for n in unanswered}
        situation = replace(situation, unanswered=unanswered, others=offered)
        if situation.ticket is None or not known:
            return situation
        number, answered = situation.ticket.number, situation.answered
        there = self.history(number)
        newer = [
            e.fact
            for e in there
            if answered
            and e.fact.id > answered.id
            and e.fact.kind is EntryKind.MESSAGE
            and e.fact.visibility is Visibility.PUBLIC
        ]
        named = {int(w.lstrip("#")) for words in args for w in words if w.lstrip("#").isdigit()}
        named |= {situation.ticket.merged_into or 0}
        held = [e for e in there if e.held and e.fact.author.address == agent and e.body]
        waits = [o for o in self.got_of(number) if o.say.answer_of == agent and o.say.wait]
        return replace(
            situation,
            newer=tuple(newer),
            last_words=self._last_words(number),
            history=tuple(e.fact for e in there),
            others=offered | {n: self.tickets[n] for n in named if n in self.tickets},
            entries={n: self.entries[n].fact for n in named if n in self.entries},
            held=HeldAnswer(entry=held[-1].fact.id, body=held[-1].body) if held else None,  # type: ignore[arg-type]
            waiting=WaitingAnswer(
                entry=waits[-1].entry or 0,
                outbox_ids=tuple(o.id for o in waits if o.entry == waits[-1].entry),
            )
            if waits
            else None,
            mine=tuple(t for t in self.tickets.values() if t.assignee == agent),
        )

    def got_of(self, number: int) -> list[Outgoing]:
        """What waits to go out about a ticket."""
        return [
            o
            for o in self.outbox
            if o.ticket == number and o.state == "queued" and o.due_at > self.now
        ]

    def _last_words(self, number: int) -> EntryFact | None:
        came = [
            e.fact
            for e in self.history(number, EntryKind.MESSAGE)
            if e.fact.author.role in (Role.REQUESTER, Role.PARTICIPANT)
        ]
        return came[-1] if came else None

    def _apply(self, decision: Decision, event: Event) -> None:
        self._on(decision.ticket, decision.changes, event)
        for other in decision.also:
            self._on(other.ticket, other.changes, event)
        self.bursts |= {(one.agent, one.sort): one.burst for one in decision.paced}

    def _on(  # noqa: C901, PLR0912 - one case for each kind of change
        self, number: int | None, changes: tuple[Change, ...], event: Event
    ) -> None:
        refs: dict[str, int] = {}
        said: list[Say] = []
        for change in changes:
            match change:
                case Open():
                    number = max(self.tickets, default=6) + 1
                    self.tickets[number] = opened(change, number, self.now)
                case Append():
                    assert number is not None
                    refs[change.ref] = self._append(number, change)
                case Alter():
                    assert number is not None
                    check_types(change)
                    self.tickets[number] = altered(self.tickets[number], change, self.now)
                case Say():
                    said.append(change)
                case StartDeadline():
                    assert number is not None
                    self.deadlines[number, change.target] = change.due_at
                case StopDeadline():
                    assert number is not None
                    self.deadlines.pop((number, change.target), None)
                case Wait():
                    assert number is not None
                    waits = change.waiting
                    self.tickets[number] = replace(self.tickets[number], waiting=waits)
                case Tick():
                    assert number is not None
                    self.tickets[number] = replace(self.tickets[number], clocks=change.clocks)
                    self.ledger += [(number, mark) for mark in change.marks]
                case Hold():
                    assert isinstance(event, MessageArrived)
                    self.held.append(event)
                case Drop():
                    self.dropped.append(change.because)
                case Deliver():
                    self._row(change.outbox_id).state = change.state
                case Cancel():
                    for id in change.outbox_ids:
                        self._row(id).state = "cancelled"
                    self._rewrite(change.entry, visibility=Visibility.INTERNAL)
                case Settle():
                    self.entries[change.entry].held = None
                case Move():
                    self._rewrite(change.entry, ticket=change.to)
                case Away():
                    self._away(change)
                case Given():
                    assert self.given.get(change.queue) == change.before
                    self.given[change.queue] = change.agent
                case Verify():
                    self.verified.add(change.address)
                case Link():
                    self.linked.append({change.one, change.other})
                case Keep():
                    assert number is not None
                    about = change.say.about
                    self._keep(number, change, refs.get(about) if isinstance(about, str) else about)
                case Listed():
                    for id in change.kept:
                        del self.kept[id]
                case Claim() | Skip() | Refuse() | Reachable() | Unreachable():
                    pass
        for change in changes:
            if isinstance(change, Claim):
                assert number is not None
                for key in change.keys:
                    if change.taken_from is not None:
                        assert self.keys.pop(key)[0] == change.taken_from
                    self.keys.setdefault(key, (number, refs.get(change.ref)))
        for say in said:
            self._say(number, say, refs)

    def _append(self, number: int, change: Append) -> int:
        id = len(self.entries) + 31
        self.entries[id] = Entry(
            fact=EntryFact(
                id=id,
                ticket=number,
                kind=change.kind,
                visibility=change.visibility,
                at=self.now,
                author=change.author,
                text=change.body.text if change.body else "",
            ),
            body=change.body,
            held=change.held,
            because=str(change.because),
            fingerprint=change.fingerprint,
        )
        return id

    def _keep(self, number: int, change: Keep, entry: int | None) -> None:
        id = len(self.outbox) + len(self.kept) + 1_000
        kind = change.say.kind.value
        row = Kept(id=id, ticket=number, kind=kind, at=self.now, entry=entry)
        self.kept[id] = (change, row)

    def _rewrite(self, id: int, **changes: Any) -> None:
        self.entries[id].fact = replace(self.entries[id].fact, **changes)

    def _row(self, id: int) -> Outgoing:
        return next(o for o in self.outbox if o.id == id)

    def _away(self, change: Away) -> None:
        if change.back:
            self.away.pop(change.agent, None)
        else:
            self.away[change.agent] = change.until

    def _say(self, number: int | None, say: Say, refs: dict[str, int]) -> None:
        id = len(self.outbox) + 1
        about = refs.get(say.about) if isinstance(say.about, str) else say.about
        out = Outgoing(
            id=id,
            say=say,
            ticket=number,
            reply_to=self._reply_to(number, say),
            key=f"mail:out-{id}@acme.example",
            entry=about,
            due_at=self.now + say.wait,
        )
        self.outbox.append(out)
        if number is not None:
            self.keys[out.key] = (number, about)

    def _reply_to(self, number: int | None, say: Say) -> str | None:
        kinds = {
            Reach.REQUESTER: AddressKind.REQUESTER,
            Reach.PUBLIC: AddressKind.PUBLIC,
            Reach.INTERNAL: AddressKind.INTERNAL,
            Reach.STANDING: AddressKind.STANDING,
        }
        kind = kinds.get(say.reach)
        if kind is None:
            return None
        known = self.tickets[number] if number is not None else None
        if known is None or kind is AddressKind.STANDING:
            kind, number, known = AddressKind.STANDING, 0, None
        return self.desk.book.mint(
            kind,
            number or 0,
            say.to.address,
            today=day_of(self.now),
            generation=address_generation(known, say.to.address) if known else 0,
        )


FILE = StoredFile(name="smoke.png", type="image/png", size=4, digest="d")
OUT = Direction.OUT

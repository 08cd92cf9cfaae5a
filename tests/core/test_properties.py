"""What holds in every story, however people, machines and clocks take turns."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.core.addresses import AddressKind
from gateway.core.changes import Alter, Away, Decision, NoticeKind, Say, StartDeadline, StopDeadline
from gateway.core.explaining import describe
from gateway.core.model import Automatic, EntryKind, Party, Priority, State, Visibility
from gateway.core.states import MOVES
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    BOB,
    CARLA,
    DAN,
    DAY,
    EVE,
    FORGED,
    MALLORY,
    MINUTE,
    PASSED,
    World,
    alters,
    desk,
    of_type,
    signed,
    to_outside,
)

SECRET = "zebra"  # stands in every note, and nowhere else
OUTSIDE = {NoticeKind.CONFIRMATION, NoticeKind.ANSWER}

agents = st.sampled_from((BEA, CARLA, DAN, EVE))
people = st.sampled_from((ADA, BOB, MALLORY))
COMMANDS = """#resolve|#close|#open|#pending 2d|#hold|#hold 1d|#urgent|#take|#assign carla
#assign dan|#assign nobody
#queue network|#queue hr|#queue support|#escalate|#escalate zebra router|#tag zebra
#cc bob@example.org|#uncc bob@example.org|#cc mallory@evil.example|#for bob@example.org|#watch
#unwatch|#revoke|#merge 7|#merge 8|#move 31 to 8|#status|#mine|#help|#undo|#away|#back|#resolv
#priority hot|#merge 99|#assign zoe"""
commands = st.lists(st.sampled_from(COMMANDS.replace("\n", "|").split("|")), max_size=3)
words = st.sampled_from(["", "Switch it off.", "Thanks!", "Is it out?", "See bea@acme.example"])
proofs = st.sampled_from([PASSED, FORGED, None])


def with_proof(proof) -> Any:
    return {} if proof is None else {"proof": proof}


class Stories(RuleBasedStateMachine):
    """Random conversations on a desk; after each step everything promised must hold."""

    @initialize(delay=st.booleans())
    def begin(self, delay):
        self.world = World(desk=desk(answer_delay=MINUTE if delay else timedelta(0)))
        self.world.mail(ADA, "It burns", own_key="mail:a", cc=(BOB,))
        self.world.mail(BOB, "Mouse", own_key="mail:b", recipients=("network@acme.example",))
        self.seen = 0

    @rule(who=people, text=words, to=st.sampled_from(["mail:a", "mail:b", ""]), proof=proofs)
    def somebody_writes(self, who, text, to, proof):
        refers = (to,) if to else ()
        self.world.mail(who, text, refers_to=refers, cc=(BOB,), **with_proof(proof))

    @rule(who=people, text=words, pick=st.integers(0, 30))
    def somebody_answers(self, who, text, pick):
        got = self.world.got(who)
        if got:
            self.world.answer(who, got[pick % len(got)], text)

    @rule(who=agents, asked=commands, text=words, pick=st.integers(0, 30))
    def an_agent_answers(self, who, asked, text, pick):
        got = self.world.got(who)
        if got:
            out = got[pick % len(got)]
            note = out.say.reach.value != "public"
            said = f"{text} {SECRET}" if note else text
            text = "\n".join([*asked, said])
            self.world.answer(who, out, text, full_text=f"{text}\n> {SECRET} {who.email}")

    @rule(who=agents, asked=commands, text=words, ticket=st.sampled_from([7, 8]))
    def an_agent_notes(self, who, asked, text, ticket):
        self.world.act(who, ticket, *asked, text=f"{SECRET} {text}", public=False)

    @rule(who=agents, text=words, ticket=st.sampled_from([7, 8]), asked=commands)
    def somebody_claims_to_be_an_agent(self, who, text, ticket, asked):
        stolen = signed(AddressKind.PUBLIC, ticket, CARLA.email if who is BEA else BEA.email)
        before = dict(self.world.tickets)
        told = len(self.world.outbox)
        key = "mail:a" if ticket == 7 else "mail:b"
        self.world.mail(who, "\n".join([*asked, text]), recipients=(stolen,), refers_to=(key,))
        assert self.world.tickets == before
        new = self.world.outbox[told:]
        assert {(o.say.to.address, o.say.kind) for o in new} <= {
            (who.email, NoticeKind.HELD_UNPROVEN)
        }

    @rule(
        who=st.one_of(people, agents),
        kind=st.sampled_from(Automatic),
        text=words,
        to=st.sampled_from(["mail:a", "mail:b", ""]),
    )
    def a_machine_writes(self, who, kind, text, to):
        decision = self.world.mail(
            who, text, automatic=kind, automatic_because="x", refers_to=(to,) if to else ()
        )
        assert alters(decision) == {}
        assert not of_type(decision, StartDeadline) + of_type(decision, StopDeadline)
        assert to_outside(of_type(decision, Say)) == []

    @rule(span=st.sampled_from([MINUTE, DAY, 10 * DAY, 40 * DAY]))
    def time_goes_by(self, span):
        self.world.wait(span)

    @rule(pick=st.integers(0, 30))
    def a_delivery_fails(self, pick):
        sent = [o for o in self.world.outbox if o.ticket is not None]
        if sent:
            self.world.fail(sent[pick % len(sent)])

    # --- what must hold

    def _new(self) -> list[Decision]:
        return self.world.decisions[self.seen :]

    @invariant()
    def internal_stays_internal(self):
        agents_by_mail = {a.email for a in AGENTS}
        for out in self.world.outbox:
            if out.say.kind in OUTSIDE and out.say.to.address not in agents_by_mail:
                shown = repr((out.say.facts, out.say.body, out.say.speaker, out.say.shown_to))
                assert SECRET not in shown
                assert not any(email in shown for email in agents_by_mail)

    @invariant()
    def people_outside_hear_only_what_is_for_them(self):
        for decision in self._new():
            for said in to_outside(of_type(decision, Say)):
                assert said.kind in OUTSIDE
                assert said.reach.value == "requester"

    @invariant()
    def nobody_hears_of_a_queue_that_they_may_not_see(self):
        policy = self.world.desk.policy
        for out in self.world.outbox[-20:]:
            agent = policy.agents_by_email.get(out.say.to.address)
            carries = out.say.kind in (NoticeKind.REPLY, NoticeKind.NOTE, NoticeKind.COPY)
            if agent and carries and out.say.facts["queue"] == "hr":
                assert policy.may_see(agent, "hr")

    @invariant()
    def every_ticket_is_whole(self):
        for ticket in self.world.tickets.values():
            outside = [p.address for p in ticket.participants]
            assert len(outside) == len(set(outside))
            assert ticket.requester.address not in outside
            assert not set(outside) & {a.email for a in AGENTS}
            assert not any(self.world.desk.book.is_ours(a) for a in outside)
            assert isinstance(ticket.state, State)
            assert isinstance(ticket.priority, Priority)
            assert (ticket.state is State.CLOSED) == (ticket.closed_at is not None)
            assert ticket.merged_into is None or ticket.merged_into in self.world.tickets

    @invariant()
    def merges_never_go_in_a_ring(self):
        for ticket in self.world.tickets.values():
            seen, at = {ticket.number}, ticket
            while at.merged_into is not None:
                at = self.world.tickets[at.merged_into]
                assert at.number not in seen
                seen.add(at.number)

    @invariant()
    def only_listed_moves_happened(self):
        reachable = {(source, move.target) for move in MOVES for source in move.sources}
        for decision in self._new():
            changed = (c for c in decision.changes if isinstance(c, Alter))
            states = [c.new for c in changed if c.field == "state"]
            for before, after in pairwise(states):
                assert (before, after) in reachable

    @invariant()
    def what_strangers_and_machines_wrote_is_not_public(self):
        for kept in self.world.entries.values():
            if kept.fact.author.role.value == "stranger":
                assert kept.fact.visibility is Visibility.INTERNAL
            if kept.fact.kind in (EntryKind.NOTE, EntryKind.NOTICE):
                assert kept.fact.visibility is Visibility.INTERNAL

    @invariant()
    def everything_can_be_said_in_words(self):
        for decision in self._new():
            lines = describe(decision, "Acme Support")
            assert all("{" not in line for line in lines)
            assert lines
        self.seen = len(self.world.decisions)


TestStories = Stories.TestCase
TestStories.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_any_words_of_anybody_are_kept_on_exactly_one_ticket(subject, text, known):
    world = World()
    if known:
        world.mail(ADA, "It burns", own_key="mail:a")
    world.mail(ADA, text, subject=subject, refers_to=("mail:a",))
    kept = [e for e in world.entries.values() if e.fingerprint == f"print-{world._mails}"]
    assert len(kept) == 1
    assert len(world.tickets) == 1


@given(st.text(max_size=60), st.sampled_from(AddressKind))
def test_any_words_of_an_agent_are_kept_and_never_lost(text, kind):
    world = World()
    world.mail(ADA, "It burns", own_key="mail:a")
    address = signed(kind, 7, BEA.email)
    decision = world.mail(BEA, text, recipients=(address,), refers_to=("mail:a",))
    kept = [e for e in world.entries.values() if e.fingerprint == "print-2"]
    told = decision.ticket is None and {NoticeKind.MINE, NoticeKind.HELP, NoticeKind.SHIFT_DONE} & {
        said.kind for said in of_type(decision, Say)
    }
    away = world.away or of_type(decision, Away)
    assert len(kept) + len(world.held) + len(world.dropped) == (0 if told or away else 1)


addresses = st.lists(st.sampled_from([f"p{n}@example.org" for n in range(9)]), max_size=8)


@given(addresses, addresses)
def test_participants_are_people_outside_each_once(to, cc):
    inside = [BEA.email, "support@acme.example", signed(AddressKind.REQUESTER, 7, "a@b.c")]
    world = World()
    world.mail(
        ADA,
        "x",
        to=tuple(Party(address=a) for a in [*to, *inside]),
        cc=tuple(Party(address=a) for a in [*cc, *inside, ADA.address]),
    )
    assert {p.address for p in world.tickets[7].participants} == {a.lower() for a in (*to, *cc)} - {
        ADA.address
    }

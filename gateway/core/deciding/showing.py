"""What the rooms of agents are shown of a decision: a card, the words, what changed.

Each ticket has one card in each room, edited in place, and below it what is said on the ticket,
by whatever channel it came. What was said in that very thread is not said there again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.core.changes import (
    Absorb,
    Alter,
    Append,
    Cancel,
    Change,
    Decision,
    Deliver,
    Move,
    NoticeKind,
    Open,
    Reach,
    Say,
    TakeBack,
    Tick,
)
from gateway.core.chat import Action, Room
from gateway.core.clocks import ClockState
from gateway.core.commands import parse
from gateway.core.events import DeliveryFailed, Event, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Direction, EntryKind, Party, Priority, Role, State, Ticket
from gateway.core.notices import ticket_facts
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.tickets import folded

_SEEN = (Open, Alter, Append, Tick, Absorb, TakeBack, Cancel, Deliver, Move)
_LINES = frozenset(
    {"subject", "requester", "queue", "state", "priority", "tier", "assignee", "tags"}
    | {"participants", "merged_into"}
)
_RESTING = frozenset({State.RESOLVED, State.CLOSED})
_FOR_ITS_AUTHOR = frozenset({Why.COMMAND_WRONG.name.lower()})  # who erred hears so alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody said in the thread of the ticket itself, in a room of this channel.

    Its words stand there already: the entry of this fingerprint is not said there again.
    """

    channel: str
    fingerprint: str


def heard_in_thread(event: Event, situation: Situation) -> Heard | None:
    """What was written below a ticket's own card; a form that was filled in shows nothing there."""
    message = event.message if isinstance(event, MessageArrived) else None
    if message is None or message.chat is None or message.chat.pressed:
        return None
    if situation.cards.isdisjoint(message.refers_to):
        return None
    return Heard(channel=message.channel, fingerprint=message.fingerprint)


def of_a_room(event: Event, policy: Policy) -> bool:
    """Whether a room itself cannot be reached: nothing can be said there about that."""
    return isinstance(event, DeliveryFailed) and any(as_party(r) == event.to for r in policy.rooms)


def as_party(room: Room) -> Party:
    """A room as somebody to send to."""
    return Party(channel=room.channel, address=room.address)


def lane_of(room: Room) -> str:
    """What is said about a ticket in a room goes out in order."""
    return f"room:{room.channel}:{room.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """One ticket before and after the changes, and what was heard in its thread."""

    changes: tuple[Change, ...]
    before: Ticket | None
    after: Ticket
    policy: Policy
    heard: Heard | None


def with_shown(
    decision: Decision,
    event: Event,
    seen: dict[int, Ticket],
    situation: Situation,
    policy: Policy,
) -> Decision:
    """The decision, with what the rooms are shown of it. ``seen``: the tickets as they were."""
    if not policy.rooms or of_a_room(event, policy):
        return decision
    heard, now = heard_in_thread(event, situation), event.at

    def shown(number: int | None, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        before = seen.get(number) if number is not None else None
        return (*changes, *_shown(changes, before, policy, now, heard))

    also = tuple(replace(on, changes=shown(on.ticket, on.changes)) for on in decision.also)
    return replace(decision, changes=shown(decision.ticket, decision.changes), also=also)


def _shown(
    changes: tuple[Change, ...],
    before: Ticket | None,
    policy: Policy,
    now: datetime,
    heard: Heard | None,
) -> Iterator[Say]:
    after = folded(changes, before, now)
    if after is None or not any(isinstance(change, _SEEN) for change in changes):
        return
    scene = _Scene(changes=changes, before=before, after=after, policy=policy, heard=heard)
    there = policy.rooms_for(after.queue)
    was_there = policy.rooms_for(before.queue) if before is not None else ()
    for room in policy.rooms:
        if room in there:
            yield _card(scene, room)
            yield from _posts(scene, room)
        elif room in was_there:
            yield _hidden(scene, room)


def _say(scene: _Scene, room: Room, kind: NoticeKind, because: Reason, **more: Any) -> Say:
    return Say(
        kind=kind,
        to=as_party(room),
        reach=Reach.NOBODY,
        because=because,
        language=scene.policy.language,
        lane=lane_of(room),
        in_room=True,
        **more,
    )


def _card(scene: _Scene, room: Room) -> Say:
    ticket = scene.after
    due = tuple(
        {"target": clock.target.value, "due_at": clock.due_at, "late": clock.breached}
        for clock in ticket.clocks.all
        if clock.state is ClockState.RUNNING and clock.due_at is not None
    )
    facts = ticket_facts(scene.policy, ticket) | {"due": due, "merged_into": ticket.merged_into}
    because = _why(scene.changes)
    over = ticket.state is State.CLOSED
    actions = _actions(ticket)
    return _say(
        scene,
        room,
        NoticeKind.CARD,
        because,
        facts=facts,
        actions=actions,
        over=over,
        whose=ticket.requester,
    )


def _hidden(scene: _Scene, room: Room) -> Say:
    """It went to a queue that is not shown here: the card says that alone."""
    return _say(scene, room, NoticeKind.CARD, _why(scene.changes), facts={"hidden": True})


def _why(changes: tuple[Change, ...]) -> Reason:
    reasons = (getattr(change, "because", None) for change in changes)
    return next((r for r in reasons if r is not None), Reason.of(Why.POLICY_EDITED))


def _actions(ticket: Ticket) -> tuple[Action, ...]:
    """The buttons of a card. Labels are names of phrases: whoever renders it says them."""
    answer = Action(label="button.answer", says="#reply", asks=True)
    if ticket.state in _RESTING:
        return (Action(label="button.open", says="#open"), answer)
    choices = tuple((f"priority.{p.value}", f"#priority {p.value}") for p in Priority)
    return (
        Action(label="button.take", says="#take", main=ticket.assignee is None),
        replace(answer, main=ticket.assignee is not None),
        Action(label="button.priority", choices=choices),
        Action(label="button.escalate", says="#note\n#escalate", asks=True),
        Action(label="button.resolve", says="#resolve"),
    )


def _posts(scene: _Scene, room: Room) -> Iterator[Say]:
    """Words each by themselves, as they were said; all that changed in one line."""
    for change in scene.changes:
        if isinstance(change, Append) and _is_shown(change) and not _is_there(scene, room, change):
            yield _words(scene, room, change)
    happened = _happened(scene, room)
    if any(happened.values()):
        yield _say(scene, room, NoticeKind.HAPPENED, _why(scene.changes), facts=happened)


def _is_there(scene: _Scene, room: Room, said: Append) -> bool:
    """Whether these words stand in this room's thread already."""
    heard = scene.heard
    there = heard is not None and heard.channel == room.channel
    return there and heard is not None and said.fingerprint == heard.fingerprint


def _is_shown(said: Append) -> bool:
    """What agents hear of: no commands alone, and nothing that its author alone is told."""
    if said.body is None or said.held is not None or said.because.code in _FOR_ITS_AUTHOR:
        return False
    if said.kind is not EntryKind.NOTE:
        return said.kind in (EntryKind.MESSAGE, EntryKind.NOTICE)
    parsed = parse(said.body.text)
    return bool(parsed.rest or said.attachments or said.files or said.wanted)


def _words(scene: _Scene, room: Room, said: Append) -> Say:
    facts = {
        "author": said.author.shown,
        "role": said.author.role.value,
        "by": said.channel,
        "internal": said.kind is EntryKind.NOTE,
        "answer": said.direction is Direction.OUT,
        "people": _people(scene) if said.direction is Direction.OUT else (),
    }
    return _say(
        scene,
        room,
        NoticeKind.SAID,
        said.because,
        facts=facts,
        about=said.ref or None,
        body=None if said.ref else said.body,
        attach=True,
        whose=_whose(said),
    )


def _whose(said: Append) -> Party | None:
    """Who said it; nobody where they are known not to have."""
    author = said.author
    if author.role is Role.DESK or said.proof.forged:
        return None
    if author.role is Role.AGENT:  # known by their address, wherever they say it
        return Party(address=author.address, name=author.name)
    return Party(address=author.address, name=author.name, channel=author.channel)


def _people(scene: _Scene) -> tuple[str, ...]:
    """Whom an answer went to."""
    says = (c for c in scene.changes if isinstance(c, Say) and c.kind is NoticeKind.ANSWER)
    return tuple(dict.fromkeys(say.to.shown for say in says))


def _happened(scene: _Scene, room: Room) -> dict[str, Any]:
    """What a line below the card tells, beside words: facts for its template."""
    heard = scene.heard is not None and scene.heard.channel == room.channel
    sent = _people(scene) if heard else ()
    waits = next((c.wait for c in scene.changes if isinstance(c, Say) and c.answer_of), None)
    return {
        "changed": tuple(_line(scene, c) for c in scene.changes if _is_line(scene, c)),
        "sent_to": sent,
        "waits": waits if sent else None,
        "taken_back": any(isinstance(c, Cancel) for c in scene.changes),
    }


def _is_line(scene: _Scene, change: Change) -> bool:
    """A change of what is on the card; of a new ticket the card says all of it."""
    if scene.before is None or not isinstance(change, Alter):
        return False
    return change.field in _LINES


def _line(scene: _Scene, change: Change) -> dict[str, Any]:
    assert isinstance(change, Alter)  # noqa: S101 - the caller has looked
    return {
        "what": change.field,
        "new": _value(scene.policy, change.field, change.new),
        "author": change.author.shown,
    }


def _value(policy: Policy, field: str, value: Any) -> str:
    """The new value, in words that need no translation, or as the enumeration's own."""
    if field == "assignee":
        agent = policy.agents_by_email.get(value or "")
        return agent.name if agent else str(value or "")
    if isinstance(value, Party):
        return value.shown
    if isinstance(value, tuple):
        return ", ".join(one.shown if isinstance(one, Party) else str(one) for one in value)
    return str(getattr(value, "value", value) or "")

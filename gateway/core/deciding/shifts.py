"""A lead runs the shift by mail: lines about many tickets, in answer to a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.addresses import AddressKind
from gateway.core.audience import as_party
from gateway.core.changes import (
    Alter,
    Append,
    Decision,
    Given,
    NoticeKind,
    On,
    Reach,
    Refuse,
    Say,
)
from gateway.core.deciding.acting import decide_acted
from gateway.core.deciding.draft import Desk
from gateway.core.deciding.following import with_all_that_follows
from gateway.core.events import AgentActed, MessageArrived
from gateway.core.frozen import replace
from gateway.core.placement import Placement
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.shift_lines import ShiftLine, shift_lines
from gateway.core.situation import Situation

_EXPECTED = 'the number of a ticket and what to do, such as "7 bea" or "9 hold 2d"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What became of the lines about one ticket: the decision, or what is wrong with them."""

    lines: tuple[ShiftLine, ...]
    decision: Decision | None = None
    wrong: str = ""


def answers_digest(placement: Placement) -> bool:
    """Whether a message was sent to the address of a digest that its author got."""
    signed = placement.signed
    return placement.own_address and signed is not None and signed.kind is AddressKind.SHIFT


def decide_shift(event: MessageArrived, agent: Agent, situation: Situation, desk: Desk) -> Decision:
    """What can be done is done; the answer says what that was, and what is wrong with the rest.

    The lines about one ticket are done together or not at all; no ticket waits for another.
    """
    done = [_wrong(line) for line in shift_lines(event.message.text) if not _clear(line)]
    known = dict(situation.shift)
    for number, lines in _by_ticket(event.message.text).items():
        done.append(_act(number, lines, event, agent, known, desk))
        known = _after(known, done[-1])
    told = _answer(done, agent, desk)
    return Decision(ticket=None, changes=(told,), also=tuple(_also(done)))


def _after(known: dict[int, Situation], done: _Done) -> dict[int, Situation]:
    """What is known once that is done: whom the desk gave a ticket has one more."""
    given = [c for c in done.decision.changes if isinstance(c, Given)] if done.decision else []
    for change in given:
        known = {
            number: replace(one, staff=one.staff.after(change.queue, change.agent))
            for number, one in known.items()
        }
    return known


def _clear(line: ShiftLine) -> bool:
    return line.number is not None and bool(line.command or line.note)


def _wrong(line: ShiftLine) -> _Done:
    return _Done(lines=(line,), wrong=_EXPECTED)


def _by_ticket(text: str) -> dict[int, tuple[ShiftLine, ...]]:
    found: dict[int, tuple[ShiftLine, ...]] = {}
    for line in shift_lines(text):
        if line.number is not None and _clear(line):
            found[line.number] = (*found.get(line.number, ()), line)
    return found


def _act(
    number: int,
    lines: tuple[ShiftLine, ...],
    event: MessageArrived,
    agent: Agent,
    known: Mapping[int, Situation],
    desk: Desk,
) -> _Done:
    acted = AgentActed(
        agent=agent.email,
        ticket=number,
        at=event.at,
        commands=tuple(line.command for line in lines if line.command),
        text="\n".join(line.note for line in lines if line.note),
        public=False,
        via="email",
    )
    decision = decide_acted(acted, known.get(number, Situation()), desk)
    refused = next((c for c in decision.changes if isinstance(c, Refuse)), None)
    if refused is not None:
        return _Done(lines=lines, wrong="; ".join(refused.lines))
    about = known[number]
    followed = with_all_that_follows(decision, about.ticket, about, desk, event.at)
    return _Done(lines=lines, decision=followed)


def _also(done: list[_Done]) -> list[On]:
    """The changes of all lines, each to its ticket."""
    every: list[On] = []
    for one in done:
        if one.decision is not None:
            every.append(On(ticket=one.decision.ticket, changes=one.decision.changes))
            every += one.decision.also
    return every


def _answer(done: list[_Done], agent: Agent, desk: Desk) -> Say:
    return Say(
        kind=NoticeKind.SHIFT_DONE,
        to=as_party(agent),
        reach=Reach.SHIFT,
        because=Reason.of(Why.BY_DIGEST, agent=agent.name),
        language=agent.language or desk.policy.language,
        facts={
            "done": [f for d in done if d.decision is not None for f in _facts(d)],
            "wrong": [
                {"line": line.line, "expected": d.wrong}
                for d in done
                if d.decision is None
                for line in d.lines
            ],
        },
    )


def _facts(done: _Done) -> list[dict[str, object]]:
    """Each line, and whether anything was changed: what was so already is so still."""
    changes = done.decision.changes if done.decision else ()
    changed = any(isinstance(c, Alter | Append) for c in changes)
    return [{"number": x.number, "line": x.line, "changed": changed} for x in done.lines]

"""The states of a ticket and the moves between them, as one table.

The table in the documentation is made from this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.model import State


class Cause(StrEnum):
    """What makes a ticket move; the value is how people read it."""

    AGENT_ANSWERED = "an agent's public answer"
    TAKEN = "`#take`, `#assign`"
    OPENED = "`#open`"
    PENDED = "`#pending`"
    HELD = "`#hold`"
    RESOLVED = "`#resolve`"
    CLOSED = "`#close`"
    MERGED = "`#merge`"
    REQUESTER_WROTE = "the requester writes (resolved: not a bare thanks)"
    SOURCE_OVER = "the source that opened it says that it is over"
    THIRD_PARTY_WROTE = "a third party answers"
    TIME_OVER = "the time given is over"
    UNANSWERED = "no answer came after the last reminder"
    SAID_SOLVED = "the requester says that it is solved"
    AUTO_CLOSE = "`auto_close_after` has gone by"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of these states, by this cause, to that one."""

    sources: frozenset[State]
    cause: Cause
    target: State


_N, _O, _P, _H, _R, _C = State
_ALIVE = frozenset({_N, _O, _P, _H})
_NOT_CLOSED = _ALIVE | {_R}

MOVES: tuple[Move, ...] = (
    Move(frozenset({_N}), Cause.AGENT_ANSWERED, _O),
    Move(frozenset({_N}), Cause.TAKEN, _O),
    Move(frozenset({_N, _P, _H, _R, _C}), Cause.OPENED, _O),
    Move(_NOT_CLOSED, Cause.PENDED, _P),
    Move(_NOT_CLOSED, Cause.HELD, _H),
    Move(frozenset({_P, _H, _R, _C}), Cause.REQUESTER_WROTE, _O),
    Move(frozenset({_H}), Cause.THIRD_PARTY_WROTE, _O),
    Move(frozenset({_P, _H}), Cause.TIME_OVER, _O),
    Move(_ALIVE, Cause.RESOLVED, _R),
    Move(_ALIVE, Cause.SOURCE_OVER, _R),
    Move(frozenset({_P}), Cause.UNANSWERED, _R),
    Move(frozenset({_R}), Cause.SAID_SOLVED, _C),
    Move(frozenset({_R}), Cause.AUTO_CLOSE, _C),
    Move(_NOT_CLOSED, Cause.CLOSED, _C),
    Move(_NOT_CLOSED, Cause.MERGED, _C),
)

_TABLE = {(source, move.cause): move.target for move in MOVES for source in move.sources}


def after(state: State, cause: Cause) -> State:
    """The state that a cause leads to; the same one where it moves nothing."""
    return _TABLE.get((state, cause), state)


def as_markdown() -> str:
    """The table as it stands in the documentation."""
    rows = [
        f"| {', '.join(s.value for s in State if s in move.sources)} → {move.target.value} "
        f"| {move.cause.value} |"
        for move in MOVES
    ]
    return "\n".join(("| from → to | by |", "|---|---|", "| (none) → new | a message |", *rows))

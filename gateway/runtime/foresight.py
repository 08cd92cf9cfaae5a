"""What the messages of a batch will be asked about, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.deciding import Desk
from gateway.core.events import Event, MessageArrived
from gateway.core.model import Message, Party
from gateway.core.place import clues_of
from gateway.core.placement import Clues
from gateway.runtime.addressees import tally_keys
from gateway.runtime.gathering import echoes, is_met, keys_of
from gateway.store import Connection, keys, numbers, people, tickets

_ENTRIES = 3  # of a new ticket: the message, the confirmation, the notice to agents

_Clued = tuple[MessageArrived, Clues]


def foresee(conn: Connection, events: Sequence[Event], desk: Desk) -> None:
    """Look up what deciding about these will probably ask for. Call within a batch.

    What is not foreseen is looked up when it is asked for, so a guess may be wrong.
    """
    arrived = [e for e in events if isinstance(e, MessageArrived)]
    clued = [(event, clues_of(event.message, desk.book)) for event in arrived]
    asked = (key for event, clues in clued for key in keys_of(event.message, clues))
    known = keys.find(conn, dict.fromkeys(asked))
    named = {number for _, clues in clued for number in clues.numbers}
    tickets.load_many(conn, named | {number for number, _ in known.values()})
    met = [one for one in clued if is_met(one[0].message)]
    people.foresee(conn, [party for event, _ in met for party in _parties(event.message)])
    _foresee_tallies(conn, [(event, _probable(event, clues, known)) for event, clues in met])
    _reserve(conn, clued, set(known), desk)


def _parties(message: Message) -> tuple[Party, ...]:
    """An author, and who their network says that they are."""
    return (message.author, *(message.chat.same if message.chat else ()))


def _probable(
    event: MessageArrived, clues: Clues, known: Mapping[str, tuple[int, int | None]]
) -> int:
    """The ticket that a message will probably be placed on; 0 for a new one."""
    if clues.numbers:
        return clues.numbers[0]
    return next((known[k][0] for k in keys_of(event.message, clues) if k in known), 0)


def _foresee_tallies(conn: Connection, met: Sequence[tuple[MessageArrived, int]]) -> None:
    by_hour: dict[int, set[tuple[str, str]]] = {}
    for event, ticket in met:
        forwarded = event.message.forwarded
        author = forwarded.author if forwarded else event.message.author
        wanted = by_hour.setdefault(people.hour_of(event.at), set())
        wanted.update(tally_keys(author.address), echoes(event, ticket).values())
    for hour, wanted in by_hour.items():
        people.tallies(conn, wanted, hour)


def _reserve(conn: Connection, clued: Sequence[_Clued], seen: set[str], desk: Desk) -> None:
    """Numbers for the tickets that will surely be new, and for what goes with them.

    Rather too few tickets: a number that nobody takes is a gap that people see.
    """
    fresh = 0
    for one in clued:
        wanted = keys_of(one[0].message, one[1])
        fresh += seen.isdisjoint(wanted) and _opens(one, desk)
        seen.update(wanted)
    counts = {"ticket": fresh, "contact": fresh, "identity": fresh, "entry": _ENTRIES * len(clued)}
    numbers.reserve(conn, {table: count for table, count in counts.items() if count})


def _opens(one: _Clued, desk: Desk) -> bool:
    """Whether it is an ordinary message of somebody from outside, and names no ticket."""
    event, clues = one
    message, chat = event.message, event.message.chat
    if chat is not None and (chat.overheard or not chat.plain):
        return False
    agent = desk.policy.agent_of(message.author)
    return is_met(message) and not clues.numbers and agent is None

"""What an agent's words and commands need to be known beside."""

from __future__ import annotations

from datetime import datetime

from gateway.core.commands import Parsed, number_of, parse_words
from gateway.core.events import AgentActed
from gateway.core.frozen import replace
from gateway.core.model import EntryFact, Role, State, Ticket
from gateway.core.situation import Addressee, HeldAnswer, Situation, WaitingAnswer
from gateway.runtime.addressees import addressee_of
from gateway.runtime.gathering.gathered import Gathered
from gateway.runtime.gathering.merges import came_along, load_living, load_with_merged
from gateway.runtime.gathering.sent import came_back
from gateway.store import Connection, entries, outbox, tickets, wanted

HISTORY = 40  # entries that #status and the check for internal words look at
_MINE = 200  # tickets that #mine looks at


def for_agent(
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
        came_back=came_back(conn, (p.address for p in ticket.people)),
        newer=tuple(entries.facts_after(conn, ticket.number, answered.id)) if answered else (),
        history=tuple(entries.recent(conn, ticket.number, HISTORY)),
        last_words=entries.last_words(conn, ticket.number),
        others=offered | _others(conn, ticket, parsed),
        came_along=came_along(conn, ticket) if parsed.has("open") else {},
        unanswered=unanswered,
        entries=_entries(conn, parsed),
        held=_held(conn, ticket, agent) if parsed.has("send") else None,
        waiting=_waiting(conn, ticket, agent) if parsed.has("undo") else None,
        addressee=addressee_of(conn, ticket, now) if _may_resolve(parsed) else Addressee(),
    )


def _may_resolve(parsed: Parsed) -> bool:
    """Whether the requester may have to be told that it is resolved."""
    return parsed.has("resolve") or parsed.has("send")


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


def _others(conn: Connection, ticket: Ticket, parsed: Parsed) -> dict[int, Ticket]:
    named = [c.args[0] for c in parsed.commands if c.name == "merge"]
    named += [c.args[-1] for c in parsed.commands if c.name == "move"]
    numbers = {n for word in named if (n := number_of(word))}
    found = load_living(conn, numbers)
    if ticket.merged_into is not None:
        found |= load_with_merged(conn, (ticket.merged_into,))
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
    return HeldAnswer(
        entry=held.id,
        body=body,
        files=entries.files_of(conn, held.id),
        wanted=wanted.not_here(conn, held.id),
    )


def _waiting(conn: Connection, ticket: Ticket, agent: str) -> WaitingAnswer | None:
    found = outbox.waiting_answer(conn, ticket.number, agent)
    return WaitingAnswer(entry=found[0], outbox_ids=found[1]) if found else None


def for_acted(conn: Connection, event: AgentActed) -> Gathered:
    """What is to be known when an agent acted by the command line.

    Merges are not followed, so that a merged ticket can be opened again.
    """
    ticket = tickets.load(conn, event.ticket)
    parsed = parse_words(event.commands)
    situation = for_agent(conn, Situation(ticket=ticket), event.agent, parsed, event.at)
    return Gathered(situation=situation)

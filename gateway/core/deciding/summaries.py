"""The summary of what was too much at once: one mail that lists it, to be answered by lines."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gateway.core.agenda import line_of
from gateway.core.audience import as_party
from gateway.core.bursts import NO_BURST, Bursts, with_summary
from gateway.core.changes import Change, Decision, Listed, NoticeKind, Paced, Reach, Say, Skip
from gateway.core.deciding.digests import line_facts
from gateway.core.deciding.draft import Desk
from gateway.core.events import SummaryDue
from gateway.core.notices import place_of
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Kept, Situation

MOST_LISTED = 1_000  # notices in one summary; what is left comes in another one, at once
_WORDS = 200  # characters of what somebody wrote


def decide_summary(event: SummaryDue, situation: Situation, desk: Desk) -> Decision:
    """One notice that lists what was kept, ticket by ticket, oldest first.

    A ticket that the agent may not see any more is left out.
    """
    kept = situation.kept[:MOST_LISTED]
    told = _facts(kept, event, situation, desk)
    changes: list[Change] = [Listed(kept=tuple(one.id for one in kept))] if kept else []
    if told:
        changes.append(_say(event, told, len(kept), desk))
    else:
        changes.append(Skip(what="summary", because=Reason.of(Why.NOTHING_TO_SAY)))
    more = len(situation.kept) > len(kept)
    return Decision(ticket=None, changes=tuple(changes), paced=_paced(event, situation, desk, more))


def _agent(event: SummaryDue, desk: Desk) -> Agent:
    known = desk.policy.agents_by_email.get(event.agent)
    return known or Agent(name="", email=event.agent, lead=True)  # the operator named them


def _paced(event: SummaryDue, situation: Situation, desk: Desk, more: bool) -> tuple[Paced, ...]:
    bursts = situation.bursts or Bursts(now=event.at)
    before = bursts.of.get((event.agent, event.sort), NO_BURST)
    after = with_summary(before, desk.policy.folding, bursts.now, more=more)
    return (Paced(agent=event.agent, sort=event.sort, burst=after),)


def _say(event: SummaryDue, told: list[dict[str, Any]], count: int, desk: Desk) -> Say:
    agent = _agent(event, desk)
    return Say(
        kind=NoticeKind.SUMMARY,
        to=as_party(agent),
        reach=Reach.SHIFT,
        because=Reason.of(Why.SUMMARY_DUE),
        language=agent.language or desk.policy.language,
        facts={"told": told, "count": count} | place_of(desk.policy, agent),
    )


def _facts(
    kept: tuple[Kept, ...], event: SummaryDue, situation: Situation, desk: Desk
) -> list[dict[str, Any]]:
    """What was kept of each ticket that the agent may see."""
    by_ticket: dict[int, list[Kept]] = {}
    for one in kept:
        by_ticket.setdefault(one.ticket, []).append(one)
    agent = _agent(event, desk)
    tickets = ((situation.others.get(number), them) for number, them in by_ticket.items())
    return [
        line_facts(line_of(ticket, event.at), desk.policy) | _said(them, situation)
        for ticket, them in tickets
        if ticket is not None and desk.policy.may_see(agent, ticket.queue)
    ]


def _said(them: list[Kept], situation: Situation) -> dict[str, Any]:
    """How often what was said of one ticket, and the newest words."""
    entries = [e for one in them if (e := situation.entries.get(one.entry or 0)) is not None]
    words = next((entry for entry in reversed(entries) if entry.text.strip()), None)
    return {
        "kinds": list(Counter(one.kind for one in them).items()),
        "author": words.author.shown if words else "",
        "words": words.text[:_WORDS] if words else "",
    }

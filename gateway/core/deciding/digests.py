"""The morning digest: leads hear how the desk stands, agents what is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.core.agenda import Agenda, AgendaLine, TicketList
from gateway.core.audience import as_party
from gateway.core.changes import Decision, NoticeKind, Reach, Say, Skip
from gateway.core.deciding.draft import Desk
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def decide_digest(situation: Situation, desk: Desk) -> Decision:
    """One notice for each lead, one for each other agent who has tickets.

    Nothing where there is nothing to say; nothing to agents who are away. An answer to it is
    lines about tickets (`core.shift_lines`).
    """
    agenda = situation.agenda or Agenda()
    told = [agent for agent in desk.policy.agents if agent.email not in situation.away]
    says = tuple(say for agent in told for say in _for(agent, agenda, desk.policy))
    if not says:
        nothing = Skip(what="digest", because=Reason.of(Why.NOTHING_TO_SAY))
        return Decision(ticket=None, changes=(nothing,))
    return Decision(ticket=None, changes=says)


def _for(agent: Agent, agenda: Agenda, policy: Policy) -> Iterator[Say]:
    own = list_facts(agenda.of.get(agent.email, TicketList()), policy)
    if agent.lead and agenda.open:
        yield _say(NoticeKind.DIGEST, agent, policy, _of_desk(agenda, policy) | {"mine": own})
    elif own["count"]:
        yield _say(NoticeKind.AGENDA, agent, policy, {"mine": own})


def _say(kind: NoticeKind, agent: Agent, policy: Policy, facts: dict[str, Any]) -> Say:
    return Say(
        kind=kind,
        to=as_party(agent),
        reach=Reach.SHIFT,
        because=Reason.of(Why.DIGEST_HOUR),
        language=agent.language or policy.language,
        facts=facts,
    )


def _of_desk(agenda: Agenda, policy: Policy) -> dict[str, Any]:
    return {
        "open": agenda.open,
        "loads": _loads(agenda, policy),
        "late": list_facts(agenda.late, policy),
        "today": list_facts(agenda.today, policy),
        "unassigned": list_facts(agenda.unassigned, policy),
    }


def _loads(agenda: Agenda, policy: Policy) -> list[dict[str, Any]]:
    """Every agent with how much they have, the fullest first; who left the config is named, too."""
    named = {a.email: a.name for a in policy.agents}
    loads = {email: agenda.loads.get(email, 0) for email in {**named, **agenda.loads}}
    ordered = sorted(loads.items(), key=lambda item: (-item[1], named.get(item[0], item[0])))
    return [{"name": named.get(email, email), "open": count} for email, count in ordered]


def list_facts(them: TicketList, policy: Policy) -> dict[str, Any]:
    """A list as templates see it."""
    lines = [line_facts(line, policy) for line in them.lines]
    return {"tickets": lines, "count": them.count}


def line_facts(line: AgendaLine, policy: Policy) -> dict[str, Any]:
    """A line of a list of tickets as templates see it."""
    assignee = policy.agents_by_email.get(line.assignee or "")
    return {
        "number": line.number,
        "subject": line.subject,
        "requester": line.requester,
        "queue": line.queue,
        "priority": line.priority.value,
        "state": line.state.value,
        "assignee": assignee.name if assignee else line.assignee or "",
        "target": line.target.value if line.target else "",
        "due_at": line.due_at,
        "promised_at": line.promised_at,
        "late": line.late,
    }

"""What is said to whom: values that the shell renders from the template of their kind."""

from __future__ import annotations

from typing import Any

from gateway.core.audience import as_party
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.model import Body, Party, StoredFile, Ticket
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason


def ticket_facts(policy: Policy, ticket: Ticket) -> dict[str, Any]:
    """What every template may use of a ticket."""
    assignee = policy.agents_by_email.get(ticket.assignee or "")
    return {
        "subject": ticket.subject,
        "requester": ticket.requester.shown,
        "requester_address": ticket.requester.address,
        "state": ticket.state.value,
        "priority": ticket.priority.value,
        "queue": ticket.queue,
        "tier": ticket.tier,
        "assignee": assignee.name if assignee else "",
        "tags": ticket.tags,
        "others": tuple(p.shown for p in ticket.participants),
    }


def to_agent(
    policy: Policy,
    ticket: Ticket,
    agent: Agent,
    kind: NoticeKind,
    because: Reason,
    *,
    reach: Reach = Reach.INTERNAL,
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> Say:
    """Something said to an agent: by mail, in their language or the desk's."""
    return Say(
        kind=kind,
        to=as_party(agent),
        reach=reach,
        because=because,
        language=agent.language or policy.language,
        facts=ticket_facts(policy, ticket) | (facts or {}),
        **more,
    )


def to_people(
    policy: Policy,
    ticket: Ticket,
    agent: Agent,
    body: Body,
    because: Reason,
    *,
    about: str,
    files: tuple[StoredFile, ...] = (),
) -> tuple[Say, ...]:
    """An agent's public answer, one message for each of the people on the ticket.

    Each has a reply address of their own, so each gets a message of their own; the headers show
    all of them, so that they can answer everybody.
    """
    return tuple(
        Say(
            kind=NoticeKind.ANSWER,
            to=person,
            reach=Reach.REQUESTER,
            because=because,
            about=about,
            language=ticket.language,
            facts=ticket_facts(policy, ticket) | {"author": agent.name},
            body=body,
            shown_to=(ticket.requester,),
            shown_cc=ticket.participants,
            speaker=Party(address=agent.email, name=agent.name),
            attach=True,
            files=files,
            wait=policy.answer_delay,
            answer_of=agent.email,
            automatic=False,
        )
        for person in ticket.people
        if person.address
    )


def confirmation(
    policy: Policy,
    ticket: Ticket,
    to: Party,
    because: Reason,
    *,
    repeat: bool,
    about: str,
) -> Say:
    """The one confirmation, to the author alone (``to``).

    ``repeat`` is whether it may hold the subject: never to somebody unknown and unverified,
    so that nobody can have us send words of theirs to others.
    """
    facts = ticket_facts(policy, ticket)
    if not repeat:
        facts |= {"subject": ""}
    return Say(
        kind=NoticeKind.CONFIRMATION,
        to=to,
        reach=Reach.REQUESTER,
        because=because,
        about=about,
        language=ticket.language,
        facts=facts | {"previous": ticket.previous},
        shown_to=(to,),
        capped=True,
    )

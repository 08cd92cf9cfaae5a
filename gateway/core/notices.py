"""What is said to whom: values that the shell renders from the template of their kind."""

from __future__ import annotations

from typing import Any

from gateway.core.audience import as_party
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.frozen import replace
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
        "requester_channel": ticket.requester.channel,
        "state": ticket.state.value,
        "priority": ticket.priority.value,
        "queue": ticket.queue,
        "tier": ticket.tier,
        "created_at": ticket.created_at,
        "assignee": assignee.name if assignee else "",
        "tags": ticket.tags,
        "others": tuple(p.shown for p in ticket.participants),
        "previous": ticket.previous,
    }


def whose(ticket: Ticket) -> dict[str, Any]:
    """Another ticket as templates see it: its number, and who asked."""
    requester = ticket.requester
    return {
        "number": ticket.number,
        "requester": requester.shown,
        "requester_address": requester.address,
        "requester_channel": requester.channel,
    }


def facts_for_people(policy: Policy, ticket: Ticket) -> dict[str, Any]:
    """The same for templates that people outside read: how we sort tickets is not theirs.

    Times are told where the requester is, if the operator's contacts say so.
    """
    zone = policy.contacts.of(ticket.requester.address).timezone
    place = {"timezone": zone} if zone else {}
    return ticket_facts(policy, ticket) | {"tags": (), "assignee": ""} | place


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
        facts=ticket_facts(policy, ticket) | place_of(policy, agent) | (facts or {}),
        **more,
    )


def place_of(policy: Policy, agent: Agent) -> dict[str, str]:
    """Where an agent is: in the time zone of their shift."""
    shift = policy.calendars.get(agent.shift)
    return {"timezone": shift.calendar.timezone} if shift else {}


def to_people(  # noqa: PLR0913 - an answer with all that goes along
    policy: Policy,
    ticket: Ticket,
    agent: Agent,
    body: Body,
    because: Reason,
    *,
    about: str,
    files: tuple[StoredFile, ...] = (),
    said_in: str = "",
) -> tuple[Say, ...]:
    """An agent's public answer, one message for each of the people on the ticket.

    Each has a reply address of their own, so each gets a message of their own; the headers show
    all of them, so that they can answer everybody. Nothing in it tells the agent's own address,
    nor what their mail held beside the answer. Where among people the ticket is talked about it is
    posted once, and not at all where it was said (``said_in``).
    """
    speaker = Party(address=policy.sender_address(ticket.queue), name=agent.name)
    return tuple(
        Say(
            kind=NoticeKind.ANSWER,
            to=person,
            reach=Reach.REQUESTER,
            because=because,
            about=about,
            language=ticket.language,
            facts=facts_for_people(policy, ticket) | {"author": agent.name},
            body=Body(text=body.text, full_text=body.text, html=body.html),
            shown_to=(ticket.requester,),
            shown_cc=ticket.participants,
            speaker=speaker,
            attach=True,
            files=files,
            wait=policy.answer_delay,
            answer_of=agent.email,
            automatic=False,
            place=place,
        )
        for person, place in posts(ticket)
        if person.address and policy.agent_of(person) is not agent
        if not place or place != said_in
    )


def posts(ticket: Ticket) -> tuple[tuple[Party, str], ...]:
    """To whom something for the people on a ticket goes, and into which common place.

    Those who are there read one and the same post; an empty place is their own.
    """
    here = [p for p in ticket.people if ticket.place and p.channel == ticket.channel]
    return tuple((p, ticket.place if p in here else "") for p in ticket.people if p not in here[1:])


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

    ``repeat`` is whether it may hold the subject and names: never to somebody unknown and
    unverified, so that nobody can have us send words of theirs to others.
    """
    facts = facts_for_people(policy, ticket)
    if not repeat:
        to = replace(to, name="")
        facts |= {"subject": "", "requester": ticket.requester.address, "others": ()}
    return Say(
        kind=NoticeKind.CONFIRMATION,
        to=to,
        reach=Reach.REQUESTER,
        because=because,
        about=about,
        language=ticket.language,
        facts=facts,
        shown_to=(to,),
        capped=True,
        place=ticket.place if to.channel == ticket.channel else "",
    )

"""Who answers, and the piles of tickets that they work in."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from gateway.core.policy import Assign, Notify
from gateway.settings.service import Share, Span
from gateway.settings.table import Table
from gateway.settings.types import (
    Address,
    Flag,
    Language,
    Line,
    Name,
    QueueName,
    Whole,
)


class AgentTable(Table):
    """[[agents]]: somebody who answers."""

    name: Name = Field(description="what requesters and colleagues know them as")
    email: Address = Field(description="where they get and send mail; names them everywhere")
    tier: Whole = Field(1, ge=1, le=9, description="1 answers first, higher ones are escalated to")
    queues: tuple[QueueName, ...] = Field(
        (), description="the queues they work in; empty: every queue that is not restricted"
    )
    skills: tuple[Name, ...] = Field((), description="what they know, for assignment by skill")
    lead: Flag = Field(False, description="leads their queues: hears what nobody else would")
    language: Language = Field("", description="of what the desk tells them; empty: the desk's")
    shift: Line = Field("", description="the calendar in which they work; empty: always")
    limit: Whole = Field(
        0, ge=0, description="most open tickets that the desk gives them by itself; 0: no limit"
    )
    on_call: Flag = Field(False, description="hears of steps while nobody is on shift")
    notify: tuple[Name, ...] = Field(
        ("email",),
        description='how they hear of their tickets: "email", "slack", "telegram", or several; '
        "reminders and escalations mention them in the ticket's thread as well",
    )
    slack: Line = Field(
        "", examples=["U0123456789"], description="their member id in Slack; empty: not there"
    )
    telegram: Whole = Field(0, ge=0, description="their user id on Telegram; 0: not there")


class InRooms(StrEnum):
    """Whether tickets of a queue are shown in the agents' rooms."""

    AUTO = "auto"
    SHOWN = "shown"
    HIDDEN = "hidden"


class QueueTable(Table):
    """[[queues]]: a pile of tickets. Without any there is one, "support"."""

    name: QueueName = Field(description="what agents call it")
    addresses: tuple[Address, ...] = Field(
        (), description="what arrives for these lands here; answers come from the first"
    )
    label: Line = Field("", description="what requesters see as its name; empty: the desk's name")
    assign: Assign = Field(
        Assign.MANUAL,
        description="who gets a new ticket: whoever takes it, the next one in turn, or who has "
        "fewest open ones",
    )
    skill: Line = Field("", description="what an agent must know to be given its tickets")
    restricted: Flag = Field(False, description="only its own agents see it")
    notify: Notify = Field(
        Notify.QUEUE, description="who hears of a new ticket: its agents, a lead, or nobody"
    )
    sla: Line = Field(
        "default", description='its policy; "default" counts where there is one, empty: none'
    )
    rooms: InRooms = Field(
        InRooms.AUTO,
        description="whether its tickets are shown to everybody in the agents' rooms of chats: "
        '"auto" means not those of a restricted queue',
    )
    say_when: Flag = Field(
        False, description="confirmations say until when the policy has an answer due"
    )
    still_working: Share = Field(
        "",
        examples=["80%"],
        description="when who wrote hears that it is being worked on: a share of the time "
        "allowed for each target; empty: never",
    )
    ask_solved: Flag = Field(
        True, description="who wrote is asked whether it is solved, when an agent resolves it"
    )
    remind_requester: tuple[Span, ...] | None = Field(
        None, examples=[["1bd"]], description="as in [desk], for its own tickets"
    )
    resolve_unanswered: Span | None = Field(
        None, examples=["3bd"], description="as in [desk], for its own tickets"
    )

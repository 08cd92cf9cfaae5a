"""Notices to render, made with the core's own functions; and that they are complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.core.addresses import AddressBook, Key
from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.commands import GRAMMAR
from gateway.core.deciding import Desk
from gateway.core.deciding.approaching import to_requester
from gateway.core.model import Party, State, Ticket
from gateway.core.notices import confirmation, ticket_facts, to_agent, to_people
from gateway.core.policy import Agent, Policy, Queue
from gateway.core.reasons import Reason, Why
from gateway.runtime.rendering.variables import TO_CUSTOMERS

NOW = datetime(2026, 1, 5, 9, 4, tzinfo=UTC)
BEA = Agent(name="Bea Ruiz", email="bea@acme.example", queues=("support",), lead=True)
CARLA = Agent(name="Carla Poe", email="carla@acme.example", queues=("support",), tier=2)
POLICY = Policy(
    desk_name="Acme Support",
    desk_address="support@acme.example",
    agents=(BEA, CARLA),
    queues=(Queue(name="support", addresses=("support@acme.example",)), Queue(name="network")),
)
DESK = Desk(
    policy=POLICY,
    book=AddressBook(
        keys=(Key(id=1, secret=b"k" * 32),),
        desk_address="support@acme.example",
        queues={"support": ("support@acme.example",)},
    ),
)
TICKET = Ticket(
    number=7,
    subject="Printer on fire",
    requester=Party(address="ada@example.org", name="Ada Byron"),
    queue="support",
    state=State.OPEN,
    created_at=NOW - timedelta(minutes=4),
    updated_at=NOW,
)
WROTE = Reason.of(Why.REQUESTER_WROTE, author="Ada Byron")

_OTHER: dict[str, Any] = {
    "overtaken": True,
    "why": "Carla Poe wrote after the message that this answers",
    "other": "Carla Poe",
    "other_words": "It is off now.",
    "other_at": NOW - timedelta(minutes=4),
    "answer": "Please switch it off.",
}
_HELD = _OTHER | {
    "overtaken": False,
    "why": "something internal is still in the text",
    "other": "",
    "other_words": "",
    "other_at": None,
}
_WHOSE = {
    "number": 9,
    "requester": "Dora Bell",
    "requester_address": "dora@example.org",
    "requester_channel": "email",
}
_ELSEWHERE = _HELD | {"meant_for": _WHOSE}
_AUTHOR = {"author": "Carl Poe", "author_address": "carl@example.org"}
_FAULTS = [
    {"line": "#reslove", "expected": "a command; #help lists them", "meant": "#resolve"},
    {"line": "", "expected": "some words above the quoted text, or a command", "meant": ""},
]
_ENTRY = {
    "id": 31,
    "at": NOW,
    "kind": "note",
    "visibility": "internal",
    "author": "Bea Ruiz",
    "text": "switched it off",
}
_LINE = ticket_facts(POLICY, TICKET) | {"number": 7}

_DUE = _LINE | {"assignee": "Bea Ruiz", "target": "resolution", "due_at": NOW, "late": True}
_SOME = {"tickets": [_DUE, _DUE | {"assignee": "", "target": "", "due_at": None}], "count": 5}
_PROMISED = {"tickets": [_DUE | {"promised_at": NOW + timedelta(hours=2)}], "count": 1}
_NONE: dict[str, Any] = {"tickets": [], "count": 0}
_AGENDA = {
    "open": 7,
    "loads": [{"name": "Bea Ruiz", "open": 7}],
    "late": _SOME,
    "today": _SOME,
    "unassigned": _SOME,
}

_TOLD = _DUE | {
    "kinds": [("new_ticket", 1), ("reply", 3)],
    "author": "Ada Byron",
    "words": "It burns.\nPlease help.",
}
_BARE = {"assignee": "", "target": "", "due_at": None, "words": "", "author": ""}

# Every variant of the facts that the core gives for each kind of notice to agents.
_WAS_DUE = {"target": "first_response", "due_at": NOW - timedelta(minutes=20), "late": True}

VARIANTS: Mapping[NoticeKind, tuple[dict[str, Any], ...]] = {
    NoticeKind.CARD: (
        {"due": ({"target": "first_response", "due_at": NOW, "late": False},)},
        {"due": (), "hidden": True},
    ),
    NoticeKind.SAID: (
        {"author": "Ada Byron", "role": "requester", "by": "email"},
        {"author": "Carl Poe", "role": "stranger", "by": "email"},
        {"author": "Bea Ruiz", "role": "agent", "by": "slack", "internal": True},
        {"author": "Bea Ruiz", "role": "agent", "by": "cli", "answer": True, "people": ("Ada",)},
        {"author": "Bea Ruiz", "role": "agent", "by": "cli", "answer": True, "people": ()},
        {"author": "Acme Support", "role": "desk", "by": "email"},
    ),
    NoticeKind.HAPPENED: (
        {"changed": ({"what": "state", "new": "open", "author": "Bea Ruiz"},)},
        {"sent_to": ("Ada Byron",), "waits": timedelta(minutes=1)},
        {"sent_to": ("Ada Byron",)},
        {"taken_back": True},
    ),
    NoticeKind.NEW_TICKET: ({}, {"author": "Carla Poe", "last_words": "It burns."}),
    NoticeKind.REPLY: (_AUTHOR, _AUTHOR | {"kin": 9}, _AUTHOR | {"joined": (_WHOSE,)}),
    NoticeKind.STRANGER: (_AUTHOR, _AUTHOR | {"kin": 9}, _AUTHOR | {"joined": (_WHOSE,)}),
    NoticeKind.EDITED: (_AUTHOR, _AUTHOR | {"deleted": True}),
    NoticeKind.COPY: ({"author": "Carla Poe"},),
    NoticeKind.ASSIGNED: ({"author": "Carla Poe", "last_words": ""},),
    NoticeKind.OPENED: ({},),
    NoticeKind.NOTE: ({"author": "Carla Poe"},),
    NoticeKind.WOKE: (
        {"last_words": "It burns.", "waited": "pending"},
        {"last_words": "", "waited": "on_hold"},
    ),
    NoticeKind.ESCALATED: (
        {"author": "Carla Poe", "why": "too hot", "last_words": "Help", "tried": ("Bea: water",)},
        {"author": "Carla Poe", "why": "", "last_words": "", "tried": ()},
        {"author": "Acme Support", "last_words": "Help", "tried": (), **_WAS_DUE},
    ),
    NoticeKind.PASSED_ON: (
        {"to": "Carla Poe", "tried": ("Bea: water",)},
        {"to": "", "tried": ()},
    ),
    NoticeKind.REMINDER: (
        {"target": "resolution", "due_at": NOW + timedelta(hours=1), "last_words": "It burns."},
        {"target": "next_response", "due_at": NOW + timedelta(hours=1), "last_words": ""},
    ),
    NoticeKind.OVERDUE: ({**_WAS_DUE, "last_words": "It burns."}, {**_WAS_DUE, "last_words": ""}),
    NoticeKind.COMMAND_ERROR: (
        {"faults": _FAULTS, "text": "#reslove\nDone."},
        {"faults": _FAULTS, "text": "", "standing": True, "subject": ""},
        {"faults": _FAULTS, "text": "", "standing": True, "subject": "", "chat": True},
        {"faults": _FAULTS, "text": "#reslove\nDone.", "chat": True},
    ),
    NoticeKind.HELD_UNPROVEN: (
        {"inbox": 31, "subject": "Re: Printer", "number": 7, "why": "no proof"},
        {"inbox": 31, "subject": "", "number": None, "why": "no proof"},
    ),
    NoticeKind.HELD_ANSWER: (_OTHER, _HELD, _ELSEWHERE),
    NoticeKind.UNDELIVERED: (
        {"to": "ada@example.org", "error": "550 5.1.1 no such user", "maybe": False},
        {"to": "ada@example.org", "error": "connection lost", "maybe": True},
        {"to": "ada@example.org", "error": "ada@example.org (5.1.1)", "unproved": True},
    ),
    NoticeKind.CAME_BACK: (
        {"to": "ada@example.org", "error": "ada@example.org (5.1.1)", "at": NOW},
    ),
    NoticeKind.TROUBLE: (
        {"key": "email.mailbox a@b.example", "words": "The password is refused.", "over": False},
        {"key": "email.mailbox a@b.example", "words": "The password is taken.", "over": True},
    ),
    NoticeKind.SHIFT_DONE: (
        {
            "done": [{"number": 7, "line": "7 bea", "changed": True}],
            "wrong": [{"line": "soon", "expected": "the number of a ticket"}],
        },
        {"done": [{"number": 7, "line": "7 bea", "changed": False}], "wrong": []},
        {"done": [], "wrong": []},
    ),
    NoticeKind.DIGEST: (_AGENDA | {"mine": _SOME}, _AGENDA | {"mine": _NONE, "late": _NONE}),
    NoticeKind.AGENDA: ({"mine": _SOME},),
    NoticeKind.HANDOVER: (
        {"mine": _SOME, "leaving": ("Mei Tan", "Bea Ruiz")},
        {"mine": _PROMISED, "leaving": ("Mei Tan",)},
    ),
    NoticeKind.SUMMARY: ({"told": [_TOLD, _TOLD | _BARE], "count": 7}, {"told": [], "count": 0}),
    NoticeKind.DONE: ({"done": "undo"},),
    NoticeKind.STATUS: ({"history": [_ENTRY] * 60}, {"history": []}),
    NoticeKind.MINE: ({"tickets": [_LINE] * 60}, {"tickets": []}),
    NoticeKind.HELP: ({"commands": [{"usage": g.usage, "does": g.does} for g in GRAMMAR]},),
}


def to_bea(kind: NoticeKind, variant: int = 0, **changed: Any) -> Say:
    """A notice to an agent; ``changed`` replaces facts, `reach`, `because` or `language`."""
    reach = changed.pop("reach", Reach.PUBLIC)
    because = changed.pop("because", WROTE)
    language = changed.pop("language", "en")
    agent = Agent(name=BEA.name, email=BEA.email, language=language)
    facts = VARIANTS[kind][variant] | changed
    return to_agent(POLICY, TICKET, agent, kind, because, reach=reach, facts=facts)


def confirmed(*, repeat: bool = True, ticket: Ticket = TICKET) -> Say:
    return confirmation(POLICY, ticket, ticket.requester, WROTE, repeat=repeat, about="new-1")


def to_ada(kind: NoticeKind, language: str = "en", **facts: Any) -> Say:
    """What the desk itself says to a requester."""
    ticket = replace(TICKET, language=language)
    return to_requester(POLICY, ticket, kind, WROTE, facts=facts)


def answered(text: str, ticket: Ticket = TICKET) -> Say:
    from gateway.core.model import Body

    return to_people(POLICY, ticket, BEA, Body(text=text), WROTE, about="new-1")[0]


def test_there_are_samples_of_everything_said_to_agents():
    assert set(VARIANTS) == set(NoticeKind) - TO_CUSTOMERS

"""Everything that one notice is made of, and how its facts are put into lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.core.changes import Say
from gateway.core.frozen import quick
from gateway.core.model import Body, EntryFact
from gateway.runtime.rendering import variables
from gateway.runtime.rendering.phrases import Phrases
from gateway.runtime.rendering.text import one_line, person

_NO_SUBJECT = "(no subject)"  # as the core writes it


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that one notice is made of."""

    say: Say
    number: int
    words: Body | None
    earlier: tuple[EntryFact, ...]
    files: tuple[str, ...]
    now: datetime
    phrases: Phrases
    zone: ZoneInfo
    desk: str

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the core said."""
        return self.say.facts

    @property
    def outside(self) -> bool:
        """Whether it goes to somebody who is no agent."""
        return self.say.kind in variables.TO_CUSTOMERS


def line(scene: Scene, name: str) -> str:
    """One fact on one line; empty where it is missing."""
    return one_line(scene.facts.get(name) or "")


def subject_of(scene: Scene) -> str:
    """The subject, in the reader's language where there is none."""
    subject = line(scene, "subject")
    return scene.phrases.get("word.no_subject") if subject == _NO_SUBJECT else subject


def joined(texts: Iterable[str]) -> str:
    """Several short facts on one line."""
    return one_line(", ".join(one_line(t, 120) for t in texts), 1_000)


def translated(phrases: Phrases, table: str, value: Any) -> str:
    """A word of the desk in the reader's language, such as a state."""
    name = f"{table}.{value}"
    return phrases.get(name) if phrases.has(name) else one_line(value or "")


def changed(phrases: Phrases, what: str, new: str) -> str:
    """One fact of a ticket as it is now: ``State: open``."""
    label = phrases.get(f"label.{what}") if phrases.has(f"label.{what}") else what
    nothing = phrases.get("word.nobody") if what == "assignee" else "–"
    return f"{label}: {one_line(translated(phrases, what, new), 200) or nothing}"


def who(scene: Scene, facts: Mapping[str, Any], fact: str) -> str:
    """Somebody as agents are told of them: with their mail address, or the network they are on.

    What a chat calls them inside says nothing to a person.
    """
    name, address = facts.get(fact) or "", facts.get(f"{fact}_address") or ""
    channel = facts.get(f"{fact}_channel") or "email"
    if channel == "email":
        return person(name, address)
    return f"{person(name, '') or address} ({translated(scene.phrases, 'by', channel)})"


def whose(scene: Scene, ticket: Mapping[str, Any]) -> dict[str, Any]:
    """Another ticket: its number, and who asked."""
    address = ticket["requester_address"]
    return {
        "number": ticket["number"],
        "who": who(scene, ticket, "requester"),
        "address": one_line(address) if "@" in address else "",
    }

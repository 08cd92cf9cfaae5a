"""The tables that rules are made of, and the people whom they know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from gateway.core.contacts import ContactKind
from gateway.core.model import Priority
from gateway.core.rules import ITIL, Level, Occasion
from gateway.settings.faults import Doubt
from gateway.settings.table import Table
from gateway.settings.types import Flag, Language, Line, Name, Whole, Words, ZoneOrNone, is_address

_LONGEST_TAG = 60
_MATCH_WORDS = 'a mail address, or "@" and a domain: that one and all below it'
_TAG_WORDS = f"a word of at most {_LONGEST_TAG} letters, without space or comma"
_WHEN_WORDS = 'a condition such as subject.matches("(?i)outage")'


def _tag(given: str) -> str:
    if not given or len(given) > _LONGEST_TAG or "," in given or given.split() != [given]:
        raise ValueError(_TAG_WORDS)
    if not given.isprintable():
        raise ValueError(_TAG_WORDS)
    return given.lower()


def _match(given: str) -> str:
    if not is_address(given.removeprefix("@") if "@" in given[1:] else f"any{given}"):
        raise ValueError(_MATCH_WORDS)
    return given.lower()


def _condition(given: str) -> str:
    if not given.strip():
        raise ValueError(_WHEN_WORDS)
    return given


def _if_given(given: object) -> object:
    """What stands there for nothing."""
    return None if given == "" else given


Tag = Annotated[str, AfterValidator(_tag), Words("string", _TAG_WORDS)]
Match = Annotated[str, AfterValidator(_match), Words("string", _MATCH_WORDS)]
Condition = Annotated[str, AfterValidator(_condition), Words("string", _WHEN_WORDS)]
OnePriority = Annotated[
    Priority | None,
    BeforeValidator(_if_given),
    Words("choice", 'one of "low", "normal", "high", "urgent"'),
]
OneLevel = Annotated[
    Level | None, BeforeValidator(_if_given), Words("choice", 'one of "high", "medium", "low"')
]
Kind = Literal["business", "private", "internal"]


class RuleTable(Table):
    """[[rules]]: what is done with a message that meets a condition, in order; later ones win."""

    name: Name = Field(
        examples=["outage"],
        description="names it in the history of tickets, and in `gateway explain`",
    )
    when: Condition = Field(
        examples=['subject.matches("(?i)outage|down")'],
        description="the condition, in CEL, over the facts that docs/reference/rules.md lists",
    )
    on: Occasion = Field(
        Occasion.OPEN,
        description='when it is looked at: a ticket opens ("open"), its people write ("reply")',
    )
    priority: OnePriority = Field(None, description="the priority that it gives; empty: none")
    queue: Line = Field("", description="the queue that the ticket goes to; empty: stays")
    tags: tuple[Tag, ...] = Field((), description="tags that it adds")
    tier: Whole = Field(0, ge=0, le=9, description="the tier that the ticket goes to; 0: stays")
    assign: Line = Field("", description="the agent who gets it: an address, or a unique name")
    sla: Line = Field("", description="the [[sla]] that counts for the ticket; empty: its queue's")
    impact: OneLevel = Field(
        None, description="how far it reaches; with an urgency, [priority_matrix] gives a priority"
    )
    urgency: OneLevel = Field(None, description="how soon it is needed")
    stop: Flag = Field(False, description="whether no later rule is looked at")

    def doubts(self) -> Iterator[Doubt]:
        """A rule that gives two priorities."""
        weighs = self.impact is not None or self.urgency is not None
        if weighs and self.priority is not None:
            yield Doubt(
                place=("priority",),
                found=f'rule "{self.name}": found it beside impact or urgency',
                expected="one way to give a priority",
            )


class ContactTable(Table):
    """[[contacts]]: who people are, for rules; a file may hold more of them (contacts_file)."""

    match: Match = Field(
        examples=["@bigcustomer.example"],
        description='an address, or "@domain" with its sub-domains',
    )
    kind: ContactKind = Field(ContactKind.BUSINESS, description="what sort of requester they are")
    tags: tuple[Tag, ...] = Field((), description='words for rules: "vip" in requester.tags')
    name: Line = Field("", description="what they are called where their mail has no name")
    language: Language = Field("", description="what the desk writes to them in; empty: as they do")
    timezone: ZoneOrNone = Field(
        "",
        description="in which times are told to them; empty: the desk's",
        examples=["America/Lima"],
    )


class HighImpact(Table):
    """[priority_matrix.high]: the priority of what reaches far, by urgency."""

    high: Priority = Field(ITIL[Level.HIGH, Level.HIGH], description="of a high urgency")
    medium: Priority = Field(ITIL[Level.HIGH, Level.MEDIUM], description="of a medium urgency")
    low: Priority = Field(ITIL[Level.HIGH, Level.LOW], description="of a low urgency")


class MediumImpact(Table):
    """[priority_matrix.medium]: the priority of a medium impact, by urgency."""

    high: Priority = Field(ITIL[Level.MEDIUM, Level.HIGH], description="of a high urgency")
    medium: Priority = Field(ITIL[Level.MEDIUM, Level.MEDIUM], description="of a medium urgency")
    low: Priority = Field(ITIL[Level.MEDIUM, Level.LOW], description="of a low urgency")


class LowImpact(Table):
    """[priority_matrix.low]: the priority of a low impact, by urgency."""

    high: Priority = Field(ITIL[Level.LOW, Level.HIGH], description="of a high urgency")
    medium: Priority = Field(ITIL[Level.LOW, Level.MEDIUM], description="of a medium urgency")
    low: Priority = Field(ITIL[Level.LOW, Level.LOW], description="of a low urgency")


class MatrixTable(Table):
    """[priority_matrix]: the priority that an impact and an urgency give (ITIL)."""

    high: HighImpact = Field(HighImpact(), description="of a high impact")
    medium: MediumImpact = Field(MediumImpact(), description="of a medium impact")
    low: LowImpact = Field(LowImpact(), description="of a low impact")

"""Rules: what an operator wants done with a message that meets a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.core.expressions import Expression, Facts
from gateway.core.model import Priority


class Occasion(StrEnum):
    """When a rule is looked at."""

    OPEN = "open"  # a ticket opens
    REPLY = "reply"  # one of its people writes on a ticket


class Level(StrEnum):
    """How far something reaches, or how soon it is needed (ITIL)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


Matrix = Mapping[tuple[Level, Level], Priority]
"""The priority for an impact and an urgency."""

ITIL: Matrix = {
    (Level.HIGH, Level.HIGH): Priority.URGENT,
    (Level.HIGH, Level.MEDIUM): Priority.HIGH,
    (Level.HIGH, Level.LOW): Priority.NORMAL,
    (Level.MEDIUM, Level.HIGH): Priority.HIGH,
    (Level.MEDIUM, Level.MEDIUM): Priority.NORMAL,
    (Level.MEDIUM, Level.LOW): Priority.LOW,
    (Level.LOW, Level.HIGH): Priority.NORMAL,
    (Level.LOW, Level.MEDIUM): Priority.LOW,
    (Level.LOW, Level.LOW): Priority.LOW,
}


def asked_priority(answers: Mapping[str, str], matrix: Matrix) -> Priority | None:
    """What a form's answers to "urgency" and "impact" come to; None where neither was given.

    One that was left out counts as medium.
    """
    given = {key: Level(said) for key, said in answers.items() if said in set(Level)}
    if not given.keys() & {"urgency", "impact"}:
        return None
    return matrix[given.get("impact", Level.MEDIUM), given.get("urgency", Level.MEDIUM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition and its effects; an effect that is empty (None, "", 0) changes nothing.

    ``assign`` is an agent's address, ``sla`` the name of a policy. ``stop``: no later rule is
    looked at once this one matched.
    """

    name: str
    when: Expression
    on: Occasion = Occasion.OPEN
    priority: Priority | None = None
    queue: str = ""
    tags: tuple[str, ...] = ()
    tier: int = 0
    assign: str = ""
    sla: str = ""
    impact: Level | None = None
    urgency: Level | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A field of the ticket that a rule sets. ``rule`` is its name."""

    field: str
    value: Any
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What came of one rule, matched or not.

    ``because`` says in words what decided, where that was asked for; ``failed`` why it could not
    be told; ``did`` what it set.
    """

    rule: Rule
    matched: bool
    because: str = ""
    failed: str = ""
    did: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all rules together want, each field once: what the last rule said that said anything."""

    hits: tuple[Hit, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Judging:
    """The rules so far. ``impact`` and ``urgency`` may come from different rules."""

    facts: Facts
    matrix: Matrix
    tags: tuple[str, ...]
    impact: Level | None = None
    urgency: Level | None = None
    effects: dict[tuple[str, str], Effect] = field(default_factory=dict)

    def set(self, name: str, value: Any, rule: Rule, *, once: bool = True) -> None:
        """A field of the ticket, which later rules see as this one left it."""
        key = (name, "" if once else rule.name)
        self.effects.pop(key, None)
        self.effects[key] = Effect(field=name, value=value, rule=rule.name)
        self.facts.set(name, _plain(value))


def _plain(value: Any) -> Any:
    """A field's value as a fact."""
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, StrEnum) else value


def judge(
    rules: Iterable[Rule],
    occasion: Occasion,
    facts: Facts,
    matrix: Matrix,
    *,
    tags: tuple[str, ...] = (),
    told: bool = False,
) -> Judgement:
    """Look at the rules of one occasion in order; all that match apply.

    Later rules see what earlier ones set, and win; tags add up. A rule that cannot be told for
    this message did not match. ``tags`` are those that the ticket has; ``told``: say what decided,
    which takes its time.
    """
    judging = _Judging(facts=facts, matrix=matrix, tags=tags)
    hits: list[Hit] = []
    stopped = ""
    for rule in rules:
        if rule.on is not occasion:
            continue
        hits.append(_not_tried(rule, stopped) if stopped else _look(rule, judging, told=told))
        if hits[-1].matched and rule.stop:
            stopped = rule.name
    return Judgement(hits=tuple(hits), effects=tuple(judging.effects.values()))


def _not_tried(rule: Rule, stopped: str) -> Hit:
    return Hit(rule=rule, matched=False, because=f'not looked at: "{stopped}" was the last one')


def _look(rule: Rule, judging: _Judging, *, told: bool) -> Hit:
    outcome = rule.when.run(judging.facts)
    because = rule.when.why(judging.facts) if told else ""
    if not outcome.true:
        return Hit(rule=rule, matched=False, because=because, failed=outcome.failed)
    return Hit(rule=rule, matched=True, because=because, did=tuple(_apply(rule, judging)))


def _apply(rule: Rule, judging: _Judging) -> Iterator[str]:
    """Collect what a rule sets, and say it."""
    if rule.impact or rule.urgency:
        yield _weigh(rule, judging)
    for name, value in _plain_effects(rule):
        judging.set(name, value, rule)
    if rule.tags:
        judging.tags = tuple(dict.fromkeys((*judging.tags, *rule.tags)))
        judging.set("tags", judging.tags, rule, once=False)
    yield from effects_of(rule)


def _plain_effects(rule: Rule) -> list[tuple[str, Any]]:
    """The fields of a ticket that a rule sets whatever other rules said."""
    every = (
        ("queue", rule.queue),
        ("priority", rule.priority),
        ("tier", rule.tier),
        ("sla", rule.sla),
        ("assignee", rule.assign),
    )
    return [(name, value) for name, value in every if value]


def effects_of(rule: Rule) -> Iterator[str]:
    """What a rule sets, in words; impact and urgency apart."""
    for name, value in _plain_effects(rule):
        yield f"{name} {value}"
    if rule.tags:
        yield f"tags {', '.join(rule.tags)}"
    if rule.stop:
        yield "stop"


def _weigh(rule: Rule, judging: _Judging) -> str:
    """Impact and urgency; once both are known, whoever said them, they give a priority."""
    judging.impact = rule.impact or judging.impact
    judging.urgency = rule.urgency or judging.urgency
    said = f"impact {judging.impact or 'not known'}, urgency {judging.urgency or 'not known'}"
    if judging.impact is None or judging.urgency is None:
        return said
    priority = judging.matrix[judging.impact, judging.urgency]
    judging.set("priority", priority, rule)
    return f"{said}: priority {priority}"

"""Rules from the config: checked all at once, and made ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gateway.core.expressions import (
    TRUTH,
    Expression,
    ExpressionError,
    Trouble,
    Vocabulary,
    compile_expression,
)
from gateway.core.facts import vocabulary
from gateway.core.nearest import nearest
from gateway.core.rules import Rule
from gateway.settings.faults import Doubt
from gateway.settings.models import AgentTable
from gateway.settings.ruling import RuleTable

Numbered = Sequence[tuple[int, RuleTable]]


def rules_of(
    tables: Iterable[RuleTable],
    agents: Sequence[AgentTable],
    queues: Iterable[str],
    calendars: Iterable[str],
) -> tuple[Rule, ...]:
    """Rules that were found right before."""
    words = vocabulary(queues, calendars)
    return tuple(_rule(table, agents, words) for table in tables)


def _rule(table: RuleTable, agents: Sequence[AgentTable], words: Vocabulary) -> Rule:
    given = agent_named(table.assign, agents)
    return Rule(
        name=table.name,
        when=_compiled(table, words),
        on=table.on,
        priority=table.priority,
        queue=table.queue,
        tags=table.tags,
        tier=table.tier,
        assign=given.email if given else "",
        sla=table.sla,
        impact=table.impact,
        urgency=table.urgency,
        stop=table.stop,
    )


def _compiled(table: RuleTable, words: Vocabulary) -> Expression:
    return compile_expression(table.when, words, wants=TRUTH)


def agent_named(wanted: str, agents: Sequence[AgentTable]) -> AgentTable | None:
    """The agent with this address or unique name, case aside."""
    word = wanted.casefold()
    found = [a for a in agents if word in (a.email, a.name.casefold())]
    found = found or [a for a in agents if word in a.name.casefold().split()]
    return found[0] if len(found) == 1 else None


def rule_doubts(
    rules: Numbered,
    agents: Sequence[AgentTable],
    queues: Sequence[str],
    calendars: Sequence[str],
) -> Iterator[Doubt]:
    """Whatever is wrong with the rules, beside what their tables see themselves."""
    words = vocabulary(queues, calendars)
    for n, rule in rules:
        try:
            _compiled(rule, words)
        except ExpressionError as error:
            for trouble in error.troubles:
                yield _of_condition(n, rule, trouble)
        yield from _unknown_names(n, rule, agents, queues)
    yield from _same_names(rules)


def _of_condition(n: int, rule: RuleTable, trouble: Trouble) -> Doubt:
    begun = rule.when[: trouble.at]
    row, column = begun.count("\n"), trouble.at - (begun.rfind("\n") + 1)
    where = f"character {column + 1}" + (f" of its line {row + 1}" if "\n" in rule.when else "")
    return Doubt(
        place=("rules", n, "when"),
        found=f'rule "{rule.name}": {trouble.found} at {where}',
        expected=trouble.expected,
        hint=trouble.hint,
    )


def _unknown_names(
    n: int, rule: RuleTable, agents: Sequence[AgentTable], queues: Sequence[str]
) -> Iterator[Doubt]:
    if rule.queue and rule.queue not in queues:
        yield _unknown(n, rule, "queue", rule.queue, queues)
    if rule.assign and agent_named(rule.assign, agents) is None:
        yield _unknown(n, rule, "assign", rule.assign, [a.email for a in agents])
    tiers = sorted({a.tier for a in agents})
    if rule.tier and tiers and rule.tier not in tiers:
        yield Doubt(
            place=("rules", n, "tier"),
            found=f'rule "{rule.name}": found tier {rule.tier}, where nobody is',
            expected="one of the agents' tiers " + ", ".join(map(str, tiers)),
        )


def _unknown(n: int, rule: RuleTable, key: str, found: str, known: Sequence[str]) -> Doubt:
    shown = ", ".join(f'"{one}"' for one in known[:10])
    what = "queues" if key == "queue" else "agents"
    return Doubt(
        place=("rules", n, key),
        found=f'rule "{rule.name}": found "{found}"',
        expected=f"one of the {what} {shown}" if known else f"one of the {what}; there are none",
        hint=nearest(found, known),
    )


def _same_names(rules: Numbered) -> Iterator[Doubt]:
    first: dict[str, int] = {}
    for n, rule in rules:
        if first.setdefault(rule.name, n) != n:
            yield Doubt(
                place=("rules", n, "name"),
                found=f'found "{rule.name}", which rules[{first[rule.name] + 1}] has already',
                expected="another name",
            )

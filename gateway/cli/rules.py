"""`gateway rules`: what the config's rules say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from gateway.cli import shapes
from gateway.cli.context import desk_of
from gateway.cli.frame import group
from gateway.cli.terminal import print_json_list, print_table
from gateway.core.facts import vocabulary
from gateway.core.rules import Rule, effects_of

app = group("The rules of the config, as they are understood.")


@app.callback()
def _rules() -> None:
    """There is one command so far, and it has a name all the same."""


@app.command("list")
def list_rules(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """The rules in the order in which they apply, with what was checked of each."""
    policy = desk_of(ctx).policy
    if as_json:
        words = vocabulary(policy.queues_by_name, policy.calendars)
        return print_json_list(shapes.rule(one, words) for one in policy.rules)
    headings = ("", "name", "on", "when", "looks at", "sets")
    rows = ((n, *_cells(one)) for n, one in enumerate(policy.rules, 1))
    return print_table(headings, rows, "The config has no rules yet: add a [[rules]] table.")


def _cells(rule: Rule) -> tuple[object, ...]:
    names = ", ".join(sorted(rule.when.names))
    return (rule.name, rule.on.value, rule.when.source, names, "; ".join(_sets(rule)))


def _sets(rule: Rule) -> Iterator[str]:
    if rule.impact:
        yield f"impact {rule.impact}"
    if rule.urgency:
        yield f"urgency {rule.urgency}"
    yield from effects_of(rule)

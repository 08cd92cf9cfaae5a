"""Every reason has words, and every place that gives one gives its facts."""

import ast
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from gateway.core.reasons import Reason, Why

CORE = Path(__file__).parents[2] / "gateway" / "core"


def facts_of(why: Why) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(why.value) if name}


def uses() -> Any:
    """Each ``Reason.of(Why.X, fact=…)`` in the core."""
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason.of":
                whys = [
                    Why[n.attr]
                    for n in ast.walk(node.args[0])
                    if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "Why"
                ]
                facts = {keyword.arg for keyword in node.keywords}
                yield f"{path.name}:{node.lineno}", whys, facts


USES = list(uses())


@pytest.mark.parametrize(("where", "whys", "facts"), USES, ids=[where for where, _, _ in USES])
def test_the_facts_are_those_of_the_wording(where, whys, facts):
    assert all(facts_of(why) == facts for why in whys), where


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_said_in_words(why):
    reason = Reason.of(why, **dict.fromkeys(facts_of(why), "x{y}"))
    assert str(reason)
    assert reason.code == why.name.lower()


def test_facts_are_never_looked_into():
    assert str(Reason.of(Why.STANDING_ADDRESS, agent="{ticket}")).endswith("{ticket}")


def test_reasons_compare_by_their_facts():
    assert Reason.of(Why.REFERENCE, ticket=7) == Reason.of(Why.REFERENCE, ticket="7")
    assert Reason.of(Why.REFERENCE, ticket=7) != Reason.of(Why.REFERENCE, ticket=8)

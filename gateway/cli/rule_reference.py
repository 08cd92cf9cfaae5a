"""The page about what a rule may look at, made from the tables of the core."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.expressions import Type
from gateway.core.expressions.functions import FUNCTIONS, Function
from gateway.core.facts import vocabulary

_INTRODUCTION = """\
# What a rule may look at

<!-- Written by `python -m gateway.cli.reference`; a test compares it with the code. -->

The `when` of a rule is a condition in [CEL](https://cel.dev), the Common Expression Language, over
the facts below. It is checked when the config is read: an unknown name, a wrong type or a bad
regular expression is a fault with its place. How rules work together: [rules](../rules.md).

- Texts stand in quotes: `"…"` or `'…'`; in `r"…"` a backslash is just that, as regular expressions
  want it.
- `==` `!=` `<` `<=` `>` `>=` compare two values of one type; `&&` is and, `||` or, `!` not.
- `x in list`; `condition ? this : that`; numbers take `+ - * / %`, texts and lists `+`.
- `list.exists(x, …)`, `.all(x, …)`, `.exists_one(x, …)`, `.filter(x, …)`, `.map(x, …)` say
  something about each x of a list.
- A key that a map does not have, such as a header that is not there, makes the rule not match.
  `has(headers.importance)` or `"x-spam" in headers` asks for it.
- Regular expressions are those of [RE2](https://github.com/google/re2/wiki/Syntax): they take
  linear time whatever the message holds, and know no look-around and no references back.
"""


def rule_reference() -> str:
    """The page, in Markdown."""
    lines = [_INTRODUCTION.rstrip(), "", "## Facts", ""]
    lines += ["| name | type | | example |", "|---|---|---|---|"]
    for fact in vocabulary(()).facts:
        cells = (f"`{fact.name}`", _type(fact.type), fact.description, f"`{fact.example}`")
        lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
    lines += ["", "## Functions", "", "| | gives | |", "|---|---|---|"]
    lines += _functions()
    return "\n".join(lines) + "\n"


def _type(of: Type) -> str:
    if of.fields:
        return ", ".join(f"`.{name}` {kind}" for name, kind in of.fields.items())
    if of.of is not None and of.of.fields:
        return f"list of records: {_type(of.of)}"
    return str(of)


def _functions() -> Iterator[str]:
    for one in FUNCTIONS:
        yield f"| `{_usage(one)}` | {_type(one.gives)} | {_cell(one.does)} |"


def _usage(one: Function) -> str:
    given = ", ".join(str(kind) for kind in one.takes).replace("unknown", "anything")
    return f"{one.of}.{one.name}({given})" if one.of else f"{one.name}({given})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")

"""Compiling an expression once, and asking it about one message after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.core.expressions.checking import check
from gateway.core.expressions.functions import LENT
from gateway.core.expressions.prefilter import needed_words
from gateway.core.expressions.syntax import Node, parse
from gateway.core.expressions.troubles import ExpressionError, Trouble
from gateway.core.expressions.types import Type, Vocabulary

if TYPE_CHECKING:
    from cel import Context, Program

_SHOWN = 60  # characters of a part, in a reason
_PARTS = 5  # parts named in one reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out. ``failed`` says why there is no value; then ``value`` is None."""

    value: Any = None
    failed: str = ""

    @property
    def true(self) -> bool:
        """Whether it is surely true."""
        return self.value is True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A name that is true if a regular expression may match: one of the words is in a fact."""

    name: str
    fact: str
    words: tuple[str, ...]


_MayHold = Callable[["Facts"], bool]
_FALSE = Outcome(value=False)


class Facts:
    """What is known of one message: each name with its value. Made once, asked many times."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        from cel import Context, stdlib

        self.values = dict(values)
        self._folded: dict[str, str] = {}
        self._gates: dict[str, bool] = {}
        self.context: Context = Context(self.values)
        for name in LENT:
            self.context.add_function(name, stdlib.STDLIB_FUNCTIONS[name])

    def set(self, name: str, value: Any) -> None:
        """A fact has another value from now on; one that nothing asks for stays unknown."""
        if name in self.values:
            self.values[name] = value
            self.context.add_variable(name, value)

    def passes(self, gate: _Gate) -> bool:
        """Whether a regular expression may match."""
        known = self._gates.get(gate.name)
        if known is None:
            text = self._fold(gate.fact)
            known = self._gates[gate.name] = any(word in text for word in gate.words)
        return known

    def lend(self, gate: _Gate) -> None:
        """Have a program know whether a regular expression may match."""
        self.context.add_variable(gate.name, self.passes(gate))

    def _fold(self, fact: str) -> str:
        if fact not in self._folded:
            self._folded[fact] = str(self.values.get(fact, "")).casefold()
        return self._folded[fact]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expression:
    """An expression that was checked. ``names``: the facts that it looks at.

    ``may_hold`` is false where it is surely false, without running it; None: that is never sure.
    """

    source: str
    names: frozenset[str]
    tree: Node = field(repr=False)
    program: Program = field(repr=False)
    gates: tuple[_Gate, ...] = field(default=(), repr=False)
    may_hold: _MayHold | None = field(default=None, repr=False)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions in it."""
        calls = [n for n in _nodes(self.tree) if n.kind == "method" and n.word == "matches"]
        return tuple(n.inside[1].word for n in sorted(calls, key=lambda n: n.at))

    def run(self, facts: Facts) -> Outcome:
        """What it gives for one message. Whatever goes wrong is told in the outcome."""
        if self.may_hold is not None and not self.may_hold(facts):
            return _FALSE
        for gate in self.gates:
            facts.lend(gate)
        return _run(self.program, facts)

    def why(self, facts: Facts) -> str:
        """Which part of a condition decided, in words. For people: it evaluates every part."""
        return "; ".join(_decided(self.source, self.tree, facts)[:_PARTS])


def compile_expression(source: str, words: Vocabulary, wants: Type) -> Expression:
    """An expression ready to run. Raises `ExpressionError` with all that is wrong."""
    tree = parse(source)
    troubles = check(tree, words.types, wants, _regex_trouble)
    if troubles:
        raise ExpressionError(troubles)
    gates = _gates(tree, words)
    return Expression(
        source=source,
        names=frozenset(n.word for n in _nodes(tree) if n.kind == "name") & words.types.keys(),
        tree=tree,
        program=_compiled(_gated(source, gates)),
        gates=tuple(gate for _, gate in gates.values()),
        may_hold=_may_hold(tree, {at: gate for at, (_, gate) in gates.items()}),
    )


def _may_hold(node: Node, gates: Mapping[int, _Gate]) -> _MayHold | None:
    """Whether a part may hold, as a function; None for one that always may."""
    gate = gates.get(node.at) if node.kind == "method" else None
    if gate is not None:
        return partial(Facts.passes, gate=gate)
    if node.kind != "two" or node.word not in ("&&", "||"):
        return None
    every = [_may_hold(part, gates) for part in node.inside]
    known = [one for one in every if one is not None]
    if not known or (node.word == "||" and len(known) < len(every)):
        return None
    if len(known) == 1:
        return known[0]
    if node.word == "&&":
        return lambda facts: all(one(facts) for one in known)
    return lambda facts: any(one(facts) for one in known)


def _compiled(source: str) -> Program:
    from cel import compile as cel_compile

    try:
        return cel_compile(source)
    except ValueError as error:
        said = str(error).partition("\n")[0].partition(": ")[2]
        raise ExpressionError([Trouble(at=0, found=said, expected="an expression")]) from None


def _regex_trouble(pattern: str) -> str:
    from cel import Context

    try:
        _compiled("''.matches(p)").execute(Context({"p": pattern}))
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines()]
        said = next((one for one in lines if one.startswith("error:")), "")
        return said.removeprefix("error: ").partition(". Check function")[0] or "it is too large"
    return ""


def _run(program: Program, facts: Facts) -> Outcome:
    try:
        return Outcome(value=program.execute(facts.context))
    except KeyError as error:
        return Outcome(failed=f'there is no "{error.args[0]}"')
    except Exception as error:  # whatever the library raises is one more way not to match
        said = str(error).partition("\n")[0].partition(". ")[0].partition(": the ")[0]
        return Outcome(failed=said[:200] or type(error).__name__)


def _nodes(node: Node) -> list[Node]:
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += one.inside
    return found


def _gates(tree: Node, words: Vocabulary) -> dict[int, tuple[Node, _Gate]]:
    """The regular expressions over a fact that need some word, by where they begin."""
    found: dict[int, tuple[Node, _Gate]] = {}
    for node in _nodes(tree):
        if node.kind == "method" and node.word == "matches":
            of, pattern = node.inside
            needed = needed_words(pattern.word)
            if of.kind == "name" and of.word in words.types and needed:
                found[node.at] = (node, _gate(of.word, needed))
    return found


def _gated(source: str, gates: Mapping[int, tuple[Node, _Gate]]) -> str:
    """The source with a cheap look before each of these regular expressions."""
    for _, (node, gate) in sorted(gates.items(), reverse=True):
        call = source[node.at : node.end]
        source = f"{source[: node.at]}({gate.name} && {call}){source[node.end :]}"
    return source


def _gate(fact: str, needed: tuple[str, ...]) -> _Gate:
    digest = hashlib.sha256("\0".join((fact, *needed)).encode()).hexdigest()[:16]
    return _Gate(name=f"_may_{digest}", fact=fact, words=needed)


def _decided(source: str, node: Node, facts: Facts) -> list[str]:
    """The parts of a condition that made it what it was, each with its value."""
    if node.kind == "one" and node.word == "!":
        return _decided(source, node.inside[0], facts)
    if node.kind != "two" or node.word not in ("&&", "||"):
        return [_told(source, node, facts)]
    deciding = node.word == "||"
    outcomes = [(part, _value(source, part, facts)) for part in node.inside]
    for part, outcome in outcomes:
        if outcome.value is deciding:
            return _decided(source, part, facts)
    failed = [part for part, outcome in outcomes if outcome.failed]
    parts = failed or [part for part, _ in outcomes]
    return [told for part in parts for told in _decided(source, part, facts)]


def _value(source: str, node: Node, facts: Facts) -> Outcome:
    return _run(_compiled(source[node.at : node.end]), facts)


def _told(source: str, node: Node, facts: Facts) -> str:
    part = _bare(" ".join(source[node.at : node.end].split()))
    shown = part if len(part) <= _SHOWN else f"{part[: _SHOWN - 1]}…"
    outcome = _value(source, node, facts)
    if outcome.failed:
        return f"{shown} could not be told: {outcome.failed}"
    return f"{shown} was {str(outcome.value).lower()}{_actual(node, facts)}"


def _bare(part: str) -> str:
    """A part without the parentheses around all of it."""
    if not (part.startswith("(") and part.endswith(")")):
        return part
    try:
        parse(part[1:-1])
    except ExpressionError:  # they belong to two parts: (a) && (b)
        return part
    return _bare(part[1:-1].strip())


def _actual(node: Node, facts: Facts) -> str:
    """What a compared fact really was, where that is short."""
    if node.kind != "two" or node.inside[0].kind != "name":
        return ""
    name = node.inside[0].word
    value = facts.values.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > _SHOWN:
        return ""
    return f" ({name} is {value!r})" if isinstance(value, int) else f' ({name} is "{value}")'

"""Whether an expression's names are known and its types fit, before it is ever run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.core.expressions.functions import CALLS, METHODS, Function
from gateway.core.expressions.syntax import Node
from gateway.core.expressions.troubles import Trouble
from gateway.core.expressions.types import (
    FRACTION,
    MOMENT,
    NOTHING,
    NUMBER,
    NUMERIC,
    SPAN,
    TEXT,
    TRUTH,
    UNKNOWN,
    Kind,
    Type,
    list_of,
    map_of,
)
from gateway.core.frozen import replace
from gateway.core.nearest import nearest

Regex = Callable[[str], str]
"""What is wrong with a regular expression, "" for nothing."""

_PLAIN = {"text": TEXT, "number": NUMBER, "fraction": FRACTION, "truth": TRUTH, "null": NOTHING}
_ORDERED = frozenset({*NUMERIC, Kind.TEXT, Kind.MOMENT, Kind.SPAN, Kind.UNKNOWN})
_NESTED = 2  # lists gone through within each other: each multiplies the time that it takes


def check(node: Node, names: Mapping[str, Type], wants: Type, regex: Regex) -> list[Trouble]:
    """All that is wrong with an expression over these names; ``wants``: what it has to give."""
    checker = _Checker(names, regex)
    given = checker.type_of(node)
    if not given.meets(wants):
        checker.wrong(node, f"it gives {given}", f"an expression that gives {wants}")
    return checker.troubles


class _Checker:
    def __init__(self, names: Mapping[str, Type], regex: Regex) -> None:
        self.names = dict(names)
        self.regex = regex
        self.troubles: list[Trouble] = []
        self.nested = 0
        self.kinds: dict[str, Callable[[Node], Type]] = {
            "name": self.name,
            "part": self.part,
            "index": self.index,
            "call": self.call,
            "method": self.method,
            "macro": self.macro,
            "one": self.one,
            "two": self.two,
            "choice": self.choice,
            "list": self.list,
            "map": self.map,
        }

    def type_of(self, node: Node) -> Type:
        if node.kind in _PLAIN:
            known = _PLAIN[node.kind]
            return replace(known, choices=(node.word,)) if node.kind == "text" else known
        return self.kinds[node.kind](node)

    def wrong(
        self, node: Node, found: str, expected: str = "", known: tuple[str, ...] = ()
    ) -> Type:
        hint = nearest(node.word, known)
        if known and not hint and not expected:
            expected = "one of " + ", ".join(known)
        self.troubles.append(Trouble(at=node.at, found=found, expected=expected, hint=hint))
        return UNKNOWN

    def name(self, node: Node) -> Type:
        known = self.names.get(node.word)
        if known is None:
            return self.wrong(
                node, f'found the unknown name "{node.word}"', known=tuple(self.names)
            )
        return known

    def part(self, node: Node) -> Type:
        return self.within(node, self.type_of(node.inside[0]), node.word)

    def within(self, node: Node, of: Type, word: str) -> Type:
        if of.kind is Kind.UNKNOWN:
            return UNKNOWN
        if of.kind is Kind.MAP:
            return of.of or UNKNOWN
        if of.kind is not Kind.RECORD:
            return self.wrong(node, f'found ".{word}" behind a value of type {of}')
        if word not in of.fields:
            self.wrong(replace(node, word=word), f'found ".{word}"', known=tuple(of.fields))
        return of.fields.get(word, UNKNOWN)

    def index(self, node: Node) -> Type:
        of, key = (self.type_of(n) for n in node.inside)
        inside = node.inside[1]
        if of.kind is Kind.RECORD and inside.kind == "text":
            return self.within(node, of, inside.word)
        wants = {Kind.LIST: NUMBER, Kind.MAP: TEXT, Kind.RECORD: TEXT}.get(of.kind, UNKNOWN)
        if not key.meets(wants):
            return self.wrong(inside, f"found {_shown(key)} in brackets", str(wants))
        if of.lower and inside.kind == "text" and inside.word != inside.word.lower():
            lower = f'a key in lower case: "{inside.word.lower()}"'
            return self.wrong(inside, f'found "{inside.word}"', lower)
        if of.kind not in (Kind.LIST, Kind.MAP, Kind.UNKNOWN):
            return self.wrong(node, f"found brackets behind a value of type {of}")
        return of.of or UNKNOWN

    def call(self, node: Node) -> Type:
        if node.word == "has":
            return self.has(node)
        function = CALLS.get(node.word)
        if function is None:
            found = f'found the unknown function "{node.word}"'
            return self.wrong(node, found, known=(*CALLS, "has"))
        self.given(node, function, node.inside)
        return function.gives

    def has(self, node: Node) -> Type:
        if len(node.inside) != 1 or node.inside[0].kind != "part":
            self.wrong(node, "found has(…)", "a part in it, as in has(headers.organization)")
            return TRUTH
        self.type_of(node.inside[0])
        return TRUTH

    def method(self, node: Node) -> Type:
        of = self.type_of(node.inside[0])
        if of.kind is Kind.UNKNOWN:
            for one in node.inside[1:]:
                self.type_of(one)
            return UNKNOWN
        function = METHODS.get((of.kind, node.word))
        if function is None:
            known = tuple(name for kind, name in METHODS if kind is of.kind)
            return self.wrong(
                node, f'found ".{node.word}(…)" behind a value of type {of}', "", known
            )
        self.given(node, function, node.inside[1:])
        if node.word == "matches":
            self.pattern(node.inside[1:])
        return function.gives

    def given(self, node: Node, function: Function, given: tuple[Node, ...]) -> None:
        least = len(function.takes) if function.least is None else function.least
        if not least <= len(given) <= len(function.takes):
            self.wrong(node, f"found {node.word}(…) with {len(given)} values", function.usage)
        for one, wants in zip(given, function.takes, strict=False):
            found = self.type_of(one)
            if not found.meets(wants):
                self.wrong(one, f"found {found} in {node.word}(…)", str(wants))

    def pattern(self, given: tuple[Node, ...]) -> None:
        for one in given[:1]:
            if one.kind != "text":
                self.wrong(one, "found a regular expression that is made up", "one in quotes")
            elif said := self.regex(one.word):
                self.wrong(one, f"found a bad regular expression: {said}")

    def macro(self, node: Node) -> Type:
        """``list.exists(x, …)`` and the like: x is an element within the second part."""
        of = self.type_of(node.inside[0])
        given = node.inside[1:]
        if len(given) != 2 or given[0].kind != "name":
            usage = f"a name and what of it, as in {node.word}(x, …)"
            return self.wrong(node, f"found {node.word}(…)", usage)
        if of.kind not in (Kind.LIST, Kind.MAP, Kind.UNKNOWN):
            return self.wrong(
                node, f'found ".{node.word}(…)" behind a value of type {of}', "a list"
            )
        if self.nested >= _NESTED:
            return self.wrong(node, "found a list within lists", f"at most {_NESTED} deep")
        gives = self.bound(given[0], (TEXT if of.kind is Kind.MAP else of.of) or UNKNOWN, given[1])
        if node.word == "map":
            return list_of(gives)
        if not gives.meets(TRUTH):
            self.wrong(given[1], f"it gives {gives}", f"an expression that gives {TRUTH}")
        return of if node.word == "filter" else TRUTH

    def bound(self, variable: Node, element: Type, inside: Node) -> Type:
        hidden = self.names.get(variable.word)
        if hidden is not None:
            self.wrong(variable, f'found "{variable.word}", which means something', "another name")
        self.names[variable.word] = element
        self.nested += 1
        gives = self.type_of(inside)
        self.nested -= 1
        del self.names[variable.word]
        if hidden is not None:
            self.names[variable.word] = hidden
        return gives

    def one(self, node: Node) -> Type:
        of = self.type_of(node.inside[0])
        fits = of.meets(TRUTH) if node.word == "!" else of.kind in {*NUMERIC, Kind.UNKNOWN}
        if not fits:
            expected = str(TRUTH) if node.word == "!" else "a number"
            self.wrong(node, f"found {node.word} before {of}", expected)
        return TRUTH if node.word == "!" else of

    def two(self, node: Node) -> Type:
        left, right = (self.type_of(n) for n in node.inside)
        if node.word in ("&&", "||"):
            for part, found in zip(node.inside, (left, right), strict=True):
                if not found.meets(TRUTH):
                    self.wrong(part, f"found {_shown(found)} beside {node.word}", str(TRUTH))
            return TRUTH
        if node.word in ("==", "!="):
            self.compared(node, left, right)
            return TRUTH
        if node.word == "in":
            return self.member(node, left, right)
        if node.word in ("<", "<=", ">", ">="):
            if not (left.meets(right) and left.kind in _ORDERED and right.kind in _ORDERED):
                self.unfit(node, left, right)
            return TRUTH
        return self.computed(node, left, right)

    def unfit(self, node: Node, left: Type, right: Type) -> Type:
        return self.wrong(
            node,
            f"found {_shown(left)} {node.word} {_shown(right)}",
            "two of one type that it can be used with",
        )

    def compared(self, node: Node, left: Type, right: Type) -> None:
        if not left.meets(right):
            self.unfit(node, left, right)
            return
        for part, of, literal in (
            (node.inside[1], left, right),
            (node.inside[0], right, left),
        ):
            if part.kind == "text":
                self.choose(part, of, literal.choices[0])

    def choose(self, part: Node, of: Type, word: str) -> None:
        if len(of.choices) > 1 and word not in of.choices:
            known = ", ".join(f'"{c}"' for c in of.choices if c)
            self.wrong(part, f'found "{word}"', f"one of {known}", of.choices)

    def member(self, node: Node, left: Type, right: Type) -> Type:
        if right.kind in (Kind.MAP, Kind.RECORD):
            right = list_of(TEXT)
        if right.kind not in (Kind.LIST, Kind.UNKNOWN):
            self.wrong(node.inside[1], f"found {_shown(right)} behind in", "a list or a map")
        elif right.of is not None and not left.meets(right.of):
            self.unfit(node, left, right)
        for one in node.inside[1].inside if node.inside[1].kind == "list" else ():
            if one.kind == "text":
                self.choose(one, left, one.word)
        return TRUTH

    def computed(self, node: Node, left: Type, right: Type) -> Type:
        kinds = (left.kind, right.kind)
        if Kind.UNKNOWN in kinds:
            return UNKNOWN
        times = {
            (Kind.MOMENT, Kind.MOMENT, "-"): SPAN,
            (Kind.MOMENT, Kind.SPAN, "-"): MOMENT,
            (Kind.MOMENT, Kind.SPAN, "+"): MOMENT,
            (Kind.SPAN, Kind.MOMENT, "+"): MOMENT,
            (Kind.SPAN, Kind.SPAN, "+"): SPAN,
            (Kind.SPAN, Kind.SPAN, "-"): SPAN,
            (Kind.TEXT, Kind.TEXT, "+"): TEXT,
            (Kind.FRACTION, Kind.FRACTION, node.word): FRACTION,
            (Kind.NUMBER, Kind.NUMBER, node.word): NUMBER,
        }
        if found := times.get((*kinds, node.word)):
            return found
        if node.word == "+" and kinds == (Kind.LIST, Kind.LIST) and left.meets(right):
            return left
        return self.unfit(node, left, right)

    def choice(self, node: Node) -> Type:
        condition, yes, no = (self.type_of(n) for n in node.inside)
        if not condition.meets(TRUTH):
            self.wrong(node.inside[0], f"found {_shown(condition)} before ?", str(TRUTH))
        if not yes.meets(no):
            return self.unfit(node, yes, no)
        return replace(yes, choices=()) if yes.choices else yes

    def list(self, node: Node) -> Type:
        return list_of(self.same(node.inside))

    def map(self, node: Node) -> Type:
        for key in node.inside[::2]:
            if not (found := self.type_of(key)).meets(TEXT):
                self.wrong(key, f"found {_shown(found)} before :", str(TEXT))
        return map_of(self.same(node.inside[1::2]))

    def same(self, parts: tuple[Node, ...]) -> Type:
        kinds = [self.type_of(n) for n in parts]
        for part, found in zip(parts, kinds, strict=True):
            if not found.meets(kinds[0]):
                self.wrong(part, f"found {_shown(found)}", _shown(kinds[0]))
        return replace(kinds[0], choices=()) if kinds else UNKNOWN


def _shown(of: Type) -> str:
    return str(replace(of, choices=())) if of.choices else str(of)

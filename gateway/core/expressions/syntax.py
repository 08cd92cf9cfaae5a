"""From the words of an expression to its tree (the grammar of the CEL specification).

The library that evaluates an expression keeps its tree to itself. This one is for checking names
and types, and for saying afterwards which part decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.core.expressions.tokens import Token, text_of, tokens
from gateway.core.expressions.troubles import ExpressionError, Trouble

LONGEST = 4_000  # characters
_DEEPEST = 40  # nested parentheses, lists and the like
_MOST = 200  # signs between two, and parts: what a tree can be deep
_RANKS = ({"||"}, {"&&"}, {"==", "!=", "<", "<=", ">", ">=", "in"}, {"+", "-"}, {"*", "/", "%"})
_WORDS = {"true": "truth", "false": "truth", "null": "null"}
MACROS = frozenset({"exists", "all", "exists_one", "filter", "map"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of an expression: source[at:end].

    ``kind``: text, number, fraction, truth, null, name, part (a.b), index (a[b]), call (f(x)),
    method (a.f(x)), macro (a.exists(x, …)), one (! or -), two (a sign between), choice (?:),
    list or map. ``word`` is the name, the sign or the text itself; ``inside`` its parts.
    """

    kind: str
    word: str
    at: int
    end: int
    inside: tuple[Node, ...] = field(default=())


def parse(source: str) -> Node:
    """The tree of an expression. Raises `ExpressionError` at the first place that is wrong."""
    if len(source) > LONGEST:
        found = f"found {len(source)} characters"
        raise ExpressionError(
            [Trouble(at=0, found=found, expected=f"at most {LONGEST} characters")]
        )
    return _Parser(list(tokens(source))).whole()


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.place = 0
        self.depth = 0
        self.steps = 0

    @property
    def now(self) -> Token:
        return self.words[self.place]

    def next(self) -> Token:
        token = self.now
        self.place += 1
        return token

    def step(self) -> Token:
        """The next word, which makes the tree one deeper."""
        self.steps += 1
        if self.steps > _MOST:
            raise self.wrong(f"at most {_MOST} signs and dots")
        return self.next()

    def wrong(self, expected: str) -> ExpressionError:
        token = self.now
        found = f"found {token.text}" if token.kind != "end" else "found the end"
        return ExpressionError([Trouble(at=token.at, found=found, expected=expected)])

    def take(self, sign: str) -> Token:
        if self.now.kind != "sign" or self.now.text != sign:
            raise self.wrong(f'"{sign}"')
        return self.next()

    def has(self, *signs: str) -> bool:
        return self.now.text in signs and self.now.kind in ("sign", "name")

    def whole(self) -> Node:
        node = self.expression()
        if self.now.kind != "end":
            raise self.wrong("the end, or a sign such as && or ||")
        return node

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(f"at most {_DEEPEST} levels of parentheses")
        node = self.ranked(0)
        if self.has("?"):
            self.next()
            yes = self.ranked(0)
            self.take(":")
            no = self.expression()
            node = Node(kind="choice", word="?:", at=node.at, end=no.end, inside=(node, yes, no))
        self.depth -= 1
        return node

    def ranked(self, rank: int) -> Node:
        """Signs between two, the loosest first; those of one rank are taken from the left."""
        if rank == len(_RANKS):
            return self.signed()
        node = self.ranked(rank + 1)
        while self.has(*_RANKS[rank]):
            sign = self.step().text
            right = self.ranked(rank + 1)
            node = Node(kind="two", word=sign, at=node.at, end=right.end, inside=(node, right))
        return node

    def signed(self) -> Node:
        signs = []
        while self.has("!", "-"):
            signs.append(self.next())
            if len(signs) > _DEEPEST:
                raise self.wrong(f"at most {_DEEPEST} signs")
        node = self.member()
        for sign in reversed(signs):
            node = Node(kind="one", word=sign.text, at=sign.at, end=node.end, inside=(node,))
        return node

    def member(self) -> Node:
        node = self.simple()
        while self.has(".", "["):
            node = self.part(node) if self.step().text == "." else self.index(node)
        return node

    def part(self, of: Node) -> Node:
        if self.now.kind != "name":
            raise self.wrong("a name after the dot")
        name = self.next()
        if not self.has("("):
            return Node(kind="part", word=name.text, at=of.at, end=name.end, inside=(of,))
        given, end = self.given()
        kind = "macro" if name.text in MACROS else "method"
        return Node(kind=kind, word=name.text, at=of.at, end=end, inside=(of, *given))

    def index(self, of: Node) -> Node:
        key = self.expression()
        end = self.take("]").end
        return Node(kind="index", word="", at=of.at, end=end, inside=(of, key))

    def given(self) -> tuple[tuple[Node, ...], int]:
        self.take("(")
        return self.many(")")

    def many(self, closing: str) -> tuple[tuple[Node, ...], int]:
        found: list[Node] = []
        while not self.has(closing):
            found.append(self.expression())
            if not self.has(closing):
                self.take(",")
        return tuple(found), self.take(closing).end

    def simple(self) -> Node:
        token = self.now
        if token.kind == "text":
            self.next()
            return Node(kind="text", word=text_of(token), at=token.at, end=token.end)
        if token.kind in ("number", "fraction"):
            self.next()
            return Node(kind=token.kind, word=token.text, at=token.at, end=token.end)
        if token.kind == "name":
            return self.named(self.next())
        if token.kind == "sign" and token.text in "([{":
            return self.grouped(self.next())
        raise self.wrong("a name, a text in quotes, a number, true or false")

    def named(self, token: Token) -> Node:
        if token.text in _WORDS:
            return Node(kind=_WORDS[token.text], word=token.text, at=token.at, end=token.end)
        if token.text == "in":
            raise ExpressionError([Trouble(at=token.at, found="found in", expected="a name")])
        if not self.has("("):
            return Node(kind="name", word=token.text, at=token.at, end=token.end)
        given, end = self.given()
        return Node(kind="call", word=token.text, at=token.at, end=end, inside=given)

    def grouped(self, opening: Token) -> Node:
        if opening.text == "(":
            node = self.expression()
            end = self.take(")").end
            return Node(kind=node.kind, word=node.word, at=opening.at, end=end, inside=node.inside)
        if opening.text == "[":
            inside, end = self.many("]")
            return Node(kind="list", word="", at=opening.at, end=end, inside=inside)
        return self.map(opening)

    def map(self, opening: Token) -> Node:
        inside: list[Node] = []
        while not self.has("}"):
            inside.append(self.expression())
            self.take(":")
            inside.append(self.expression())
            if not self.has("}"):
                self.take(",")
        end = self.take("}").end
        return Node(kind="map", word="", at=opening.at, end=end, inside=tuple(inside))

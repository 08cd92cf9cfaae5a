"""Conditions and values that an operator writes in CEL, the Common Expression Language.

An expression is checked when the config is read, as far as it can be: its grammar, every name and
function in it, the types of what is compared, and every regular expression. The library's
regular expressions take linear time on any input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

Facts = Mapping[str, Any]
"""What an expression may name: strings, numbers, booleans, lists and maps of these."""

_LONGEST = 4_000  # characters of an expression
_MOST_KEYS = 50
_OWN_FUNCTIONS = ("matches", "contains", "startsWith", "endsWith", "size", "exists", "all")
_LIBRARIES = ("core", "strings", "math", "sets", "lists")
_TOKEN = re.compile(
    r"(?P<string>[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''"
    r"|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'))"
    r"|(?P<joins>&&|\|\||\?|:)|(?P<equals>==|!=)|(?P<opens>[(\[{])|(?P<closes>[)\]}])"
    r"|(?P<word>[A-Za-z_]\w*+)|(?P<other>.)",
    re.DOTALL,
)
_ANYTHING = object()
_UNDEFINED = re.compile(r"Undefined variable or function: '([^']*)'")
_KINDS = {str: "a string", bool: "true or false", int: "a whole number", list: "a list"}
_KINDS |= {float: "a number", dict: "a map", type(None): "null"}


class ExpressionError(ValueError):
    """An expression cannot be used: what was found, what is expected, and perhaps a hint."""

    def __init__(self, found: str, expected: str = "", hint: str = "") -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the expressions of one place may name.

    ``samples`` has for each name a value such as it may have, lists with at least one member:
    expressions are tried on them when they are read. ``open`` are those of the names that are
    maps with keys nobody can list, such as the headers of a mail; their values are strings, and
    their keys in lower case.
    """

    samples: Facts
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression came to; ``problem`` says why there is no value, such as no such key.

    ``wrong``: it fails with other facts, too.
    """

    value: Any = None
    problem: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A checked expression; `evaluate` it as often as needed, from any thread."""

    source: str
    _program: Any = field(repr=False, compare=False)
    _uses: tuple[str, ...] = field(repr=False, compare=False)

    def evaluate(self, facts: Facts) -> Outcome:
        """Its value for these facts (every name of its place). Never raises."""
        return _run(self._program, {name: facts[name] for name in self._uses})

    def holds(self, facts: Facts) -> bool:
        """Whether a condition holds; one that cannot be told does not."""
        return self.evaluate(facts).value is True

    def text(self, facts: Facts) -> str | None:
        """The string that it gives, None where it gives none."""
        value = self.evaluate(facts).value
        return value if isinstance(value, str) else None


def checked(source: str, names: Names, gives: type) -> Expression:
    """An expression that gives a value of this type. Raises `ExpressionError`.

    Every part that is joined by ``&&``, ``||`` or ``?:`` is tried on the samples by itself, for
    otherwise a mistake would hide behind the part that decides.
    """
    if len(source) > _LONGEST:
        raise ExpressionError(f"found {len(source)} characters", f"at most {_LONGEST}")
    program = _compiled(source)
    for pattern in _patterns(source):
        _try_pattern(pattern)
    for part in _parts(source):
        _try_part(part, names)
    value = _tried(source, names)
    if value is not _ANYTHING and type(value) is not gives:
        wanted = f"one that gives {_KINDS[gives]}"
        raise ExpressionError(f"found one that gives {_kind(value)}", wanted)
    used = tuple(n for n in names.samples if re.search(rf"\b{re.escape(n)}\b", source))
    return Expression(source=source, _program=program, _uses=used)


def _compiled(source: str) -> Any:
    import cel  # it brings a whole shell along, and most commands need neither

    try:
        return cel.compile(source)
    except ValueError as error:
        raise ExpressionError(f"found {_where_it_ends(str(error))}", "CEL") from None


def _where_it_ends(said: str) -> str:
    """What the library's parser said, in fewer words."""
    first = re.search(r"<input>:(\d+):(\d+): Syntax error: (.{1,200})", said)
    if first is None:
        return "one that is not well-formed"
    what = first[3].split(" expecting ")[0].replace("'<EOF>'", "its end")
    return f"one that is not well-formed: line {first[1]}, character {first[2]}: {what}"


def _run(program: Any, facts: Facts) -> Outcome:
    import cel

    context = cel.Context(variables=dict(facts))
    for name, function in _functions().items():
        context.add_function(name, function)
    try:
        return Outcome(program.execute(context))
    except KeyError as missing:
        return Outcome(problem=f"there is no {missing}")
    except Exception as error:  # whatever the library says is the outcome
        return Outcome(problem=str(error) or type(error).__name__, wrong=_is_mistake(error))


def _is_mistake(error: Exception) -> bool:
    """Whether it fails whatever the facts hold: a list that is too short may be longer."""
    said = str(error)
    return isinstance(error, TypeError) or "TypeError:" in said or "Undefined variable" in said


@cache
def _functions() -> Mapping[str, Any]:
    """The functions beside the language's own, such as ``replace``, ``split``, ``lowerAscii``."""
    from cel.stdlib import EXTENSIONS

    them = {name: f for library in _LIBRARIES for name, f in EXTENSIONS[library].items()}
    return {name: f for name, f in them.items() if name not in _OWN_FUNCTIONS}


def _tried(source: str, names: Names) -> Any:
    """The value of an expression on the samples; a key that an open map may have is made up."""
    samples = dict(names.samples)
    program = _compiled(source)
    for _ in range(_MOST_KEYS):
        outcome = _run(program, samples)
        if not outcome.problem:
            return outcome.value
        missing = re.fullmatch(r"there is no '(.*)'", outcome.problem)
        if missing is None and outcome.wrong:
            raise _fault(outcome.problem, names)
        if missing is None:
            return _ANYTHING  # it depends on the facts, which samples are not
        samples = _with_key(missing[1], source, samples, names)
    raise ExpressionError(f"found more than {_MOST_KEYS} keys")


def _with_key(key: str, source: str, samples: Facts, names: Names) -> dict[str, Any]:
    used = [name for name in names.open if re.search(rf"\b{name}\b", source)]
    if not used or any(key in samples[name] for name in used):
        hint = _nearest(key, _keys(samples))
        raise ExpressionError(f'found "{key}", which there is not', hint=hint)
    if key != key.lower():
        raise ExpressionError(f'found "{key}"', f'a key in lower case: "{key.lower()}"')
    return {**samples, **{name: {**samples[name], key: "1"} for name in used}}


def _keys(samples: Facts) -> list[str]:
    return [key for value in samples.values() if isinstance(value, dict) for key in value]


def _fault(problem: str, names: Names) -> ExpressionError:
    unknown = _UNDEFINED.search(problem)
    if unknown is None:
        return ExpressionError(f"found one that fails: {problem.splitlines()[0][:200]}")
    if unknown[1] in _OWN_FUNCTIONS:
        return ExpressionError(f'found "{unknown[1]}" with what it does not take')
    known = sorted(names.samples)
    hint = _nearest(unknown[1], [*known, *_functions(), *_OWN_FUNCTIONS])
    return ExpressionError(
        f'found the unknown name "{unknown[1]}"', "one of " + ", ".join(known), hint
    )


def _nearest(word: str, known: list[str]) -> str:
    found = get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{found[0]}"?' if found else ""


def _kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)


def _try_part(part: str, names: Names) -> None:
    """One operand by itself; of a comparison both sides, which must be alike."""
    sides = _sides(part)
    if len(sides) != 2:
        _tried(part, names)
        return
    left, right = (_tried(side, names) for side in sides)
    if type(left) is not type(right) and not _either_may_be_anything(left, right):
        raise ExpressionError(
            f"found {_kind(left)} compared with {_kind(right)}: {part.strip()[:80]}",
            "two of one kind",
        )


def _either_may_be_anything(left: object, right: object) -> bool:
    return any(side is None or side is _ANYTHING for side in (left, right))


def _try_pattern(literal: str) -> None:
    problem = _run(_compiled(f'"".matches({literal})'), {}).problem
    if problem:
        said = next((x for x in problem.splitlines() if x.startswith("error:")), "").rstrip(".")
        what = said.removeprefix("error:").split(". Check")[0].strip()
        raise ExpressionError(f"found the pattern {literal[:80]}: {what}", "a regular expression")


def _patterns(source: str) -> Iterator[str]:
    """The literal patterns that are given to ``matches``."""
    words = [m for m in _TOKEN.finditer(source) if m[0].strip()]
    for word, opens, literal in zip(words, words[1:], words[2:], strict=False):
        if word[0] == "matches" and opens[0] == "(" and literal["string"]:
            yield literal[0]


def _parts(source: str) -> Iterator[str]:
    """The operands of ``&&``, ``||`` and ``?:``, through brackets that only group."""
    cuts = _cut(source, "joins")
    if len(cuts) > 1:
        for cut in cuts:
            yield from _parts(cut)
        return
    bare = source.strip().lstrip("!").strip()
    if bare.startswith("(") and _closes_at(bare) == len(bare) - 1:
        yield from _parts(bare[1:-1])
    else:
        yield bare


def _sides(part: str) -> list[str]:
    return _cut(part, "equals")


def _cut(source: str, group: str) -> list[str]:
    """The source cut at the tokens of a group that stand in no brackets."""
    depth, begin, cuts = 0, 0, []
    for token in _TOKEN.finditer(source):
        depth += bool(token["opens"]) - bool(token["closes"])
        if token[group] and depth == 0:
            cuts.append(source[begin : token.start()])
            begin = token.end()
    return [*cuts, source[begin:]]


def _closes_at(source: str) -> int:
    """Where the bracket that opens the source is closed; -1 if nowhere."""
    depth = 0
    for token in _TOKEN.finditer(source):
        depth += bool(token["opens"]) - bool(token["closes"])
        if depth == 0:
            return token.start()
    return -1

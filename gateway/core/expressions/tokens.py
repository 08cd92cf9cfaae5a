"""The words of an expression (the lexical part of the CEL specification)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.expressions.troubles import ExpressionError, Trouble

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f]+|//[^\n]*)"
    r'|(?P<text>[rR]?(?:"""(?:[^\\]|\\.)*?"""|'
    r"'''(?:[^\\]|\\.)*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'))"
    r"|(?P<fraction>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<number>0x[0-9a-fA-F]+|\d+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])",
    re.DOTALL,
)
_RAW = re.compile(
    r'[rR](?:"""(?P<a>.*?)"""|' + r"'''(?P<b>.*?)'''" + r"|\"(?P<c>[^\"\n]*)\"|'(?P<d>[^'\n]*)')",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2}))"
)
_PLAIN = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


@dataclass(frozen=True, slots=True)
class Token:
    """One word. ``kind``: text, fraction, number, name, sign or end; it is source[at:end]."""

    kind: str
    text: str
    at: int
    end: int


def tokens(source: str) -> Iterator[Token]:
    """The words of an expression, the end included. Raises `ExpressionError`."""
    at = 0
    while at < len(source):
        match = _RAW.match(source, at) or _TOKEN.match(source, at)
        if match is None:
            raise ExpressionError([_strange(source, at)])
        kind = match.lastgroup if match.re is _TOKEN else "text"
        if kind != "space":
            yield Token(str(kind), match.group(), at, match.end())
        at = match.end()
    yield Token("end", "", at, at)


def _strange(source: str, at: int) -> Trouble:
    if source[at] in "\"'":
        return Trouble(
            at=at, found="found a quotation mark without its end", expected="a text in quotes"
        )
    return Trouble(at=at, found=f"found {source[at]!r}", expected="an expression")


def text_of(token: Token) -> str:
    """What a text in quotes says. Raises `ExpressionError` for an escape that there is not."""
    raw = token.text[:1] in "rR"
    quoted = token.text[1:] if raw else token.text
    marks = 3 if quoted[:3] in ('"""', "'''") and len(quoted) >= 6 else 1
    inside = quoted[marks:-marks]
    if raw:
        return inside
    left = _ESCAPE.sub("", inside)
    if "\\" in left:
        shown = left[left.index("\\") :][:2]
        trouble = Trouble(
            at=token.at,
            found=f"found {shown} in a text",
            expected=f'the backslash twice, or r"…" around the text: {shown}',
        )
        raise ExpressionError([trouble])
    return _ESCAPE.sub(_unescaped, inside)


def _unescaped(match: re.Match[str]) -> str:
    plain, two, four, eight, octal = match.groups()
    if plain:
        return _PLAIN.get(plain, plain)
    code = int(octal, 8) if octal else int(two or four or eight, 16)
    return chr(code) if code < 0x110000 else "\ufffd"

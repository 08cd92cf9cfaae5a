"""On which line of a TOML file a key stands; the standard library's reader does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.settings.faults import Place

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\[\]{}\n\"'\#]+"
    r"|.",
    re.DOTALL,
)
_KEY = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.)?""")


class Lines:
    """The places of a TOML text. Best effort: what it cannot find has no line."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        self._lists: dict[Place, int] = {}
        table: Place = ()
        for line, statement in _statements(text):
            if statement.startswith("["):
                table = self._header(statement, line)
                self._lines.setdefault(table, line)
            else:
                self._lines.setdefault(table + _dotted(statement), line)

    def _header(self, statement: str, line: int) -> Place:
        many = statement.startswith("[[")
        names = _dotted(statement.lstrip("["))
        place: Place = ()
        for name in names[:-1]:
            place = self._inside((*place, name))
        place = (*place, *names[-1:])
        if not many:
            return place
        self._lists[place] = self._lists.get(place, -1) + 1
        self._lines.setdefault(place, line)
        return self._inside(place)

    def _inside(self, place: Place) -> Place:
        return (*place, self._lists[place]) if place in self._lists else place

    def of(self, place: Place) -> int | None:
        """The line of a key, else of the table or list that it is (or would be) in."""
        while place:
            if place in self._lines:
                return self._lines[place]
            place = place[:-1]
        return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a TOML text with the lines on which they begin, comments left out."""
    line, begun, depth, statement = 1, 1, 0, ""
    for match in _TOKEN.finditer(text + "\n"):
        piece = match.group()
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece, 0)
        if piece == "\n" and depth <= 0:
            if statement.strip():
                yield begun, statement.strip()
            depth, statement = 0, ""
        elif not piece.startswith("#"):
            begun = begun if statement.strip() else line
            statement += piece
        line += piece.count("\n")


def _dotted(text: str) -> tuple[str, ...]:
    names: list[str] = []
    at = 0
    while match := _KEY.match(text, at):
        names.append(next(group for group in match.groups()[:3] if group is not None))
        at = match.end()
        if not match.group(4):
            break
    return tuple(names)

"""Patterns of the operator that must not be slow on anybody's mail."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"(?P<skip>\\.|\[\^?\]?(?:[^\]\\]|\\.)*\])|(?P<opens>\()|(?P<closes>\))"
    r"|(?P<times>[*+]|\{\d*,\d*\})",
    re.DOTALL,
)
_MOST_REPEATS = 4


def slow_pattern(pattern: str) -> str:
    """Why a regular expression may take very long on some lines, empty if it cannot.

    Repeats within repeats are tried in exponentially many ways; each further repeat multiplies
    the time by the length of the line.
    """
    inside, repeats = [False], 0
    closed = False  # the group that was closed just now holds a repeat
    for piece in _PIECE.finditer(pattern):
        if piece["opens"]:
            inside.append(False)
        elif piece["closes"]:
            closed = len(inside) > 1 and inside.pop()
            inside[-1] = inside[-1] or closed
            if closed and _is_repeat(pattern, piece.end()):
                return "a repeat within a repeat"
        elif piece["times"]:
            inside[-1] = True
            repeats += 1
    return f"more than {_MOST_REPEATS} repeats" if repeats > _MOST_REPEATS else ""


def _is_repeat(pattern: str, at: int) -> bool:
    times = re.compile(r"[*+]|\{\d*,\d*\}|\{\d+\}").match(pattern, at)
    return times is not None

"""Words without which a regular expression cannot match, so that it need not be tried.

The library makes a regular expression anew each time it is used, which takes up to half a
millisecond; looking for a word takes a microsecond, and most rules do not match most messages.
"""

from __future__ import annotations

import re

_LEAST = 3  # characters; shorter words are in every text
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+\)")
_PIECE = re.compile(
    r"(?P<odd>\\[xuUpP])"
    r"|(?P<skip>\\.|\[\^?(?:[^\[\]\\]|\\.)+\])"
    r"|(?P<count>\{[^}]*\})"
    r"|(?P<sign>[()|])"
    r"|(?P<plain>[A-Za-z0-9](?![?*{]))"
    r"|(?P<odd_class>\[)"
    r"|(?P<other>.)",
    re.DOTALL,
)


def needed_words(pattern: str) -> tuple[str, ...]:
    """Words of which one at least is in every text that matches, in lower case; () if unknown.

    ``pattern`` must be right in itself. Only letters and digits of ASCII that stand outside of
    groups and classes are looked at. The text must be case-folded before they are looked for.
    """
    if re.search(r"\(\?[a-zA-Z]*x", pattern):  # space and comments in it mean nothing
        return ()
    words = []
    for runs in _branches(_FLAGS.sub("", pattern, count=1)):
        longest = max(runs, key=len, default="")
        if len(longest) < _LEAST:
            return ()
        words.append(longest.lower())
    return tuple(words)


def _branches(pattern: str) -> list[list[str]]:
    """For each way in which the pattern can match, the runs of characters that must be there."""
    branches: list[list[str]] = [[""]]
    depth = 0
    for piece in _PIECE.finditer(pattern):
        if piece.lastgroup in ("odd", "odd_class"):
            return [[]]
        char = piece.group()
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            branches.append([""])
        elif piece.lastgroup == "plain" and depth == 0:
            branches[-1][-1] += char
        else:
            branches[-1].append("")
    return branches

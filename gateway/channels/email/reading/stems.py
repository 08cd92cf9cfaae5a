"""Patterns of many words that are looked for at once."""

from __future__ import annotations

import re
from collections.abc import Iterable


def pattern_of(words: Iterable[str]) -> str:
    """A pattern that matches where one of these words begins, each to the letter.

    Grouped by the letters that they begin with: at each place of a text, ``re`` tries a handful
    of letters instead of a hundred words. Where one word begins another, the shorter is found.
    """
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(word[1:])
    ways = [re.escape(letter) + _rest_of(rest) for letter, rest in rests.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _rest_of(words: list[str]) -> str:
    if "" in words:
        return ""
    return re.escape(words[0]) if len(words) == 1 else pattern_of(words)

"""Expressions in a config: what is wrong with one, as the faults of its key."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.expressions import ExpressionError, Type, Vocabulary, compile_expression
from gateway.settings.faults import Doubt, Place


def expression_doubts(source: str, words: Vocabulary, wants: Type, place: Place) -> Iterator[Doubt]:
    """All that is wrong with an expression; its place within the key is told by character."""
    try:
        compile_expression(source, words, wants)
    except ExpressionError as error:
        for trouble in error.troubles:
            yield Doubt(
                place=place,
                found=f"{trouble.found} at character {trouble.at + 1}",
                expected=trouble.expected,
                hint=trouble.hint,
            )

"""What a template of each kind may use: names, meanings, and examples to try a template with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.variables.inside import INSIDE
from gateway.runtime.rendering.variables.lists import LISTS
from gateway.runtime.rendering.variables.outside import OUTSIDE
from gateway.runtime.rendering.variables.variable import COMMON, TICKET, Variable

__all__ = ["COMMON", "EMPTY", "EXTRA", "FULL", "NAMES", "TICKET", "TO_CUSTOMERS", "Variable", "of"]

EXTRA: Mapping[NoticeKind, tuple[Variable, ...]] = OUTSIDE | INSIDE | LISTS
TO_CUSTOMERS = frozenset(OUTSIDE)


def of(kind: NoticeKind) -> tuple[Variable, ...]:
    """All that a template of this kind may use; nothing internal where it goes outside."""
    shared = COMMON if kind in TO_CUSTOMERS else (*COMMON, *TICKET)
    return (*shared, *EXTRA[kind])


NAMES = {kind: frozenset(v.name for v in of(kind)) for kind in NoticeKind}
EMPTY: dict[NoticeKind, dict[str, Any]] = {
    kind: {v.name: v.empty for v in of(kind)} for kind in NoticeKind
}
FULL: dict[NoticeKind, dict[str, Any]] = {
    kind: {v.name: v.example for v in of(kind)} for kind in NoticeKind
}

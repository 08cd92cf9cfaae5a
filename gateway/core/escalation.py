"""The ladder: what happens before a target is due and after, and who is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.targets import Allowance, Target

AT_WORDS = 'a share of the time allowed such as "80%", "due", or "due+1h"'
_SHARE = re.compile(r"([1-9]\d?|100)%", re.ASCII)
_DUE = "due"


class Hears(StrEnum):
    """Whom a step tells, beside addresses."""

    ASSIGNEE = "assignee"
    QUEUE = "queue"
    LEAD = "lead"


ROLES = frozenset(role.value for role in Hears)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung of the ladder.

    ``at`` is as people wrote it, and names the step; ``share`` is that of the time allowed, and
    ``after`` the open time after it was due, where it comes later than that. ``off_shift``: whom it
    names hears it on shift or off. ``reassures``: the requester hears that it is worked on.
    """

    on: Target
    at: str
    share: float = 1.0
    after: Allowance | None = None
    notify: tuple[str, ...] = ()
    raise_tier: bool = False
    raise_priority: bool = False
    reassign: bool = False
    off_shift: bool = False
    reassures: bool = False

    @property
    def early(self) -> bool:
        """Whether it comes before the target is due."""
        return self.share < 1


def parse_at(text: str) -> tuple[float, Allowance | None]:
    """``"80%"``, ``"due"`` or ``"due+1h"``: a share of the time allowed, and what comes after it.

    Raises ValueError with the words of what is expected.
    """
    bare = text.strip().lower().replace(" ", "")
    if bare == _DUE:
        return 1.0, None
    if found := _SHARE.fullmatch(bare):
        return int(found[1]) / 100, None
    first, plus, rest = bare.partition("+")
    if first != _DUE or not plus:
        raise ValueError(AT_WORDS)
    return 1.0, Allowance.parse(rest)

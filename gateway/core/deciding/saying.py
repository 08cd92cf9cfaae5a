"""What a decision says in public."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.changes import Append, Change
from gateway.core.model import Direction, EntryKind, Role, Visibility


def messages(changes: Iterable[Change], way: Direction) -> list[Append]:
    """The public messages of people; what machines send is internal."""
    said = [change for change in changes if isinstance(change, Append)]
    public = (s for s in said if s.visibility is Visibility.PUBLIC and s.direction is way)
    return [s for s in public if s.kind is EntryKind.MESSAGE]


def answers(changes: Iterable[Change]) -> list[Append]:
    """The public answers of agents."""
    return [s for s in messages(changes, Direction.OUT) if s.author.role is Role.AGENT]

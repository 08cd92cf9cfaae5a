"""What becomes of a message in the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The message stays in the inbox, listed as held, until somebody releases it."""

    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The message goes nowhere; it stays listed with the reason."""

    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A held message is handled now, as the agent's who vouched for it."""

    inbox: int
    by: str
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsider:
    """A held message is looked at again, so that its agent is asked again."""

    inbox: int
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Nothing is done: what was asked for is wrong, and these lines say how."""

    lines: tuple[str, ...]

from __future__ import annotations

from collections import Counter
from types import TracebackType

FREE_SHARE = 64 * 1024  # octets; so a few large mails never shut the ordinary ones out


class Connections:
    """Counts the open connections, in all and per address."""

    def __init__(self, *, total: int, per_address: int) -> None:
        self._total = total
        self._per_address = per_address
        self._open: Counter[str] = Counter()
        self._count = 0

    def enter(self, address: str) -> str | None:
        """Count one more, and return None; or, where a cap is reached, return which one."""
        if self._count >= self._total:
            return f"too many connections: at most {self._total} in all"
        if self._open[address] >= self._per_address:
            return f"too many connections from your address: at most {self._per_address}"
        self._open[address] += 1
        self._count += 1
        return None

    def leave(self, address: str) -> None:
        """Count one less."""
        self._count -= 1
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class MemoryBudget:
    """How many octets all messages that are just coming in may hold together.

    The first `FREE_SHARE` octets of each message are not counted.
    """

    def __init__(self, octets: int) -> None:
        self._octets = octets
        self._used = 0

    def share(self) -> MemoryShare:
        """A share for one message, to be used in a ``with`` statement."""
        return MemoryShare(self)

    def take(self, octets: int) -> bool:
        """Take from the budget; false, and nothing is taken, if it does not hold that much."""
        if self._used + octets > self._octets:
            return False
        self._used += octets
        return True

    def give_back(self, octets: int) -> None:
        """Return what was taken."""
        self._used -= octets


class MemoryShare:
    """What one message holds of a `MemoryBudget`; given back at the end of the block."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self._held = 0

    def __enter__(self) -> MemoryShare:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def grow_to(self, size: int) -> bool:
        """Hold enough for a message of ``size`` octets; false if the budget is used up."""
        wanted = size - FREE_SHARE - self._held
        if wanted <= 0:
            return True
        if not self._budget.take(wanted):
            return False
        self._held += wanted
        return True

    def release(self) -> None:
        """Give everything back."""
        self._budget.give_back(self._held)
        self._held = 0

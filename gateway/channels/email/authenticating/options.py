from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthOptions:
    """How senders are checked.

    ``nameservers`` are addresses with their ports; none: the system's.
    ``timeout`` is the longest time for all checks of one mail, in seconds. ``relays`` are
    addresses and networks that hand mail on for others: their own address says nothing about
    the sender.
    """

    nameservers: tuple[tuple[str, int], ...] = ()
    timeout: float = 5.0
    relays: tuple[str, ...] = ()

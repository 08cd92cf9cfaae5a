"""What was counted lately: confirmations, repeats, the pace of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core.deciding import Desk
from gateway.core.events import MessageArrived
from gateway.core.model import Ticket
from gateway.core.situation import Tallies
from gateway.runtime.addressees import tally_keys
from gateway.store import Connection, entries, people

_PACE = timedelta(hours=1)


def count_of(conn: Connection, scope: str, key: str, hour: int) -> int:
    """How many of one thing within one hour, by `people.hour_of`."""
    return people.tallies(conn, [(scope, key)], hour)[scope, key]


def pace(conn: Connection, event: MessageArrived, ticket: Ticket | None, desk: Desk) -> int:
    """Messages on a ticket within the last hour, counted to one more than the cap."""
    if ticket is None or not event.live or event.message.chat is not None:
        return 0  # in a chat people talk quickly, and its network says who they are
    most = desk.policy.caps.per_ticket + 1
    return entries.pace(conn, ticket.number, event.at - _PACE, most)


def tallies_of(
    conn: Connection,
    address: str,
    now: datetime,
    more: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Tallies:
    """The caps of a confirmation to an address, and ``more`` tallies by the field they fill."""
    wanted = [*tally_keys(address), *more.values()]
    counts = people.tallies(conn, wanted, people.hour_of(now))
    recipient, domain, overall = (counts[key] for key in tally_keys(address))
    others = {field: counts[key] for field, key in more.items()}
    return Tallies(recipient=recipient, domain=domain, overall=overall, **others)

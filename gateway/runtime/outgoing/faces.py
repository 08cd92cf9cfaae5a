"""Whose picture may stand beside what is said: their account on the network where it is said."""

from __future__ import annotations

from typing import Any

from gateway.core.model import Party
from gateway.core.policy import Policy
from gateway.store import Connection, linking, people
from gateway.store.outbox import OutboxRow


def where(conn: Connection, row: OutboxRow, policy: Policy) -> dict[str, Any]:
    """The account as a field of `Outbound`; nothing for a row that is nobody's."""
    stored = row.message.get("whose")
    return {"face": _account(conn, Party(**stored), row.channel, policy)} if stored else {}


def _account(conn: Connection, person: Party, channel: str, policy: Policy) -> Party | None:
    """Who somebody is on a network; None where they are not known there."""
    if person.channel == channel:
        return person
    agent = policy.agent_of(person)
    if agent is not None:
        there = agent.account(channel)
        return Party(channel=channel, address=there, name=agent.name) if there else None
    known = people.find(conn, person)
    if known is None or not known.linked:
        return None
    accounts = linking.accounts_of(conn, (known.contact,))
    return next((one for one in accounts if one.channel == channel), None)

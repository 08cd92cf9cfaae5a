"""Accounts that are one person's: their identities share a contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from gateway.core.model import Party
from gateway.store import people
from gateway.store.schema import identity
from gateway.store.statements import Prepared, among


def accounts_of(conn: Connection, contacts: Iterable[int]) -> tuple[Party, ...]:
    """Every account of these contacts, the first met first."""
    rows = _OF_CONTACTS.all(conn, b_contacts=sorted(set(contacts)))
    return tuple(Party(channel=channel, address=a, name=name) for channel, a, name in rows)


def verified_mail_of(conn: Connection, party: Party) -> Party | None:
    """A mail address that is proven to be the same person's, and that mail arrives at."""
    known = people.find(conn, party)
    if known is None or not known.linked:
        return None
    row = _MAIL_OF.first(conn, b_contact=known.contact)
    return Party(address=row[0], name=row[1]) if row else None


def link(conn: Connection, one: Party, other: Party, now: datetime) -> None:
    """Both are one person's from now on, as are all others of either.

    The contact that was there first stays. A mail address is proven by it.
    """
    first, second = (people.meet(conn, party, now) for party in (one, other))
    kept, given_up = sorted((first.contact, second.contact))
    _JOIN.do(conn, b_contacts=[kept, given_up], b_kept=kept)
    for party in (one, other):
        people.verify(conn, party, now)


_OF_CONTACTS = Prepared(
    lambda dialect: (
        select(identity.c.channel, identity.c.address, identity.c.name)
        .where(among(dialect, identity.c.contact, "b_contacts"))
        .order_by(identity.c.id)
    )
)
_MAIL_OF = Prepared(
    select(identity.c.address, identity.c.name)
    .where(
        identity.c.contact == bindparam("b_contact"),
        identity.c.channel == "email",
        identity.c.verified_at.is_not(None),
        identity.c.bounced_at.is_(None),
    )
    .order_by(identity.c.verified_at.desc(), identity.c.id)
    .limit(1)
)
_JOIN = Prepared(
    lambda dialect: (
        update(identity)
        .where(among(dialect, identity.c.contact, "b_contacts"))
        .values(contact=bindparam("b_kept"), linked=True)
    )
)

"""Accounts that are one person's: their identities share a contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, literal_column, select, update

from gateway.core.model import Party
from gateway.core.situation import PendingCode
from gateway.store import people
from gateway.store.schema import code, identity
from gateway.store.statements import InsertRows, Prepared, among


def accounts_of(conn: Connection, contacts: Iterable[int]) -> tuple[Party, ...]:
    """Every account of these contacts, the first met first. Links are never among what waits."""
    rows = _OF_CONTACTS.aside(conn, b_contacts=sorted(set(contacts)))
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


def challenge(conn: Connection, account: Party, sent: PendingCode) -> None:
    """A code went out for an account; an earlier one is good no longer."""
    row = {
        "channel": account.channel,
        "account": account.address,
        "place": sent.place,
        "address": sent.address,
        "digest": sent.digest,
        "until": sent.until,
        "tries": 0,
    }
    _CHALLENGE.do(conn, [row])


def code_of(conn: Connection, account: Party) -> PendingCode | None:
    """The code that an account may bring back."""
    row = _CODE_OF.first(conn, b_channel=account.channel, b_account=account.address)
    if row is None:
        return None
    place, address, digest, until, tries = row
    return PendingCode(address=address, place=place, digest=digest, until=until, tries=tries)


def attempt(conn: Connection, account: Party, tries: int, *, over: bool) -> bool:
    """One more try; with ``over`` the code is gone. False where somebody else tried meanwhile."""
    statement = _SPENT if over else _TRIED
    whose = {"b_channel": account.channel, "b_account": account.address}
    return statement.do(conn, **whose, b_tries=tries) > 0


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
_THE_CODE = (code.c.channel == bindparam("b_channel")) & (code.c.account == bindparam("b_account"))
_CHALLENGE = InsertRows(
    code,
    unless_there=("channel", "account"),
    else_set={
        name: literal_column(f"excluded.{name}")
        for name in ("place", "address", "digest", "until", "tries")
    },
)
_CODE_OF = Prepared(
    select(code.c.place, code.c.address, code.c.digest, code.c.until, code.c.tries).where(_THE_CODE)
)
_TRIED = Prepared(
    update(code)
    .where(_THE_CODE, code.c.tries == bindparam("b_tries"))
    .values(tries=code.c.tries + 1)
)
_SPENT = Prepared(delete(code).where(_THE_CODE, code.c.tries == bindparam("b_tries")))

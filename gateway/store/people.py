"""Who is known: identities on the channels, how often they were written to, who is away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, literal_column, select, update

from gateway.core.frozen import replace
from gateway.core.model import Party
from gateway.store import numbers
from gateway.store.errors import ConflictError
from gateway.store.schema import away, contact, identity, tally
from gateway.store.statements import InsertRows, Prepared, Row, among, upsert
from gateway.store.together import (
    CHANGES,
    CONTACTS,
    COUNTS,
    IDENTITIES,
    UNKNOWN,
    Kind,
    known,
    later,
    learn,
)

TallyKey = tuple[str, str]  # scope ("recipient", "domain"…) and key within it


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is known of somebody on a channel.

    ``known``: they were met before. ``linked``: their contact has other accounts, too.
    """

    id: int
    contact: int
    verified: bool = False
    bounced: bool = False
    language: str | None = None
    known: bool = True
    linked: bool = False


def meet(conn: Connection, party: Party, now: datetime, *, language: str | None = None) -> Identity:
    """Remember somebody who wrote, in which language if that is known; what was known of them.

    One look when nothing is new.
    """
    row = _found(conn, party)
    if row is None:
        return _first_met(conn, party, now, language)
    if party.name and party.name != row[_NAME]:
        later(conn, _RENAMED, [{"b_id": row[0], "b_name": party.name}])
    if language and language != row[_SPOKEN]:
        later(conn, _SPOKE, [{"b_id": row[0], "b_language": language}])
    name, spoken = party.name or row[_NAME], language or row[_SPOKEN]
    seen = (*row[:_NAME], name, *row[3:_SPOKEN], spoken, row[_LINKED])
    learn(conn, {_fact(party.channel, party.address): seen})
    return _identity(row)


def foresee(conn: Connection, parties: Iterable[Party]) -> None:
    """Look all of them up at once: within a batch, `meet` need not ask for each."""
    wanted = {(party.channel, party.address) for party in parties}
    for channel in {channel for channel, _ in wanted}:
        addresses = [address for other, address in wanted if other == channel]
        rows = _FIND_MANY.all(conn, b_channel=channel, b_addresses=addresses)
        learn(conn, {_fact(channel, address): None for address in addresses})
        learn(conn, {_fact(channel, row[-1]): row[:-1] for row in rows})


def _found(conn: Connection, party: Party) -> Row | None:
    known_row = known(conn, _fact(party.channel, party.address))
    if known_row is not UNKNOWN:
        row: Row | None = known_row
        return row
    return _FIND.first(conn, b_channel=party.channel, b_address=party.address)


def _fact(channel: str, address: str) -> tuple[str, str, str]:
    """The row of an identity, among what a batch knows."""
    return ("identity", channel, address)


def find(conn: Connection, party: Party) -> Identity | None:
    """What is known of somebody, without remembering anything."""
    row = _found(conn, party)
    return _identity(row) if row else None


def _first_met(conn: Connection, party: Party, now: datetime, language: str | None) -> Identity:
    (person,), (id,) = numbers.take(conn, "contact"), numbers.take(conn, "identity")
    later(conn, _NEW_CONTACT, [{"id": person, "name": party.name, "created_at": now}])
    fresh = {
        "id": id,
        "channel": party.channel,
        "address": party.address,
        "name": party.name,
        "contact": person,
        "language": language,
        "first_seen": now,
        "verified_at": None,
        "bounced_at": None,
        "bounced_why": None,
        "linked": None,
    }
    later(conn, _NEW_IDENTITY, [fresh])
    row = (id, person, party.name, None, None, language, None)
    learn(conn, {_fact(party.channel, party.address): row})
    return replace(_identity(row), known=False)


def _introduce(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Raises ConflictError where another process met one of them at the same moment."""
    if len(_INTRODUCE.back(conn, rows)) < len(rows):
        raise ConflictError("another process met somebody at the same moment")


def _identity(row: Row) -> Identity:
    return Identity(
        id=row[0],
        contact=row[1],
        verified=row[3] is not None,
        bounced=row[4] is not None,
        language=row[_SPOKEN],
        linked=bool(row[_LINKED]),
    )


def verify(conn: Connection, party: Party, now: datetime) -> None:
    """Mail of theirs was proven: they are who they say."""
    whose = {"b_channel": party.channel, "b_address": party.address}
    later(conn, _VERIFIED, [whose | {"b_now": now}])
    row = known(conn, _fact(party.channel, party.address))
    if row not in (UNKNOWN, None):
        learn(conn, {_fact(party.channel, party.address): (*row[:3], row[3] or now, *row[4:])})


def mark_bounced(conn: Connection, party: Party, now: datetime, why: str) -> None:
    """Mail to them comes back, whether they ever wrote or not."""
    meet(conn, party, now)
    _mark(conn, party, now, why)


def clear_bounced(conn: Connection, party: Party) -> None:
    """Mail to them may arrive again."""
    _mark(conn, party, None, None)


def _mark(conn: Connection, party: Party, now: datetime | None, why: str | None) -> None:
    _BOUNCED.do(conn, b_channel=party.channel, b_address=party.address, b_now=now, b_why=why)


def came_back(conn: Connection, addresses: Iterable[str]) -> dict[str, tuple[datetime, str]]:
    """Those mail addresses from which mail came back for good: when and why."""
    rows = _CAME_BACK.all(conn, b_addresses=list(addresses))
    return {address: (at, why or "") for address, at, why in rows if at is not None}


def hour_of(now: datetime) -> int:
    """The hour that a moment lies in, counted from 1970."""
    return int(now.timestamp() // 3600)


def _bucket(scope: str, hour: int) -> int:
    """The hour under which something is counted: what is counted by day, under its first one."""
    return hour - hour % 24 if scope.endswith("_day") else hour


def tallies(conn: Connection, keys: Iterable[TallyKey], hour: int) -> dict[TallyKey, int]:
    """How often each was counted within the hour; 0 if never. Scopes ``…_day``: within the day."""
    wanted = list(keys)
    counted = {pair: known(conn, _known_as(pair, hour)) for pair in wanted}
    if UNKNOWN in counted.values():
        buckets = {scope: _bucket(scope, hour) for scope, _ in wanted}
        asked = list({key for _, key in wanted})
        rows = _TALLIES.all(conn, b_keys=asked, b_hours=list(set(buckets.values())))
        found = {(scope, key): n for scope, key, at, n in rows if at == buckets.get(scope)}
        counted = {pair: found.get(pair, 0) for pair in wanted}
        learn(conn, {_known_as(pair, hour): n for pair, n in counted.items()})
    return counted


def count(conn: Connection, keys: Sequence[TallyKey], hour: int) -> None:
    """Count each once more within its hour or day, as often as it is named."""
    later(conn, _COUNTED, [(*pair, _bucket(pair[0], hour)) for pair in keys])
    for pair in keys:
        n = known(conn, _known_as(pair, hour))
        if n is not UNKNOWN:
            learn(conn, {_known_as(pair, hour): n + 1})


def _known_as(pair: TallyKey, hour: int) -> tuple[str, str, str, int]:
    return ("tally", *pair, _bucket(pair[0], hour))


def _count(conn: Connection, counted: Sequence[tuple[str, str, int]]) -> None:
    # One order everywhere: two processes counting the same never wait in a circle.
    times = sorted(Counter(counted).items())
    _COUNT.do(conn, [{"key": k, "scope": s, "hour": h, "n": n} for (s, k, h), n in times])


def prune_tallies(conn: Connection, before: int) -> int:
    """Forget the counts of hours before that one; how many."""
    return _PRUNE.do(conn, b_hour=before)


def away_agents(conn: Connection) -> dict[str, datetime | None]:
    """Agents who are away, and until when (None: until they say so)."""
    return dict(_AWAY.all(conn))


def set_away(conn: Connection, agent: str, until: datetime | None, *, back: bool = False) -> None:
    """An agent is away, or back."""
    if back:
        _BACK.do(conn, b_agent=agent)
    else:
        _SET_AWAY.do(conn, b_agent=agent, b_until=until)


_NAME, _SPOKEN, _LINKED = 2, 5, 6
_TALLY_KEY = ("key", "scope", "hour")
_THEIRS = (identity.c.channel == bindparam("b_channel")) & (
    identity.c.address == bindparam("b_address")
)
_FACTS = (
    identity.c.id,
    identity.c.contact,
    identity.c.name,
    identity.c.verified_at,
    identity.c.bounced_at,
    identity.c.language,
    identity.c.linked,
)
_FIND = Prepared(select(*_FACTS).where(_THEIRS))
_FIND_MANY = Prepared(
    lambda dialect: select(*_FACTS, identity.c.address).where(
        identity.c.channel == bindparam("b_channel"),
        among(dialect, identity.c.address, "b_addresses"),
    )
)
_RENAME = Prepared(
    update(identity).where(identity.c.id == bindparam("b_id")).values(name=bindparam("b_name"))
)
_NEW_CONTACT = Kind(CONTACTS, InsertRows(contact).do)
_INTRODUCE = InsertRows(identity, returning=("id",), unless_there=("channel", "address"))
_NEW_IDENTITY = Kind(IDENTITIES, _introduce)
_VERIFY = Prepared(
    update(identity)
    .where(_THEIRS, identity.c.verified_at.is_(None))
    .values(verified_at=bindparam("b_now"))
)
_VERIFIED = Kind(CHANGES, _VERIFY.each)
_BOUNCED = Prepared(
    update(identity)
    .where(_THEIRS)
    .values(bounced_at=bindparam("b_now"), bounced_why=bindparam("b_why"))
)
_CAME_BACK = Prepared(
    lambda dialect: select(identity.c.address, identity.c.bounced_at, identity.c.bounced_why).where(
        identity.c.channel == "email", among(dialect, identity.c.address, "b_addresses")
    )
)
_SPEAKS = Prepared(
    update(identity)
    .where(identity.c.id == bindparam("b_id"))
    .values(language=bindparam("b_language"))
)
_RENAMED = Kind(CHANGES, _RENAME.each)
_SPOKE = Kind(CHANGES, _SPEAKS.each)
_TALLIES = Prepared(
    lambda dialect: select(tally.c.scope, tally.c.key, tally.c.hour, tally.c.n).where(
        among(dialect, tally.c.key, "b_keys"), among(dialect, tally.c.hour, "b_hours")
    )
)
_COUNT = InsertRows(
    tally, else_set={"n": tally.c.n + literal_column("excluded.n")}, unless_there=_TALLY_KEY
)
_COUNTED = Kind(COUNTS, _count)
_PRUNE = Prepared(delete(tally).where(tally.c.hour < bindparam("b_hour")))
_AWAY = Prepared(select(away.c.agent, away.c.until))
_BACK = Prepared(delete(away).where(away.c.agent == bindparam("b_agent")))
_SET_AWAY = Prepared(
    lambda dialect: (
        upsert(dialect, away)
        .values(agent=bindparam("b_agent"), until=bindparam("b_until"))
        .on_conflict_do_update(index_elements=["agent"], set_={"until": bindparam("b_until")})
    )
)

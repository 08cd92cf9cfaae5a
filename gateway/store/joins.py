"""Tickets that were joined: what stands on which, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)

from gateway.core.joining import held_for
from gateway.core.model import Visibility
from gateway.store import entries
from gateway.store.schema import brought, entry, inbox, thread_key, ticket
from gateway.store.statements import Prepared, among


def absorb(conn: Connection, source: int, target: int, *, strangers: bool) -> None:
    """All entries of a ticket come to another one.

    The thread keys stay, so that an answer to what was said there is known to be one.
    ``strangers``: who takes part there does not take part here, and their words are internal.
    """
    _REMEMBER.do(conn, b_source=source, b_target=target)
    _ENTRIES.do(conn, b_source=source, b_target=target)
    if not strangers:
        return
    for id, visibility in _BROUGHT.all(conn, b_source=source, b_target=target):
        if visibility == Visibility.PUBLIC.value:
            entries.make_internal(conn, id)


def take_back(conn: Connection, source: int, target: int, *, now_on: int, author: str) -> None:
    """What a ticket had when it was absorbed is on it again, for those who could see it there.

    Only what stands where the desk had brought it, which goes on in ``now_on``: what agents moved
    stays where they put it. What its ``author`` wrote there since, as a stranger, comes along, and
    what agents wrote to them and is held.
    """
    came = _BROUGHT.all(conn, b_source=source, b_target=target)
    _FORGET.do(conn, b_source=source, b_target=target)
    if not came:
        return
    there = {row[0] for row in _STANDING.all(conn, b_ids=[id for id, _ in came], b_ticket=now_on)}
    for id, visibility in came:
        if id in there:
            entries.move(conn, id, source)
            if visibility == Visibility.PUBLIC.value:
                entries.make_public(conn, id)
    since = {"b_ticket": now_on, "b_after": max(id for id, _ in came)}
    wrote = _WROTE.all(conn, b_author=author, **since)
    for (id,) in (*wrote, *_HELD.all(conn, b_held=held_for(source), **since)):
        entries.move(conn, id, source)


def were_joined(conn: Connection, numbers: Iterable[int]) -> bool:
    """Whether the desk itself brought what any of these tickets had to another one."""
    return bool(_JOINED.all(conn, b_numbers=list(numbers)))


def touched(conn: Connection, numbers: Iterable[int]) -> frozenset[int]:
    """Those of these tickets on which an agent said or changed something, or that a machine has."""
    return frozenset(row[0] for row in _TOUCHED.all(conn, b_numbers=list(numbers)))


def awaited(conn: Connection, numbers: Iterable[int]) -> frozenset[int]:
    """Those of these tickets to which something came that was no import."""
    return frozenset(row[0] for row in _AWAITED.all(conn, b_numbers=list(numbers)))


_HERE = (brought.c.source == bindparam("b_source"), brought.c.target == bindparam("b_target"))
_REMEMBER = Prepared(
    insert(brought).from_select(
        ["entry", "source", "target", "visibility"],
        select(
            entry.c.id,
            entry.c.ticket,
            bindparam("b_target", type_=brought.c.target.type),
            entry.c.visibility,
        ).where(entry.c.ticket == bindparam("b_source")),
    )
)
_BROUGHT = Prepared(select(brought.c.entry, brought.c.visibility).where(*_HERE))
_FORGET = Prepared(brought.delete().where(*_HERE))
_ENTRIES = Prepared(
    update(entry)
    .where(entry.c.ticket == bindparam("b_source"))
    .values(ticket=bindparam("b_target"))
)
_STANDING = Prepared(
    lambda dialect: select(entry.c.id).where(
        among(dialect, entry.c.id, "b_ids"), entry.c.ticket == bindparam("b_ticket")
    )
)
_SINCE = (entry.c.ticket == bindparam("b_ticket"), entry.c.id > bindparam("b_after"))
_WROTE = Prepared(
    select(entry.c.id).where(
        *_SINCE,
        entry.c.kind == literal_column("'message'"),
        entry.c.author_role == literal_column("'stranger'"),
        entry.c.author_address == bindparam("b_author"),
    )
)
_HELD = Prepared(
    select(entry.c.id).where(
        *_SINCE, text("entry.held IS NOT NULL"), entry.c.held == bindparam("b_held")
    )
)
_JOINED = Prepared(
    lambda dialect: (
        select(brought.c.source)
        .where(among(dialect, brought.c.source, "b_numbers"))
        .limit(literal_column("1"))
    )
)
_BY_AGENT = exists().where(
    entry.c.ticket == ticket.c.number, entry.c.author_role == literal_column("'agent'")
)
_OF_MACHINE = exists().where(
    thread_key.c.ticket == ticket.c.number,
    thread_key.c.entry.is_(None),
    thread_key.c.key.like(literal_column("'source:%'")),
)
_TOUCHED = Prepared(
    lambda dialect: select(ticket.c.number).where(
        among(dialect, ticket.c.number, "b_numbers"), or_(_BY_AGENT, _OF_MACHINE)
    )
)
_AWAITED = Prepared(
    lambda dialect: select(ticket.c.number).where(
        among(dialect, ticket.c.number, "b_numbers"),
        exists().where(
            entry.c.ticket == ticket.c.number, inbox.c.id == entry.c.inbox, inbox.c.live.is_(True)
        ),
    )
)

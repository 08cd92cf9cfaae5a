"""Tickets that were joined: what stands on which, and how it is undone."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.core.model import Visibility
from gateway.store import entries
from gateway.store.schema import brought, entry, thread_key
from gateway.store.statements import Prepared


def absorb(conn: Connection, source: int, target: int, *, strangers: bool) -> None:
    """All entries of a ticket come to another one.

    ``strangers``: who takes part there does not take part here. Their words are internal then,
    and the thread keys stay, so that an answer to what was said there is known to be one.
    """
    _REMEMBER.do(conn, b_source=source, b_target=target)
    _ENTRIES.do(conn, b_source=source, b_target=target)
    if not strangers:
        _KEYS.do(conn, b_source=source, b_target=target)
        return
    for id, visibility in _BROUGHT.all(conn, b_source=source, b_target=target):
        if visibility == Visibility.PUBLIC.value:
            entries.make_internal(conn, id)


def take_back(conn: Connection, source: int, target: int) -> None:
    """What a ticket had when it was absorbed is on it again, for those who could see it there."""
    for id, visibility in _BROUGHT.all(conn, b_source=source, b_target=target):
        entries.move(conn, id, source)
        if visibility == Visibility.PUBLIC.value:
            entries.make_public(conn, id)
    _FORGET.do(conn, b_source=source, b_target=target)


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
_ENTRIES, _KEYS = (
    Prepared(
        update(table)
        .where(table.c.ticket == bindparam("b_source"))
        .values(ticket=bindparam("b_target"))
    )
    for table in (entry, thread_key)
)

"""What the words of an entry were before their author changed them or took them away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, null, select, update

from gateway.core.model import Body, Visibility
from gateway.store import entry_statements as sql
from gateway.store import search
from gateway.store.entry_rows import Revision, grouped
from gateway.store.schema import body, revision
from gateway.store.schema import entry as entry_table
from gateway.store.search import Indexed
from gateway.store.statements import InsertRows, Prepared, Row, among


def revise(
    conn: Connection, entry: int, new: Body, now: datetime, arrival: int | None = None
) -> bool:
    """The entry says this now; what it said is kept before it. False for one without words.

    ``arrival`` is the row of the inbox that changed it.
    """
    old = _OLD.first(conn, b_entry=entry)
    if old is None:
        return False
    at, text, html, edited_at = old
    _keep(conn, entry, Revision(at=edited_at or at, text=text, html=html), arrival)
    _reindex(conn, entry, new.text)
    _CHANGE.do(
        conn, b_entry=entry, b_text=new.text, b_full=new.full_text, b_html=new.html, b_now=now
    )
    return True


def came_late(
    conn: Connection, entry: int, words: Body, at: datetime, arrival: int | None = None
) -> None:
    """These words were said before those that are there, and came after them."""
    _keep(conn, entry, Revision(at=at, text=words.text, html=words.html), arrival)
    _EDITED.do(conn, b_entry=entry, b_now=at)


def _keep(conn: Connection, entry: int, old: Revision, arrival: int | None) -> None:
    position = (_COUNT.first(conn, b_entry=entry) or (0,))[0]
    row = {"entry": entry, "position": position, "at": old.at, "text": old.text, "html": old.html}
    _INSERT.do(conn, [row | {"erased_at": None, "inbox": arrival}])


def _reindex(conn: Connection, entry: int, text: str) -> None:
    words, place = sql.WORDS.first(conn, b_id=entry), sql.PLACE.first(conn, b_id=entry)
    if words is None or place is None:
        return
    title, said = words
    where = Visibility(place[0])
    search.forget(conn, Indexed(entry=entry, visibility=where, title=title, text=said))
    search.index(conn, [Indexed(entry=entry, visibility=where, title=title, text=text)])


def take_away(conn: Connection, entry: int, now: datetime) -> None:
    """Its author deleted it; the words stay as they are."""
    _DELETED.do(conn, b_entry=entry, b_now=now)


def erase(conn: Connection, entry: int, now: datetime) -> list[int]:
    """What the words were before goes for good, as they do themselves; the arrivals of them."""
    _ERASE.do(conn, b_entry=entry, b_now=now)
    return [row[0] for row in _ARRIVALS.all(conn, b_entry=entry) if row[0] is not None]


def of_entries(conn: Connection, entries: list[int]) -> dict[int, tuple[Revision, ...]]:
    """The earlier words of these entries, oldest first."""
    return grouped(_OF_ENTRIES.all(conn, b_entries=entries), _revision) if entries else {}


def _revision(row: Row) -> Revision:
    at, text, html, erased_at = row
    return Revision(at=at, text=text, html=html, erased_at=erased_at)


_OF_IT = body.c.entry == bindparam("b_entry")
_OLD = Prepared(
    select(entry_table.c.at, body.c.text, body.c.html, body.c.edited_at)
    .join_from(body, entry_table)
    .where(_OF_IT, body.c.erased_at.is_(None))
)
_CHANGE = Prepared(
    update(body)
    .where(_OF_IT)
    .values(
        text=bindparam("b_text"),
        full_text=bindparam("b_full"),
        html=bindparam("b_html"),
        edited_at=bindparam("b_now"),
    )
)
_EDITED = Prepared(
    update(body).where(_OF_IT, body.c.edited_at.is_(None)).values(edited_at=bindparam("b_now"))
)
_DELETED = Prepared(update(body).where(_OF_IT).values(deleted_at=bindparam("b_now")))
_COUNT = Prepared(select(func.count()).where(revision.c.entry == bindparam("b_entry")))
_INSERT = InsertRows(revision)
_ERASE = Prepared(
    update(revision)
    .where(revision.c.entry == bindparam("b_entry"), revision.c.erased_at.is_(None))
    .values(text="", html=null(), erased_at=bindparam("b_now"))
)
_ARRIVALS = Prepared(
    select(revision.c.inbox).where(revision.c.entry == bindparam("b_entry")).distinct()
)
_OF_ENTRIES = Prepared(
    lambda dialect: (
        select(
            revision.c.entry, revision.c.at, revision.c.text, revision.c.html, revision.c.erased_at
        )
        .where(among(dialect, revision.c.entry, "b_entries"))
        .order_by(revision.c.entry, revision.c.position)
    )
)

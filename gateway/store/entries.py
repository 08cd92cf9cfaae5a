"""The history of tickets: entries are only ever added; their words stand apart, erasable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.core.frozen import replace
from gateway.core.model import (
    Body,
    EntryFact,
    StoredFile,
    Visibility,
)
from gateway.store import content, numbers, revisions, search, wanted
from gateway.store import entry_statements as sql
from gateway.store.entry_rows import (
    Delivery,
    EntryRow,
    NewEntry,
    body_columns,
    columns,
    delivery_of,
    entry_row,
    fact_of,
    file_columns,
    grouped,
    indexed,
    is_searched,
    read_body,
    read_proof,
    stored_file,
)
from gateway.store.entry_statements import LONGEST_FACT
from gateway.store.search import Indexed
from gateway.store.together import concerns, later

__all__ = ["LONGEST_FACT", "Delivery", "EntryRow", "NewEntry"]  # beside the functions below


def append(conn: Connection, new: Sequence[NewEntry]) -> list[int]:
    """Write entries with their words and files; their ids in order."""
    ids = numbers.take(conn, "entry", len(new))
    both = list(zip(ids, new, strict=True))
    about = [("entry", id) for id in ids] + [("history", one.ticket) for one in new]
    later(conn, sql.NEW, [{"id": id} | columns(one) for id, one in both], *about)
    later(conn, sql.NEW_BODY, [body_columns(id, one) for id, one in both if one.body is not None])
    later(conn, sql.NEW_FILES, [row for id, one in both for row in file_columns(id, one.files)])
    search.index(
        conn, [indexed(id, one, one.body) for id, one in both if one.body and is_searched(one)]
    )
    return ids


def fact(conn: Connection, id: int) -> EntryFact | None:
    """What a decision needs to know of one entry."""
    look = sql.FACT.all if concerns(conn, ("entry", id)) else sql.FACT.aside
    rows = look(conn, b_id=id)
    return fact_of(rows[0]) if rows else None


def is_forged(conn: Connection, id: int) -> bool:
    """Whether DMARC is known to have failed for a message."""
    row = sql.PROOF.first(conn, b_id=id)
    return row is not None and read_proof(row[0]).forged


def joined_by(conn: Connection, ticket: int, reasons: Iterable[str]) -> frozenset[str]:
    """Whose addresses came to take part in a ticket, the last time it was for one of these."""
    rows = sql.CHANGED_FOR.all(conn, b_ticket=ticket, b_reasons=list(reasons))
    change = next((row[0] for row in rows if row[0]["what"] == "participants"), None)
    if change is None:
        return frozenset()
    before, after = ({p["address"] for p in change[when]} for when in ("old", "new"))
    return frozenset(after - before)


def facts_after(conn: Connection, ticket: int, entry_id: int) -> list[EntryFact]:
    """The public messages of a ticket after an entry, oldest first."""
    return [fact_of(row) for row in sql.FACTS_AFTER.all(conn, b_ticket=ticket, b_after=entry_id)]


def last_words(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message that came in on a ticket."""
    row = sql.LAST_WORDS.first(conn, b_ticket=ticket)
    return fact_of(row) if row else None


def last_public(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message of a ticket, whoever wrote it."""
    row = sql.LAST_PUBLIC.first(conn, b_ticket=ticket)
    return fact_of(row) if row else None


def last_answer(conn: Connection, ticket: int) -> EntryFact | None:
    """The newest public message that an agent wrote on a ticket."""
    row = sql.LAST_ANSWER.first(conn, b_ticket=ticket)
    return fact_of(row) if row else None


def recent(conn: Connection, ticket: int, limit: int) -> list[EntryFact]:
    """The newest entries of a ticket, oldest of them first."""
    return [fact_of(row) for row in reversed(sql.RECENT.all(conn, b_ticket=ticket, b_limit=limit))]


def pace(conn: Connection, ticket: int, since: datetime, most: int) -> int:
    """How many messages and notes a ticket took since then; counted up to ``most``."""
    look = sql.PACE.all if concerns(conn, ("history", ticket)) else sql.PACE.aside
    rows = look(conn, b_ticket=ticket, b_limit=most)
    return sum(row[0] > since for row in rows)


def held_of(conn: Connection, ticket: int, agent: str) -> EntryFact | None:
    """The newest answer on a ticket that is held for this agent."""
    row = sql.HELD_OF.first(conn, b_ticket=ticket, b_agent=agent)
    return fact_of(row) if row else None


def settle(conn: Connection, id: int) -> bool:
    """An answer is held no longer. False where somebody settled it before."""
    return sql.SETTLE.do(conn, b_id=id) > 0


def move(conn: Connection, id: int, to: int) -> None:
    """An entry goes to another ticket, with its files, thread keys and what goes out for it."""
    for statement in sql.MOVES:
        statement.do(conn, b_id=id, b_to=to)


def make_internal(conn: Connection, id: int) -> None:
    """An entry is no longer for everybody on the ticket, nor found by their searches."""
    _show(conn, id, Visibility.PUBLIC, Visibility.INTERNAL)


def make_public(conn: Connection, id: int) -> None:
    """An entry is for everybody on the ticket again, and found by their searches."""
    _show(conn, id, Visibility.INTERNAL, Visibility.PUBLIC)


def _show(conn: Connection, id: int, old: Visibility, new: Visibility) -> None:
    words = sql.WORDS.first(conn, b_id=id)
    if sql.SHOW.do(conn, b_id=id, b_old=old.value, b_new=new.value) and words is not None:
        title, said = words
        search.forget(conn, Indexed(entry=id, visibility=old, title=title, text=said))
        search.index(conn, [Indexed(entry=id, visibility=new, title=title, text=said)])


def erase(conn: Connection, id: int, now: datetime) -> bool:
    """Erase the words, files and raw form of an entry for good; that it was there stays.

    With it go the notices that it gave rise to, which repeat the words: one that still waits to be
    sent is taken back. Whether there was anything left to erase. Later answers that quote it are
    entries of their own.
    """
    words = sql.WORDS.first(conn, b_id=id)
    where = sql.PLACE.first(conn, b_id=id)
    if where is None or not sql.ERASE_BODY.do(conn, b_id=id, b_now=now):
        return False
    if words is not None:
        place = Visibility(where[0])
        search.forget(conn, Indexed(entry=id, visibility=place, title=words[0], text=words[1]))
    files = [row[0] for row in sql.ERASE_FILES.all(conn, b_id=id)]
    sql.ERASE_WANTED.do(conn, b_id=id)
    arrivals = (where[1], *revisions.erase(conn, id, now))
    raws = [row[0] for at in arrivals for row in sql.ERASE_RAW.all(conn, b_inbox=at) if row[0]]
    content.erase_unused(conn, [*files, *raws], now)
    for arrival in arrivals:
        _erase_copies(conn, id, ticket=where[2], arrival=arrival, now=now)
    return True


def _erase_copies(
    conn: Connection, id: int, *, ticket: int, arrival: int | None, now: datetime
) -> None:
    """The words as the desk passed them on: what was said about the same arrival."""
    about = sql.NOTICES.all(conn, b_ticket=ticket, b_inbox=arrival) if arrival is not None else []
    for notice, visibility in about:
        if visibility == Visibility.PUBLIC:  # others say to whom the words went, not the words
            sql.ERASE_BODY.do(conn, b_id=notice, b_now=now)
    sql.ERASE_OUTBOX.do(conn, b_ids=[id, *(notice for notice, _ in about)], b_message={"v": 1})


def history(conn: Connection, ticket: int) -> list[EntryRow]:
    """All of a ticket, oldest first, with words, files, and how what went out fared."""
    rows = sql.HISTORY.all(conn, b_ticket=ticket)
    ids = [row[0] for row in rows]
    files = grouped(sql.HISTORY_FILES.all(conn, b_ids=ids), stored_file)
    delivery = grouped(sql.HISTORY_DELIVERY.all(conn, b_ids=ids), delivery_of)
    them = [entry_row(row, files.get(row[0], ()), delivery.get(row[0], ())) for row in rows]
    earlier = revisions.of_entries(conn, [one.id for one in them if one.edited_at])
    fetched = wanted.of_entries(conn, ids)
    return [
        replace(one, revisions=earlier.get(one.id, ()), wanted=fetched.get(one.id, ()))
        for one in them
    ]


def files_of(conn: Connection, id: int) -> tuple[StoredFile, ...]:
    """The files of one entry."""
    return tuple(stored_file(row[1:]) for row in sql.HISTORY_FILES.all(conn, b_ids=[id]))


def body_of(conn: Connection, id: int) -> Body | None:
    """The words of one entry; None if it has none."""
    row = sql.BODY.first(conn, b_id=id)
    return read_body(*row) if row else None

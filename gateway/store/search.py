"""Full-text search: FTS5 on SQLite, tsvector with GIN on PostgreSQL, the same words on both.

Public and internal words stand in indexes of their own, so that who may not see a note cannot
even learn from a search that it is there. Newest first, and lazily: a word that stands in every
entry costs no more than a rare one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import merge
from itertools import islice

from sqlalchemy import Connection

from gateway.core.model import Visibility
from gateway.store.statements import Row, run, run_many
from gateway.store.together import WORDS, Kind, is_left_out, later

MOST_INDEXED = 100_000  # characters of one entry; PostgreSQL refuses more than 1 MB of lexemes
MOST_WORDS = 20  # of one question
LONGEST_WORD = 100  # characters; PostgreSQL refuses 2 KB
PAGE = 200  # entries, at first
LARGEST_PAGE = 25_000
# Newest entries that PostgreSQL looks through before it asks the whole index, which has to fetch
# all that is found to tell what is newest: a walk through 40 000 costs as much as 1 500 of those.
WINDOWS = (5_000, 40_000)

_WORD = re.compile(r"[^\W_]+")
# ASCII in lower case, and a space for what is neither letter nor digit.
_PLAIN = "".join(chr(c).lower() if chr(c).isalnum() else " " for c in range(128))
_BEYOND = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an entry is found by: ``title`` (subject, people) and ``text``."""

    entry: int
    visibility: Visibility
    title: str = field(repr=False)
    text: str = field(repr=False)


def tickets(
    conn: Connection, words: str, *, audience: Visibility = Visibility.INTERNAL
) -> Iterator[list[int]]:
    """Numbers of tickets that hold all of the words in one entry, page by page.

    Newest entry first, each ticket once a page. ``audience`` public looks at public entries
    alone, internal at all. Nothing in ``words`` is an operator, and nothing in it raises.
    """
    before, page = _BEYOND, PAGE
    while hits := entries(conn, words, audience=audience, before=before, limit=page):
        yield list(dict.fromkeys(ticket for _, ticket in hits))
        if len(hits) < page:
            return
        # Whoever asks on has a filter that little passes: ask the index seldom, for more.
        before, page = hits[-1][0], min(page * 5, LARGEST_PAGE)


def entries(
    conn: Connection,
    words: str,
    *,
    audience: Visibility = Visibility.INTERNAL,
    before: int = _BEYOND,
    limit: int = PAGE,
) -> list[tuple[int, int]]:
    """Entries (id, ticket) that hold all of the words, newest first, older than ``before``."""
    asked = words_of(words)[:MOST_WORDS]
    if not asked:
        return []
    find = _find_sqlite if conn.dialect.name == "sqlite" else _find_postgresql
    places = [Visibility.PUBLIC] if audience is Visibility.PUBLIC else list(Visibility)
    found = [find(conn, place, asked, before, limit) for place in places]
    return list(islice(merge(*found, reverse=True), limit))


def words_of(anything: str) -> list[str]:
    """The words of a text as they are compared: lower case, without accents, each once."""
    shortened = anything[:MOST_INDEXED]
    if shortened.isascii():
        found = shortened.translate(_PLAIN).split()
    else:
        apart = unicodedata.normalize("NFKD", shortened.casefold())
        found = _WORD.findall("".join(c for c in apart if not unicodedata.combining(c)).casefold())
    once = dict.fromkeys(found)
    if len(max(once, key=len, default="")) > LONGEST_WORD:
        once = dict.fromkeys([word[:LONGEST_WORD] for word in once])
    return list(once)


def index(conn: Connection, fresh: Sequence[Indexed]) -> None:
    """New entries can be found from now on."""
    for place in Visibility:
        rows = [_values(conn, one) for one in fresh if one.visibility is place]
        if rows:
            later(conn, _NEW[place], rows)


def forget(conn: Connection, old: Indexed) -> None:
    """An entry is found no longer. ``old`` is what it was indexed with."""
    if is_left_out(conn, WORDS):
        return
    sql = _DELETE[conn.dialect.name].format(old.visibility.value)
    run(conn, sql, _values(conn, old) if conn.dialect.name == "sqlite" else (old.entry,))


def _insert(place: Visibility, conn: Connection, rows: Sequence[Row]) -> None:
    run_many(conn, _INSERT[conn.dialect.name].format(place.value), rows)


def _values(conn: Connection, one: Indexed) -> Row:
    words = words_of(f"{one.title} {one.text}")
    if conn.dialect.name == "sqlite":
        return (one.entry, " ".join(words))
    # The text form of a tsvector; no word holds a quote or a backslash.
    return (one.entry, " ".join(f"'{word}'" for word in words))


def _find_sqlite(
    conn: Connection, place: Visibility, words: list[str], before: int, limit: int
) -> list[tuple[int, int]]:
    asked = " ".join(f'"{word}"' for word in words)
    sql = _FIND_SQLITE.format(place.value)
    rows = run(conn, sql, (asked, before, limit)).fetchall()
    return [(row[0], row[1]) for row in rows]


def _find_postgresql(
    conn: Connection, place: Visibility, words: list[str], before: int, limit: int
) -> list[tuple[int, int]]:
    asked = " & ".join(f"'{word}'" for word in words)
    recent = _RECENT_POSTGRESQL.format(place.value)
    for window in WINDOWS:
        rows = run(conn, recent, (before, window, asked, limit)).fetchall()
        if len(rows) == limit:
            return [(row[0], row[1]) for row in rows]
    rows = run(conn, _ALL_POSTGRESQL.format(place.value), (asked, before, limit)).fetchall()
    return [(row[0], row[1]) for row in rows]


_INSERT = {
    "sqlite": "INSERT INTO search_{} (rowid, words) VALUES (?, ?)",
    "postgresql": ("INSERT INTO search_{} (entry, words) VALUES (%s, %s::tsvector)"),
}
_NEW = {place: Kind(WORDS, partial(_insert, place)) for place in Visibility}
# FTS5 has to be told what it had indexed: it keeps no text of its own.
_DELETE = {
    "sqlite": "INSERT INTO search_{0} (search_{0}, rowid, words) VALUES ('delete', ?, ?)",
    "postgresql": "DELETE FROM search_{} WHERE entry = %s",
}
_FIND_SQLITE = (
    "SELECT found.rowid, entry.ticket FROM search_{0} AS found"
    " JOIN entry ON entry.id = found.rowid"
    " WHERE search_{0} MATCH ? AND found.rowid < ? ORDER BY found.rowid DESC LIMIT ?"
)
_RECENT_POSTGRESQL = (
    "SELECT recent.entry, entry.ticket FROM"
    " (SELECT entry, words FROM search_{} WHERE entry < %s ORDER BY entry DESC LIMIT %s)"
    " AS recent JOIN entry ON entry.id = recent.entry"
    " WHERE recent.words @@ %s::tsquery ORDER BY recent.entry DESC LIMIT %s"
)
# MATERIALIZED: never by walking back through the table, which is long for a rare word.
_ALL_POSTGRESQL = (
    "WITH hits AS MATERIALIZED"
    " (SELECT entry FROM search_{} WHERE words @@ %s::tsquery AND entry < %s),"
    " newest AS MATERIALIZED (SELECT entry FROM hits ORDER BY entry DESC LIMIT %s)"
    " SELECT newest.entry, entry.ticket FROM newest JOIN entry ON entry.id = newest.entry"
    " ORDER BY newest.entry DESC"
)

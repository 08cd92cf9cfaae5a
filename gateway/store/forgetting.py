"""Making SQLite's search index let go of words for good.

FTS5 only notes that a row is gone; its words stay in the index until the part that holds them is
merged with others. On PostgreSQL a row that is deleted goes with the next vacuum.
"""

from __future__ import annotations

from gateway.core.model import Visibility
from gateway.store.database import Database
from gateway.store.statements import run

_PAGES = 500  # of the index that one step may write
_CHANGES = "SELECT total_changes()"
_MERGE = "INSERT INTO search_{0} (search_{0}, rank) VALUES ('merge', ?)"


def purge(database: Database) -> None:
    """Merge the whole index, in steps, so that others may write between them."""
    if database.dialect != "sqlite":
        return
    for place in Visibility:
        pages = -_PAGES  # below zero: whether or not there is much to be gained
        while _step(database, place, pages):
            pages = _PAGES


def _step(database: Database, place: Visibility, pages: int) -> bool:
    """Whether there is more to do; fewer than two changes mean that there is not."""
    with database.write() as conn:
        before = int(run(conn, _CHANGES).fetchone()[0])
        run(conn, _MERGE.format(place.value), (pages,))
        after = int(run(conn, _CHANGES).fetchone()[0])
    return after - before >= 2

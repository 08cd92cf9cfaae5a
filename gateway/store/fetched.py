"""Files that had to be fetched and are here now."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, literal_column, select

from gateway.core.model import StoredFile
from gateway.store.entry_rows import FILE_COLUMNS, stored_file
from gateway.store.schema import attachment, wanted
from gateway.store.statements import Prepared
from gateway.store.wanted import AFTER_ALL_OTHERS


def file_of(conn: Connection, id: int) -> StoredFile | None:
    """A file by its id among those wanted; None where it is not here, or was erased since."""
    found = _FILE.first(conn, b_id=id)
    return stored_file(found) if found else None


_FILE = Prepared(
    select(*(attachment.c[name] for name in FILE_COLUMNS)).where(
        wanted.c.id == bindparam("b_id"),
        wanted.c.entry == attachment.c.entry,
        attachment.c.position == wanted.c.position + literal_column(str(AFTER_ALL_OTHERS)),
    )
)

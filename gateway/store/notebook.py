"""What channels remember for themselves: `core.ports.Notebook` in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import bindparam, delete, literal_column, select

from gateway.core.ports import Note, NotebookUnavailableError
from gateway.store.database import Database
from gateway.store.errors import is_temporary
from gateway.store.schema import notebook
from gateway.store.statements import InsertRows, Prepared
from gateway.store.types import clean


class StoredNotebook:
    """See `core.ports.Notebook`. Safe in any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, book: str, key: str) -> Note | None:
        with _available(), self._database.read() as conn:
            row = _GET.first(conn, b_book=clean(book), b_key=clean(key))
        return row[0] if row else None

    def write(self, book: str, put: Mapping[str, Note], delete: Iterable[str] = ()) -> None:
        book = clean(book)
        # One order everywhere: two processes that write the same notes never wait in a circle.
        rows = [{"book": book, "key": k, "note": dict(n)} for k, n in sorted(_cleaned(put).items())]
        gone = [{"b_book": book, "b_key": key} for key in sorted(map(clean, delete))]
        with _available(), self._database.write() as conn:
            _DELETE.each(conn, gone)
            _PUT.do(conn, rows)

    def scan(self, book: str, *, after: str = "", limit: int = 1000) -> list[tuple[str, Note]]:
        with _available(), self._database.read() as conn:
            rows = _SCAN.all(conn, b_book=clean(book), b_key=clean(after), b_limit=limit)
        return [(key, note) for key, note in rows]


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except Exception as problem:
        if not is_temporary(problem):
            raise
        said = type(getattr(problem, "orig", None) or problem).__name__
        raise NotebookUnavailableError(f"the notebook is not to be had: {said}") from problem


def _cleaned(put: Mapping[str, Note]) -> dict[str, Note]:
    return {clean(key): note for key, note in put.items()}


_THIS = (notebook.c.book == bindparam("b_book")) & (notebook.c.key == bindparam("b_key"))
_GET = Prepared(select(notebook.c.note).where(_THIS))
_DELETE = Prepared(delete(notebook).where(_THIS))
_SCAN = Prepared(
    select(notebook.c.key, notebook.c.note)
    .where(notebook.c.book == bindparam("b_book"), notebook.c.key > bindparam("b_key"))
    .order_by(notebook.c.key)
    .limit(bindparam("b_limit"))
)
_PUT = InsertRows(
    notebook,
    unless_there=("book", "key"),
    else_set={"note": literal_column("excluded.note")},
)

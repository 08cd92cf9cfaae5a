"""Core statements compiled once, and run without the work SQLAlchemy does for each call.

A message becomes a ticket in about a dozen statements; compiling, caching and result metadata
would cost more than SQLite itself does. What is written here is still Core, for both databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Table,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.store.together import write_first
from gateway.store.types import Json

Row = tuple[Any, ...]
_CURSOR = "gateway_cursor"
_PLACE = re.compile("%s|%%")
Build = Callable[[str], Executable]
_Process = Callable[[Any], Any]

# How many rows one INSERT takes: each count is a statement of its own, so there are but a few.
ROW_COUNTS = (64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1)


class _Compiled:
    """The text of a statement for one dialect, with what its values go through."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        if not isinstance(compiled, SQLCompiler) or compiled.positiontup is None:
            raise TypeError(f"not a statement that can be prepared: {statement!r}")
        self.text = compiled.string
        self._order = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup
        ]
        self._processed = [(i, process) for i, (_, process) in enumerate(self._order) if process]
        self._constants = {n: bind.value for n, bind in compiled.binds.items() if not bind.required}
        self._results = self._decoders(statement, dialect)

    @staticmethod
    def _decoders(statement: Any, dialect: Dialect) -> list[tuple[int, _Process]]:
        columns = getattr(statement, "exported_columns", ())
        decoders = (
            (i, c.type.dialect_impl(dialect).result_processor(dialect, None))
            for i, c in enumerate(columns)
        )
        return [(i, decode) for i, decode in decoders if decode]

    def parameters(self, values: Mapping[str, Any]) -> Row:
        if self._constants:
            values = {**self._constants, **values}
        return tuple(
            [
                values[name] if process is None else process(values[name])
                for name, process in self._order
            ]
        )

    def in_order(self, values: Iterable[Any]) -> list[Any]:
        """The same of values that stand in the order of the parameters."""
        ready = list(values)
        if len(ready) != len(self._order):
            raise ValueError(f"found {len(ready)} values, expected {len(self._order)}")
        for i, process in self._processed:
            ready[i] = process(ready[i])
        return ready

    def decoded(self, rows: list[Row]) -> list[Row]:
        return [self._decode(row) for row in rows] if self._results else rows

    def _decode(self, row: Row) -> Row:
        values = list(row)
        for i, decode in self._results:
            values[i] = decode(values[i])
        return tuple(values)


class Prepared:
    """One statement with named parameters; where the databases differ, built by dialect name."""

    def __init__(self, build: Executable | Build) -> None:
        self._build: Build = (lambda _dialect: build) if isinstance(build, Executable) else build
        self._by_dialect: dict[str, _Compiled] = {}

    def compiled(self, conn: Connection) -> _Compiled:
        """The statement for the dialect of a connection."""
        name = conn.dialect.name
        found = self._by_dialect.get(name)
        if found is None:
            found = self._by_dialect[name] = _Compiled(self._build(name), conn.dialect)
        return found

    def all(self, conn: Connection, **values: Any) -> list[Row]:
        """Every row of the answer, with the values as the columns' types give them."""
        compiled = self.compiled(conn)
        return compiled.decoded(run(conn, compiled.text, compiled.parameters(values)).fetchall())

    def first(self, conn: Connection, **values: Any) -> Row | None:
        """The only row, or None."""
        rows = self.all(conn, **values)
        return rows[0] if rows else None

    def aside(self, conn: Connection, **values: Any) -> list[Row]:
        """As `all`, where nothing that waits to be written concerns the rows: it waits on."""
        compiled = self.compiled(conn)
        cursor = run_aside(conn, compiled.text, compiled.parameters(values))
        return compiled.decoded(cursor.fetchall())

    def do(self, conn: Connection, **values: Any) -> int:
        """Run it for its effect; how many rows it touched."""
        compiled = self.compiled(conn)
        touched: int = run(conn, compiled.text, compiled.parameters(values)).rowcount
        return touched

    def each(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for its effect with each of the values in turn; how many rows it touched."""
        if not rows:
            return 0
        compiled = self.compiled(conn)
        return run_many(conn, compiled.text, [compiled.parameters(row) for row in rows])


def run(conn: Connection, sql: str, parameters: Row = ()) -> Any:
    """Run the driver's own SQL within the transaction of a connection; the driver's cursor.

    What it found is to be fetched before the next one runs. Raises what SQLAlchemy raises,
    without the parameters.
    """
    write_first(conn, sql)
    return run_aside(conn, sql, parameters)


def run_aside(conn: Connection, sql: str, parameters: Row = ()) -> Any:
    """As `run`, where nothing that waits to be written concerns what it asks: it waits on."""
    try:
        if conn.dialect.name == "sqlite":
            return conn.connection.driver_connection.execute(sql, parameters)  # type: ignore[union-attr]
        return _cursor(conn).execute(_numbered(sql), parameters)
    except conn.dialect.loaded_dbapi.Error as problem:
        raise _translated(conn, sql, problem) from None


def _cursor(conn: Connection) -> Any:
    """One cursor for all that a connection to PostgreSQL runs: making one costs half a statement.

    A raw one, which takes the server's own ``$1`` and has nothing to parse.
    """
    cursor = conn.info.get(_CURSOR)
    if cursor is None:
        from psycopg import RawCursor

        driver: Any = conn.connection.driver_connection
        cursor = conn.info[_CURSOR] = RawCursor(driver)
    return cursor


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """The same statement with ``$1`` for each ``%s``."""
    numbers = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def run_many(conn: Connection, sql: str, rows: Sequence[Row]) -> int:
    """The same with each of the rows in turn; how many rows of the database it touched."""
    if len(rows) == 1:
        touched: int = run(conn, sql, rows[0]).rowcount
        return touched
    write_first(conn, sql)
    try:
        cursor = conn.connection.cursor()
        cursor.executemany(sql, rows)
        return cursor.rowcount
    except conn.dialect.loaded_dbapi.Error as problem:
        raise _translated(conn, sql, problem) from None


def _translated(conn: Connection, sql: str, problem: Exception) -> BaseException:
    base = conn.dialect.loaded_dbapi.Error
    diagnosis = getattr(problem, "diag", None)
    if diagnosis is not None and diagnosis.message_detail:
        # PostgreSQL's detail quotes the whole row: what people wrote, in every log.
        problem = type(problem)(diagnosis.message_primary)
    return DBAPIError.instance(sql, None, problem, base, hide_parameters=True, dialect=conn.dialect)


class InsertRows:
    """INSERT of several rows at once, giving back columns of each.

    A row is a mapping with all columns, in the table's order, but those left out. One whose
    columns ``unless_there`` are taken is left alone, or changed by ``else_set``, where ``only_if``
    holds of what is there.
    """

    def __init__(
        self,
        table: Table,
        *,
        returning: Sequence[str] = (),
        unless_there: Sequence[str] = (),
        else_set: Mapping[str, ColumnElement[Any]] | None = None,
        only_if: ColumnElement[bool] | None = None,
        leave_out: Sequence[str] = (),
    ) -> None:
        self._table = table
        self._returning = returning
        self._unless_there = unless_there
        self._else_set = else_set
        self._only_if = only_if
        self._columns = [c for c in table.columns if c.name not in leave_out]
        self._in_columns = itemgetter(*(c.name for c in self._columns))  # of a row
        self._one = Prepared(self._statement)

    def _statement(self, dialect: str) -> Executable:
        statement = upsert(dialect, self._table).values(
            {c.name: bindparam(c.name, type_=c.type) for c in self._columns}
        )
        if self._else_set:
            statement = statement.on_conflict_do_update(
                index_elements=self._unless_there, set_=self._else_set, where=self._only_if
            )
        elif self._unless_there:
            statement = statement.on_conflict_do_nothing(index_elements=self._unless_there)
        if self._returning:
            statement = statement.returning(*(self._table.c[name] for name in self._returning))
        finished: Executable = statement
        return finished

    def _cursors(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
        one = self._one.compiled(conn)
        start = 0
        while start < len(rows):
            count = next(count for count in ROW_COUNTS if count <= len(rows) - start)
            chunk = rows[start : start + count]
            values = [one.in_order(self._in_columns(row)) for row in chunk]
            yield run(conn, _for_rows(one.text, count), tuple(chain.from_iterable(values)))
            start += count

    def do(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows."""
        for _ in self._cursors(conn, rows):
            pass

    def back(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Write the rows; the columns asked for, of those that were written, in no order."""
        return [row for cursor in self._cursors(conn, rows) for row in cursor.fetchall()]

    def ids(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Write the rows; the numbers that the database gave them, in the order of the rows."""
        return sorted(row[0] for row in self.back(conn, rows))


@lru_cache(maxsize=512)
def _for_rows(insert: str, count: int) -> str:
    """An INSERT of one row with the same places for several.

    SQLAlchemy would compile each number of rows anew, which takes it up to a hundredth of a second.
    """
    head, values, rest = insert.partition(" VALUES ")
    end = _closing(rest)
    return f"{head}{values}{', '.join([rest[:end]] * count)}{rest[end:]}"


def _closing(text: str) -> int:
    """Behind the bracket that closes the one with which a text begins."""
    depth = 0
    for at, sign in enumerate(text, 1):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at
    raise ValueError(f"a bracket is open in {text!r}")


def upsert(dialect: str, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, which is spelt the same in both dialects."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def among(dialect: str, col: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """``col`` is in the list that the parameter ``name`` holds: one text for any length."""
    if dialect == "postgresql":
        return col == func.any(bindparam(name, type_=ARRAY(col.type), required=True))
    values = func.json_each(bindparam(name, type_=Json, required=True)).table_valued("value")
    return col.in_(select(column("value")).select_from(values))

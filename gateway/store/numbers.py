"""Numbers of rows, drawn before the rows are written, so that other rows can refer to them.

An entry's number says where it stands in the history of its ticket. So none is drawn before the
ticket was looked at: of two processes that write to a ticket at once the second one fails, for the
ticket has a new version, and what it writes instead has numbers drawn after that.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from gateway.store.statements import run, run_aside
from gateway.store.together import drawn

_COUNTED = frozenset({"ticket", "entry"})  # tables of SQLite that never use a number again


def take(conn: Connection, table: str, count: int = 1) -> list[int]:
    """So many numbers that no row of the table has, rising."""
    held = drawn(conn)
    if held is None:
        return _draw(conn, {table: count})[table]
    if conn.dialect.name == "sqlite":
        return _count_on(conn, held, table, count)
    ready = held.setdefault(table, [])
    if len(ready) < count:
        ready[:] = _draw(conn, {table: count})[table]
    taken, ready[:] = ready[:count], ready[count:]
    return taken


def reserve(conn: Connection, wanted: Mapping[str, int]) -> None:
    """Draw what a batch will probably take at once. SQLite needs no such thing."""
    held = drawn(conn)
    if held is not None and wanted and conn.dialect.name == "postgresql":
        held.update(_draw(conn, wanted))


def forget(conn: Connection) -> None:
    """A ticket was looked at: numbers of its entries are to be drawn after this."""
    held = drawn(conn)
    if held is not None and conn.dialect.name == "postgresql":
        held.pop("entry", None)


def _count_on(conn: Connection, held: dict[str, list[int]], table: str, count: int) -> list[int]:
    """SQLite's only writer knows what comes next, though the rows wait to be written."""
    first = held[table][0] if table in held else _last_sqlite(conn, table) + 1
    held[table] = [first + count]
    return list(range(first, first + count))


def _draw(conn: Connection, wanted: Mapping[str, int]) -> dict[str, list[int]]:
    if conn.dialect.name == "sqlite":
        lasts = {table: _last_sqlite(conn, table) for table in wanted}
        return {t: list(range(lasts[t] + 1, lasts[t] + 1 + n)) for t, n in wanted.items()}
    found: dict[str, list[int]] = {table: [] for table in wanted}
    sql = " UNION ALL ".join(_NEXT_POSTGRESQL[table] for table in wanted)
    for table, number in run(conn, sql, tuple(wanted.values())).fetchall():
        found[table].append(number)
    return {table: sorted(numbers) for table, numbers in found.items()}


def _last_sqlite(conn: Connection, table: str) -> int:
    """The last number. No row of the table waits to be written: for that it would have one."""
    if table in _COUNTED:
        sql = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        rows = run_aside(conn, sql, (table,)).fetchall()
    else:
        rows = run_aside(conn, _LAST_SQLITE[table]).fetchall()
    return int(rows[0][0] or 0) if rows else 0


_LAST_SQLITE = {
    "contact": "SELECT max(id) FROM contact",
    "identity": "SELECT max(id) FROM identity",
}
_NEXT_POSTGRESQL = {
    table: f"SELECT '{table}', nextval('{table}_{key}_seq') FROM generate_series(1, %s::int)"  # noqa: S608 - names of ours
    for table, key in (("ticket", "number"), ("entry", "id"), ("contact", "id"), ("identity", "id"))
}

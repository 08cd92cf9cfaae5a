"""Engines: how each database is opened, and what its transactions begin with."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from gateway.store.errors import StoreError
from gateway.store.statements import run
from gateway.store.together import write_first

BUSY_MS = 5_000  # another process may hold the write lock of SQLite that long
READERS = 8
POSTGRES_CONNECTIONS = 10

_SQLITE = "sqlite"
_POSTGRESQL = "postgresql"


def parse_url(url: str) -> URL:
    """The parts of a database URL. Raises StoreError, without the password that may be in it."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "[database] url: found no database URL, expected one such as "
            "sqlite:///var/gateway.db or postgresql+psycopg://user@host/name"
        ) from None
    backend = parts.get_backend_name()
    if backend not in (_SQLITE, _POSTGRESQL):
        raise StoreError(f"[database] url: found {backend!r}, expected sqlite or postgresql")
    if backend == _SQLITE and parts.database in (None, "", ":memory:"):
        raise StoreError("[database] url: SQLite needs a file, such as sqlite:///var/gateway.db")
    if backend == _POSTGRESQL:
        return parts.set(drivername="postgresql+psycopg")
    return parts


def engines(url: URL, *, durable: bool = True) -> tuple[Engine, Engine]:
    """The engine for reading and the one for writing (on PostgreSQL the same).

    What is not ``durable`` may be lost with the machine: for a SQLite file that is thrown away.
    """
    if url.get_backend_name() == _SQLITE:
        path = Path(url.database or "")
        _make_private(path)
        return _sqlite(url, writes=False), _sqlite(url, writes=True, durable=durable)
    engine = _postgresql(url)
    return engine, engine


def _make_private(path: Path) -> None:
    """A new database that only its owner reads, as SQLite's log and index beside it then are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # whoever made it knows who is to read it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _sqlite(url: URL, *, writes: bool, durable: bool = True) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # what people wrote does not belong into a traceback
        pool_size=1 if writes else READERS,
        max_overflow=0,
        pool_timeout=30,
        connect_args={
            "check_same_thread": False,
            "cached_statements": 512,
            "timeout": BUSY_MS / 1000,
        },
    )
    event.listen(engine, "connect", _pragmas(writes=writes, durable=durable))
    event.listen(engine, "begin", _begin("BEGIN IMMEDIATE" if writes else "BEGIN"))
    event.listen(engine, "before_cursor_execute", _write_first)
    return engine


def _pragmas(*, writes: bool, durable: bool) -> Any:
    pragmas = [
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL" if durable else "synchronous=OFF",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "secure_delete=FAST",  # what was erased is not to be found in the file's free pages
        "journal_size_limit=67108864",
        f"cache_size={-32_768 if writes else -4_096}",  # KiB
        "wal_autocheckpoint=4000",  # pages
    ]
    if not writes:
        pragmas.append("query_only=ON")

    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late for a transaction that reads first.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    return on_connect


def _begin(statement: str) -> Any:
    def on_begin(connection: Connection) -> None:
        run(connection, statement)

    return on_begin


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        pool_recycle=1_800,
        paramstyle="format",  # positions, as SQLite has them
        connect_args={
            "application_name": "gateway",
            "connect_timeout": 10,
            "options": "-c timezone=UTC -c statement_timeout=0",
        },
    )
    # First of all: SQLAlchemy's own questions fail where text comes as octets.
    event.listen(engine, "connect", _holds_every_character, insert=True)
    event.listen(engine, "connect", _prepare_more)
    event.listen(engine, "before_cursor_execute", _write_first)
    return engine


def _write_first(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
    write_first(connection, statement)


def _holds_every_character(connection: Any, _record: Any) -> None:
    found = connection.info.parameter_status("server_encoding")
    if found != "UTF8":
        connection.close()
        raise StoreError(
            f"the database's encoding is {found}, expected UTF8. Make one with "
            "CREATE DATABASE gateway OWNER gateway ENCODING 'UTF8' TEMPLATE template0"
        )


def _prepare_more(connection: Any, _record: Any) -> None:
    connection.prepared_max = 300

"""The schema's version: brought up to date at start, under a lock; a newer one is refused."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError

from gateway.store.database import Database
from gateway.store.errors import SchemaTooNewError, StoreError, is_temporary

# Every version there has been, oldest first; the last is what this code works with.
VERSIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
)
HEAD = VERSIONS[-1]
_PATIENCE = 60.0  # seconds that a migration by another process may take
_LOCK = 0x6761_7465  # any number, the same in every process


def upgrade(database: Database) -> None:
    """Bring the schema up to date. Raises SchemaTooNewError."""
    until = time.monotonic() + _PATIENCE
    while not _tried(database, until):
        pass


def _tried(database: Database, until: float) -> bool:
    """Whether it is up to date now; not yet where another process holds SQLite's lock."""
    try:
        # Without importing Alembic, which takes longer than all the rest of starting.
        if _current(database) != HEAD:
            _bring_up(database)
    except OperationalError as busy:
        waits = database.dialect == "sqlite" and is_temporary(busy)
        if not waits or time.monotonic() > until:
            raise
        return False
    return True


def _bring_up(database: Database) -> None:
    with database.write() as conn:
        if database.dialect == "postgresql":
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        # Another process may have done it while we waited for the lock.
        if _version(conn) != HEAD:
            _run_alembic(conn)


def check(database: Database) -> None:
    """Raise StoreError unless the schema is the one that this code works with."""
    found = _current(database)
    if found != HEAD:
        raise StoreError(f"the database has schema version {found}, expected {HEAD}")


def _current(database: Database) -> str | None:
    with database.read() as conn:
        return _version(conn)


def _version(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    row = conn.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    found = None if row is None else str(row[0])
    if found is not None and found not in VERSIONS:
        raise SchemaTooNewError(
            f"the database has schema version {found}, and this gateway knows {HEAD}: a newer "
            "gateway has written it. Start that version, or restore a backup from before"
        )
    return found


def _run_alembic(conn: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")

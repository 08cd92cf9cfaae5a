"""The database: opened once, read and written in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine
from sqlalchemy import exc as sa_exc

from gateway.store import errors
from gateway.store.engine import engines, parse_url
from gateway.store.locks import PriorityLock
from gateway.store.statements import run
from gateway.store.together import all_or_nothing, is_open

_AFTER_COMMIT = "after_commit"
_RING = "ring"
CHANNEL = "gateway"  # of NOTIFY on PostgreSQL


class _OverError(Exception):
    """Rolls a rehearsal back."""


class Database:
    """A SQLite file or a PostgreSQL database, with the folder of large contents (SQLite).

    ``alone``: one thread has it to itself.
    """

    alone = False

    def __init__(self, url: URL, files: Path, *, durable: bool = True) -> None:
        reading, writing = engines(url, durable=durable)
        self.url = url
        self.files = files
        self.on_written: Callable[[], None] = lambda: None  # after each commit; in its thread
        self.dialect: str = url.get_backend_name()
        self._reading: Engine = reading.execution_options(gateway_files=files)
        self._writing: Engine = writing.execution_options(gateway_files=files)
        self._lock = PriorityLock()

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @classmethod
    def open(cls, url: str, *, files: Path, migrate: bool = True, durable: bool = True) -> Database:
        """Connect, and bring the schema up to date unless told not to.

        A SQLite database that is not ``durable`` may be lost with the machine: it is to be thrown
        away.

        Raises StoreError for an URL that is none, StoreUnavailableError when the database
        cannot be reached, SchemaTooNewError when a newer gateway wrote it.
        """
        from gateway.store import migrate as migrations

        parts = parse_url(url)
        try:
            database = cls(parts, files, durable=durable)
        except OSError as problem:
            raise _cannot_open(parts, problem) from None
        try:
            if migrate:
                migrations.upgrade(database)
            else:
                migrations.check(database)
        except BaseException as problem:
            database.close()
            if isinstance(problem, sa_exc.DBAPIError | OSError):
                raise _cannot_open(parts, problem) from None
            raise
        return database

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self.url.database or "") if self.dialect == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; on SQLite it sees one moment throughout."""
        with self._reading.begin() as conn:
            yield conn

    @contextmanager
    def write(self, *, urgent: bool = False) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back on an exception.

        On SQLite one at a time; ``urgent`` ones (accepting what came in) go first.
        """
        if self.dialect == "sqlite":
            with self._lock.hold(urgent=urgent):
                yield from self._transaction()
        else:
            yield from self._transaction()

    @contextmanager
    def rehearsal(self) -> Iterator[Connection]:
        """A transaction that may write, of which nothing stays."""
        try:
            with self.write() as conn:
                yield conn
                raise _OverError
        except _OverError:
            return

    @property
    def wanted(self) -> bool:
        """Whether somebody in this process waits to write: a long transaction may end early."""
        return self._lock.waiting > 0

    def _transaction(self) -> Iterator[Connection]:
        with self._writing.connect() as conn:
            take_actions(conn)
            conn.info.pop(_RING, None)
            with conn.begin():
                yield conn
                self._ring(conn)
            for action in take_actions(conn):
                action()
        self.on_written()

    def _ring(self, conn: Connection) -> None:
        if conn.info.pop(_RING, False) and self.dialect == "postgresql":
            conn.exec_driver_sql(f"NOTIFY {CHANNEL}")

    @contextmanager
    def connection_of_its_own(self) -> Iterator[Any]:
        """A connection of the driver outside the pool and outside transactions."""
        pooled = self._reading.raw_connection()
        driver: Any = pooled.driver_connection  # unknown to SQLAlchemy once it is detached
        pooled.detach()
        try:
            yield driver
        finally:
            # Not the pool's close(): it leaves a connection that was lost unclosed.
            driver.close()

    def close(self) -> None:
        """Close every connection; the last one leaves SQLite's log folded into the file."""
        self._reading.dispose()
        self._writing.dispose()


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """Undo what is done within when it raises, and only that.

    Within a batch nothing can be undone apart: ApartError is raised instead, of whatever it was.
    """
    if is_open(conn):
        with all_or_nothing():
            yield
        return
    # Plain statements: begin_nested() costs five times as much, and the worker needs one a message.
    run(conn, "SAVEPOINT here")
    try:
        yield
    except BaseException:
        run(conn, "ROLLBACK TO SAVEPOINT here")
        run(conn, "RELEASE SAVEPOINT here")
        raise
    run(conn, "RELEASE SAVEPOINT here")


def after_commit(conn: Connection, action: Callable[[], None]) -> None:
    """Run this once the transaction is on disk, before the next one may begin (SQLite)."""
    conn.info.setdefault(_AFTER_COMMIT, []).append(action)


def take_actions(conn: Connection) -> list[Callable[[], None]]:
    """What was asked for by `after_commit`, which nobody will run but the caller."""
    actions: list[Callable[[], None]] = conn.info.pop(_AFTER_COMMIT, [])
    return actions


def ring(conn: Connection) -> None:
    """Wake the other processes when this transaction is on disk."""
    conn.info[_RING] = True


def files_of(conn: Connection) -> Path:
    """The folder of large contents."""
    folder: Path = conn.get_execution_options()["gateway_files"]
    return folder


def _cannot_open(url: URL, problem: Exception) -> errors.StoreError:
    cause = getattr(problem, "orig", None) or problem
    kind = errors.StoreUnavailableError if errors.is_temporary(problem) else errors.StoreError
    shown = url.render_as_string(hide_password=True)
    return kind(f"cannot open {shown}: {' '.join(str(cause).split())}")

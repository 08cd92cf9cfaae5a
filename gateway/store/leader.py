"""One leader among the processes that share a database, for what must be done once."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from gateway.store.database import Database
from gateway.store.errors import AlreadyRunningError, is_temporary

_LOCK = 0x6761_7465_6C65_6164  # any number, the same in every process


class Leader:
    """Whether this process leads. PostgreSQL: an advisory lock on a connection of its own.

    On SQLite there is one daemon (`sole_daemon`), and it leads. Safe in any thread.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._kept = ExitStack()
        self._lock = threading.RLock()

    def lead(self) -> bool:
        """Whether we lead now; becomes the leader if there is none. Never waits for the lock."""
        if self._database.dialect == "sqlite":
            return True
        with self._lock:
            return self._lead()

    def _lead(self) -> bool:
        try:
            if self._connection is not None:
                # The lock lives as long as the connection does.
                self._connection.execute("SELECT 1")
                return True
            return self._try()
        except Exception as problem:
            self.close()
            if not is_temporary(problem):
                raise
            return False

    def _try(self) -> bool:
        with ExitStack() as stack:
            connection = stack.enter_context(self._database.connection_of_its_own())
            connection.autocommit = True
            (taken,) = connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
            if taken:
                self._connection, self._kept = connection, stack.pop_all()
            return bool(taken)

    def close(self) -> None:
        """Lead no longer."""
        with self._lock:
            self._connection = None
            self._kept.close()


@contextmanager
def sole_daemon(database: Database) -> Iterator[None]:
    """Be the only daemon on a SQLite database; several may share a PostgreSQL.

    Raises AlreadyRunningError. The commands need no such leave: they share SQLite's own locks.
    """
    if database.path is None:
        yield
        return
    lock = database.path.with_name(database.path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        _take(handle, lock, database.path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, lock: Path, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
        raise AlreadyRunningError(
            f"another gateway (process {holder}) uses {path}; several daemons need PostgreSQL"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)

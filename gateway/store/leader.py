"""One leader among the processes that share a database, for what must be done once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.store.database import Database
from gateway.store.errors import AlreadyRunningError
from gateway.store.turns import Turns

_LOCK = 0x6761_7465_6C65_6164  # any number, the same in every process


class Leader:
    """Whether this process leads. PostgreSQL: an advisory lock on a connection of its own.

    On SQLite there is one daemon (`sole_daemon`), and it leads. Safe in any thread.
    """

    def __init__(self, database: Database) -> None:
        self._turns = Turns(database)

    def lead(self) -> bool:
        """Whether we lead now; becomes the leader if there is none. Never waits for the lock."""
        return self._turns.take_number(_LOCK)

    def close(self) -> None:
        """Lead no longer."""
        self._turns.close()


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

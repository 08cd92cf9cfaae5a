"""Who does what only one process may do, of those that share a PostgreSQL."""

from __future__ import annotations

import hashlib
import threading
from contextlib import ExitStack, suppress
from typing import Any

from gateway.store.database import Database
from gateway.store.errors import is_temporary


class Turns:
    """See `core.ports.Turns`: advisory locks, all on one connection of its own.

    On SQLite there is one daemon (`leader.sole_daemon`), and every turn is its own. Safe in any
    thread.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._kept = ExitStack()
        self._held: set[int] = set()
        self._lock = threading.RLock()

    def take(self, name: str) -> bool:
        """See `core.ports.Turns`."""
        return self.take_number(number_of(name))

    def take_number(self, number: int) -> bool:
        """The same for an advisory lock whose number is known."""
        if self._database.dialect == "sqlite":
            return True
        with self._lock:
            try:
                return self._take(number)
            except Exception as problem:
                self.close()
                if not is_temporary(problem):
                    raise
                return False

    def _take(self, number: int) -> bool:
        connection = self._connected()
        if number in self._held:
            connection.execute("SELECT 1")  # a lock lives as long as its connection does
            return True
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
        if row[0]:
            self._held.add(number)
        elif not self._held:
            self.close()
        return bool(row[0])

    def _connected(self) -> Any:
        if self._connection is None:
            with ExitStack() as stack:
                connection = stack.enter_context(self._database.connection_of_its_own())
                connection.autocommit = True
                self._connection, self._kept = connection, stack.pop_all()
        return self._connection

    def leave(self, name: str) -> None:
        """See `core.ports.Turns`."""
        number = number_of(name)
        with self._lock:
            if number not in self._held:
                return
            self._held.discard(number)
            try:
                self._connection.execute("SELECT pg_advisory_unlock(%s)", [number])
                if not self._held:
                    self.close()
            except Exception as problem:
                self.close()
                if not is_temporary(problem):
                    raise

    def close(self) -> None:
        """Leave every turn; at once, for the server may see later that the connection is gone."""
        with self._lock:
            connection, self._connection = self._connection, None
            held = bool(self._held)
            self._held.clear()
            with self._kept, suppress(Exception):  # a lost connection has left them anyway
                if held:
                    connection.execute("SELECT pg_advisory_unlock_all()")


def number_of(name: str) -> int:
    """The number of the advisory lock that stands for a name: signed, 64 bits."""
    digest = hashlib.blake2b(b"turn:" + name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

"""Wake-ups between processes: NOTIFY on PostgreSQL, a look at SQLite's change counter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gateway.store.database import CHANNEL, Database
from gateway.store.errors import is_temporary

LOOK_SECONDS = 0.5
BREATH_SECONDS = 0.05
RECONNECT_SECONDS = 2.0


class Wakeups:
    """A thread that calls ``on_wake`` when somebody else has written something.

    It may be called without need, and is called after each reconnection: whoever is woken looks
    for work and finds none. It must not raise, and not take long.
    """

    def __init__(self, database: Database, on_wake: Callable[[], None]) -> None:
        self._database = database
        self._on_wake = on_wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        listen = self._watch if self._database.dialect == "sqlite" else self._listen
        while not self._stop.is_set():
            try:
                with self._database.connection_of_its_own() as connection:
                    listen(connection)
            except Exception as problem:
                if not is_temporary(problem):
                    raise
                # The database is away: those who need it say so; here it is enough to come back.
                self._stop.wait(RECONNECT_SECONDS)

    def _watch(self, connection: Any) -> None:
        seen = _data_version(connection)
        self._on_wake()  # what was written before we looked for the first time
        while not self._stop.wait(LOOK_SECONDS):
            version = _data_version(connection)
            if version != seen:
                self._on_wake()
            seen = version

    def _listen(self, connection: Any) -> None:
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        self._on_wake()
        while not self._stop.is_set():
            if list(connection.notifies(timeout=LOOK_SECONDS, stop_after=1)):
                self._on_wake()
                self._stop.wait(BREATH_SECONDS)  # one look for all that others write meanwhile
        with suppress(Exception):
            connection.execute(f"UNLISTEN {CHANNEL}")


def _data_version(connection: Any) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version

"""SQLite's log, folded into the database's file beside the writer instead of by it.

Otherwise the commit that fills the log does it, and everybody who waits for the writer waits for
megabytes to be copied and synced. Should the thread not keep pace, the writer still does it.
"""

from __future__ import annotations

import threading
from typing import Any

import structlog

from gateway.store.database import Database
from gateway.store.errors import is_temporary

PAUSE_SECONDS = 0.5  # for writes to gather: what is written again and again is copied once
PASSES = 3  # each one copies what was written during the last one; then the log may begin anew
RETRY_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Checkpoints:
    """A thread that folds the log after writes of this process; it does nothing on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Begin to look after the log."""
        if self._database.dialect == "sqlite":
            self._database.on_written = self._written.set
            self._thread.start()

    def close(self) -> None:
        """Stop; what is under way is finished."""
        self._stop.set()
        self._written.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._database.connection_of_its_own() as connection:
                    self._fold_after_writes(connection)
            except Exception as problem:
                if not is_temporary(problem):
                    log.exception("checkpoint_failed")
                self._stop.wait(RETRY_SECONDS)

    def _fold_after_writes(self, connection: Any) -> None:
        while not self._stop.is_set():
            self._written.wait()
            self._stop.wait(PAUSE_SECONDS)
            self._written.clear()
            fold(connection)


def fold(connection: Any) -> int:
    """Copy what is in the log, keeping no writer and no reader waiting; pages that are left.

    ``connection`` is the driver's.
    """
    left = 0
    for _ in range(PASSES):
        _, in_log, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        left = in_log - copied
        if left <= 0:
            break
    return left

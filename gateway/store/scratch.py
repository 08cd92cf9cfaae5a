"""A database for one thread, which is thrown away: what it costs to be safe is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from gateway.store import migrate
from gateway.store.database import Database, take_actions
from gateway.store.engine import parse_url
from gateway.store.statements import run
from gateway.store.together import BLOBS, FILES, LINES, WORDS, forget_known, keep_known, leave_out

_UNREAD = frozenset({BLOBS, FILES, LINES, WORDS})  # nobody opens files in it, nor looks for words
_CARELESS = ("foreign_keys=OFF", "secure_delete=OFF")
_TURNS = 500  # writes between two commits, so that SQLite's log stays short


class ScratchDatabase(Database):
    """One connection, whose transaction goes on and on: writes are savepoints in it.

    It behaves as a `Database` does to whoever reads and writes, and takes a third of the time.
    """

    alone = True

    def __init__(self, folder: Path) -> None:
        """Make one in a folder, with the newest schema."""
        url = parse_url(f"sqlite:///{folder / 'desk.db'}")
        super().__init__(url, folder / "content", durable=False)
        self._turns = 0
        self._held: Connection | None = None
        migrate.upgrade(self)
        self._held = self._writing.connect()
        for pragma in _CARELESS:
            self._held.exec_driver_sql(f"PRAGMA {pragma}")
        self._held.rollback()
        self._held.begin()
        leave_out(self._held, _UNREAD)
        keep_known(self._held)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """What was written so far."""
        if self._held is None:
            with super().read() as conn:
                yield conn
            return
        yield self._held

    @contextmanager
    def write(self, *, urgent: bool = False) -> Iterator[Connection]:
        """A turn that writes: undone on an exception."""
        conn = self._held
        if conn is None:
            with super().write(urgent=urgent) as ordinary:
                yield ordinary
            return
        run(conn, "SAVEPOINT turn")
        try:
            yield conn
        except BaseException:
            take_actions(conn)
            forget_known(conn)
            run(conn, "ROLLBACK TO SAVEPOINT turn")
            run(conn, "RELEASE SAVEPOINT turn")
            raise
        run(conn, "RELEASE SAVEPOINT turn")
        self._over(conn)

    def _over(self, conn: Connection) -> None:
        self._turns += 1
        if self._turns % _TURNS == 0:
            conn.commit()
            conn.begin()
        for action in take_actions(conn):
            action()

    def close(self) -> None:
        """Let go of it."""
        if self._held is not None:
            self._held.close()
        super().close()

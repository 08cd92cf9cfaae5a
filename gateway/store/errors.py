"""What can go wrong in the store, and which of it passes by itself."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy import exc


class StoreError(Exception):
    """Something is wrong with the store; the text is fit for an operator and holds no secret."""


class StoreUnavailableError(StoreError):
    """The database cannot be used now (gone, locked, full): trying again later may help."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer version of the gateway than this one."""


class AlreadyRunningError(StoreError):
    """Another daemon uses this SQLite database."""


class ContentGoneError(StoreError):
    """The content was erased, or its file is missing."""


class ConflictError(StoreError):
    """Somebody else was faster: roll back to the savepoint and decide again."""


class ApartError(StoreError):
    """Not everything of a batch could be written together: do it again, one by one."""


class KeyTakenError(ConflictError):
    """A thread key belongs to another ticket: ``ticket`` is its number."""

    def __init__(self, key: str, ticket: int) -> None:
        super().__init__(f"a thread key belongs to ticket {ticket} by now")
        self.key = key
        self.ticket = ticket


# SQLSTATE (PostgreSQL, appendix A): connection, rollback, resources, lock, operator, system.
_TEMPORARY_STATES = ("08", "40", "53", "55P03", "57", "58")
_TEMPORARY_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PROTOCOL,
}
_TEMPORARY_ERRNO = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EROFS}


def is_temporary(problem: BaseException) -> bool:
    """Whether the same call may succeed later: lock, full disk, lost connection, deadlock."""
    if isinstance(problem, StoreUnavailableError):
        return True
    if isinstance(problem, exc.DBAPIError):
        return problem.connection_invalidated or _driver_says(problem.orig)
    if isinstance(problem, exc.TimeoutError):  # no connection of the pool came free
        return True
    if isinstance(problem, OSError):
        return problem.errno in _TEMPORARY_ERRNO
    return _driver_says(problem)  # of a connection outside SQLAlchemy


def _driver_says(problem: BaseException | None) -> bool:
    if isinstance(problem, sqlite3.Error):
        code = getattr(problem, "sqlite_errorcode", None)
        return code is not None and (code & 0xFF) in _TEMPORARY_SQLITE
    state = getattr(problem, "sqlstate", None)
    if state is None:
        # psycopg raises OperationalError without a state when there is no server to ask.
        return any(kind.__name__ == "OperationalError" for kind in type(problem).__mro__)
    return str(state).startswith(_TEMPORARY_STATES)

"""The entry that something is said about."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.chat import WantedFile
from gateway.core.model import Body, StoredFile
from gateway.store import Connection, entries, keys


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The entry that a notice carries the words of."""

    entry: int | None = None
    body: Body | None = None
    files: tuple[StoredFile, ...] = ()
    wanted: tuple[WantedFile, ...] = ()
    key: str | None = None


def mail_key(message_id: str) -> str:
    """The thread key of a message of ours."""
    return "mail:" + message_id.strip("<>")


def about_existing(conn: Connection, entry: int) -> About:
    """An entry that is there already, as a notice needs it."""
    own = keys.of_entry(conn, entry)
    return About(
        entry=entry,
        body=entries.body_of(conn, entry),
        files=entries.files_of(conn, entry),
        key=next((k for k in own if k.startswith("mail:")), None),
    )

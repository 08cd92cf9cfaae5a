"""A folder of a mailbox, open: everything that is asked of the server, by UID alone."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient.imap_utf7 import encode as utf7

from gateway.channels.email.imap.credentials import Credentials
from gateway.channels.email.imap.login import log_in
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.said import in_words, passes, refusal_of
from gateway.channels.email.imap.stopping import Stop
from gateway.channels.email.imap.troubles import LostError, NoFolderError, RefusedError
from gateway.channels.email.imap.uids import spell
from gateway.channels.email.imap.wire import Abort, Failure, ReadOnly, Wire
from gateway.channels.email.security import Security

# imaplib reads lines of a million octets; a UID and its space are eleven at most.
WINDOW = 51_200
_SLACK = 65_536  # octets that a mail may be larger than its server said
_LATEST = datetime.max.replace(tzinfo=UTC)
_MESSAGE_ID = re.compile(rb"message-id:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE)
_HEADER = "BODY[HEADER.FIELDS (MESSAGE-ID)]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What the server said when the folder was opened (RFC 3501, section 6.3.1)."""

    validity: int
    exists: int
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A mail without its words. ``size`` in octets, as far as the server knows."""

    uid: int
    size: int
    arrived_at: datetime | None
    message_id: bytes = b""


class Session:
    """A connection that is logged in. Raises `LostError` and `RefusedError`.

    Blocks; belongs to the thread that made it.
    """

    def __init__(self, wire: Wire, options: MailboxOptions, stop: Stop) -> None:
        self._wire = wire
        self._options = options
        self._stop = stop
        self._marked: set[int] = set()  # as deleted, by us
        with talking("CAPABILITY"):
            self.idles = wire.has_capability("IDLE")
            self._moves = wire.has_capability("MOVE")
            self._expunges_uids = wire.has_capability("UIDPLUS")

    # Looking.

    def select(self, folder: str, *, look_only: bool = False) -> Folder:
        """Open a folder, to read alone where it cannot be written. Raises `NoFolderError`."""
        try:
            with talking("SELECT"):
                try:
                    said, read_only = self._wire.select_folder(folder, look_only), look_only
                except ReadOnly:
                    said, read_only = self._wire.select_folder(folder, readonly=True), True
        except RefusedError as error:
            words = f'the folder "{folder}" cannot be opened: {error}'
            raise (LostError if passes(words) else NoFolderError)(words) from error
        return Folder(
            validity=int(said.get(b"UIDVALIDITY", 0)),
            exists=int(said.get(b"EXISTS", 0)),
            read_only=read_only,
        )

    def has_folder(self, folder: str) -> bool:
        """Whether there is such a folder."""
        with talking("LIST"):
            return bool(self._wire.list_folders("", _literally(folder)))

    def highest(self) -> int:
        """The highest UID in the folder, 0 if it is empty."""
        with talking("SEARCH"):
            return max(self._wire.search(["UID", "*"]), default=0)

    def uids(self, low: int, high: int, *criteria: str) -> Iterator[list[int]]:
        """The UIDs from ``low`` to ``high`` that meet the criteria, ascending, in portions."""
        for start in range(low, high + 1, WINDOW):
            end = min(start + WINDOW - 1, high)
            with talking("SEARCH"):
                found = self._wire.search([*criteria, "UID", f"{start}:{end}"])
            if within := sorted({uid for uid in found if start <= uid <= end}):
                yield within

    def there(self, uids: Collection[int]) -> set[int]:
        """Which of these UIDs are in the folder still, for certain.

        What another client expunged is there for us until the server may say that it is not.
        """
        self.noop()
        with talking("SEARCH"):
            return set(uids) & set(self._wire.search(["UID", spell(uids)]))

    def describe(self, uids: Collection[int], *, ids: bool = False) -> list[Described]:
        """What is there of these UIDs, ascending; with ``ids`` their Message-IDs as well."""
        items = f"(UID RFC822.SIZE INTERNALDATE{' ' + _peek(_HEADER) if ids else ''})"
        with talking("FETCH"):
            found = self._wire.uid_fetch(spell(uids), items)
        return [_described(uid, found[uid]) for uid in sorted(uids) if _whole(found.get(uid))]

    def bodies(self, uids: Collection[int]) -> dict[int, bytes]:
        """The octets of mails that are there, without marking them as seen."""
        with talking("FETCH"):
            found = self._wire.uid_fetch(spell(uids), "(UID BODY.PEEK[])")
        raws = {uid: found[uid].get(b"BODY[]") for uid in uids if uid in found}
        return {uid: bytes(raw) for uid, raw in raws.items() if isinstance(raw, bytes)}

    # Changing.

    def mark_seen(self, uids: Collection[int]) -> None:
        """Flag them as seen."""
        self._flag(uids, r"\Seen")

    def move(self, uids: Collection[int], folder: str) -> bool:
        """Move them (RFC 6851), or copy and delete where the server cannot; see `delete`."""
        target = _quoted(folder)
        if self._moves:
            with talking("MOVE"):
                self._wire.uid_command("MOVE", spell(uids), target)
            return True
        with talking("COPY"):
            self._wire.uid_command("COPY", spell(uids), target)
        return self.delete(uids)

    def delete(self, uids: Collection[int]) -> bool:
        """Delete them, and nothing that somebody else marked as deleted (RFC 4315).

        False where they are marked alone: the server can but delete everything that is, and
        there is something of somebody else's.
        """
        self._flag(uids, r"\Deleted")
        self._marked.update(uids)
        if self._expunges_uids:
            with talking("EXPUNGE"):
                self._wire.uid_command("EXPUNGE", spell(uids))
            return True
        with talking("SEARCH"):
            marked = set(self._wire.search(["DELETED"]))
        if not marked <= self._marked:
            return False
        with talking("EXPUNGE"):
            self._wire.expunge()
        self._marked.clear()
        return True

    def _flag(self, uids: Collection[int], flag: str) -> None:
        with talking("STORE"):
            self._wire.uid_command("STORE", spell(uids), "+FLAGS.SILENT", f"({flag})")

    # Waiting.

    def wait(self, seconds: float) -> bool:
        """Wait for news in IDLE, for so long at most; whether there are any."""
        with talking("IDLE"):
            return self._wire.idle_until(self._stop, seconds)

    def noop(self) -> None:
        """Let the server say what is new."""
        with talking("NOOP"):
            self._wire.ask_for_news()


@contextmanager
def opened(options: MailboxOptions, credentials: Credentials, stop: Stop) -> Iterator[Session]:
    """A session, logged in; closed at the end.

    Raises `LostError`, `LoginError`, OSError for an authority file that cannot be read.
    """
    tls = options.tls() if options.security is not Security.NONE else None
    wire = _connected(options, tls)
    try:
        stop.watch(wire.socket())
        with talking("STARTTLS"):
            if options.security is Security.STARTTLS:
                wire.starttls(tls)
                stop.watch(wire.socket())
        log_in(wire, options, credentials)
        yield Session(wire, options, stop)
        with suppress(LostError, RefusedError), talking("LOGOUT"):
            wire.logout()
    finally:
        stop.watch(None)
        _let_go(wire)


def _let_go(wire: Wire) -> None:
    try:
        wire.shutdown()
    except (OSError, Failure):
        pass  # it is gone already


def _connected(options: MailboxOptions, tls: ssl.SSLContext | None) -> Wire:
    try:
        with talking("the greeting"):
            return Wire(
                options.host,
                options.port,
                tls=tls if options.security is Security.TLS else None,
                timeout=options.timeout,
                most_octets=options.max_message_bytes + _SLACK,
            )
    except LostError as error:
        where = f"{options.host}:{options.port}"
        raise LostError(f"{where} cannot be reached: {error}") from error.__cause__


@contextmanager
def talking(command: str) -> Iterator[None]:
    """Turn what imapclient and imaplib raise into the two kinds of failure that matter.

    Only an answer of NO or BAD leaves the connection sound. Whatever else went wrong, nobody
    knows what the server will say next.
    """
    try:
        yield
    except Abort as error:
        raise LostError(in_words(str(error))) from error
    except Failure as error:
        refused = refusal_of(error)
        if refused is None:
            raise LostError(f"{command}: {in_words(str(error))}") from error
        raise RefusedError(f"{command}: {refused}") from error
    except ssl.SSLError as error:
        raise LostError(f"TLS: {in_words(error.reason or str(error))}") from error
    except TimeoutError as error:
        raise LostError(f"{command}: no answer in time") from error
    except socket.gaierror as error:
        raise LostError("no such host is known") from error
    except OSError as error:
        raise LostError(in_words(error.strerror or str(error))) from error
    except (ValueError, LookupError, TypeError) as error:
        raise LostError(f"{command}: an answer that cannot be read") from error


def _described(uid: int, said: dict[bytes, Any]) -> Described:
    arrived = said.get(b"INTERNALDATE")
    header = said.get(_HEADER.encode(), b"")
    return Described(
        uid=uid,
        size=int(said[b"RFC822.SIZE"]),
        arrived_at=arrived.astimezone(UTC) if isinstance(arrived, datetime) else None,
        message_id=message_id_in(header) if isinstance(header, bytes) else b"",
    )


def message_id_in(header: bytes) -> bytes:
    """The first Message-ID of a header without its folds, empty if there is none."""
    found = _MESSAGE_ID.match(header) or re.search(rb"\n" + _MESSAGE_ID.pattern, header, re.I)
    return b"".join(found[1].split()) if found else b""


def _whole(said: dict[bytes, Any] | None) -> bool:
    """Whether it is the answer to our question, and no change of flags that came between."""
    return said is not None and isinstance(said.get(b"RFC822.SIZE"), int)


def _peek(item: str) -> str:
    return item.replace("BODY[", "BODY.PEEK[", 1)


def _quoted(folder: str) -> str:
    """A folder's name as an argument, in modified UTF-7 (RFC 3501, section 5.1.3)."""
    name = str(utf7(folder), "ascii")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literally(folder: str) -> str:
    """For LIST, where % and * stand for anything: they are asked for as one character."""
    return folder.replace("*", "%")

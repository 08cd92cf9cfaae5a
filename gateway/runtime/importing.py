"""Old mail, from files: the same intake as live mail, quiet unless asked otherwise."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.core.ports import Incoming
from gateway.runtime.worker import Worker
from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.inbox import InboxState

_BATCH = 100
_HEAVY = 16_000_000  # octets of a batch that is taken in before it is full
_MBOX = b"From "
# RFC 4155: a sender, then a time as asctime() writes it. Words that begin with "From " lack it.
_POSTMARK = re.compile(rb"From \S*.*\d\d?:\d\d.*\d{4}")
_EMPTY = (b"\n", b"\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the mails of an import. ``accepted`` are the ones that were new."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    failed: int = 0


def mails(path: Path) -> Iterator[bytes]:
    """The mails of a path, in its own order: a Maildir, a folder of files, an mbox, one mail.

    Raises OSError where it cannot be read.
    """
    if path.is_dir():
        yield from _of_folder(path)
    elif _is_mbox(path):
        yield from _of_mbox(path)
    else:
        yield _without_from_line(path.read_bytes())


def _of_folder(folder: Path) -> Iterator[bytes]:
    """A Maildir, else what is in the folder: what is hidden is not looked at."""
    if (folder / "cur").is_dir() or (folder / "new").is_dir():
        files = [f for sub in ("cur", "new") for f in (folder / sub).glob("[!.]*") if f.is_file()]
        for file in sorted(files, key=lambda f: f.name):
            yield file.read_bytes()
        return
    for inside in sorted(folder.glob("[!.]*")):
        if inside.is_file() or (inside.is_dir() and not inside.is_symlink()):
            yield from mails(inside)


def _is_mbox(path: Path) -> bool:
    """A file with a second postmark after an empty line; one mail may begin with one, too."""
    with path.open("rb") as file:
        start = file.read(len(_MBOX))
        if start != _MBOX:
            return not start and _named_mbox(path)
        empty = False
        for line in file:
            if empty and _POSTMARK.match(line):
                return True
            empty = line in _EMPTY
    return _named_mbox(path)


def _named_mbox(path: Path) -> bool:
    return path.suffix.lower() == ".mbox"


def _of_mbox(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        if not file.readline():
            return
        mail: list[bytes] = []
        for line in file:
            if mail and mail[-1] in _EMPTY and _POSTMARK.match(line):
                yield b"".join(mail[:-1])
                mail = []
            else:
                mail.append(line)
    yield b"".join(mail[:-1] if mail and mail[-1] in _EMPTY else mail)


def _without_from_line(raw: bytes) -> bytes:
    return raw.partition(b"\n")[2] if raw.startswith(_MBOX) else raw


class Importer:
    """Takes mails in and works them off, in batches."""

    def __init__(
        self,
        database: Database,
        worker: Worker,
        *,
        now: Callable[[], datetime],
        lane_of: Callable[[bytes], str],
        live: bool = False,
    ) -> None:
        self._database = database
        self._worker = worker
        self._now = now
        self._lane_of = lane_of
        self._live = live

    def take(self, raws: Sequence[bytes]) -> Counts:
        """Take some mails in; what became of them. Safe to repeat, and to be killed in."""
        with self._database.write() as conn:
            accepted = inbox.accept_many(conn, [self._incoming(raw) for raw in raws])
        self._worker.drain()
        again = sum(a.duplicate for a in accepted)
        states = self._states([a.id for a in accepted if not a.duplicate])
        twice = again + states.count(InboxState.DUPLICATE)
        failed = states.count(InboxState.FAILED)
        return Counts(
            read=len(raws),
            accepted=len(raws) - twice - failed,
            duplicates=twice,
            failed=failed,
        )

    def take_all(self, raws: Iterator[bytes]) -> Iterator[Counts]:
        """Take all of them in; the counts of each batch."""
        batch: list[bytes] = []
        octets = 0
        for raw in raws:
            batch.append(raw)
            octets += len(raw)
            if len(batch) >= _BATCH or octets >= _HEAVY:
                yield self.take(batch)
                batch, octets = [], 0
        if batch:
            yield self.take(batch)

    def _incoming(self, raw: bytes) -> Incoming:
        digest = hashlib.blake2b(raw, digest_size=16).hexdigest()
        return Incoming(
            channel="email",
            external_id=f"import:{digest}",
            raw=raw,
            received_at=self._now(),
            envelope={"v": 1, "source": "import"},
            lane=self._lane_of(raw),
            live=self._live,
        )

    def _states(self, ids: list[int]) -> list[InboxState]:
        with self._database.read() as conn:
            rows = [inbox.get(conn, id) for id in ids]
        return [row.state for row in rows if row is not None]


def total(counts: Sequence[Counts]) -> Counts:
    """The sum of several."""
    return Counts(
        read=sum(c.read for c in counts),
        accepted=sum(c.accepted for c in counts),
        duplicates=sum(c.duplicates for c in counts),
        failed=sum(c.failed for c in counts),
    )

"""Contents by their digest: raw messages and attachments, each kept once.

On SQLite what is larger than `LARGEST_IN_ROW` stands in a file, synced before the transaction
that refers to it commits; a crash in between leaves a file that nothing refers to.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, union, update

from gateway.store.database import Database, after_commit, files_of
from gateway.store.errors import ContentGoneError
from gateway.store.schema import attachment, blob, raw
from gateway.store.statements import InsertRows, Prepared, among
from gateway.store.together import BLOBS, Kind, is_left_out, later

LARGEST_IN_ROW = 256 * 1024  # octets
_TEMPORARY = ".new-"
_PIECE = 4 * 1024 * 1024  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Octets with their digest (BLAKE2b, 256 bits, in hex), ready to be put."""

    digest: str
    data: bytes = field(repr=False)
    file: bool

    @property
    def size(self) -> int:
        """Octets."""
        return len(self.data)


def digest_of(data: bytes) -> str:
    """The digest by which a content is found."""
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def prepare(database: Database, data: bytes) -> Content:
    """Do what is slow about keeping a content, outside any transaction. Raises OSError."""
    content = _content(database.dialect, data)
    if content.file:
        _write_file(database.files, content)
    return content


def prepared(dialect: str, data: bytes, digest: str) -> Content:
    """The same again, from the digest that `prepare` gave: what is large is not gone through."""
    return Content(digest=digest, data=data, file=too_large(dialect, data))


def too_large(dialect: str, data: bytes) -> bool:
    """Whether a content is kept in a file."""
    return dialect == "sqlite" and len(data) > LARGEST_IN_ROW


def _content(dialect: str, data: bytes) -> Content:
    return Content(digest=digest_of(data), data=data, file=too_large(dialect, data))


def put(conn: Connection, data: bytes | Content) -> str:
    """Keep a content; its digest. The same one twice is kept once."""
    return put_many(conn, (data,))[0]


def put_many(conn: Connection, contents: Sequence[bytes | Content]) -> list[str]:
    """Keep several contents; their digests in the same order."""
    ready = [c if isinstance(c, Content) else _content(conn.dialect.name, c) for c in contents]
    for content in ready:
        if content.file and not is_left_out(conn, BLOBS):
            # Prepared or not: it may have been swept or erased since.
            _write_file(files_of(conn), content)
    later(conn, _KEPT, ready)
    return [content.digest for content in ready]


def _keep(conn: Connection, contents: Sequence[Content]) -> None:
    now = datetime.now(UTC)
    rows = {content.digest: _row(content, now) for content in contents}
    kept = {row[0] for row in _INSERT.back(conn, list(rows.values()))}
    if len(kept) < len(rows):
        _restore(conn, [rows[digest] for digest in rows.keys() - kept])


def _row(content: Content, now: datetime) -> dict[str, object]:
    return {
        "digest": content.digest,
        "size": content.size,
        "data": None if content.file else content.data,
        "file": content.file,
        "created_at": now,
        "erased_at": None,
    }


def _restore(conn: Connection, rows: Iterable[dict[str, object]]) -> None:
    """What was erased once and comes again is kept again."""
    for row in rows:
        _RESTORE.do(conn, b_digest=row["digest"], b_data=row["data"])


def get(conn: Connection, digest: str) -> bytes:
    """The octets of a content. Raises ContentGoneError if it was erased or never was."""
    row = _GET.first(conn, b_digest=digest)
    if row is None:
        raise ContentGoneError(f"there is no content {digest[:12]}…")
    data, in_file, erased_at = row
    if erased_at is not None:
        raise ContentGoneError(f"the content {digest[:12]}… was erased on {erased_at:%Y-%m-%d}")
    if not in_file:
        return bytes(data)
    try:
        return _path(files_of(conn), digest).read_bytes()
    except FileNotFoundError:
        raise ContentGoneError(f"the file of the content {digest[:12]}… is missing") from None


def erase(conn: Connection, digests: Sequence[str], now: datetime) -> int:
    """Erase contents for good; a tombstone stays. How many were there."""
    erased = _ERASE.all(conn, b_digests=list(digests), b_now=now)
    for digest, in_file in erased:
        if in_file:
            after_commit(conn, partial(_unlink, _path(files_of(conn), digest)))
    return len(erased)


def _unlink(path: Path) -> None:
    # Committed already: what cannot be removed now is an orphan, and swept some day.
    with suppress(OSError):
        path.unlink()


def erase_unused(conn: Connection, digests: Sequence[str], now: datetime) -> int:
    """Erase those of the contents that no entry and no arrival refers to; how many."""
    used = {row[0] for row in _USED.all(conn, b_digests=list(digests))} if digests else set()
    unused = [digest for digest in digests if digest not in used]
    return erase(conn, unused, now) if unused else 0


def sweep(database: Database, *, older_than: float = 86_400.0) -> int:
    """Remove files that no row refers to, left by a crash. How many; ``older_than`` in seconds."""
    limit = time.time() - older_than
    removed = 0
    for folder in _folders(database.files):
        old = [p for p in folder.iterdir() if p.is_file() and p.stat().st_mtime < limit]
        if old:
            removed += _sweep_folder(database, old)
    return removed


def _folders(root: Path) -> Iterator[Path]:
    for first in sorted(root.glob("??")):
        yield from sorted(first.glob("??"))


def _sweep_folder(database: Database, old: list[Path]) -> int:
    # Within the write lock, so that nobody begins to refer to one of them meanwhile.
    with database.write() as conn:
        wanted = {row[0] for row in _WANTED.all(conn, b_digests=[p.name for p in old])}
        orphans = [path for path in old if path.name not in wanted]
        for path in orphans:
            path.unlink(missing_ok=True)
    return len(orphans)


def _path(root: Path, digest: str) -> Path:
    return root / digest[:2] / digest[2:4] / digest


def _write_file(root: Path, content: Content) -> None:
    """Write, sync, rename, sync the folder: after this the file survives a power loss."""
    path = _path(root, content.digest)
    try:
        if path.stat().st_size == content.size:
            os.utime(path)  # a sweep must not take it for an old orphan now
            return
    except FileNotFoundError:
        _make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            _write_synced(file.fileno(), memoryview(content.data))
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(path.parent)


def _write_synced(handle: int, data: memoryview) -> None:
    """Piece by piece: who syncs a commit meanwhile waits for one piece, not for all of it."""
    while data:
        written = os.write(handle, data[:_PIECE])
        os.fdatasync(handle)
        data = data[written:]
    os.fsync(handle)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o750)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_INSERT = InsertRows(blob, returning=("digest",), unless_there=("digest",))
_KEPT = Kind(BLOBS, _keep)
_GET = Prepared(
    select(blob.c.data, blob.c.file, blob.c.erased_at).where(blob.c.digest == bindparam("b_digest"))
)
_RESTORE = Prepared(
    update(blob)
    .where(blob.c.digest == bindparam("b_digest"), blob.c.erased_at.is_not(None))
    .values(data=bindparam("b_data"), erased_at=None)
)
_ERASE = Prepared(
    lambda dialect: (
        update(blob)
        .where(among(dialect, blob.c.digest, "b_digests"), blob.c.erased_at.is_(None))
        .values(data=None, erased_at=bindparam("b_now"))
        .returning(blob.c.digest, blob.c.file)
    )
)
_USED = Prepared(
    lambda dialect: union(
        select(attachment.c.digest).where(among(dialect, attachment.c.digest, "b_digests")),
        select(raw.c.digest).where(among(dialect, raw.c.digest, "b_digests")),
    )
)
_WANTED = Prepared(
    lambda dialect: select(blob.c.digest).where(
        among(dialect, blob.c.digest, "b_digests"), blob.c.erased_at.is_(None)
    )
)

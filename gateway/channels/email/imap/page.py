"""What is remembered of a few hundred neighbouring UIDs of a folder: one note."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from gateway.channels.email.imap.session import Described
from gateway.channels.email.imap.uids import spell, spelled
from gateway.core.ports import Note

UIDS = 256  # of a page
_HALF = 8  # octets
_MARK = 2 * _HALF


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Why a mail was left where it is, and how large it is in octets."""

    why: str
    size: int = 0


@dataclass(slots=True)
class Page:
    """What became of each mail that was ever seen here.

    ``known``: it is settled, taken in or not to be taken in. ``open``: it is still to be taken
    in. ``due``: it was taken in, and is still to be flagged, moved or deleted. ``left``: it
    cannot be taken in. ``marks``: by what it is recognised should its UID change (`mark_of`).
    """

    known: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    due: set[int] = field(default_factory=set)
    left: dict[int, Left] = field(default_factory=dict)
    marks: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, note: Note) -> Page:
        """The page that `note` made."""
        marked = sorted(spelled(note["marked"]))
        octets = b64decode(note["marks"])
        cut = (octets[n : n + _MARK] for n in range(0, len(octets), _MARK))
        return cls(
            known=spelled(note["known"]),
            open=spelled(note["open"]),
            due=spelled(note["due"]),
            left={int(u): Left(why=w, size=s) for u, (w, s) in note["left"].items()},
            marks=dict(zip(marked, cut, strict=True)),
        )

    def note(self) -> Note:
        """The page as it is kept."""
        joined = b"".join(self.marks[uid] for uid in sorted(self.marks))
        kept: dict[str, Any] = {name: spell(getattr(self, name)) for name in _SETS}
        kept["left"] = {str(uid): [left.why, left.size] for uid, left in self.left.items()}
        return kept | {"v": 1, "marked": spell(self.marks), "marks": b64encode(joined).decode()}

    @property
    def all(self) -> set[int]:
        """Every UID that was seen here, and is not forgotten."""
        return self.known | self.open | self.left.keys()

    def settle(self, uids: set[int], marks: Mapping[int, bytes]) -> None:
        """They are taken in, or not to be taken in."""
        self.known |= uids
        self.open -= uids
        self._no_longer_left(uids)
        self.mark(uids & marks.keys(), marks)

    def mark(self, uids: set[int], marks: Mapping[int, bytes]) -> None:
        """By what they are recognised."""
        self.marks.update({uid: marks[uid] for uid in uids})

    def reopen(self, uids: set[int]) -> None:
        """They are to be taken in."""
        self.open |= uids
        self.known -= uids
        self._no_longer_left(uids)

    def leave(self, left: Mapping[int, Left]) -> None:
        """They cannot be taken in."""
        self.left.update(left)
        self.open -= left.keys()

    def _no_longer_left(self, uids: set[int]) -> None:
        for uid in uids & self.left.keys():
            del self.left[uid]

    def forget(self, uids: Iterable[int]) -> None:
        """They are no longer in the folder."""
        for uid in uids:
            for kept in (self.known, self.open, self.due):
                kept.discard(uid)
            self.left.pop(uid, None)
            self.marks.pop(uid, None)


_SETS = ("known", "open", "due")


def mark_of(mail: Described) -> bytes:
    """By what a mail is recognised under another UID: Message-ID with size, and with date.

    A server that was rebuilt may have changed one of them. Without a Message-ID both halves are
    of size and date together.
    """
    size = str(mail.size).encode()
    date = mail.arrived_at.isoformat().encode() if mail.arrived_at else b""
    if not mail.message_id:
        return 2 * _digest(b"none", size, date)
    return _digest(b"size", mail.message_id, size) + _digest(b"date", mail.message_id, date)


def halves(mark: bytes) -> tuple[bytes, bytes]:
    """The two signs of a mark; one of them is enough to recognise a mail."""
    return mark[:_HALF], mark[_HALF:]


def _digest(*parts: bytes) -> bytes:
    return blake2b(b"\0".join(parts), digest_size=_HALF).digest()


def by_page(uids: Iterable[int]) -> Iterator[tuple[int, set[int]]]:
    """UIDs by the number of the page that they stand on."""
    pages: dict[int, set[int]] = {}
    for uid in uids:
        pages.setdefault(uid // UIDS, set()).add(uid)
    yield from sorted(pages.items())

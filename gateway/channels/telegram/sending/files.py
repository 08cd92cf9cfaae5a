"""Attachments, packed as Telegram takes them: pictures and others, up to ten in an album."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.model import Attachment

LARGEST = 50_000_000  # octets that a bot may send
_LARGEST_PHOTO = 10_000_000
_PHOTOS = ("image/jpeg", "image/png", "image/webp")
_IN_ALBUM = 10


class Kind(StrEnum):
    """How a file is shown."""

    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Files of one kind that go out as one message, or one album."""

    kind: Kind
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """All files in groups, and the names of those that Telegram does not take."""

    groups: tuple[Packed, ...]
    too_large: tuple[str, ...]


def pack(files: Iterable[Attachment]) -> Packing:
    """Group the files; those that hold malware go to nobody, and neither do empty ones."""
    sound = [file for file in files if not file.infected and file.size]
    too_large = tuple(file.name for file in sound if file.size > LARGEST)
    fitting = [file for file in sound if file.size <= LARGEST]
    groups: list[Packed] = []
    for kind in Kind:
        groups += _albums(kind, [file for file in fitting if kind_of(file) is kind])
    return Packing(groups=tuple(groups), too_large=too_large)


def kind_of(file: Attachment) -> Kind:
    """As a picture where Telegram shows it as one, else as a file."""
    picture = file.type in _PHOTOS and file.size <= _LARGEST_PHOTO
    return Kind.PHOTO if picture else Kind.DOCUMENT


def _albums(kind: Kind, files: Sequence[Attachment]) -> list[Packed]:
    """As few messages as may be, each within the limits of number and size."""
    made: list[list[Attachment]] = []
    for file in files:
        last = made[-1] if made else []
        if last and len(last) < _IN_ALBUM and sum(f.size for f in (*last, file)) <= LARGEST:
            last.append(file)
        else:
            made.append([file])
    return [Packed(kind=kind, files=tuple(group)) for group in made]

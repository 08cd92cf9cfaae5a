"""What a scanner said of a mail when it came in, as it stands in the envelope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from gateway.core.model import Attachment, Remark, RemarkKind

_LONGEST = 150


def digest_of(data: bytes) -> str:
    """By which a file of the mail is named in the envelope."""
    return blake2b(data, digest_size=16).hexdigest()


def scanned(
    envelope: Mapping[str, Any], files: Iterable[Attachment]
) -> tuple[list[Attachment], list[Remark]]:
    """The files, infected ones marked, and what agents have to know.

    Where malware is in the mail and in none of its files as far as one can tell, all of them count
    as infected.
    """
    files, said = list(files), envelope.get("scan")
    if not isinstance(said, Mapping):
        return files, []
    if said.get("state") == "unscanned":
        return files, [Remark(kind=RemarkKind.UNSCANNED)] if files else []
    if said.get("state") != "infected":
        return files, []
    return _marked(files, str(said.get("found") or "malware"), said.get("files"))


def _marked(
    files: list[Attachment], found: str, by_digest: object
) -> tuple[list[Attachment], list[Remark]]:
    named = by_digest if isinstance(by_digest, Mapping) else {}
    by_file = [str(named.get(digest_of(f.data), "") if named else found) for f in files]
    if not any(by_file):
        by_file = [found] * len(files)
    marked = [replace(f, infected=it[:_LONGEST]) for f, it in zip(files, by_file, strict=True)]
    remarks = [
        Remark(kind=RemarkKind.INFECTED, about=f"{f.name[:_LONGEST]} ({f.infected})")
        for f in marked
        if f.infected
    ]
    return marked, remarks or [Remark(kind=RemarkKind.INFECTED, about=found[:_LONGEST])]

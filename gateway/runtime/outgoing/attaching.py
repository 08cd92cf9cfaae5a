"""Which files go along, and how a stored message names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.core.changes import Reach, Say
from gateway.core.model import Attachment, StoredFile
from gateway.runtime.outgoing.about import About
from gateway.store import Connection, content

_MOST_ATTACHED = 15 * 1024 * 1024  # octets carried along to agents; more is only named


def attached_to(say: Say, about: About) -> tuple[StoredFile, ...]:
    """The clean files that go along, as far as they fit; the rest is named in the text."""
    if not say.attach:
        return ()
    return fitting(about.files, all_of_them=say.reach is Reach.REQUESTER)


def fitting(files: tuple[StoredFile, ...], *, all_of_them: bool = False) -> tuple[StoredFile, ...]:
    """The clean ones, as far as the mail to an agent may grow; or all of those."""
    room, kept = _MOST_ATTACHED, []
    for file in files:
        if file.infected:
            continue
        if file.size <= room or all_of_them:
            kept.append(file)
            room -= file.size
    return tuple(kept)


def file_to_json(file: StoredFile) -> dict[str, Any]:
    """A kept file as a stored message names it."""
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "digest": file.digest,
        "inline": file.inline,
        "cid": file.cid,
    }


def load_file(conn: Connection, stored: Mapping[str, Any]) -> Attachment:
    """A file with its octets, by what a stored message says of it."""
    return Attachment(
        name=stored["name"],
        type=stored["type"],
        data=content.get(conn, stored["digest"]),
        inline=stored["inline"],
        cid=stored["cid"],
        digest=stored["digest"],
    )

"""Files of an entry that are still being fetched when something is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.core.changes import Reach, Say
from gateway.core.chat import WantedFile
from gateway.core.documents import Block, Document
from gateway.core.ports import Outbound
from gateway.runtime.outgoing.attaching import file_to_json, fitting, load_file
from gateway.store import Connection, entries, wanted
from gateway.store.outbox import OutboxRow

FOR_FILES = timedelta(seconds=10)  # that a notice waits for them
_FOR_ANSWERS = timedelta(seconds=60)  # that an answer does: what it lacks does not follow by itself


def wait_of(say: Say, files: Sequence[WantedFile]) -> timedelta:
    """How long something waits at most, for the files that it is to take along."""
    if not say.attach or all(one.problem for one in files):
        return say.wait
    return max(say.wait, _FOR_ANSWERS if say.reach is Reach.REQUESTER else FOR_FILES)


def with_files(conn: Connection, outbound: Outbound, row: OutboxRow) -> Outbound:
    """With what came meanwhile, and the names of what did not."""
    if row.awaits is None:
        return outbound
    known = {file["digest"] for file in row.message["files"]}
    there = tuple(f for f in entries.files_of(conn, row.awaits) if f.digest not in known)
    late = (load_file(conn, file_to_json(file)) for file in fitting(there))
    return replace(
        outbound,
        attachments=(*outbound.attachments, *late),
        document=_naming(outbound.document, wanted.missing(conn, row.awaits), row.message),
    )


def _naming(document: Document, missing: tuple[str, ...], stored: Mapping[str, Any]) -> Document:
    if not missing:
        return document
    said = stored.get("missing", "{files}").replace("{files}", ", ".join(missing))
    return replace(document, blocks=(*document.blocks, Block(kind="text", text=said)))

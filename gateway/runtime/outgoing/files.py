"""Files of an entry that are still being fetched when something is said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.chat import WantedFile
from gateway.core.documents import Block, Document
from gateway.core.frozen import replace
from gateway.core.ports import Outbound
from gateway.runtime.outgoing.attaching import file_to_json, fitting, load_file
from gateway.store import Connection, entries, wanted
from gateway.store.outbox import OutboxRow
from gateway.store.wanted import Missing

FOR_FILES = timedelta(seconds=10)  # that a notice waits for them
_FOR_ANSWERS = timedelta(seconds=60)  # that an answer does: what it lacks follows by itself


def wait_of(say: Say, files: Sequence[WantedFile]) -> timedelta:
    """How long something waits at most, for the files that it is to take along."""
    if not say.attach or all(one.problem for one in files):
        return say.wait
    return max(say.wait, _FOR_ANSWERS if say.reach is Reach.REQUESTER else FOR_FILES)


def with_files(conn: Connection, outbound: Outbound, row: OutboxRow) -> Outbound:
    """With what came meanwhile, and the names of what did not."""
    if row.awaits is None:
        return outbound
    whole = row.kind == NoticeKind.ANSWER  # as what was there at once
    known = {file["digest"] for file in row.message["files"]}
    missing = wanted.missing(conn, row.awaits)
    there = tuple(f for f in entries.files_of(conn, row.awaits) if f.digest not in known)
    late = (load_file(conn, file_to_json(file)) for file in fitting(there, all_of_them=whole))
    return replace(
        outbound,
        attachments=(*outbound.attachments, *late),
        document=_naming(outbound.document, missing, row.message),
        lacks=tuple(one.id for one in missing if not one.lost),
    )


def _naming(
    document: Document, missing: tuple[Missing, ...], stored: Mapping[str, Any]
) -> Document:
    """What may still come, and what will not."""
    coming = [one.name for one in missing if not one.lost]
    lost = [one.name for one in missing if one.lost]
    coming_says = stored.get("missing", "{files}")
    said = ((coming_says, coming), (stored.get("lost", coming_says), lost))
    blocks = (
        Block(kind="text", text=words.replace("{files}", ", ".join(names)))
        for words, names in said
        if names
    )
    return replace(document, blocks=(*document.blocks, *blocks))


def missing_words(say: Say, phrase: Callable[[str, str], str]) -> dict[str, str]:
    """How a notice will name what it goes without; to people outside such files follow later."""
    outside = say.kind is NoticeKind.ANSWER
    return {
        "missing": phrase(say.language, "word.follows" if outside else "word.missing"),
        "lost": phrase(say.language, "word.lost"),
    }

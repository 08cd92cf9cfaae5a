"""The files of a message: what they are, and why one is of no use to fetch."""

from __future__ import annotations

import re

from gateway.channels.slack.reading.fields import Table, tables, whole, words
from gateway.core.chat import WantedFile

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")
_REF = re.compile(r"[A-Z0-9]{2,40}")
_GONE = {
    "tombstone": "it was deleted in Slack",
    "hidden_by_limit": "the workspace's plan hides files as old as this",
    "not_supported": "Slack does not show it to apps",
}


def files_of(stored: Table) -> tuple[WantedFile, ...]:
    """The files of a message or a form, each once."""
    found = (_file(one) for one in tables(stored, "files"))
    return tuple({file.ref or file.name: file for file in found}.values())


def _file(stored: Table) -> WantedFile:
    ref, mime = words(stored, "id"), words(stored, "mimetype").lower()
    return WantedFile(
        ref=ref,
        name=safe_name(words(stored, "name") or words(stored, "title")),
        type=mime if _TYPE.fullmatch(mime) else "application/octet-stream",
        size=whole(stored, "size"),
        problem=_problem(stored, ref),
    )


def _problem(stored: Table, ref: str) -> str:
    mode = words(stored, "mode")
    if mode in _GONE:
        return _GONE[mode]
    if mode == "external" or stored.get("is_external") is True:
        return f"it does not lie in Slack: {words(stored, 'url_private')[:500]}"
    if not _REF.fullmatch(ref):
        return "Slack did not say where it lies"
    return ""


def safe_name(name: str) -> str:
    """A file name that does no harm."""
    return _UNSAFE.sub("_", name).strip(" .")[:200] or "file"

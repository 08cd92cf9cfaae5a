"""What must not be in an agent's answer: for their mail, the doubt counts against sending."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gateway.core.addresses import AddressBook
from gateway.core.model import Attachment
from gateway.core.scrubbing import UNSEEN_MARK, addresses_inside

_QUOTED = re.compile(r"^[>\s]+", re.MULTILINE)
_NOTE_LENGTH = 40  # characters of a note that tell it from chance
# Clients write other dashes, and spaces that do not break.
_MARK = re.compile(r"##[ \xa0]?[-–—‑]|[-–—‑][ \xa0]?##")
_SIGNED_ID = re.compile(rb"(<[^<>\s]{1,250}>)\s{1,10}([a-z2-7]{16})\b")


def internal_left(
    text: str, notes: Iterable[str], looks_ours: Callable[[str], bool], *, own: Iterable[str] = ()
) -> str | None:
    """What internal thing is still in an agent's answer, in words for them; None if nothing.

    ``own`` are notes of the very author: such as this answer's first try, which had a wrong
    command above it. They count only where the answer does not begin with them.
    """
    if _MARK.search(text):
        return "the line that marks our notices"
    if UNSEEN_MARK in text:
        return "words of our notice"
    if any(True for _ in addresses_inside(text, looks_ours)):
        return "a reply address of the desk"
    squeezed = _squeeze(text)
    others = [b for note in notes for b in _beginnings(note)]
    theirs = [b for note in own if not _tried_before(squeezed, note) for b in _beginnings(note)]
    if any(beginning in squeezed for beginning in (*others, *theirs)):
        return "the words of a note"
    return None


def internal_in_files(
    files: Iterable[Attachment], notes: Iterable[str], book: AddressBook, *, own: Iterable[str] = ()
) -> str | None:
    """The same of the texts and mails that go along; those may hold the whole history."""
    notes, own = tuple(notes), tuple(own)
    for file in files:
        if not file.type.startswith(("text/", "message/")) and not file.name.endswith(".eml"):
            continue
        # A notice may be encoded, its header with our mark is not.
        marks = (b" ".join(found.groups()) for found in _SIGNED_ID.finditer(file.data))
        if any(book.is_mark(mark.decode("ascii", "replace")) for mark in marks):
            return f"a mail of the desk, in the file {file.name}"
        text = file.data.decode("utf-8", "replace")
        left = internal_left(text, notes, book.looks_ours, own=own)
        if left is not None:
            return f"{left}, in the file {file.name}"
    return None


def _squeeze(text: str) -> str:
    return " ".join(_QUOTED.sub("", text).split())


def _beginnings(note: str) -> list[str]:
    """The first words of a note and of each of its lines, where they are long enough."""
    wholes = [_squeeze(note), *map(_squeeze, note.splitlines()[:50])]
    return list({w[:_NOTE_LENGTH] for w in wholes if len(w) >= _NOTE_LENGTH})


def _tried_before(answer: str, note: str) -> bool:
    words = [line for line in note.splitlines() if not line.lstrip().startswith("#")]
    beginning = _squeeze("\n".join(words))[:_NOTE_LENGTH]
    return bool(beginning) and answer.startswith(beginning)

"""Nothing of the desk's inside may reach people outside. All of it linear in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

MARK_LINE = re.compile(r"^(?:>|[^\S\n])*##-[ \t][^\n]{0,300}-##[^\S\n]*$", re.MULTILINE)
_DOMAIN = re.compile(r"[\w.-]{1,255}", re.ASCII)
_LOCAL_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+=-%"
_GLUE = "._+=-%"  # may stand around an address without being part of it
_CUTS = re.compile(r"[._=-]+")
_MOST_CUTS = 8
_LOOK_BACK = 80  # characters: a local part, with its plus sign written as %2B
_QUOTED = re.compile(r"^[>\s]+", re.MULTILINE)
_NOTE_LENGTH = 40  # characters of a note that tell it from chance

Own = Callable[[str], bool]


def scrub(text: str, is_inside: Own, replacement: str) -> str:
    """A text without marks, and with ``replacement`` for each address that is not for outside.

    ``is_inside`` is asked for each address, in lower case.
    """
    unmarked = MARK_LINE.sub("", text) if "##-" in text else text
    pieces, done = [], 0
    for start, end, _ in _addresses(unmarked, is_inside):
        if start >= done:
            pieces += [unmarked[done:start], replacement]
            done = end
    return "".join(pieces) + unmarked[done:]


def _addresses(text: str, is_inside: Own) -> Iterator[tuple[int, int, str]]:
    """Where the addresses that are wanted begin and end, and what they are."""
    at = text.find("@")
    while at >= 0:
        before = text[max(0, at - _LOOK_BACK) : at]
        length = len(before) - len(before.rstrip(_LOCAL_CHARACTERS))
        domain = _DOMAIN.match(text, at + 1)
        if length and domain:
            name = domain.group().rstrip(_GLUE)
            for local in _locals(before[len(before) - length :]):
                address = f"{local}@{name}".lower().replace("%2b", "+")
                if is_inside(address):
                    yield at - len(local), at + 1 + len(name), address
                    break
        at = text.find("@", at + 1)


def _locals(run: str) -> Iterator[str]:
    """What may be the local part at the end of a run of characters: something may be glued on."""
    yield run.lstrip(_GLUE)
    for cut in list(_CUTS.finditer(run))[-_MOST_CUTS:]:
        yield run[cut.end() :]


def internal_left(
    text: str, notes: Iterable[str], looks_ours: Own, *, own: Iterable[str] = ()
) -> str | None:
    """What internal thing is still in an agent's answer, in words for them; None if nothing.

    ``own`` are notes of the very author: such as this answer's first try, which had a wrong
    command above it. They count only where the answer does not begin with them.
    """
    if "##-" in text or "-##" in text:
        return "the line that marks our notices"
    if any(True for _ in _addresses(text, looks_ours)):
        return "a reply address of the desk"
    squeezed = _squeeze(text)
    others = [b for note in notes for b in _beginnings(note)]
    theirs = [b for note in own if not _tried_before(squeezed, note) for b in _beginnings(note)]
    if any(beginning in squeezed for beginning in (*others, *theirs)):
        return "the words of a note"
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

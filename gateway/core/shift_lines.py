"""What a lead answers to a digest: a line for each ticket, such as ``7 bea`` or ``9 hold 2d``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.core.commands import is_command

MOST_LINES = 100
_LINE = re.compile(r"(?:[-*•]\s*)?#?(\d{1,12})\s*[:.,)]?\s+(\S.*)", re.ASCII)
_BARE = re.compile(r"(?:[-*•]\s*)?#?\d{1,12}\s*[:.,)]?", re.ASCII)
_LONGEST = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """One line: the ticket and the command for it.

    ``command`` is empty where the line is a note, whose words are in ``note``. ``number`` is None
    for a line that names no ticket.
    """

    line: str
    number: int | None = None
    command: str = ""
    note: str = ""


def shift_lines(text: str) -> tuple[ShiftLine, ...]:
    """The lines of an answer, in order, empty ones left out; at most `MOST_LINES` of them."""
    found = (line.strip()[:_LONGEST] for line in text.replace("\r\n", "\n").split("\n"))
    return tuple(_read(line) for line in [f for f in found if f][:MOST_LINES])


def _read(line: str) -> ShiftLine:
    found = _LINE.fullmatch(line)
    if found is None:
        return ShiftLine(line=line, number=_only_number(line))
    number, words = int(found[1]), found[2].strip()
    first, _, rest = words.lstrip("#").partition(" ")
    if first.lower().rstrip(":") == "note":
        return ShiftLine(line=line, number=number, note=rest.strip())
    # What is no command is somebody's name: giving tickets out is what such answers are for.
    command = words if words.startswith("#") or is_command(first) else f"assign {words}"
    return ShiftLine(line=line, number=number, command=command)


def _only_number(line: str) -> int | None:
    return int(re.sub(r"\D", "", line)) if _BARE.fullmatch(line) else None

"""What a terminal shows. Words of strangers pass through here: they must not steer it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

_PIPE_WIDTH = 200
# Escape sequences whole (ECMA-48: CSI, OSC and the like), else their letters would stay.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# C0 and C1 controls, line separators, and what turns the writing direction (UAX #9).
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")


def block(text: str) -> str:
    """A text of several lines, fit for a terminal: no escape sequence, no control character."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text.replace("\r\n", "\n"))).expandtabs()


def line(text: str) -> str:
    """A text as one line, fit for a terminal."""
    return _SPACE.sub(" ", block(text)).strip()


def say(text: str) -> None:
    """Show a line on standard output."""
    print(block(text))


def complain(text: str) -> None:
    """Show lines on standard error."""
    print(block(text), file=sys.stderr)


def print_json(document: object) -> None:
    """The one JSON document of a command. Only ASCII: nothing in it can steer a terminal."""
    print(json.dumps(document, indent=2))


def print_json_list(items: Iterable[object], out: TextIO | None = None) -> None:
    """A JSON array, written item by item: there may be a great many."""
    stream = out or sys.stdout
    separator = "["
    for item in items:
        stream.write(f"{separator}\n{json.dumps(item)}")
        separator = ","
    stream.write("[]\n" if separator == "[" else "\n]\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """A table for people; ``empty`` is said where there are no rows. None shows as nothing."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("id", "number"))
    for row in rows:
        table.add_row(*(Text("" if cell is None else line(str(cell))) for cell in row))
    if not table.row_count:
        print(empty)
        return
    # A pipe has no width: what is cut off there is lost.
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    Console(markup=False, highlight=False, emoji=False, width=width).print(table)


def moment(at: datetime | None, timezone: str) -> str | None:
    """A time for people, in a time zone, to the minute."""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" if at else None


def instant(at: datetime | None) -> str | None:
    """A time in UTC, ISO 8601 with Z, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None

"""The functions of the language: how each is called, and what it gives.

Some are the library's own. The rest comes from its collection of Python functions, and is handed
to it where an expression asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.expressions.types import (
    MOMENT,
    NUMBER,
    SPAN,
    TEXT,
    TRUTH,
    UNKNOWN,
    Kind,
    Type,
    list_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function. ``of`` is what stands before its dot, None where nothing does.

    ``takes``: the types between the parentheses; from ``least`` on they may be left out.
    ``own``: the library has it itself.
    """

    name: str
    of: Kind | None
    takes: tuple[Type, ...] = ()
    least: int | None = None
    gives: Type
    does: str
    own: bool = True

    @property
    def usage(self) -> str:
        """How it is written."""
        given = ", ".join(str(t) for t in self.takes)
        return f"{self.of}.{self.name}({given})" if self.of else f"{self.name}({given})"


def _of_text() -> tuple[Function, ...]:
    t = Kind.TEXT
    return (
        Function(name="contains", of=t, takes=(TEXT,), gives=TRUTH, does="the text is in it"),
        Function(name="startsWith", of=t, takes=(TEXT,), gives=TRUTH, does="it begins so"),
        Function(name="endsWith", of=t, takes=(TEXT,), gives=TRUTH, does="it ends so"),
        Function(
            name="matches",
            of=t,
            takes=(TEXT,),
            gives=TRUTH,
            does="the regular expression is found in it; `(?i)` in front: in capitals, too",
        ),
        Function(name="size", of=t, gives=NUMBER, does="its length in octets (UTF-8)"),
        Function(
            name="lowerAscii", of=t, gives=TEXT, does="A–Z as a–z; other letters stay", own=False
        ),
        Function(
            name="upperAscii", of=t, gives=TEXT, does="a–z as A–Z; other letters stay", own=False
        ),
        Function(name="trim", of=t, gives=TEXT, does="without space around it", own=False),
        Function(
            name="replace",
            of=t,
            takes=(TEXT, TEXT),
            gives=TEXT,
            does="with the first text replaced by the second, everywhere",
            own=False,
        ),
        Function(
            name="split", of=t, takes=(TEXT,), gives=list_of(TEXT), does="its pieces", own=False
        ),
        Function(
            name="indexOf",
            of=t,
            takes=(TEXT,),
            gives=NUMBER,
            does="where the text is in it, from 0; -1: nowhere",
            own=False,
        ),
        Function(
            name="substring",
            of=t,
            takes=(NUMBER, NUMBER),
            least=1,
            gives=TEXT,
            does="from one character to before another, from 0",
            own=False,
        ),
    )


def _of_moments() -> tuple[Function, ...]:
    parts = {
        "getHours": "its hour, 0–23",
        "getMinutes": "its minute, 0–59",
        "getDayOfWeek": "its day of the week, 0 is Sunday",
        "getDate": "its day of the month, 1–31",
        "getMonth": "its month, 0 is January",
        "getFullYear": "its year",
    }
    return tuple(
        Function(name=n, of=Kind.MOMENT, gives=NUMBER, does=f"{does}; in UTC")
        for n, does in parts.items()
    )


def _of_none() -> tuple[Function, ...]:
    return (
        Function(name="size", of=None, takes=(UNKNOWN,), gives=NUMBER, does="how many it holds"),
        Function(name="string", of=None, takes=(UNKNOWN,), gives=TEXT, does="as a text"),
        Function(name="int", of=None, takes=(UNKNOWN,), gives=NUMBER, does="as a whole number"),
        Function(
            name="timestamp",
            of=None,
            takes=(TEXT,),
            gives=MOMENT,
            does='a moment, written "2026-12-24T00:00:00Z"',
        ),
        Function(name="duration", of=None, takes=(TEXT,), gives=SPAN, does='a time, as "90m"'),
    )


FUNCTIONS: tuple[Function, ...] = (
    *_of_text(),
    Function(name="size", of=Kind.LIST, gives=NUMBER, does="how many it holds"),
    Function(name="size", of=Kind.MAP, gives=NUMBER, does="how many it holds"),
    Function(
        name="join",
        of=Kind.LIST,
        takes=(TEXT,),
        gives=TEXT,
        does="its texts in one, with a text between",
        own=False,
    ),
    *_of_moments(),
    *_of_none(),
)
METHODS = {(f.of, f.name): f for f in FUNCTIONS if f.of is not None}
CALLS = {f.name: f for f in FUNCTIONS if f.of is None}
LENT = frozenset(f.name for f in FUNCTIONS if not f.own)

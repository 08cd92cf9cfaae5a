"""The grammar of what an agent can say; the same in mail, chat and the command line.

Commands are the lines at the very top that begin with ``#``; the rest is what goes to the
requester, or becomes a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from gateway.core.model import Priority
from gateway.core.moments import parse_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its name, its arguments as words, and the line as it was written."""

    name: str
    args: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A line that is no command, or a command with a wrong argument."""

    line: str
    expected: str
    meant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a message's top lines asked for, and the words below them."""

    commands: tuple[Command, ...]
    rest: str
    faults: tuple[Fault, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a command of this name is among them."""
        return any(c.name == name for c in self.commands)

    @property
    def gives(self) -> bool:
        """Whether they say whose ticket it is to be."""
        return self.has("assign") or self.has("take")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How one command is written. ``check`` returns None, or says what is expected."""

    name: str
    usage: str
    does: str
    aliases: tuple[str, ...] = ()
    check: Callable[[tuple[str, ...]], str | None] = lambda args: "no more words" if args else None
    takes_text: bool = False


_ADDRESS = re.compile(r"<?([^\s@<>,;]{1,64}@[^\s@<>,;]{1,255})>?")
_PHONES = ("phone", "visit", "email", "chat")


def address_of(word: str) -> str | None:
    """The mail address in a word, lower case, angle brackets off; None if it is none."""
    found = _ADDRESS.fullmatch(word.strip(",;"))
    return found.group(1).lower() if found else None


def number_of(word: str) -> int | None:
    """A ticket or entry number, its ``#`` optional; None if it is none."""
    digits = word.lstrip("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def _span(args: tuple[str, ...]) -> str | None:
    fine = not args or parse_duration("".join(args)) is not None
    return None if fine else 'nothing, or a time such as "4h" or "2d"'


def _priority(args: tuple[str, ...]) -> str | None:
    fine = len(args) == 1 and args[0].lower() in set(Priority)
    return None if fine else "one of low, normal, high, urgent"


def _one(what: str) -> Callable[[tuple[str, ...]], str | None]:
    return lambda args: None if len(args) == 1 else what


def _some(what: str) -> Callable[[tuple[str, ...]], str | None]:
    return lambda args: None if args else what


def _number(args: tuple[str, ...]) -> str | None:
    fine = len(args) == 1 and number_of(args[0])
    return None if fine else 'the number of a ticket, such as "12"'


def _addresses(args: tuple[str, ...]) -> str | None:
    fine = args and all(address_of(a) for a in args)
    return None if fine else "one or more mail addresses"


def _for(args: tuple[str, ...]) -> str | None:
    fine = args and address_of(args[0]) and (len(args) == 1 or args[1:] in {(p,) for p in _PHONES})
    return None if fine else f"a mail address, then perhaps one of {', '.join(_PHONES)}"


def _move(args: tuple[str, ...]) -> str | None:
    numbers = [number_of(a) for a in args if a.lower() != "to"]
    fine = len(numbers) == 2 and all(numbers)
    return None if fine else 'an entry and a ticket, such as "31 to 12"'


def _away(args: tuple[str, ...]) -> str | None:
    fine = not args or (args[0].lower() == "until" and len(args) > 1)
    return None if fine else 'nothing, or "until" and a day, such as "until monday"'


_EMAIL_OR_ME = 'an agent\'s address or name, "me" or "nobody"'

GRAMMAR: tuple[Grammar, ...] = (
    Grammar(name="note", usage="#note", does="nothing of this message goes out", takes_text=True),
    Grammar(
        name="reply",
        usage="#reply",
        does="this is the public answer (where words are internal by default)",
        takes_text=True,
    ),
    Grammar(
        name="resolve",
        usage="#resolve",
        does="answered; waits to be closed",
        aliases=("solved", "resolved"),
    ),
    Grammar(name="close", usage="#close", does="over and done", aliases=("closed",)),
    Grammar(name="open", usage="#open", does="to be worked on (again)", aliases=("reopen",)),
    Grammar(
        name="pending",
        usage="#pending [2d]",
        does="waits for the requester, who is reminded; with a time, comes back by itself instead",
        check=_span,
    ),
    Grammar(
        name="hold",
        usage="#hold [2d]",
        does="waits for a third party; with a time, comes back by itself",
        check=_span,
    ),
    Grammar(
        name="priority",
        usage="#priority urgent",
        does="low, normal, high or urgent (also #urgent, #high, #normal, #low)",
        check=_priority,
    ),
    Grammar(
        name="assign",
        usage="#assign bea@acme.example",
        does='gives it to somebody; also "me" and "nobody"',
        check=_some(_EMAIL_OR_ME),
    ),
    Grammar(name="take", usage="#take", does="gives it to you"),
    Grammar(
        name="queue",
        usage="#queue network",
        does="puts it on another queue",
        aliases=("group",),
        check=_one("the name of a queue"),
    ),
    Grammar(
        name="escalate",
        usage="#escalate [why]",
        does="to the next tier, with the reason as a note",
        check=lambda _args: None,
    ),
    Grammar(
        name="promise",
        usage="#promise 15:00",
        does='your next answer comes by then, and you are reminded; "off" takes it back',
        check=lambda _args: None,
    ),
    Grammar(
        name="tag",
        usage="#tag vpn wifi",
        does="adds tags",
        aliases=("tags",),
        check=_some("one or more tags"),
    ),
    Grammar(
        name="untag",
        usage="#untag wifi",
        does="takes tags off",
        aliases=("untags",),
        check=_some("one or more tags"),
    ),
    Grammar(name="merge", usage="#merge 12", does="this ticket into ticket 12", check=_number),
    Grammar(
        name="cc",
        usage="#cc someone@example.org",
        does="takes somebody into the conversation",
        check=_addresses,
    ),
    Grammar(
        name="uncc",
        usage="#uncc someone@example.org",
        does="takes somebody out of it",
        check=_addresses,
    ),
    Grammar(
        name="for",
        usage="#for ada@example.org [phone]",
        does="opens the ticket for them (by your standing address)",
        aliases=("requester",),
        check=_for,
    ),
    Grammar(name="send", usage="#send", does="sends what was held for you"),
    Grammar(name="undo", usage="#undo", does="takes back an answer that still waits"),
    Grammar(name="watch", usage="#watch", does="you hear of everything on this ticket"),
    Grammar(name="unwatch", usage="#unwatch", does="you don't any more"),
    Grammar(name="mine", usage="#mine", does="lists your open tickets"),
    Grammar(
        name="move",
        usage="#move 31 to 12",
        does="entry 31 belongs to ticket 12",
        check=_move,
    ),
    Grammar(name="revoke", usage="#revoke", does="this ticket's reply addresses die"),
    Grammar(
        name="away",
        usage="#away [until monday]",
        does="no new tickets for you; your open ones that wait for an answer go to others",
        check=_away,
    ),
    Grammar(name="back", usage="#back", does="new tickets again"),
    Grammar(
        name="status",
        usage="#status",
        does="tells you alone how things stand",
        aliases=("history",),
    ),
    Grammar(name="help", usage="#help", does="this list"),
)

_BY_NAME = {name: g for g in GRAMMAR for name in (g.name, *g.aliases)}
_SHORT_PRIORITIES = frozenset(Priority)
_WORDS = (*_BY_NAME, *_SHORT_PRIORITIES)
_HASHES = ("#", "\uff03", "\ufe5f")  # and as Chinese and Japanese keyboards write it
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LOOK = 200  # characters of a line that show whether it is a command
_LINE = re.compile(r"#\s*([^\s:]{0,40}):?\s*(.*)", re.DOTALL)


def is_command(word: str) -> bool:
    """Whether a word is the name of a command, case and ``#`` aside."""
    return word.lstrip("#").lower() in _WORDS


def parse(text: str) -> Parsed:
    """Split a message's text into its commands, its faults and the rest."""
    lines = text.replace("\r\n", "\n").lstrip("\n \t\r\ufeff").split("\n")
    commands: list[Command] = []
    faults: list[Fault] = []
    carried = ""
    at = 0
    for at, line in enumerate(lines):  # noqa: B007 - where the commands end is what is wanted
        if not (top := _visible(line)):
            continue  # clients put empty lines between paragraphs
        if not top.startswith("#"):
            break
        read, words = _read(top)
        (commands if isinstance(read, Command) else faults).append(read)  # type: ignore[arg-type]
        carried = f"{carried}{words}\n" if words else carried
    else:
        at = len(lines)
    at = at if commands or faults else 0
    rest = (carried + "\n".join(lines[at:])).strip()
    return Parsed(commands=tuple(commands), rest=rest, faults=tuple(faults))


def _visible(line: str) -> str:
    """A line as people see it: a ``#note`` behind an invisible character is one all the same.

    Of a line that is no command the beginning is enough.
    """
    seen = _INVISIBLE.sub("", line[:_LOOK]).strip()
    if seen.startswith(_HASHES) or (not seen and len(line) > _LOOK):
        seen = _INVISIBLE.sub("", line).strip()
    return "#" + seen[1:] if seen.startswith(_HASHES) else seen


def parse_words(words: tuple[str, ...]) -> Parsed:
    """The same for commands given one by one, their ``#`` optional (command line, chat)."""
    return parse("\n".join("#" + " ".join(w.split()).lstrip("#") for w in words))


def _read(line: str) -> tuple[Command | Fault, str]:
    found = _LINE.match(line)
    name, words = (found.group(1).lower(), found.group(2)) if found else ("", "")
    if name in _SHORT_PRIORITIES:
        name, words = "priority", f"{name} {words}"
    grammar = _BY_NAME.get(name)
    if grammar is None:
        return _unknown(line, name, words), ""
    if grammar.takes_text:
        return Command(name=grammar.name, line=line), words
    args = tuple(words.split())
    expected = grammar.check(args)
    if expected is not None:
        return Fault(line=line, expected=f"{grammar.usage}: {expected}", meant=grammar.usage), ""
    return Command(name=grammar.name, args=args, line=line), ""


def _unknown(line: str, name: str, words: str) -> Fault:
    near = get_close_matches(name, _WORDS, n=1, cutoff=0.6)
    meant = _meant(near[0], words) if near else None
    return Fault(line=line, expected="a command; #help lists them", meant=meant)


def _meant(name: str, words: str) -> str | None:
    """The line as it may be sent again: with what stood behind the name, where that is right."""
    if name in _SHORT_PRIORITIES and not words.strip():
        return f"#{name}"
    read, text = _read(f"#{name} {words}")
    if isinstance(read, Fault):
        return read.meant
    return f"#{read.name}" if text else " ".join((f"#{read.name}", *read.args))

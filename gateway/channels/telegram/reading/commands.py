"""What begins with a slash: a request of somebody outside, or a line of the agents' grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.core.chat import Ask, Request
from gateway.core.commands import is_command

_SLASH = re.compile(r"/([A-Za-z][A-Za-z0-9_]{0,31})(?:@(\w{1,64}))?(?:[ \t]+(.*))?", re.DOTALL)
_REQUESTS = {str(ask): ask for ask in (Ask.START, Ask.HELP, Ask.NEW, Ask.STATUS, Ask.CLOSE)}
_TICKET = re.compile(r"(/ticket(?:@\w{1,64})?[ \t]+#?|#)(\d{1,12})(?:\s+(.+))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and the words that were said with it."""

    request: Request
    words: str = ""


def asked(text: str, called: str) -> Asked | None:
    """The request of somebody outside; None where it is none that is meant for this bot."""
    found = _SLASH.fullmatch(text.strip())
    if found is None or not _for_us(found, called):
        return None
    word, said = found[1].lower(), (found[3] or "").strip()
    if word == Ask.LINK:
        return Asked(request=Request(ask=Ask.LINK, argument=said))
    if word not in _REQUESTS:
        return None
    ask = _REQUESTS[word]
    return Asked(request=Request(ask=ask), words=said if ask is Ask.NEW else "")


def for_another(text: str, called: str) -> bool:
    """Whether it is a command for another bot of the group."""
    found = _SLASH.fullmatch(text.strip())
    return found is not None and not _for_us(found, called)


def as_lines(text: str, called: str, *, known_alone: bool = False) -> str:
    """Words with the commands at their top as lines of the agents' grammar: ``#take``.

    ``known_alone``: what is no command of theirs stays as it is.
    """
    lines = text.split("\n")
    for n, line in enumerate(lines):
        found = _SLASH.fullmatch(line)
        if found is None and line.startswith("#"):
            continue
        if found is None or not _for_us(found, called):
            break
        if known_alone and not is_command(found[1].lower()):
            break
        lines[n] = f"#{found[1].lower()} {(found[3] or '').strip()}".rstrip()
    return "\n".join(lines)


def ticket_named(text: str) -> tuple[int | None, str]:
    """The ticket of ``/ticket 7 priority high`` or ``#7 …``, and what is said to it."""
    found = _TICKET.fullmatch(text)
    if found is None:
        return None, text
    said = (found[3] or "").strip()
    whole_command = found[1].startswith("/") and said and not said.startswith(("#", "/"))
    return int(found[2]), f"#{said}" if whole_command else said


def _for_us(found: re.Match[str], called: str) -> bool:
    return found[2] is None or found[2].lower() == called

"""Header fields as they go over the wire.

The folding of the standard library is not used for people, subjects and ids: it loses the
quotes of long names, encodes the commas between addresses, and turns a Message-ID of more
than a line into an encoded word, by which no client finds the thread any more.

Nor is what we set ourselves parsed again: that took two thirds of the time of building a mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.policy import EmailPolicy
from functools import cache, lru_cache
from typing import Any

from gateway.channels.email.sending.addresses import CONTROLS, Mailbox

_LINE = 76
_MAX_NAME = 200  # characters
_MAX_SUBJECT = 900  # characters; some servers refuse header fields of several thousand octets
_MAX_REFERENCES = 900  # octets: even a gateway that unfolds it stays under 998 a line (RFC 5322)
_ID = re.compile(r"[!-;=?-~]+")  # printable ASCII without angle brackets and spaces
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_KEY = "mail:"


def one_line(text: str, limit: int = _MAX_SUBJECT) -> str:
    """Text that is safe in a header: no control characters, runs of white space one space.

    What is longer than ``limit`` characters ends with an ellipsis.
    """
    line = " ".join(CONTROLS.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def person_name(text: str) -> str:
    """A display name that is safe in a header."""
    return one_line(text, _MAX_NAME)


def id_of_key(key: str) -> str | None:
    """The Message-ID, without angle brackets, of a thread key; None for other channels' keys."""
    return bare_id(key.removeprefix(_KEY)) if key.startswith(_KEY) else None


def one_line_of_ascii(text: str) -> str:
    """Text for a field that machines read: printable ASCII on one line."""
    return one_line(re.sub(r"[^ -~]", " ", text))


def bare_id(text: str) -> str | None:
    """An id without its angle brackets, or None if it cannot stand in a header as it is.

    One that would have to be altered is of no use: nobody would recognise it.
    """
    inner = text.strip().removeprefix("<").removesuffix(">")
    return inner if _ID.fullmatch(inner) and len(inner) <= _MAX_REFERENCES - 2 else None


def chain(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids for References, oldest first: the first one and as many of the newest as fit."""
    unique = list(dict.fromkeys(ids))
    if not unique:
        return ()
    root, *others = unique
    room = _MAX_REFERENCES - _width(root)
    newest: list[str] = []
    for one in reversed(others):
        room -= _width(one)
        if room < 0:
            break
        newest.append(one)
    # A root so long that nothing fits beside it: the newest is what clients look at first.
    return (root, *reversed(newest)) if newest or not others else (others[-1],)


def _width(message_id: str) -> int:
    return len(message_id) + 3


class Given(str):
    """A field as it was given, with the ``addresses`` of people. Its name says so to the policy."""

    name: str
    addresses: tuple[Address, ...]


class _Fields(HeaderRegistry):
    """The standard library's fields; it makes a class for each field of each mail anew."""

    def __init__(self) -> None:
        super().__init__()
        self._class_of = cache(super().__getitem__)
        self._parsed = lru_cache(maxsize=256)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        return self._class_of(name)

    def __call__(self, name: str, value: Any) -> Any:
        """Parse a value; most of them, such as ``text/html``, stand in every mail."""
        return self._parsed(name, value) if type(value) is str else super().__call__(name, value)


class WirePolicy(EmailPolicy):
    """The modern policy, with a folding of its own for the fields that people and threads need."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """See `email.policy.Policy.header_store_parse`. What we fold ourselves stays as it is."""
        return (name, _given(name, value)) if name.lower() in _FOLDS else self._parsed(name, value)

    def _parsed(self, name: str, value: Any) -> tuple[str, Any]:
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """See `email.policy.Policy.fold`."""
        own = _FOLDS.get(name.lower())
        return own(name, value) if own else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """See `email.policy.Policy.fold_binary`."""
        own = _FOLDS.get(name.lower())
        # UTF-8 stands here only in addresses that go to a server with SMTPUTF8 (RFC 6532).
        return own(name, value).encode() if own else super().fold_binary(name, value)


def _given(name: str, value: Any) -> Given:
    """Raises ValueError for a line break, as the standard library does."""
    people = (value,) if isinstance(value, Address) else value
    addresses = people if isinstance(people, tuple) else ()
    text = ", ".join(map(str, addresses)) if addresses else str(value or "")
    if len(text.splitlines()) > 1:
        raise ValueError(f"{name} has a line break in it")
    given = Given(text)
    given.name, given.addresses = name, addresses
    return given


# 7bit: every server takes it, and nothing on the way has a reason to recode it.
POLICY = WirePolicy(linesep="\r\n", cte_type="7bit", header_factory=_Fields())
POLICY_UTF8 = POLICY.clone(utf8=True)


def _fold_words(name: str, value: Any) -> str:
    """Words as they are, a line broken between them only."""
    lines = [f"{name}:"]
    for word in str(value).split():
        if len(lines[-1]) + 1 + len(word) > _LINE and not lines[-1].endswith(":"):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def _fold_subject(name: str, value: Any) -> str:
    text = str(value)
    if _plain(text) and all(len(word) < _LINE - len(name) for word in text.split()):
        return _fold_words(name, text)
    return f"{name}: {_encoded_words(text, first=len(name) + 2)}\r\n"


def _fold_people(name: str, value: Any) -> str:
    people = [_person(address) for address in value.addresses]
    # RFC 5322 wants at least one address in To; an empty group is the usual way to say "nobody".
    return f"{name}: " + (",\r\n ".join(people) or "undisclosed-recipients:;") + "\r\n"


def _person(address: Address) -> str:
    bare = Mailbox(address.username, address.domain).spec
    if not address.display_name:
        return bare
    spec = f"<{bare}>"
    phrase = _phrase(address.display_name)
    last = phrase.rpartition("\n")[2]
    return phrase + ("\r\n " if len(last) + len(spec) > _LINE - 6 else " ") + spec


def _phrase(name: str) -> str:
    if not _plain(name) or len(name) > _LINE - 16:
        return _encoded_words(name, first=10)
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(text: str) -> bool:
    """Needs no encoded words, and cannot be taken for one (RFC 2047)."""
    return text.isascii() and "=?" not in text


def _encoded_words(text: str, *, first: int) -> str:
    header = Header(text, "utf-8", maxlinelen=_LINE, header_name="x" * first)
    return header.encode(linesep="\r\n")


def _on_one_line(name: str, value: Any) -> str:
    return f"{name}: {value}\r\n"


_FOLDS: dict[str, Callable[[str, Any], str]] = {
    "from": _fold_people,
    "to": _fold_people,
    "cc": _fold_people,
    "reply-to": _fold_people,
    "subject": _fold_subject,
    "message-id": _fold_words,
    "in-reply-to": _fold_words,
    "references": _fold_words,
    "content-id": _fold_words,
    "x-helpdesk-mark": _on_one_line,
    "auto-submitted": _on_one_line,
    "x-auto-response-suppress": _on_one_line,
    "content-language": _on_one_line,
}

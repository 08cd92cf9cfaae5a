"""Message ids, and the opaque keys by which answers find their ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.words import plain

_ID = re.compile(r"<\s*([^<>]{1,998}?)\s*>")
_BARE_ID = re.compile(r"[^\s<>,;()\"]{1,500}@[^\s<>,;()\"]{1,500}")
_BETWEEN_IDS = re.compile(r"[\s<>,;()\"]+")
_FROM_SOMEBODY = re.compile(
    r"(?i:\b(?:from|by|to|cc|von|de|da|от)\b)"
    r"(?:(?!\bof\s+\"?(?:\d|[A-Z][a-z]{2},))[^<>@]){0,200}<[^<>]{0,320}>"
)
# Folds inside an id, and signs that no id has and no database keeps.
_SPACE = re.compile("[\\s\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]+")
_HEAD = 65_536
_MOST_REFERENCES = 100
_LONGEST_REFERENCES = 131_072
_END = re.compile(rb"\n\r?\n")  # of the headers
_THREAD_FIELD = re.compile(
    rb"(?im)^(references|in-reply-to|message-id)[ \t]*:((?>(?:[^\n]*+\n(?=[ \t]))*)[^\n]*+)"
)


def key_of(message_id: str) -> str:
    """The thread key of a Message-ID, with or without its angle brackets.

    To the letter (RFC 5322, section 3.6.4): References are built from keys, and clients compare
    ids octet by octet.
    """
    return "mail:" + message_id.strip().removeprefix("<").removesuffix(">").strip()


def lane_of(raw: bytes) -> str:
    """What mails of one conversation have in common, at a glance.

    The first id of References, else that of In-Reply-To, else the message's own, else empty.
    Only the headers are looked at, and at most 64 KB of them.
    """
    found: dict[str, str] = {}
    for match in _THREAD_FIELD.finditer(_head(raw)):
        name = match[1].decode("ascii").lower()
        ids = ids_in(plain(match[2]))
        if ids and name not in found:
            found[name] = ids[0]
    for name in ("references", "in-reply-to", "message-id"):
        if name in found:
            return found[name]
    return ""


def _head(raw: bytes) -> bytes:
    end = _END.search(raw, 0, _HEAD)
    return raw[: end.start() if end else _HEAD]


def ids_in(text: str) -> list[str]:
    """The ids in a header's value, in order, without angle brackets.

    Ids that lost their brackets are read, too, where nothing else is there, and folds inside an
    id are closed (RFC 5322, section 3.6.4). Old programs write ``Message from Ada
    <ada@example.org> of …`` or ``ada@example.org's message of …``: an address is no id.
    """
    if "<" in text:
        text = _FROM_SOMEBODY.sub("", text)
        return [_SPACE.sub("", match[1]) for match in _ID.finditer(text)]
    words = [word for word in _BETWEEN_IDS.split(text) if word]
    bare = all(_BARE_ID.fullmatch(word) for word in words)
    return [_SPACE.sub("", word) for word in words] if bare else []


def message_id_of(headers: Headers) -> str | None:
    """The Message-ID without brackets, or None."""
    for value in headers.every("message-id"):
        text = plain(value)
        ids = ids_in(text)
        if ids:
            return ids[0]
        if text.strip(" <>\t\r\n"):
            return _SPACE.sub("", text.strip(" <>\t\r\n"))[:998]
    return None


def refers_to(headers: Headers) -> tuple[str, ...]:
    """Keys of what the message answers: In-Reply-To, then References from the newest."""
    referred = list(_referred(headers))
    people = _addresses(headers) if referred else set()
    keys = dict.fromkeys(key for key in referred if key.lower() not in people)
    return tuple(keys)[:_MOST_REFERENCES]


def _addresses(headers: Headers) -> set[str]:
    """What some programs put into In-Reply-To in the place of an id, as keys."""
    names = ("from", "to", "cc", "reply-to", "sender")
    text = " ".join(plain(headers.raw(name))[:4096] for name in names).lower()
    return {f"mail:{address}" for address in _BARE_ID.findall(text)}


def _referred(headers: Headers) -> Iterator[str]:
    for value in headers.every("in-reply-to")[:10]:
        yield from map(key_of, ids_in(plain(value)))
    for value in headers.every("references")[:10]:
        # From a chain of megabytes only the newest ids are of use.
        text = value[-_LONGEST_REFERENCES:].decode("utf-8", "replace")
        yield from map(key_of, reversed(ids_in(text)[-_MOST_REFERENCES:]))

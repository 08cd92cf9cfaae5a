"""Who wrote a mail, and whom it was for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.parties import normal_address, parse_list, parties_of
from gateway.core.model import Party

MOST_RECIPIENTS = 200
_MOST_AUTHORS = 20
# Where it was delivered to, or sent on to by hand (RFC 5322, section 3.6.6).
_DELIVERED = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-delivered-to",
    "resent-to",
    "resent-cc",
)


def envelope_from(envelope: Mapping[str, Any]) -> str | None:
    """The envelope sender: an address, empty for the null sender, None if it is not known."""
    value = envelope.get("from")
    if not isinstance(value, str):
        return None
    bare = value.strip().removeprefix("<").removesuffix(">")
    return normal_address(bare) or ("" if not bare else None)


def author_of(headers: Headers, envelope: Mapping[str, Any], own_lists: tuple[str, ...]) -> Party:
    """Who wrote it: From, else Sender, else the envelope's sender (RFC 5322, section 3.6.2).

    A list of our own that has put itself into From says elsewhere who the author was.
    """
    first = next(_candidates(headers, envelope), Party(address=""))
    if is_list(first.address, own_lists):
        return _behind_list(headers, first, own_lists)
    if not first.name and not first.address:
        return Party(address="", name=headers.text("from").strip('<>" ')[:200])
    return first


def other_authors(headers: Headers, author: Party, own_lists: tuple[str, ...]) -> tuple[Party, ...]:
    """Whom else From names, in one field or in several (RFC 5322, section 3.6.2)."""
    named = parties_of(headers, "from", _MOST_AUTHORS)
    others = (p for p in named if p.address and p.address != author.address)
    return tuple(p for p in others if not is_list(p.address, own_lists))


def is_list(address: str, own_lists: tuple[str, ...]) -> bool:
    """Whether an address is that of a group that the desk sits behind."""
    return bool(own_lists) and address in {one.lower() for one in own_lists}


_VIA = re.compile(r"^['\"]*(.*?)['\"]*\s+(?:via|por|tramite|über)\s+\S.*$", re.IGNORECASE)
_ORIGINALS = ("x-original-sender", "x-original-from", "reply-to")


def _behind_list(headers: Headers, shown: Party, own_lists: tuple[str, ...]) -> Party:
    """The author as Google Groups and Mailman name them; the list itself where they do not.

    ``shown`` is From: its name is mostly ``Ada via Support``.
    """
    via = _VIA.match(shown.name[:300])
    name = via[1] if via else ""
    them = [p for field in _ORIGINALS for p in parties_of(headers, field, 5)]
    author = next((p for p in them if not is_list(p.address, own_lists)), None)
    if author is None:
        return shown
    named = (p.name for p in them if p.address == author.address and p.name)
    return Party(address=author.address, name=next(named, name))


def _candidates(headers: Headers, envelope: Mapping[str, Any]) -> Iterator[Party]:
    for name in ("from", "sender"):
        yield from parties_of(headers, name, 1)
    sender = envelope_from(envelope)
    if sender:
        yield Party(address=sender, name=headers.text("from")[:200] if "from" in headers else "")
    for name in ("reply-to", "return-path", "resent-from"):
        yield from parties_of(headers, name, 1)


def behind_own_list(headers: Headers, own_lists: tuple[str, ...]) -> bool:
    """Whether one of the desk's own lists passed the mail on."""
    lists = {address.lower() for address in own_lists}
    ids = {address.replace("@", ".") for address in lists}
    for name in ("list-post", "list-id", "mailing-list", "x-beenthere", "x-mailing-list", "sender"):
        value = headers.text(name).lower() if name in headers else ""
        if value and any(one in value for one in lists | ids):
            return True
    return False


def list_id_of(headers: Headers, own_lists: tuple[str, ...]) -> str:
    """The mailing list that passed the mail on (RFC 2919), in lower case; empty for ours."""
    if own_lists and behind_own_list(headers, own_lists):
        return ""
    for name in ("list-id", "x-beenthere", "mailing-list", "x-mailing-list", "list-post"):
        value = headers.text(name).lower().strip() if name in headers else ""
        if value:
            return value[value.rfind("<") + 1 :].rstrip("> ")[:255]
    return ""


def recipients_of(
    headers: Headers, envelope: Mapping[str, Any], named: tuple[Party, ...], defects: list[str]
) -> tuple[str, ...]:
    """All addresses it was sent to or delivered for, envelope first, each once.

    The mailbox that a mail was fetched from comes last: an alias of it says more.
    """
    found: dict[str, None] = {}
    to = envelope.get("to")
    for address in to if isinstance(to, list | tuple) else ():
        if isinstance(address, str):
            found[normal_address(address) or address.strip().lower()] = None
    others = islice(_delivered_and_named(headers, named), MOST_RECIPIENTS + 1)
    for count, address in enumerate(others):
        if count >= MOST_RECIPIENTS:
            defects.append(f"more than {MOST_RECIPIENTS} recipients in the headers")
            break
        found[address] = None
    mailbox = envelope.get("mailbox")
    if isinstance(mailbox, str) and mailbox:
        found[normal_address(mailbox) or mailbox.strip().lower()] = None
    return tuple(found)


def _delivered_and_named(headers: Headers, named: tuple[Party, ...]) -> Iterator[str]:
    for name in _DELIVERED:
        for value in headers.every(name)[:20]:
            yield from (p.address for p in parse_list(value[:2000].decode("utf-8", "replace")))
    yield from (party.address for party in named)

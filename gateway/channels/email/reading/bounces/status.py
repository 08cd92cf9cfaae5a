"""The machine-readable part of a delivery report, message/delivery-status (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.channels.email.reading.headers import Headers, read_headers
from gateway.channels.email.reading.parties import parse_list
from gateway.channels.email.reading.parts import Part
from gateway.channels.email.reading.words import tidy

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
_BLANK = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+")  # some servers leave several
_MOST_GROUPS = 1_000
_FAILED = ("failed", "failure", "error", "undeliverable", "bounced")
_SUCCEEDED = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient. ``action`` is failed, delayed or delivered."""

    address: str
    action: str
    status: str | None


def outcomes_in(leaf: Part) -> list[Outcome]:
    """All recipients that a message/delivery-status tells of.

    The address is empty where the report names a recipient that is none.
    """
    data = leaf.content().lstrip()
    outcomes: list[Outcome] = []
    position = 0
    for _ in range(_MOST_GROUPS):
        if position >= len(data):
            break
        match = _BLANK.search(data, position)
        end = match.end() if match else len(data)
        headers, _body = read_headers(data, position, end)
        outcomes.extend(_outcome(headers))
        position = end
    return outcomes


def _outcome(headers: Headers) -> Iterator[Outcome]:
    if "final-recipient" not in headers and "original-recipient" not in headers:
        return
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        address = _address(headers.raw(name))
        if address:
            yield Outcome(address, _action(headers), _status(headers))
            return
    yield Outcome("", _action(headers), _status(headers))


def _address(value: bytes) -> str | None:
    """The address after its type, ``rfc822; ada@example.org``; the type is often left out."""
    text = tidy(value[:2000].decode("utf-8", "replace"))
    _, semicolon, rest = text.partition(";")
    party = next(parse_list(rest if semicolon else text), None)
    return spelled(text, party.address) if party and ".." not in party.address else None


def spelled(text: str, address: str) -> str:
    """A lower-case address as the text spells it: a report shows what was written to."""
    at = text.lower().find(address) if text.isascii() else -1
    return text[at : at + len(address)] if at >= 0 else address


def _action(headers: Headers) -> str:
    words = headers.token("action").split()
    word = words[0] if words else ""
    if word in _SUCCEEDED:
        return "delivered"
    if word.startswith("delay"):
        return "delayed"
    if word in _FAILED:
        return "failed"
    status = _status(headers)
    return "delayed" if status and status.startswith("4") else "failed"


def _status(headers: Headers) -> str | None:
    for name in ("status", "diagnostic-code"):
        match = STATUS.search(headers.raw(name)[:2000].decode("utf-8", "replace"))
        if match:
            return match[1]
    return None

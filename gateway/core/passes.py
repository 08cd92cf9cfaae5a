"""Passes: the part of a link that lets one held mail be released, by whoever was sent the link.

``31.k3v9…`` carries the number of an inbox row in clear and 32 base32 characters (RFC 4648,
section 6, lower case):

    1 octet   key id
    4 octets  the minute in which it ends, counted from 1970-01-01
    15 octets HMAC-SHA256 over those and the number, cut to 120 bits (RFC 2104, section 5)

It is good once because the mail is held no longer afterwards.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_FORM = re.compile(r"(\d{1,12})\.([a-z2-7]{32})", re.ASCII)
_HEAD = 5  # octets
_MAC = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass that we signed. ``number``: the inbox row. It counts before ``until`` alone."""

    number: int
    until: datetime


class Passes:
    """Makes and reads passes. ``secrets`` by key id: that of ``signs`` signs, all verify."""

    def __init__(self, secrets: Mapping[int, bytes], *, signs: int) -> None:
        self._secrets = dict(secrets)
        self._signs = signs

    def __repr__(self) -> str:
        return "Passes()"

    def issue(self, number: int, *, until: datetime) -> str:
        """A pass for a row, in whole minutes: it ends with the one that ``until`` is in."""
        minute = int(until.timestamp()) // 60 + 1
        head = bytes([self._signs]) + minute.to_bytes(4, "big")
        mac = _mac(self._secrets[self._signs], number, head)
        signed = base64.b32encode(head + mac).decode("ascii")
        return f"{number}.{signed.lower()}"

    def read(self, given: str) -> Pass | None:
        """What a pass says, whether or not it is over; None for what we did not sign."""
        parsed = _FORM.fullmatch(given)
        if parsed is None or parsed.group(1) != str(int(parsed.group(1))):
            return None
        number, octets = int(parsed.group(1)), base64.b32decode(parsed.group(2).upper())
        head, mac = octets[:_HEAD], octets[_HEAD:]
        secret = self._secrets.get(head[0])
        if secret is None or not hmac.compare_digest(mac, _mac(secret, number, head)):
            return None
        minute = int.from_bytes(head[1:], "big")
        return Pass(number=number, until=datetime.fromtimestamp(0, UTC) + timedelta(minutes=minute))


def _mac(secret: bytes, number: int, head: bytes) -> bytes:
    return hmac.digest(secret, b"pass\0%d\0" % number + head, "sha256")[:_MAC]

"""How the tests of reading call it: at a fixed moment, with what they want to differ."""

from datetime import UTC, datetime
from typing import Any

from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.core.model import Message

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def options(**changes: Any) -> ReadOptions:
    return ReadOptions(now=lambda: NOW, **changes)


def read(raw: bytes | str, envelope: dict[str, Any] | None = None, **changes: Any) -> Message:
    octets = raw.encode() if isinstance(raw, str) else raw
    return read_mail(octets, envelope or {}, options(**changes))


def plain(text: str, *headers: str) -> Message:
    """A mail of Ada's with that text."""
    head = ["From: Ada <ada@example.org>", "Content-Type: text/plain; charset=utf-8", *headers]
    return read("\n".join(head) + "\n\n" + text)

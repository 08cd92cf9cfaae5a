from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from gateway.channels.email.pieces import PIECE, count, end_of_text
from gateway.channels.email.reading.dates import date_of
from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.parts import Part


def fingerprint_of(headers: Headers, leaves: Iterable[Part], sender: str) -> str:
    """The same for a message that came by two ways, another one for anything else.

    32 hexadecimal digits over Message-ID, From, Date, Subject and the decoded parts; trace
    headers, transfer encodings, line ends and folds make no difference. ``sender`` (of the
    envelope) counts only for a message without an id. The first digits are the hour of Date:
    messages of one time stand together in an index, which stays quick however long it is.
    """
    digest = blake2b(digest_size=13)
    for name in ("message-id", "from", "date", "subject"):
        _add(digest, b"".join(headers.raw(name).split()))
    if not headers.raw("message-id"):
        _add(digest, sender.encode("utf-8", "replace"))
    for leaf in leaves:
        _add(digest, leaf.type.encode("ascii", "replace"))
        _add_content(digest, leaf)
    return _hour(headers) + digest.hexdigest()


def _hour(headers: Headers) -> str:
    moment = date_of(headers.text("date"))
    hours = int(moment.timestamp() // 3600) if moment else 0
    return f"{min(max(hours, 0), 0xFFFFFF):06x}"


def _add(digest: blake2b, octets: bytes) -> None:
    digest.update(len(octets).to_bytes(8, "big"))
    digest.update(octets)


def _add_content(digest: blake2b, leaf: Part) -> None:
    data = leaf.content()
    if leaf.type.startswith("text/") or leaf.encoding in ("", "7bit", "8bit"):
        _add_lines(digest, data, end_of_text(data))
    else:
        _add(digest, data)


def _add_lines(digest: blake2b, data: bytes, stop: int) -> None:
    """Whatever the ends of its lines."""
    digest.update((stop - count(data, b"\r\n", stop)).to_bytes(8, "big"))
    start = 0
    while start < stop:
        end = min(start + PIECE, stop)
        end += end < stop and data[end - 1 : end + 1] == b"\r\n"
        digest.update(data[start:end].replace(b"\r\n", b"\n"))
        start = end

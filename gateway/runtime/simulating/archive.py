"""Where a simulation gets its messages from: files of old mail, or the desk's own history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from gateway.core.frozen import replace
from gateway.core.ports import Incoming
from gateway.runtime import desk_events
from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.errors import ContentGoneError

_HEADERS = 65_536  # octets in which the Date stands
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_ACTIONS = frozenset({"agent_acted", "ticket_asked"})
_PAGE = 200


def of_mails(raws: Iterable[bytes], now: datetime) -> Iterator[Incoming]:
    """Old mail, each at its own Date; one without a Date that can be right, with the one before."""
    before = _EARLIEST
    for raw in raws:
        at = _date_of(raw)
        before = at if at is not None and _EARLIEST <= at <= now + timedelta(days=1) else before
        digest = hashlib.blake2b(raw, digest_size=16).hexdigest()
        yield Incoming(
            channel="email",
            external_id=f"simulate:{digest}",
            raw=raw,
            received_at=before,
            envelope={"v": 1, "source": "import"},
        )


def _date_of(raw: bytes) -> datetime | None:
    head = raw[:_HEADERS].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for line in head.split(b"\n"):
        if line[:5].lower() == b"date:":
            return _parsed(line[5:].decode("latin-1").strip())
    return None


def _parsed(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None  # nobody's clock; the reader says so on the message


def of_history(database: Database, tell: Callable[[int], None]) -> Iterator[Incoming]:
    """What the desk itself took in, as it came: mail with its envelope, and what agents did.

    What the clock and the postman told the desk is left out: the simulation has its own.
    ``tell`` is called with the number of messages whose raw form was erased, which are missed.
    """
    after, missed = 0, 0
    while True:
        with database.read() as conn:
            rows = inbox.after(conn, after, _PAGE)
            came: list[Incoming] = []
            for row in rows:
                try:
                    came.append(inbox.incoming(conn, row))
                except ContentGoneError:
                    missed += 1
        if not rows:
            break
        yield from (replace(one, lane="", live=True) for one in came if _counts(one))
        after = rows[-1].id
    tell(missed)


def _counts(incoming: Incoming) -> bool:
    if incoming.channel != desk_events.CHANNEL:
        return True
    return json.loads(incoming.raw).get("event") in _ACTIONS

"""Values that tests of the store write, with what does not matter filled in."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection

from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryKind,
    Party,
    Role,
    StoredFile,
    Ticket,
    Visibility,
)
from gateway.core.ports import Incoming
from gateway.store import entries, outbox, tickets
from gateway.store.database import Database

T = TypeVar("T")

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ADA = Party(address="ada@example.org", name="Ada Byron")
BEA = "bea@acme.example"
_serial = count(1)


MAIL = b"From: ada@example.org\r\n\r\nHelp!\r\n"


def incoming(external_id: str | None = None, raw: bytes = MAIL, **fields: Any) -> Incoming:
    return Incoming(
        channel=fields.pop("channel", "email"),
        external_id=external_id or f"arrival-{next(_serial)}",
        raw=raw,
        received_at=fields.pop("received_at", NOW),
        **fields,
    )


def ticket(**fields: Any) -> Ticket:
    given: dict[str, Any] = {
        "number": 0,
        "subject": "Printer on fire",
        "requester": ADA,
        "queue": "support",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Ticket(**given | fields)


def entry(number: int, text: str = "Help!", **fields: Any) -> entries.NewEntry:
    given: dict[str, Any] = {
        "ticket": number,
        "at": NOW,
        "kind": EntryKind.MESSAGE,
        "visibility": Visibility.PUBLIC,
        "direction": Direction.IN,
        "author": Author(name="Ada Byron", address=ADA.address, role=Role.REQUESTER),
        "because": "belongs to no ticket so far: a new one",
        "because_code": "nothing_matched",
        "body": Body(text=text, full_text=text),
    }
    return entries.NewEntry(**given | fields)


def outgoing(number: int, **fields: Any) -> outbox.NewOutbox:
    given: dict[str, Any] = {
        "ticket": number,
        "channel": "email",
        "to": ADA,
        "kind": "confirmation",
        "message": {"v": 1, "subject": "We have it"},
        "message_id": f"<{next(_serial)}@acme.example>",
        "due_at": NOW,
        "created_at": NOW,
    }
    return outbox.NewOutbox(**given | fields)


def new_ticket(conn: Connection, text: str = "Help!", **fields: Any) -> tuple[int, int]:
    """A ticket with one message; its number and the entry's id."""
    number = tickets.insert(conn, ticket(**fields))
    return number, entries.append(conn, [entry(number, text)])[0]


def stored(name: str, digest: str, size: int) -> StoredFile:
    return StoredFile(name=name, type="text/plain", size=size, digest=digest)


class Undone(Exception):
    """Raised to have a transaction rolled back."""


def undo() -> None:
    """Raise `Undone`, unforeseen by whoever checks what can be reached."""
    raise Undone


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    """A transaction that is undone at its end."""
    with suppress(Undone), database.write() as conn:
        yield conn
        raise Undone


def there(found: T | None) -> T:
    """What was looked for, which a test knows to be there."""
    assert found is not None
    return found

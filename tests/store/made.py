"""Values that tests of the store write, with what does not matter filled in."""

from datetime import UTC, datetime
from itertools import count

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

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ADA = Party(address="ada@example.org", name="Ada Byron")
BEA = "bea@acme.example"
_serial = count(1)


def incoming(external_id=None, raw=b"From: ada@example.org\r\n\r\nHelp!\r\n", **fields):
    return Incoming(
        channel=fields.pop("channel", "email"),
        external_id=external_id or f"arrival-{next(_serial)}",
        raw=raw,
        received_at=fields.pop("received_at", NOW),
        **fields,
    )


def ticket(**fields):
    given = {
        "number": 0,
        "subject": "Printer on fire",
        "requester": ADA,
        "queue": "support",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Ticket(**given | fields)


def entry(number, text="Help!", **fields):
    given = {
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


def outgoing(number, **fields):
    given = {
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


def new_ticket(conn, text="Help!", **fields):
    """A ticket with one message; its number and the entry's id."""
    number = tickets.insert(conn, ticket(**fields))
    return number, entries.append(conn, [entry(number, text)])[0]


def stored(name, digest, size):
    return StoredFile(name=name, type="text/plain", size=size, digest=digest)

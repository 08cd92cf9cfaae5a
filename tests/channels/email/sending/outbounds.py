"""A message to send, of which a test changes what it is about."""

from datetime import UTC, datetime
from typing import Any

from gateway.core.documents import Block, Document
from gateway.core.model import Party
from gateway.core.ports import Outbound

MARK_LINE = "##- Please write your reply above this line -##"


def outbound(**changes: Any) -> Outbound:
    given: dict[str, Any] = {
        "id": 1,
        "ticket": 7,
        "channel": "email",
        "to": Party(address="ada@example.org", name="Ada Byron"),
        "sender": Party(address="support@acme.example", name="Acme Support"),
        "document": document("Printer on fire"),
        "message_id": "<out.1@acme.example>",
        "created_at": datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    }
    return Outbound(**(given | changes))


def document(subject: str = "Hello", *blocks: Block) -> Document:
    return Document(subject=subject, blocks=blocks or (Block(kind="text", text="We are on it."),))


def words(text: str, html: str | None = None) -> Block:
    return Block(kind="words", text=text, html=html)

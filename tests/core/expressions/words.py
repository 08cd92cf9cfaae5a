"""A small vocabulary, and one message in it."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.core.expressions import (
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    Expression,
    ExpressionError,
    Fact,
    Facts,
    Vocabulary,
    compile_expression,
    list_of,
    map_of,
    one_of,
    record,
)

WORDS = Vocabulary(
    (
        Fact("subject", TEXT, "", ""),
        Fact("to", list_of(TEXT), "", ""),
        Fact("headers", map_of(TEXT, lower=True), "", ""),
        Fact("hour", NUMBER, "", ""),
        Fact("priority", one_of(("low", "normal", "high")), "", ""),
        Fact("has_attachments", TRUTH, "", ""),
        Fact("requester", record(address=TEXT, tags=list_of(TEXT)), "", ""),
        Fact("attachments", list_of(record(name=TEXT, size=NUMBER)), "", ""),
        Fact("open", record(**{"office": TRUTH, "night-shift": TRUTH}), "", ""),
        Fact("now", MOMENT, "", ""),
    )
)
MESSAGE = {
    "subject": "Outage: the printer is down",
    "to": ["support@acme.example", "bea@acme.example"],
    "headers": {"x-priority": "1"},
    "hour": 9,
    "priority": "normal",
    "has_attachments": True,
    "requester": {"address": "ada@example.org", "tags": ["vip"]},
    "attachments": [{"name": "smoke.png", "size": 1234}],
    "open": {"office": True, "night-shift": False},
    "now": datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
}


def made(source: str) -> Expression:
    return compile_expression(source, WORDS, TRUTH)


def about(**other: object) -> Facts:
    return Facts(MESSAGE | other)


def troubles(source: str) -> list[str]:
    try:
        made(source)
    except ExpressionError as error:
        return [f"{t.at}: {t.found}" for t in error.troubles]
    return []

"""Events that mean nothing to a desk: kept, each with its kind."""

from __future__ import annotations

from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.fields import Table, table, words
from gateway.core.model import Message


def ignored(kind: str, stored: Table, context: Context) -> Message:
    """An event of a kind that is not used."""
    who = words(stored, "user") or words(table(stored, "user"), "id")
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("ignored", context.external_id),
        ignored=kind[:100],
    )

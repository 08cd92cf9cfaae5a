"""Events that mean nothing to a desk: kept, each with its kind."""

from __future__ import annotations

from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.fields import Table, table, tables, words
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


def is_foreign(payload: Table, team: str) -> bool:
    """Whether it belongs to another workspace: an app can be installed in several of them.

    What its token cannot answer is nobody's request here. What people of other companies say in a
    shared channel comes by our own installation.
    """
    if not team or payload.get("is_enterprise_install") in (True, "true"):
        return False
    installed = tables(payload, "authorizations")
    if installed:
        ours = (one.get("is_enterprise_install") is True or _of(one, team) for one in installed)
        return not any(ours)
    if "command" in payload:
        return not _of(payload, team)
    return words(payload, "type") == "message_action" and not _of(table(payload, "team"), team)


def _of(stored: Table, team: str) -> bool:
    """Whether a workspace is that one, as far as it is said."""
    return (words(stored, "team_id") or words(stored, "id") or team) == team

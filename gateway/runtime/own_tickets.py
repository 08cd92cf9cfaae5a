"""What somebody outside is shown of their own tickets, where a network has room for a list."""

from __future__ import annotations

from gateway.core.deciding.requests import answer_due
from gateway.core.model import Party
from gateway.core.policy import Policy
from gateway.core.ports import OwnTicket
from gateway.runtime.outgoing import Renders
from gateway.store import Connection, linking, people, tickets

_MOST = 40


def own_tickets(
    conn: Connection, who: Party, language: str, policy: Policy, renderer: Renders
) -> tuple[OwnTicket, ...]:
    """Those that live, of any account of theirs, newest first; never more than a network shows."""
    known = people.find(conn, who)
    linked = known is not None and known.linked
    others = linking.accounts_of(conn, [known.contact]) if known is not None and linked else ()
    language = language if language in policy.languages else policy.language
    return tuple(
        OwnTicket(
            number=ticket.number,
            subject=ticket.subject,
            state=renderer.phrase(language, f"status.{ticket.state.value}"),
            due_at=answer_due(ticket, policy),
        )
        for ticket in tickets.asked_by(conn, (who, *others), _MOST)
    )

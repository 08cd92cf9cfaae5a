"""A message of ours did not arrive: the ticket shows it and an agent is told."""

from __future__ import annotations

from gateway.core.audience import for_failures
from gateway.core.changes import Append, Decision, NoticeKind, Reach, Unreachable
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.deciding.rerouting import reroute
from gateway.core.events import DeliveryFailed
from gateway.core.model import Body, EntryKind, Party, Visibility
from gateway.core.reachable import said_of_the_address
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def decide_delivery_failed(event: DeliveryFailed, situation: Situation, desk: Desk) -> Decision:
    """Say so on the ticket and to its agents; a failed failure notice ends here."""
    if situation.ticket is None:
        return Decision(ticket=None, changes=())
    draft = Draft(situation.ticket, desk, event.at)
    because = Reason.of(
        Why.DELIVERY_UNKNOWN if event.maybe else Why.DELIVERY_FAILED, error=event.error
    )
    ref = draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            author=desk_author(desk.policy),
            because=because,
            body=Body(text=f"The {event.kind} to {event.to.address} {because}"),
        )
    )
    if event.unreachable or (not event.maybe and said_of_the_address(event.error)):
        draft.add(Unreachable(to=event.to, why=event.error))
    instead = reroute(draft, event, situation)
    if event.kind != NoticeKind.UNDELIVERED:
        tell_failure(
            draft,
            event.to,
            because,
            ref,
            error=event.error,
            maybe=event.maybe,
            instead=instead.address if instead else "",
        )
    return draft.decision()


def tell_failure(  # noqa: PLR0913 - a notice with all that it says
    draft: Draft,
    to: Party,
    because: Reason,
    ref: str,
    *,
    error: str,
    maybe: bool = False,
    unproved: bool = False,
    instead: str = "",
) -> None:
    """Agents hear that something did not arrive, or that nobody knows (``maybe``).

    ``unproved``: somebody says so who may be anybody. ``instead`` is the address to which it goes
    now.
    """
    shown = to.address if to.channel == "email" else f"{to.shown} ({to.channel})"
    for agent in for_failures(draft.policy, draft.ticket, to.address, draft.now):
        draft.tell(
            agent,
            NoticeKind.UNDELIVERED,
            because,
            reach=Reach.INTERNAL,
            about=ref,
            facts={
                "to": shown,
                "error": error,
                "maybe": maybe,
                "unproved": unproved,
                "instead": instead,
            },
        )

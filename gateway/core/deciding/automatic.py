"""What machines send: no answer, nothing reopened, no clock started or stopped."""

from __future__ import annotations

from gateway.core.changes import Decision, Deliver, Drop, NoticeKind, Unreachable
from gateway.core.deciding.deliveries import tell_failure
from gateway.core.deciding.draft import Desk, Draft
from gateway.core.deciding.incoming import append_message
from gateway.core.events import MessageArrived
from gateway.core.model import Automatic, Message, Role
from gateway.core.placement import Placement
from gateway.core.policy import Bulk, Policy
from gateway.core.reachable import of_the_address
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Sent, Situation


def dropped(because: Reason) -> Decision:
    """Nothing happens, and the inbox lists why."""
    return Decision(ticket=None, changes=(Drop(because=because),))


def decide_automatic(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What becomes of a machine's mail; None where it goes the way of other mail."""
    message = event.message
    kind = message.automatic
    of_agent = message.author.address in desk.policy.agents_by_email
    if kind is None and of_agent and message.answers_invitation:
        return dropped(Reason.of(Why.AUTOMATIC_OF_AGENT, agent=message.author.address))
    if kind is None:
        return None
    if kind is Automatic.OWN:
        return dropped(Reason.of(Why.OWN_MAIL))
    if kind is Automatic.BOUNCE and (situation.sent is not None or not message.list_id):
        return _bounce(event, placement, situation, desk)
    of_list = kind is Automatic.BULK or (kind is Automatic.BOUNCE and message.list_id != "")
    if of_agent and (not of_list or placement.ticket is not None):
        return dropped(Reason.of(Why.AUTOMATIC_OF_AGENT, agent=message.author.address))
    if of_list:
        return _bulk(message, placement, desk.policy)
    if placement.ticket is None:
        return dropped(_reason(message, Why.AUTOMATIC_NO_TICKET))
    return _attached(event, placement, desk)


def _reason(message: Message, why: Why) -> Reason:
    kind = message.automatic.value if message.automatic else ""
    return Reason.of(why, kind=kind, because=message.automatic_because)


def _bulk(message: Message, placement: Placement, policy: Policy) -> Decision | None:
    attached = placement.ticket is not None
    if policy.bulk is Bulk.DROP or (policy.bulk is Bulk.ATTACH and not attached):
        return dropped(Reason.of(Why.BULK_DROPPED, because=message.automatic_because))
    return None


def _attached(event: MessageArrived, placement: Placement, desk: Desk) -> Decision:
    """On the ticket that it belongs to, for agents to see, and nobody is told."""
    assert placement.ticket is not None  # noqa: S101 - the caller has looked
    draft = Draft(placement.ticket, desk, event.at, live=event.live)
    role = placement.ticket.role_of(event.message.author.address)
    append_message(draft, event.message, _reason(event.message, Why.AUTOMATIC), role)
    draft.matched_by = placement.matched_by
    return draft.decision()


def _bounce(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision:
    sent = situation.sent
    if sent is None and placement.ticket is None:
        return dropped(Reason.of(Why.BOUNCE_UNMATCHED))
    if situation.ticket is None:
        return _bounced_nowhere(event.message, sent)
    draft = Draft(situation.ticket, desk, event.at, live=event.live)
    proved = sent is None or sent.proved
    why = Why.BOUNCE_MATCHED if proved else Why.BOUNCE_UNPROVED
    because = Reason.of(why, ticket=situation.ticket.number)
    ref = append_message(draft, event.message, because, Role.DESK if proved else Role.STRANGER)
    if sent is not None and _for_good(event.message):
        (_mark if proved else _tell_unproved)(draft, event.message, sent, ref)
    draft.matched_by = "token" if sent else placement.matched_by
    return draft.decision()


def _bounced_nowhere(message: Message, sent: Sent | None) -> Decision:
    """What came back was about no ticket, such as an answer to ``#help``: its row is marked."""
    if sent is None or not _for_good(message):
        return dropped(Reason.of(Why.BOUNCE_UNMATCHED))
    if not sent.proved:
        return dropped(Reason.of(Why.BOUNCE_UNPROVED))
    error = bounce_words(message)
    marked = Deliver(outbox_id=sent.outbox_id, state="bounced", error=error)
    because = Reason.of(Why.DELIVERY_FAILED, error=error)
    remembered = _unreachable(message, sent, error)
    return Decision(ticket=None, changes=(marked, *remembered, Drop(because=because)))


def _for_good(message: Message) -> bool:
    return message.bounce is not None and not message.bounce.temporary


def _mark(draft: Draft, message: Message, sent: Sent, ref: str) -> None:
    error = bounce_words(message)
    draft.add(Deliver(outbox_id=sent.outbox_id, state="bounced", error=error))
    draft.add(*_unreachable(message, sent, error))
    if sent.kind == NoticeKind.UNDELIVERED:
        return  # a notice about a failure that fails itself is told to nobody
    because = Reason.of(Why.DELIVERY_FAILED, error=error)
    tell_failure(draft, sent.to, because, ref, error=error)


def _tell_unproved(draft: Draft, message: Message, sent: Sent, ref: str) -> None:
    """Nothing follows from what anybody may have written; an agent hears of it, and judges."""
    if sent.kind == NoticeKind.UNDELIVERED:
        return
    because = Reason.of(Why.BOUNCE_UNPROVED)
    tell_failure(draft, sent.to, because, ref, error=bounce_words(message), unproved=True)


def _unreachable(message: Message, sent: Sent, error: str) -> tuple[Unreachable, ...]:
    """An address that is bad for good is remembered; a full mailbox is not its end."""
    if message.bounce is None or not of_the_address(message.bounce, sent.to.address):
        return ()
    return (Unreachable(to=sent.to, why=error),)


def bounce_words(message: Message) -> str:
    """A delivery report in one line: the addresses and their status."""
    failed = message.bounce.recipients if message.bounce else ()
    shown = [f"{r.address} ({r.status})" if r.status else r.address for r in failed]
    return ", ".join(shown) or "the receiving server sent it back"

"""Machines that may open tickets: repeats fold into one ticket, and a recovery resolves it.

They get no answer, and start no clock but that of the ticket that they open. Of what repeats too
often agents hear once, and how much it was at the end of the hour.
"""

from __future__ import annotations

from datetime import timedelta

from gateway.core.audience import for_words
from gateway.core.changes import (
    Append,
    Change,
    Claim,
    Count,
    Decision,
    Drop,
    NoticeKind,
    Reach,
    Say,
    Skip,
    StartDeadline,
)
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.deciding.incoming import append_message, open_ticket, tell_words
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import (
    Automatic,
    Body,
    EntryKind,
    Message,
    Source,
    State,
    Ticket,
    Visibility,
)
from gateway.core.placement import Placement
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.states import Cause
from gateway.core.targets import Target

SCOPE = "source"  # of the tally that counts all mail about one thing
COUNTED = "counted"  # of the tally that counts, by ticket, what was not written down


def counted_as(source: Source) -> str:
    """Under which key the mail of a source is counted: what it is about, else all of it."""
    return source.key or source.name


def decide_source(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What becomes of a source's mail; None for all other mail."""
    source = event.message.source
    if source is None:
        return None
    # Whatever else it says of itself: it may open tickets, as the operator wants.
    event = replace(event, message=replace(event.message, automatic=None))
    quiet = _quiet(source, situation, desk)
    if source.resolves:
        decision = _recovered(event, source, placement, desk, quiet=quiet)
    elif placement.ticket is not None:
        decision = _repeated(event, source, placement, placement.ticket, situation, desk)
    elif quiet and placement.replaces is not None and _rests(placement.replaces):
        decision = _flapped(event, source, placement.replaces, situation, desk)
    else:
        decision = _opened(event, source, placement, situation, desk, quiet=quiet)
    once_more = Count(scope=SCOPE, key=counted_as(source))
    return replace(decision, counts=(*decision.counts, once_more))


def _limit(source: Source, desk: Desk) -> int:
    return desk.policy.most_per_hour(source.name)


def _quiet(source: Source, situation: Situation, desk: Desk) -> bool:
    """Whether agents have heard enough of it within the hour."""
    limit = _limit(source, desk)
    return limit > 0 and situation.repeats >= limit


def _begins(source: Source, situation: Situation, desk: Desk) -> bool:
    """Whether this is the first one of which they do not hear."""
    return situation.repeats == _limit(source, desk)


def _rests(ticket: Ticket) -> bool:
    return ticket.state is State.RESOLVED


def _opened(
    event: MessageArrived,
    source: Source,
    placement: Placement,
    situation: Situation,
    desk: Desk,
    *,
    quiet: bool,
) -> Decision:
    """A new ticket, which takes the key over from the one before."""
    draft = open_ticket(event, placement, situation, desk)
    if source.key:
        draft.add(Claim(keys=(source.key,), taken_from=placement.taken_from))
    decision = draft.decision()
    if not quiet or _begins(source, situation, desk):
        return decision
    return _without_notices(decision, _flaps(source, desk))


def _without_notices(decision: Decision, because: Reason) -> Decision:
    kept: list[Change] = [c for c in decision.changes if not isinstance(c, Say)]
    return replace(decision, changes=(*kept, Skip(what="notices", because=because)))


def _flaps(source: Source, desk: Desk) -> Reason:
    return Reason.of(Why.SOURCE_FLAPS, source=source.name, limit=_limit(source, desk))


def _repeated(
    event: MessageArrived,
    source: Source,
    placement: Placement,
    ticket: Ticket,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """The same again, on its ticket; nothing about the ticket changes by it."""
    if _quiet(source, situation, desk) and not _begins(source, situation, desk):
        return _counted(source, ticket, desk)
    draft = Draft(ticket, desk, event.at, live=event.live)
    draft.matched_by = placement.matched_by
    ref = _append(draft, event.message, placement.because)
    if _quiet(source, situation, desk):
        _say_that_it_flaps(draft, source)
    else:
        tell_words(draft, event.message, NoticeKind.REPLY, Reach.PUBLIC, ref)
    return draft.decision()


def _append(draft: Draft, message: Message, because: Reason) -> str:
    """On a ticket that there is: inside, for what a machine says again wants no answer."""
    role = draft.ticket.role_of(message.author.address)
    if message.source is not None and message.source.person is None:
        message = replace(message, automatic=Automatic.BULK)
    return append_message(draft, message, because, role)


def _counted(source: Source, ticket: Ticket, desk: Desk) -> Decision:
    """Not written down: a machine that says it a thousand times is one line an hour."""
    because = Reason.of(
        Why.SOURCE_REPEATS, source=source.name, limit=_limit(source, desk), ticket=ticket.number
    )
    return Decision(
        ticket=ticket.number,
        changes=(Drop(because=because),),
        counts=(Count(scope=COUNTED, key=str(ticket.number)),),
    )


def _say_that_it_flaps(draft: Draft, source: Source) -> None:
    """Once, when it begins; and what it came to is told when the hour is over."""
    because = _flaps(source, draft.desk)
    _note(draft, f"{because}.", because)
    hour = draft.now.replace(minute=0, second=0, microsecond=0)
    if draft.live:
        over = hour + timedelta(hours=1)
        draft.add(StartDeadline(target=Target.REPEATS, due_at=over, because=because))


def _note(draft: Draft, words: str, because: Reason) -> None:
    """A line of the desk's on the ticket, and to those who hear its requester."""
    ref = draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            author=desk_author(draft.policy),
            because=because,
            body=Body(text=words),
        )
    )
    for agent in for_words(draft.policy, draft.ticket, draft.now):
        facts = {"author": draft.policy.desk_name}
        draft.tell(agent, NoticeKind.NOTE, because, reach=Reach.INTERNAL, about=ref, facts=facts)


def _flapped(
    event: MessageArrived, source: Source, ticket: Ticket, situation: Situation, desk: Desk
) -> Decision:
    """It came back within the hour, again and again: the ticket that it had is open again."""
    draft = Draft(ticket, desk, event.at, live=event.live)
    draft.matched_by = "references"
    because = Reason.of(Why.SOURCE_KEY, source=source.name, ticket=ticket.number)
    _append(draft, event.message, because)
    draft.move_state(Cause.REQUESTER_WROTE, because, desk_author(desk.policy))
    if _begins(source, situation, desk):
        _say_that_it_flaps(draft, source)
    return draft.decision()


def _recovered(
    event: MessageArrived, source: Source, placement: Placement, desk: Desk, *, quiet: bool
) -> Decision:
    """It is over: the open ticket is resolved."""
    ticket = placement.ticket
    if ticket is None or ticket.state in (State.RESOLVED, State.CLOSED):
        because = Reason.of(Why.SOURCE_OVER_ALONE, source=source.name)
        return Decision(ticket=None, changes=(Drop(because=because),))
    draft = Draft(ticket, desk, event.at, live=event.live)
    draft.matched_by = placement.matched_by
    because = Reason.of(Why.SOURCE_OVER, source=source.name)
    ref = _append(draft, event.message, because)
    draft.move_state(Cause.SOURCE_OVER, because, desk_author(desk.policy))
    if quiet:
        draft.add(Skip(what="notices", because=_flaps(source, desk)))
    else:
        tell_words(draft, event.message, NoticeKind.REPLY, Reach.PUBLIC, ref)
    return draft.decision()


def tell_counted(draft: Draft, count: int) -> None:
    """The hour is over: how much was not written down."""
    if count > 0:
        because = Reason.of(Why.SOURCE_COUNTED, count=count)
        _note(draft, f"{because}.", because)

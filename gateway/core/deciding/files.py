"""Files that have to be fetched from a network: named at once, and told of when they come late."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.audience import for_words
from gateway.core.changes import Append, Change, Decision, NoticeKind, Reach
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.events import Event, FileSettled, MessageArrived
from gateway.core.model import Body, EntryKind, Message, Visibility
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def with_wanted(decision: Decision, event: Event, desk: Desk) -> Decision:
    """The decision, with the files that the message's entry wants to have fetched."""
    message = event.message if isinstance(event, MessageArrived) else None
    if message is None or message.chat is None or not message.chat.files:
        return decision
    changes = tuple(_wanting(change, message) for change in decision.changes)
    if changes == decision.changes:
        return decision
    return replace(decision, changes=(*changes, *_hopeless(message, desk)))


def _wanting(change: Change, message: Message) -> Change:
    its_own = isinstance(change, Append) and change.fingerprint == message.fingerprint
    if not its_own or message.chat is None:
        return change
    return replace(change, wanted=message.chat.files)  # type: ignore[arg-type]


def _hopeless(message: Message, desk: Desk) -> list[Append]:
    """What it is of no use to fetch is named on the ticket, with the reason."""
    files = message.chat.files if message.chat else ()
    return [
        _told(desk, Reason.of(Why.FILE_LOST, name=one.name, problem=one.problem))
        for one in files
        if one.problem
    ]


def _told(desk: Desk, because: Reason, ref: str = "") -> Append:
    return Append(
        ref=ref,
        kind=EntryKind.NOTICE,
        visibility=Visibility.INTERNAL,
        author=desk_author(desk.policy),
        because=because,
        body=Body(text=f"{because}."),
    )


def decide_file(event: FileSettled, situation: Situation, desk: Desk) -> Decision:
    """Say on the ticket what became of a file; agents hear of one that is late, or lost."""
    if situation.ticket is None:
        return Decision(ticket=None, changes=())
    draft = Draft(situation.ticket, desk, event.at)
    because = _because(event)
    draft.entry(_told(desk, because, draft.ref()))
    if not event.tried_again:
        for agent in for_words(desk.policy, draft.ticket, draft.now):
            draft.tell(
                agent,
                NoticeKind.NOTE,
                because,
                reach=Reach.INTERNAL,
                about=event.entry,
                attach=not event.problem,
                body=Body(text=f"{because}."),
                facts={"author": desk.policy.desk_name},
            )
    return draft.decision()


def _because(event: FileSettled) -> Reason:
    if not event.problem:
        return Reason.of(Why.FILE_LATE, name=event.name)
    why = Why.FILE_NOT_YET if event.tried_again else Why.FILE_LOST
    return Reason.of(why, name=event.name, problem=event.problem)

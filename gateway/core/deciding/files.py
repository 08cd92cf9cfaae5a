"""Files that have to be fetched from a network: named at once, and told of when they come late."""

from __future__ import annotations

from datetime import timedelta

from gateway.core.audience import for_words, without
from gateway.core.changes import Append, Change, Decision, NoticeKind, Reach, Say
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.events import Event, FileSettled, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import (
    Body,
    EntryFact,
    EntryKind,
    Message,
    Party,
    Role,
    StoredFile,
    Visibility,
)
from gateway.core.notices import to_people
from gateway.core.policy import Agent
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
    """Say on the ticket what became of a file; agents hear of one that is late, or lost.

    One that an answer went out without goes after it to those who still are on the ticket.
    """
    if situation.ticket is None:
        return Decision(ticket=None, changes=())
    draft = Draft(situation.ticket, desk, event.at)
    answer = _answer(situation.answered)
    if event.to is None:
        _settle(draft, event, answer)
    elif answer is not None and situation.file is not None:
        _follow(draft, event.to, situation.file, answer)
    return draft.decision()


def _answer(entry: EntryFact | None) -> EntryFact | None:
    """The entry of the file, where it is an agent's words to people outside."""
    if entry is None or entry.author.role is not Role.AGENT:
        return None
    public = entry.kind is EntryKind.MESSAGE and entry.visibility is Visibility.PUBLIC
    return entry if public else None


def _settle(draft: Draft, event: FileSettled, answer: EntryFact | None) -> None:
    because = _because(event, answer)
    draft.entry(_told(draft.desk, because, draft.ref()))
    for agent in _hearers(draft, event, answer):
        draft.tell(
            agent,
            NoticeKind.NOTE,
            because,
            reach=Reach.INTERNAL,
            about=event.entry,
            attach=not (event.problem or event.left_behind or event.infected),
            body=Body(text=f"{because}."),
            facts={"author": draft.policy.desk_name},
        )


def _hearers(draft: Draft, event: FileSettled, answer: EntryFact | None) -> tuple[Agent, ...]:
    """Who is told. Of their own answer its author hears what became of it, and not that it came."""
    author = answer.author.address if answer else ""
    own = tuple(a for a in draft.policy.agents if a.email == author)
    if event.left_behind or event.infected:
        return own
    if event.tried_again:
        return ()
    others = without(for_words(draft.policy, draft.ticket, draft.now), author)
    return (*own, *others) if event.problem else others


def _because(event: FileSettled, answer: EntryFact | None) -> Reason:
    if event.left_behind:
        return Reason.of(Why.FILE_TO_FOLLOW, name=event.name)
    if event.infected:
        return Reason.of(Why.FILE_INFECTED, name=event.name)
    if not event.problem:
        return Reason.of(Why.FILE_LATE, name=event.name)
    if event.tried_again:
        return Reason.of(Why.FILE_NOT_YET, name=event.name, problem=event.problem)
    why = Why.FILE_NOT_SENT if answer is not None else Why.FILE_LOST
    return Reason.of(why, name=event.name, problem=event.problem)


def _follow(draft: Draft, to: Party, file: StoredFile, answer: EntryFact) -> None:
    """The file goes by itself to somebody who has the answer; nothing to who left the ticket."""
    author = answer.author
    agent = draft.policy.agents_by_email.get(author.address)
    agent = agent or Agent(name=author.name, email=author.address)
    why = Reason.of(Why.FILE_LATE, name=file.name)
    for say in to_people(draft.policy, draft.ticket, agent, Body(text=""), why, about=""):
        if (say.to.channel, say.to.address) == (to.channel, to.address):
            because = Reason.of(Why.FILE_FOLLOWED, name=file.name, to=say.to.shown)
            draft.entry(_told(draft.desk, because, draft.ref()))
            draft.say(replace(_late(say, file, answer.id), because=because))


def _late(answer: Say, file: StoredFile, entry: int) -> Say:
    return replace(
        answer,
        kind=NoticeKind.LATE_FILE,
        about=entry,
        files=(file,),
        facts={**answer.facts, "file": file.name},
        body=None,
        wait=timedelta(0),
        answer_of=None,
        automatic=True,
    )

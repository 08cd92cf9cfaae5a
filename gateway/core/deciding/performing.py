"""The table of commands: what each of them does to a ticket."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.audience import for_new, without
from gateway.core.changes import Append, Away, NoticeKind, Reach, StopDeadline
from gateway.core.commands import GRAMMAR, Command, address_of
from gateway.core.deciding.act import (
    Act,
    WrongCommandError,
    find_agent,
    people_named,
    requester_named,
)
from gateway.core.deciding.answers import PERFORM_ANSWERS
from gateway.core.deciding.assigning import offer
from gateway.core.deciding.climbing import climb, tried
from gateway.core.deciding.draft import by_agent
from gateway.core.deciding.mending import PERFORM_MENDING, unmerge
from gateway.core.deciding.promising import promise
from gateway.core.model import (
    Body,
    EntryKind,
    Party,
    Priority,
    State,
    Visibility,
)
from gateway.core.moments import parse_duration, parse_moment
from gateway.core.policy import Agent
from gateway.core.states import Cause
from gateway.core.targets import Target

__all__ = ["PERFORM", "Act", "WrongCommandError", "perform"]


def perform(act: Act, command: Command) -> None:
    """Do one command. Raises `WrongCommandError` where it cannot be done."""
    PERFORM[command.name](act, command)


def _nothing(_act: Act, _command: Command) -> None:
    """``#note`` and ``#reply`` say where the words go; that is decided before."""


def _moves(cause: Cause) -> Callable[[Act, Command], None]:
    def move(act: Act, command: Command) -> None:
        act.draft.move_state(cause, by_agent(act.agent, command.line), act.author)

    return move


def _waits(cause: Cause) -> Callable[[Act, Command], None]:
    def wait(act: Act, command: Command) -> None:
        because = by_agent(act.agent, command.line)
        if act.draft.ticket.state is State.CLOSED:
            raise WrongCommandError(command, "the ticket is closed: #open it first")
        act.draft.move_state(cause, because, act.author)
        span = parse_duration("".join(command.args))
        if span is None:  # said again without a time: it comes back no more by itself
            act.draft.add(StopDeadline(target=Target.WAKE, because=because))
        else:
            act.draft.start(Target.WAKE, span, because)

    return wait


def _open(act: Act, command: Command) -> None:
    because = by_agent(act.agent, command.line)
    if act.draft.ticket.merged_into is not None:
        unmerge(act, command)
    act.draft.move_state(Cause.OPENED, because, act.author)


def _priority(act: Act, command: Command) -> None:
    new = Priority(command.args[0].lower())
    act.draft.alter("priority", new, by_agent(act.agent, command.line), act.author)


def _take(act: Act, command: Command) -> None:
    _give(act, command, act.agent)


def _assign(act: Act, command: Command) -> None:
    word = " ".join(command.args)
    if word.lower() == "nobody":
        act.draft.alter("assignee", None, by_agent(act.agent, command.line), act.author)
        return
    _give(act, command, act.agent if word.lower() == "me" else find_agent(act, command, word))


def _give(act: Act, command: Command, to: Agent) -> None:
    draft, because = act.draft, by_agent(act.agent, command.line)
    if not draft.policy.may_see(to, draft.ticket.queue):
        raise WrongCommandError(
            command, f"an agent of the restricted queue {draft.ticket.queue}; {to.name} is not"
        )
    changed = draft.alter("assignee", to.email, because, act.author)
    draft.move_state(Cause.TAKEN, because, act.author)
    if changed and to.email != act.agent.email:
        _show(act, to, NoticeKind.ASSIGNED, Reach.PUBLIC, command)


def _show(act: Act, to: Agent, kind: NoticeKind, reach: Reach, command: Command) -> None:
    last = act.situation.last_words
    act.draft.tell(
        to,
        kind,
        by_agent(act.agent, command.line),
        reach=reach,
        about=last.id if last else None,
        facts={"author": act.agent.name, "last_words": last.text if last else ""},
        attach=last is not None,
    )


def _queue(act: Act, command: Command) -> None:
    draft, because = act.draft, by_agent(act.agent, command.line)
    wanted = command.args[0].casefold()
    queue = next((q for q in draft.policy.queues if q.name.casefold() == wanted), None)
    if queue is None:
        known = ", ".join(draft.policy.queues_by_name)
        raise WrongCommandError(command, f"the name of a queue: {known}")
    if not draft.alter("queue", queue.name, because, act.author):
        return
    assignee = draft.policy.agents_by_email.get(draft.ticket.assignee or "")
    if assignee is not None and queue.name not in assignee.queues:
        draft.alter("assignee", None, because, act.author)
    told = () if draft.opens else for_new(draft.policy, draft.ticket, draft.now)
    for agent in without(told, act.agent.email):
        _show(act, agent, NoticeKind.NEW_TICKET, Reach.PUBLIC, command)


def _escalate(act: Act, command: Command) -> None:
    draft, because = act.draft, by_agent(act.agent, command.line)
    said = " ".join(command.args)
    # A note that escalates is the reason; it is written already.
    why = said or (act.words.body.text if act.parsed.has("note") else "")
    if said:
        draft.entry(
            Append(
                ref=draft.ref(),
                kind=EntryKind.NOTE,
                visibility=Visibility.INTERNAL,
                channel=act.words.channel,
                author=act.author,
                because=because,
                body=Body(text=said),
            )
        )
    for agent in without(climb(draft, act.situation, because, act.author), act.agent.email):
        last = act.situation.last_words
        draft.tell(
            agent,
            NoticeKind.ESCALATED,
            because,
            reach=Reach.INTERNAL,
            about=last.id if last else None,
            facts={
                "author": act.agent.name,
                "why": why,
                "last_words": last.text if last else "",
                "tried": tried(draft, act.situation),
            },
        )


def _tag(act: Act, command: Command) -> None:
    new = tuple(dict.fromkeys((*act.draft.ticket.tags, *_tags(command))))
    act.draft.alter("tags", new, by_agent(act.agent, command.line), act.author)


def _untag(act: Act, command: Command) -> None:
    off = set(_tags(command))
    left = tuple(t for t in act.draft.ticket.tags if t not in off)
    act.draft.alter("tags", left, by_agent(act.agent, command.line), act.author)


def _tags(command: Command) -> list[str]:
    return [a.strip(",").lower()[:60] for a in command.args if a.strip(",")]


def _cc(act: Act, command: Command) -> None:
    draft = act.draft
    known = {p.address for p in draft.ticket.people}
    new = tuple(p for p in people_named(act, command) if p.address not in known)
    if len(draft.ticket.participants) + len(new) > draft.policy.most_participants:
        raise WrongCommandError(command, f"at most {draft.policy.most_participants} people")
    everybody = (*draft.ticket.participants, *new)
    draft.alter("participants", everybody, by_agent(act.agent, command.line), act.author)


def _uncc(act: Act, command: Command) -> None:
    off = {address_of(a) for a in command.args}
    if act.draft.ticket.requester.address in off:
        raise WrongCommandError(command, "a participant: the requester stays (see #for)")
    there = act.draft.ticket.participants
    if off - {p.address for p in there}:
        known = ", ".join(p.address for p in there) or "there is none"
        raise WrongCommandError(command, f"a participant: {known}")
    left = tuple(p for p in there if p.address not in off)
    act.draft.alter("participants", left, by_agent(act.agent, command.line), act.author)


def _for(act: Act, command: Command) -> None:
    """On a ticket that is there already, it becomes somebody else's."""
    draft, because = act.draft, by_agent(act.agent, command.line)
    address = requester_named(act.draft.desk, command)
    known = {p.address: p for p in draft.ticket.people}
    new = known.get(address, Party(address=address))
    left = tuple(p for p in draft.ticket.participants if p.address != address)
    draft.alter("participants", left, because, act.author)
    draft.alter("requester", new, because, act.author)
    if len(command.args) > 1:
        draft.alter("channel", command.args[1], because, act.author)


def _watch(act: Act, command: Command) -> None:
    watchers = act.draft.ticket.watchers
    if act.agent.email not in watchers:
        new = (*watchers, act.agent.email)
        act.draft.alter("watchers", new, by_agent(act.agent, command.line), act.author)


def _unwatch(act: Act, command: Command) -> None:
    new = tuple(w for w in act.draft.ticket.watchers if w != act.agent.email)
    act.draft.alter("watchers", new, by_agent(act.agent, command.line), act.author)


def _revoke(act: Act, command: Command) -> None:
    raised = act.draft.ticket.generation + 1
    act.draft.alter("generation", raised, by_agent(act.agent, command.line), act.author)


def _away(act: Act, command: Command) -> None:
    until = None
    if command.args:
        words = " ".join(command.args[1:])
        until = parse_moment(words, act.draft.now, act.draft.policy.timezone)
        if until is None:
            raise WrongCommandError(command, 'a day ahead, such as "until monday" or "2026-12-01"')
    act.draft.add(Away(agent=act.agent.email, until=until))
    theirs = [t for n, t in act.situation.others.items() if n in act.situation.unanswered]
    offer(act.draft, theirs, act.situation, act.agent)


def _back(act: Act, _command: Command) -> None:
    act.draft.add(Away(agent=act.agent.email, back=True))


PERFORM: dict[str, Callable[[Act, Command], None]] = {
    "note": _nothing,
    "reply": _nothing,
    "resolve": _moves(Cause.RESOLVED),
    "close": _moves(Cause.CLOSED),
    "open": _open,
    "pending": _waits(Cause.PENDED),
    "hold": _waits(Cause.HELD),
    "priority": _priority,
    "assign": _assign,
    "take": _take,
    "queue": _queue,
    "escalate": _escalate,
    "promise": promise,
    "tag": _tag,
    "untag": _untag,
    "cc": _cc,
    "uncc": _uncc,
    "for": _for,
    "watch": _watch,
    "unwatch": _unwatch,
    "revoke": _revoke,
    "away": _away,
    "back": _back,
    **PERFORM_ANSWERS,
    **PERFORM_MENDING,
}

_missing = {g.name for g in GRAMMAR} - set(PERFORM)
if _missing:  # pragma: no cover - a slip of ours, seen at the first import
    raise RuntimeError(f"commands without a deed: {sorted(_missing)}")

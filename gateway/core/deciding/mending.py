"""Commands that mend where things landed: ``#merge`` and ``#move``. Both can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.core.changes import Alter, Append, Move, TakeBack
from gateway.core.commands import Command, number_of
from gateway.core.deciding.act import Act, WrongCommandError
from gateway.core.deciding.draft import by_agent
from gateway.core.deciding.promising import carried
from gateway.core.model import Body, EntryKind, Ticket, Visibility
from gateway.core.reasons import Reason, Why
from gateway.core.states import Cause


def _other(act: Act, command: Command, number: int | None) -> Ticket:
    """A ticket that a command names, if this agent may see it. Others answer alike."""
    ticket = act.situation.others.get(number or 0)
    if ticket is None or not act.draft.policy.may_see(act.agent, ticket.queue):
        raise WrongCommandError(command, f"the number of another ticket: there is no {number}")
    if ticket.number == act.draft.ticket.number:
        raise WrongCommandError(command, "the number of another ticket: this is the same one")
    if ticket.merged_into is not None:
        expected = f"a ticket that lives: {ticket.number} was merged into {ticket.merged_into}"
        raise WrongCommandError(command, expected)
    return ticket


def _merge(act: Act, command: Command) -> None:
    """Into the other one: its people take part there, and what comes later goes there."""
    draft = act.draft
    if draft.opens:
        raise WrongCommandError(command, "a ticket that there is: this one is new")
    target = _other(act, command, number_of(command.args[0]))
    if draft.ticket.merged_into is not None:
        expected = f"nothing: it was merged into {draft.ticket.merged_into} (#open undoes that)"
        raise WrongCommandError(command, expected)
    because = by_agent(act.agent, command.line)
    merged = Reason.of(Why.MERGED, merged=draft.ticket.number, ticket=target.number)
    told = Append(
        kind=EntryKind.NOTICE,
        visibility=Visibility.INTERNAL,
        author=act.author,
        because=merged,
        body=Body(text=f"{merged}. #open on ticket {draft.ticket.number} undoes it."),
    )
    along = carried(act, target, merged)
    draft.move_state(Cause.MERGED, because, act.author)
    draft.alter("merged_into", target.number, because, act.author)
    draft.on_other(target.number, told, *_joining(act, target, merged), *along)


def _joining(act: Act, target: Ticket, because: Reason) -> tuple[Alter, ...]:
    """The merged ticket's people take part; an agent who asked for help there watches instead."""
    agents = act.draft.policy.agents_by_email
    known = {p.address for p in target.people}
    new = [p for p in act.draft.ticket.people if p.address not in known]
    outside = (*target.participants, *(p for p in new if p.address not in agents))
    asked = (p.address for p in new if p.address in agents)
    watching = tuple(dict.fromkeys((*target.watchers, *asked)))
    wanted = {"participants": outside, "watchers": watching}
    return tuple(
        Alter(field=field, new=value, because=because, author=act.author)
        for field, value in wanted.items()
        if value != getattr(target, field)
    )


def unmerge(act: Act, command: Command) -> None:
    """The ticket lives again on its own, and the people whom it brought leave the other one."""
    draft, because = act.draft, by_agent(act.agent, command.line)
    chain = _went_to(act.situation.others, draft.ticket)
    draft.alter("merged_into", None, because, act.author)
    if not chain:
        return
    draft.add(TakeBack(ticket=chain[0].number, now_on=chain[-1].number, because=because))
    people = {p.address for p in draft.ticket.people}
    for into in chain:
        leaving = people & act.situation.came_along.get(into.number, people)
        left = tuple(p for p in into.participants if p.address not in leaving)
        if left != into.participants:
            leave = Alter(field="participants", new=left, because=because, author=act.author)
            draft.on_other(into.number, leave)


def _went_to(known: Mapping[int, Ticket], ticket: Ticket) -> tuple[Ticket, ...]:
    """The ticket that this one was merged into, and those that that one went on in."""
    chain: list[Ticket] = []
    while (into := known.get(ticket.merged_into or 0)) is not None and into not in chain:
        chain.append(into)
        ticket = into
    return tuple(chain)


def _move(act: Act, command: Command) -> None:
    if act.draft.opens:
        raise WrongCommandError(command, "an entry of a ticket that there is: this one is new")
    numbers = [n for a in command.args if (n := number_of(a)) is not None]
    entry = act.situation.entries.get(numbers[0])
    if entry is None or entry.ticket != act.draft.ticket.number:
        raise WrongCommandError(command, f"an entry of this ticket: {numbers[0]} is none (#status)")
    target = _other(act, command, numbers[1])
    because = Reason.of(Why.MOVED, ticket=act.draft.ticket.number, agent=act.agent.name)
    act.draft.add(Move(entry=entry.id, to=target.number, because=because))


PERFORM_MENDING: dict[str, Callable[[Act, Command], None]] = {"merge": _merge, "move": _move}

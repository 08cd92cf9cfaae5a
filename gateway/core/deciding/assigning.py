"""The desk gives tickets to agents, as their queues say."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.core.assignment import choose
from gateway.core.audience import for_new, without
from gateway.core.changes import Change, Given, NoticeKind, Reach, Skip
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.model import EntryFact, Ticket
from gateway.core.policy import Agent, Assign
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation

_BECAUSE = {Assign.ROUND_ROBIN: Why.IN_TURN, Assign.LEAST_BUSY: Why.LEAST_BUSY}


def assign(draft: Draft, situation: Situation, *, but: str = "") -> Agent | None:
    """Give the ticket to somebody, if nobody has it and its queue assigns by itself.

    Nothing is said yet. ``but``: an agent who is not to get it. What is imported is nobody's.
    """
    ticket = draft.ticket
    queue = draft.policy.queues_by_name.get(ticket.queue)
    by_hand = queue is None or queue.assign is Assign.MANUAL
    if by_hand or ticket.assignee is not None or not draft.live:
        return None
    assert queue is not None  # noqa: S101 - by hand otherwise
    staff = draft.staff or situation.staff
    agent = choose(draft.policy, ticket, staff, draft.now, but=but)
    if agent is None:
        draft.add(Skip(what="assignment", because=Reason.of(Why.NOBODY_FREE, queue=queue.name)))
        return None
    because = Reason.of(_BECAUSE[queue.assign], queue=queue.name)
    draft.alter("assignee", agent.email, because, desk_author(draft.policy))
    draft.add(Given(queue=queue.name, agent=agent.email, before=staff.given.get(queue.name)))
    draft.staff = staff.after(queue.name, agent.email)
    return agent


def assign_and_tell(
    draft: Draft, situation: Situation, about: str | EntryFact | None, *, but: str = ""
) -> Agent | None:
    """As `assign`, and tell who got it. ``about``: the entry that holds the requester's words."""
    agent = assign(draft, situation, but=but)
    if agent is not None:
        tell_given(draft, agent, about)
    return agent


def tell_given(draft: Draft, agent: Agent, about: str | EntryFact | None) -> None:
    """Show somebody the ticket that they got."""
    words = about.text if isinstance(about, EntryFact) else ""
    draft.tell(
        agent,
        NoticeKind.ASSIGNED,
        Reason.of(Why.GIVEN, agent=agent.name),
        reach=Reach.PUBLIC,
        about=about.id if isinstance(about, EntryFact) else about,
        attach=about is not None,
        facts={"author": draft.policy.desk_name, "last_words": words},
    )


def offer(draft: Draft, tickets: Iterable[Ticket], situation: Situation, gone: Agent) -> None:
    """The tickets of somebody who goes away are their queues' again.

    Each is given to somebody else as its queue says; else those of the queue hear of it.
    """
    staff = (draft.staff or situation.staff).gone(gone.email)
    for ticket in tickets:
        same = ticket.number == draft.ticket.number
        one = draft if same else Draft(ticket, draft.desk, draft.now, live=draft.live)
        if one.ticket.assignee != gone.email:
            continue
        one.staff = staff
        _offer_one(one, situation, gone)
        staff = one.staff
        if one is not draft:
            _done_to(draft, ticket.number, one.decision().changes)
    draft.staff = staff


def _done_to(draft: Draft, number: int, changes: tuple[Change, ...]) -> None:
    """What is done to another ticket; whose turn it is stands in one place, in the order given."""
    draft.add(*(change for change in changes if isinstance(change, Given)))
    draft.on_other(number, *(change for change in changes if not isinstance(change, Given)))


def _offer_one(draft: Draft, situation: Situation, gone: Agent) -> None:
    because = Reason.of(Why.WENT_AWAY, agent=gone.name)
    last = situation.unanswered.get(draft.ticket.number)
    draft.alter("assignee", None, because, desk_author(draft.policy))
    if assign_and_tell(draft, situation, last, but=gone.email) is not None:
        return
    for agent in without(for_new(draft.policy, draft.ticket, draft.now), gone.email):
        draft.tell(
            agent,
            NoticeKind.NEW_TICKET,
            because,
            reach=Reach.PUBLIC,
            about=last.id if last else None,
            attach=last is not None,
            facts={"author": gone.name, "last_words": last.text if last else ""},
        )

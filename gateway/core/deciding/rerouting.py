"""Whom a chat does not reach any more is written to by mail, where an address is proven theirs."""

from __future__ import annotations

from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.events import DeliveryFailed
from gateway.core.model import EntryFact, Party
from gateway.core.notices import facts_for_people
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def reroute(draft: Draft, event: DeliveryFailed, situation: Situation) -> Party | None:
    """Put their mail address in the place of the account, and send there what did not arrive.

    Gives that address; None where nothing of it is known, or they do not take part.
    """
    mail = situation.other_way
    if not event.unreachable or mail is None:
        return None
    gone = next((p for p in draft.ticket.people if _same(p, event.to)), None)
    if gone is None:
        return None
    because = Reason.of(Why.BY_MAIL_INSTEAD, person=gone.shown, network=gone.channel)
    _replace(draft, gone, mail, because)
    said = situation.answered
    if event.kind == NoticeKind.ANSWER and said is not None:
        draft.say(_again(draft, mail, said, because))
    return mail


def _same(one: Party, other: Party) -> bool:
    """Whatever they call themselves by now."""
    return (one.channel, one.address) == (other.channel, other.address)


def _replace(draft: Draft, gone: Party, mail: Party, because: Reason) -> None:
    ticket, author = draft.ticket, desk_author(draft.policy)
    left = tuple(p for p in ticket.participants if p != gone)
    if ticket.requester == gone:
        draft.alter("requester", mail, because, author)
        left = tuple(p for p in left if not _same(p, mail))
    elif not any(_same(p, mail) for p in (ticket.requester, *left)):
        left = (*left, mail)
    draft.alter("participants", left, because, author)


def _again(draft: Draft, to: Party, said: EntryFact, because: Reason) -> Say:
    """The answer once more, to that address."""
    policy, ticket = draft.policy, draft.ticket
    speaker = Party(address=policy.sender_address(ticket.queue), name=said.author.name)
    return Say(
        kind=NoticeKind.ANSWER,
        to=to,
        reach=Reach.REQUESTER,
        because=because,
        about=said.id,
        language=ticket.language,
        facts=facts_for_people(policy, ticket) | {"author": said.author.name},
        shown_to=(ticket.requester,),
        shown_cc=ticket.participants,
        speaker=speaker,
        attach=True,
        automatic=False,
    )

"""A message that belongs to a ticket that there is."""

from __future__ import annotations

from gateway.core.changes import Absorb, Append, NoticeKind, Reach, Skip, Verify
from gateway.core.deciding.draft import Desk, Draft, desk_author
from gateway.core.deciding.incoming.entry import append_message, remember, tell_words
from gateway.core.deciding.incoming.outsiders import addressed
from gateway.core.deciding.joining import claim_conversation, join
from gateway.core.deciding.ruling import follow_rules
from gateway.core.events import MessageArrived
from gateway.core.model import Body, EntryKind, Message, Role, State, Ticket, Visibility
from gateway.core.placement import Placement
from gateway.core.reasons import Reason, Why
from gateway.core.rules import Occasion
from gateway.core.situation import Situation
from gateway.core.solved import says_solved
from gateway.core.speakers import Speaker
from gateway.core.states import Cause
from gateway.core.thanks import is_bare_thanks


def add_words(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Draft:
    """A message that belongs to a ticket that there is."""
    assert placement.ticket is not None  # noqa: S101 - the caller has looked
    message = event.message
    draft = Draft(placement.ticket, desk, event.at, live=event.live)
    for other in placement.kin.joined:
        _absorb(draft, other, live=event.live)
    for other in placement.kin.strangers:
        because = Reason.of(Why.JOINED_APART, other=other.number)
        draft.add(Absorb(ticket=other.number, because=because, strangers=True, clocks=other.clocks))
    stranger = speaker.role is Role.STRANGER
    because = _of_unseen(speaker, placement, desk) if stranger else placement.because
    ref = append_message(draft, message, because, speaker.role)
    for other in placement.kin.seem:
        _point_at(draft, other)
    if stranger:
        _of_stranger(draft, message, placement, ref)
    else:
        _of_participant(draft, message, placement, speaker.role, situation, ref)
        claim_conversation(draft, message, placement)
    return draft


def _absorb(draft: Draft, other: Ticket, *, live: bool) -> None:
    """Who takes part in an early answer does so where it belongs, too; a list's people do not."""
    because = Reason.of(Why.JOINED, other=other.number)
    draft.add(Absorb(ticket=other.number, because=because, clocks=other.clocks))
    if not live or other.list_id:
        return
    known = {p.address for p in draft.ticket.people}
    new = (p for p in other.people if p.address not in known)
    everybody = (*draft.ticket.participants, *new)[: draft.policy.most_participants]
    draft.alter("participants", everybody, because, desk_author(draft.policy))


def _point_at(draft: Draft, other: Ticket) -> None:
    """Agents hear on both tickets that these seem to be one, and how to make them one."""
    draft.add(_seems(draft, other.number))
    draft.on_other(other.number, _seems(draft, draft.ticket.number))


def _seems(draft: Draft, number: int) -> Append:
    because = Reason.of(Why.SEEMS_JOINED, other=number)
    return Append(
        kind=EntryKind.NOTICE,
        visibility=Visibility.INTERNAL,
        author=desk_author(draft.policy),
        because=because,
        body=Body(text=f"{because}. #merge {number} brings this one there."),
    )


def _of_unseen(speaker: Speaker, placement: Placement, desk: Desk) -> Reason:
    """Why somebody's words stay inside: they are new here, or may not see this queue."""
    if speaker.claimed is None or placement.ticket is None:
        return Reason.of(Why.STRANGER)
    if desk.policy.may_see(speaker.claimed, placement.ticket.queue):
        return Reason.of(Why.STRANGER)
    queue = placement.ticket.queue
    return Reason.of(Why.NOT_YOURS_TO_SEE, agent=speaker.claimed.name, queue=queue)


def _of_stranger(draft: Draft, message: Message, placement: Placement, ref: str) -> None:
    if message.automatic is None and not message.proof.forged:
        because = Reason.of(Why.THIRD_PARTY_WROTE)
        draft.move_state(Cause.THIRD_PARTY_WROTE, because, desk_author(draft.policy))
    tell_words(draft, message, NoticeKind.STRANGER, Reach.INTERNAL, ref, kin=placement.kin)


def _of_participant(
    draft: Draft,
    message: Message,
    placement: Placement,
    role: Role,
    situation: Situation,
    ref: str,
) -> None:
    join(draft, message, placement)
    if placement.matched_by != "subject" or message.proof.verified:
        _take_in(draft, message)  # whose name and number are all that is known adds nobody
    if message.automatic is None:
        follow_rules(draft, message, situation, Occasion.REPLY, role=role, ref=ref)
        _follow_state(draft, message, role)
        if placement.own_address and not placement.dead and not message.proof.refused:
            draft.add(Verify(address=message.author.address))
        remember(draft, message)
    tell_words(draft, message, NoticeKind.REPLY, Reach.PUBLIC, ref, kin=placement.kin)


def _take_in(draft: Draft, message: Message) -> None:
    ticket = draft.ticket
    known = tuple(p.address for p in ticket.people)
    new = addressed(message, draft.desk, taken=(message.author.address, *known))
    room = max(0, draft.policy.most_participants - len(ticket.participants))
    if new[:room]:
        because = Reason.of(Why.TOOK_PART)
        merged = (*ticket.participants, *new[:room])
        draft.alter("participants", merged, because, desk_author(draft.policy))


def _follow_state(draft: Draft, message: Message, role: Role) -> None:
    author = desk_author(draft.policy)
    judged = _judged(draft.ticket, message, role)
    if judged is not None:
        draft.add(Skip(what="reopening", because=judged))
        closes = judged.why is Why.SAID_SOLVED
        if not (closes and draft.move_state(Cause.SAID_SOLVED, judged, author)):
            note_judgement(draft, judged)
        return
    because = Reason.of(Why.REQUESTER_WROTE, author=message.author.shown)
    draft.move_state(Cause.REQUESTER_WROTE, because, author)


def _judged(ticket: Ticket, message: Message, role: Role) -> Reason | None:
    """Why words on a ticket that rests open nothing: thanks, or that it is solved; else None.

    Its requester alone can say that it is over.
    """
    if ticket.state not in (State.RESOLVED, State.CLOSED):
        return None
    files, who = message.files, message.author
    if says_solved(message.text, attachments=files):
        own = role is Role.REQUESTER
        return Reason.of(Why.SAID_SOLVED if own else Why.SOLVED_BY_OTHER, author=who.shown)
    if is_bare_thanks(message.text, attachments=files):
        return Reason.of(Why.BARE_THANKS)
    return None


def note_judgement(draft: Draft, because: Reason) -> None:
    """Show on the ticket that the desk judged, and how to undo that."""
    draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            author=desk_author(draft.policy),
            because=because,
            body=Body(text=str(because)),
        )
    )

"""What requesters, participants and strangers say."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.audience import (
    acts_as,
    for_loops,
    for_new,
    for_want_of_others,
    for_words,
    without,
)
from gateway.core.changes import Absorb, Append, Claim, NoticeKind, Open, Reach, Skip, Verify
from gateway.core.conversations import common_place, own_key_of
from gateway.core.courtesy import (
    against_confirming,
    begins,
    may_repeat_words,
    repetitive,
    wants_no_mail,
)
from gateway.core.deciding.assigning import assign_and_tell
from gateway.core.deciding.draft import Desk, Draft, desk_author, is_the_desks
from gateway.core.deciding.joining import claim_conversation, join
from gateway.core.deciding.ruling import follow_rules
from gateway.core.events import MessageArrived
from gateway.core.joining import NO_KIN, Kin
from gateway.core.model import (
    Author,
    Body,
    Direction,
    EntryKind,
    Message,
    Party,
    Priority,
    Role,
    State,
    Ticket,
    Visibility,
)
from gateway.core.notices import confirmation
from gateway.core.place import Placement
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.rules import Occasion, asked_priority
from gateway.core.situation import Situation
from gateway.core.solved import says_solved
from gateway.core.speakers import Speaker
from gateway.core.states import Cause
from gateway.core.thanks import is_bare_thanks

NO_SUBJECT = "(no subject)"
_LONGEST_SUMMARY = 1_000  # characters


def open_ticket(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Draft:
    """A message that belongs nowhere yet: a new ticket, its confirmation, its notices."""
    message, policy = event.message, desk.policy
    draft = Draft.opening(
        _opened_by(message, placement, situation, desk), desk, event.at, live=event.live
    )
    role = _role_on_new(draft, message)
    ref = append_message(draft, message, placement.because, role)
    follow_rules(draft, message, situation, Occasion.OPEN, role=role, ref=ref)
    assign_and_tell(draft, situation, ref)
    if placement.previous is not None:
        _carry_over(draft, placement.previous, placement.because, situation)
    _confirm(draft, event, situation, ref)
    because = Reason.of(Why.REQUESTER_WROTE, author=message.author.shown)
    announce(draft, because, ref, author=acts_as(policy, message.author))
    claim_conversation(draft, message, placement)
    _remember(draft, message, policy)
    return draft


def _role_on_new(draft: Draft, message: Message) -> Role:
    """A follow-up keeps the requester of before, whoever of its people wrote."""
    return draft.ticket.role_of(message.author)


def _carry_over(draft: Draft, previous: Ticket, because: Reason, situation: Situation) -> None:
    """What the ticket before was about, for whoever takes the new one."""
    last = situation.last_words
    lines = [f"Follows ticket {previous.number}: {previous.subject}"]
    if previous.closed_at is not None:
        lines.append(f"Closed on {previous.closed_at:%Y-%m-%d}.")
    if last is not None and last.ticket == previous.number and last.text:
        lines.append(f"{last.author.shown}: {' '.join(last.text.split())}")
    draft.entry(
        Append(
            ref=draft.ref(),
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            author=desk_author(draft.policy),
            because=because,
            body=Body(text="\n".join(lines)[:_LONGEST_SUMMARY]),
        )
    )


def _opened_by(message: Message, placement: Placement, situation: Situation, desk: Desk) -> Open:
    policy, previous = desk.policy, placement.previous
    queue = previous.queue if previous else policy.queue_of(message).name
    return Open(
        subject=message.subject or NO_SUBJECT,
        requester=previous.requester if previous else known_as(message.author, policy),
        queue=queue,
        because=placement.because,
        channel=message.channel,
        priority=_priority(message, policy),
        language=language_of(message, situation, policy),
        participants=_participants(message, previous, desk),
        root=message.refers_to[-1] if message.refers_to else message.own_key,
        previous=previous.number if previous else None,
        list_id=message.list_id,
        silent=wants_no_mail(message),
        place=common_place(message),
    )


def _priority(message: Message, policy: Policy) -> Priority:
    """As somebody filled it in; else the one of all tickets. Rules are asked afterwards."""
    filled_in = message.chat is not None and message.chat.pressed
    asked = asked_priority(message.headers, policy.matrix) if filled_in else None
    return asked or Priority.NORMAL


def _participants(message: Message, previous: Ticket | None, desk: Desk) -> tuple[Party, ...]:
    """Who else takes part: a follow-up keeps the requester of before, so its author is one."""
    first = previous.requester.address if previous else message.author.address
    author = () if message.author.address == first else (message.author,)
    everybody = (*author, *addressed(message, desk, taken=(first, message.author.address)))
    return everybody[: desk.policy.most_participants]


def known_as(party: Party, policy: Policy) -> Party:
    """Somebody with the name that the operator's contacts have, where they gave none."""
    return party if party.name else replace(party, name=policy.contacts.of(party.address).name)


def language_of(message: Message, situation: Situation, policy: Policy) -> str:
    """The requester's language among those the desk speaks: contact, message, before, ours."""
    said = policy.contacts.of(message.author.address).language
    for language in (said, message.language, situation.sender.language):
        if language in policy.languages:
            return language
    return policy.language


def addressed(message: Message, desk: Desk, *, taken: tuple[str, ...]) -> tuple[Party, ...]:
    """The people outside whom a message was also sent to: they take part from now on."""
    if message.proof.forged or message.automatic is not None:
        return ()
    left = {
        p.address: p
        for p in (*message.to, *message.cc)
        if p.address and p.address not in taken and not _inside(p.address, desk)
    }
    return tuple(left.values())[: desk.policy.most_participants]


def _inside(address: str, desk: Desk) -> bool:
    return address in desk.policy.agents_by_email or is_the_desks(desk, address)


def said(message: Message) -> str:
    """What an entry shows of a message: where nothing seems new in it, all that stands there.

    Somebody may answer below everything, or begin with what looks like an answer's history.
    """
    nothing = not message.text.strip() and not message.attachments
    return message.full_text if nothing and message.automatic is None else message.text


def append_message(draft: Draft, message: Message, because: Reason, role: Role) -> str:
    """The entry of a message that came in, with its thread keys; gives its ref."""
    ref = draft.ref()
    outsider = role is Role.STRANGER or message.automatic is not None
    draft.entry(
        Append(
            ref=ref,
            kind=EntryKind.MESSAGE,
            visibility=Visibility.INTERNAL if outsider else Visibility.PUBLIC,
            direction=Direction.IN,
            channel=message.channel,
            author=Author(
                name=message.author.name,
                address=message.author.address,
                role=role,
                channel=message.channel,
            ),
            because=because,
            body=Body(
                text=said(message),
                full_text=message.full_text,
                html=message.html,
                remarks=message.remarks,
            ),
            attachments=message.attachments,
            fingerprint=message.fingerprint,
            message_id=message.message_id,
            proof=message.proof,
        )
    )
    claim(draft, message, ref)
    return ref


def claim(draft: Draft, message: Message, ref: str) -> None:
    """The message's own key is this entry's, what it refers to is this ticket's."""
    own = own_key_of(message)
    if own:
        draft.add(Claim(keys=(own,), ref=ref))
    if message.refers_to and not _named_outright(message):
        draft.add(Claim(keys=message.refers_to))


def _named_outright(message: Message) -> bool:
    """A ticket was said by its number: the place where that was said may be another one's."""
    return message.chat is not None and message.chat.ticket is not None


def _confirm(draft: Draft, event: MessageArrived, situation: Situation, ref: str) -> None:
    against = against_confirming(event, situation.tallies, draft.policy.caps)
    if against is None and is_the_desks(draft.desk, event.message.author.address):
        against = Reason.of(Why.NOT_TO_MACHINES)  # we should only be talking to ourselves
    if against is not None:
        draft.add(Skip(what="confirmation", because=against))
        _tell_of_machine(draft, event.message, situation)
        return
    repeat = may_repeat_words(event, situation.sender)
    because = Reason.of(Why.REQUESTER_WROTE, author=event.message.author.shown)
    author = event.message.author
    draft.say(confirmation(draft.policy, draft.ticket, author, because, repeat=repeat, about=ref))


def _tell_of_machine(draft: Draft, message: Message, situation: Situation) -> None:
    """Leads hear once of somebody who seems to be a machine that says it is none."""
    tallies, caps = situation.tallies, draft.policy.caps
    because = repetitive(message, tallies, caps)
    if because is None or not begins(tallies, caps):
        return
    for lead in for_loops(draft.policy, draft.ticket):
        words = Body(text=f"{because}.")
        facts = {"author": draft.policy.desk_name}
        draft.tell(lead, NoticeKind.NOTE, because, facts=facts, body=words)


def announce(draft: Draft, because: Reason, ref: str | int | None, *, author: str) -> None:
    """Tell those who hear of a new ticket."""
    told = without(for_new(draft.policy, draft.ticket, draft.now), author)
    told = without(told, draft.ticket.assignee or "")  # who was given it has heard of it
    if not told and not draft.ticket.assignee:
        told = without(for_want_of_others(draft.policy, draft.ticket), author)
    for agent in told:
        draft.tell(
            agent, NoticeKind.NEW_TICKET, because, reach=Reach.PUBLIC, about=ref, attach=True
        )
    if not told:
        draft.add(Skip(what="new_ticket", because=Reason.of(Why.NOBODY_TO_TELL)))


def _remember(draft: Draft, message: Message, policy: Policy) -> None:
    if message.proof.verified and message.author.address not in policy.agents_by_email:
        draft.add(Verify(address=message.author.address))


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
    draft.add(Absorb(ticket=other.number, because=because))
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
        _remember(draft, message, draft.policy)
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
    files += len(message.chat.files) if message.chat else 0
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


def tell_words(
    draft: Draft, message: Message, kind: NoticeKind, reach: Reach, ref: str, *, kin: Kin = NO_KIN
) -> None:
    """Tell those who hear the requester what came in, and which ticket seems to be this one."""
    because = Reason.of(Why.REQUESTER_WROTE, author=message.author.shown)
    author = acts_as(draft.policy, message.author)
    may_see = draft.policy.may_see
    for agent in without(for_words(draft.policy, draft.ticket, draft.now), author):
        draft.tell(
            agent,
            kind,
            because,
            reach=reach,
            about=ref,
            attach=True,
            facts={
                "author": message.author.shown,
                "author_address": message.author.address,
                "kin": next((t.number for t in kin.seem if may_see(agent, t.queue)), None),
            },
        )


def leaked_to(message: Message, desk: Desk) -> bool:
    """Whether an agent's mail also went to people outside, who now know its reply address."""
    return any(p.address and not _inside(p.address, desk) for p in (*message.to, *message.cc))

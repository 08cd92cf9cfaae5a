"""The entry of a message that came in: its words, its keys, and who hears of it."""

from __future__ import annotations

from gateway.core.audience import acts_as, for_words, without
from gateway.core.changes import Append, Claim, NoticeKind, Reach, Verify
from gateway.core.conversations import own_key_of
from gateway.core.deciding.draft import Draft
from gateway.core.model import Author, Body, Direction, EntryKind, Message, Role, Visibility
from gateway.core.notices import whose
from gateway.core.placement import NO_KIN, Kin
from gateway.core.reasons import Reason, Why


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
        draft.add(Claim(keys=(own,), ref=ref, came=not message.proof.forged))
    if message.refers_to and not _named_outright(message):
        draft.add(Claim(keys=message.refers_to))


def _named_outright(message: Message) -> bool:
    """A ticket was said by its number: the place where that was said may be another one's."""
    return message.chat is not None and message.chat.ticket is not None


def remember(draft: Draft, message: Message) -> None:
    """Somebody outside whose mail proves where it comes from has a proven address from now on."""
    outside = message.author.address not in draft.policy.agents_by_email
    if message.proof.verified and outside:
        draft.add(Verify(address=message.author.address))


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
                "author_channel": message.author.channel,
                "kin": next((t.number for t in kin.seem if may_see(agent, t.queue)), None),
                "joined": [whose(t) for t in kin.strangers],
            },
        )

"""Somebody in a chat says that a mail address is theirs, too; a code that was sent there proves it.

The same is answered whether anybody knows the address or not, and whether a mail goes out or not.
"""

from __future__ import annotations

import re
from datetime import timedelta

from gateway.core.changes import Attempt, Challenge, Count, Decision, Link, NoticeKind, Reach, Say
from gateway.core.chat import Request, Where
from gateway.core.codes import digest_of
from gateway.core.commands import address_of
from gateway.core.deciding.draft import Desk, Draft, is_the_desks
from gateway.core.deciding.hearing import asked_reason, heard
from gateway.core.deciding.incoming import language_of
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Party
from gateway.core.situation import PendingCode, Situation

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 3
MOST_MAILS = 3  # to one address within a day
MOST_ASKED = 10  # by one account within a day
MAILED = "code_to_day"  # the tally of codes by the address that they went to
ASKED = "code_by_day"  # and by the account that asked for them
_MINUTES = int(GOOD_FOR.total_seconds() // 60)
_NAME = re.compile(r"[^\w '\u2019-]|_", re.UNICODE)
_LONGEST_NAME = 40


def account_key(party: Party) -> str:
    """Under which key the codes are counted that an account asks for."""
    return f"{party.channel}:{party.address}"


def decide_link(
    event: MessageArrived, request: Request, situation: Situation, desk: Desk
) -> Decision:
    """A code goes to the address, unless too many did; who asked hears the same in any case."""
    draft = Draft.nowhere(desk, event.at, live=event.live)
    chat, address = event.message.chat, address_of(request.argument)
    if chat is None or chat.where is not Where.DIRECT or not chat.conversation:
        draft.say(heard(event, situation, desk, "in_private"))
        return draft.decision()
    if address is None:
        draft.say(heard(event, situation, desk, "link_bad"))
        return draft.decision()
    counts: tuple[Count, ...] = (Count(scope=ASKED, key=account_key(event.message.author)),)
    if _may_send(address, situation, desk):
        draft.add(_challenge(event, chat.conversation, address, situation, desk))
        counts += (Count(scope=MAILED, key=address),)
    draft.say(heard(event, situation, desk, "link_sent", address=address, minutes=_MINUTES))
    return replace(draft.decision(), counts=counts)


def _may_send(address: str, situation: Situation, desk: Desk) -> bool:
    asked = situation.asked
    enough = asked.mails >= MOST_MAILS or asked.asked >= MOST_ASKED
    return not enough and not is_the_desks(desk, address)


def _challenge(
    event: MessageArrived, place: str, address: str, situation: Situation, desk: Desk
) -> Challenge:
    author = event.message.author
    say = Say(
        kind=NoticeKind.LINK_CODE,
        to=Party(address=address),
        reach=Reach.NOBODY,
        because=asked_reason(event),
        language=language_of(event.message, situation, desk.policy),
        facts={"who": _called(author), "network": author.channel, "minutes": _MINUTES},
    )
    return Challenge(account=author, place=place, say=say, until=event.at + GOOD_FOR)


def _called(author: Party) -> str:
    """What they call themselves, as far as it can be no link and no text of its own."""
    name = " ".join(_NAME.sub(" ", author.name).split())[:_LONGEST_NAME]
    return name or author.address


def decide_code(
    event: MessageArrived, request: Request, situation: Situation, desk: Desk
) -> Decision | None:
    """With the right code in time and in the same chat, both are one person's."""
    code, chat, author = situation.asked.code, event.message.chat, event.message.author
    typed = chat is not None and chat.request is None
    if code is None and typed:
        return None  # words that only look like one
    draft = Draft.nowhere(desk, event.at, live=event.live)
    if code is None or chat is None or event.at > code.until or code.tries >= MOST_TRIES:
        draft.say(heard(event, situation, desk, "code_over"))
        return draft.decision()
    right = chat.conversation == code.place and _matches(request, author, code)
    if right:
        draft.add(Link(one=author, other=Party(address=code.address)))
        draft.say(heard(event, situation, desk, "linked", address=code.address))
    else:
        last = code.tries + 1 >= MOST_TRIES
        draft.say(heard(event, situation, desk, "code_over" if last else "code_wrong"))
    draft.add(Attempt(account=author, tries=code.tries, over=right))
    return draft.decision()


def _matches(request: Request, author: Party, code: PendingCode) -> bool:
    return digest_of(request.argument, author, code.place) == code.digest

"""Codes by which somebody proves that a mail address is theirs: how they look, whose they are."""

from __future__ import annotations

import re
from hashlib import sha256

from gateway.core.chat import Ask, Request, Where
from gateway.core.model import Message, Party

# Without what is taken for one another: no I, L, O, 0, 1.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8
_CODE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


def plain(said: str) -> str:
    """A code as it was made, however somebody types it."""
    return _BETWEEN.sub("", said).upper()


def shown(code: str) -> str:
    """The form in which it is read most easily: ``ABCD-EFGH``."""
    return f"{code[:4]}-{code[4:]}"


def digest_of(code: str, account: Party, place: str) -> str:
    """What is kept of a code: it proves nothing for another account or in another chat."""
    bound = "\0".join((account.channel, account.address, place, plain(code)))
    return sha256(bound.encode()).hexdigest()


def request_of(message: Message) -> Request | None:
    """What a message asks of the desk itself; words that look like a code may be one."""
    chat = message.chat
    if chat is None or chat.request is not None or chat.where is not Where.DIRECT:
        return chat.request if chat else None
    if len(message.text) <= 3 * LENGTH and _CODE.fullmatch(plain(message.text)):
        return Request(ask=Ask.CODE, argument=message.text)
    return None

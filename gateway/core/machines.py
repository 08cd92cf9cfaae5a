"""A sign of a machine that only the desk itself can see."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.addresses import AddressBook, AddressKind
from gateway.core.model import Automatic, Message

_BECAUSE = "it answers the envelope sender, which only machines do"


def judged(message: Message, book: AddressBook) -> Message:
    """The message, called automatic where it came to the envelope sender of one of ours.

    People answer to Reply-To or From; vacation responders answer to the envelope sender
    (RFC 3834, section 4), whatever else they leave out.
    """
    if message.automatic is not None:
        return message
    signed = (book.read(r) for r in message.recipients)
    if not any(s is not None and s.kind is AddressKind.BOUNCE for s in signed):
        return message
    return replace(message, automatic=Automatic.AUTO_REPLY, automatic_because=_BECAUSE)

"""What only the desk itself can see of machines: to which of its addresses they write."""

from __future__ import annotations

from gateway.core.addresses import AddressBook, AddressKind
from gateway.core.frozen import replace
from gateway.core.model import Automatic, Message, Proof

_BECAUSE = "it answers the envelope sender, which only machines do"
_NEVER_SOURCES = (Automatic.OWN, Automatic.BOUNCE)


def judged(message: Message, book: AddressBook) -> Message:
    """The message as the desk takes it.

    It is automatic where it came to the envelope sender of one of ours: people answer to Reply-To
    or From; vacation responders answer to the envelope sender (RFC 3834, section 4), whatever
    else they leave out. And it is a source's only where it belongs to no conversation of ours.
    """
    signed = [s for r in message.recipients if (s := book.read(r)) is not None]
    if message.source is not None:
        message = _of_source(message, answers=bool(signed))
    if message.automatic is not None:
        return message
    if not any(s.kind is AddressKind.BOUNCE for s in signed):
        return message
    return replace(message, automatic=Automatic.AUTO_REPLY, automatic_because=_BECAUSE)


def _of_source(message: Message, *, answers: bool) -> Message:
    """A source's mail, as the words of whom it speaks for.

    What is known to be forged is no source's, nor is what comes back to us or answers us, however
    wide the operator's condition is. That a form was sent by its own server proves nobody's words.
    """
    source = message.source
    if answers or message.proof.forged or message.automatic in _NEVER_SOURCES:
        return replace(message, source=None)
    if source is None or source.person is None:
        return message
    proof = message.proof if message.proof.refused else Proof()
    return replace(message, author=source.person, proof=proof)

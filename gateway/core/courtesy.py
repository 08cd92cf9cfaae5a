"""Whether a confirmation goes out, and what it may say: no loops, no backscatter."""

from __future__ import annotations

from gateway.core.events import MessageArrived
from gateway.core.model import Message
from gateway.core.policy import Caps
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Sender, Tallies


def against_confirming(event: MessageArrived, tallies: Tallies, caps: Caps) -> Reason | None:
    """Why no confirmation may go to the author of a message that opened a ticket, or None."""
    message = event.message
    if not event.live:
        return Reason.of(Why.QUIET)
    if message.automatic is not None or not message.author.address:
        return Reason.of(Why.NOT_TO_MACHINES)
    if message.source is not None and message.source.person is None:
        return Reason.of(Why.NOT_TO_MACHINES)
    if message.wants_silence:
        return Reason.of(Why.WANTS_SILENCE)
    if message.proof.refused:
        return Reason.of(Why.UNPROVEN_SENDER)
    if event.old:
        return Reason.of(Why.OLD_MAIL)
    return capped(tallies, caps) or repetitive(message, tallies, caps)


def wants_no_mail(message: Message) -> bool:
    """Whether the desk writes nothing by itself to whoever sent this, now or later.

    A machine, somebody who asks for silence, or whom SPF or DMARC refuse.
    """
    machine = message.source is not None and message.source.person is None
    return (
        message.automatic is not None or machine or message.wants_silence or message.proof.refused
    )


def repetitive(message: Message, tallies: Tallies, caps: Caps) -> Reason | None:
    """Why the author of a message seems to be a machine, whatever they call themselves, or None."""
    if tallies.words >= caps.per_words:
        return Reason.of(Why.SAME_WORDS, limit=caps.per_words)
    if tallies.opened >= caps.per_correspondent:
        author = message.author.shown
        return Reason.of(Why.OPENED_OFTEN, author=author, limit=caps.per_correspondent)
    return None


def begins(tallies: Tallies, caps: Caps) -> bool:
    """Whether this very message is the first one too many."""
    if tallies.words >= caps.per_words:
        return tallies.words == caps.per_words
    return tallies.opened == caps.per_correspondent


def capped(tallies: Tallies, caps: Caps) -> Reason | None:
    """Which cap is reached, or None."""
    for sent, limit, what in (
        (tallies.recipient, caps.per_recipient, "one address"),
        (tallies.domain, caps.per_domain, "one domain"),
        (tallies.overall, caps.overall, "the desk"),
    ):
        if sent >= limit:
            return Reason.of(Why.CAPPED, limit=limit, what=what)
    return None


def may_repeat_words(event: MessageArrived, sender: Sender) -> bool:
    """Whether what we send back may hold words of the message: its author is who they say."""
    if event.message.source is not None:
        return False  # anybody may have given their address to a form
    if event.message.chat is not None:
        return True  # its network names the author
    return event.message.proof.verified or sender.verified

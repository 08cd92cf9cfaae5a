"""The same words again and again from one correspondent: machines repeat themselves.

Numbers, dates, addresses and links are left out, since what a machine says differs in those
alone. What is counted here stops automatic mail, and loses nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from gateway.core.changes import Count, Decision, Drop, Hold, Open
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Message, Ticket

WORDS = "words"  # the scope of the tally that counts the same words, by hour
GONE = "gone_day"  # of messages of chats that were deleted before they came, by day
OPENED = "opened_day"  # of the one that counts the tickets somebody opens, by day
_LOOKED_AT = 3_000  # characters
_ODD = re.compile(r"[\d@/\\]")  # in a chunk that is a number, a date, an id, an address or a link
_WORD = re.compile(r"[^\W\d_]+")
# ASCII in lower case, and a space for what is no letter.
_LETTERS = "".join(chr(c).lower() if chr(c).isalpha() else " " for c in range(128))
_CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december mon tue wed thu fri sat sun jan feb mar apr jun
    jul aug sep oct nov dec lunes martes miércoles jueves viernes sábado domingo enero febrero marzo
    abril mayo junio julio agosto septiembre octubre noviembre diciembre lunedì martedì mercoledì
    giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre
    novembre dicembre montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar
    märz mai juni juli oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier
    février mars avril juin juillet août septembre octobre décembre am pm utc gmt cet cest
    """.split()
)


def words_of(text: str) -> str:
    """The words of a text that no number, date, id, address or link is in; in lower case."""
    return _words_of(text[:_LOOKED_AT])


@lru_cache(maxsize=128)  # a message is asked about several times while its batch is handled
def _words_of(text: str) -> str:
    plain = text.casefold()
    if _ODD.search(plain):
        plain = " ".join([chunk for chunk in plain.split() if not _ODD.search(chunk)])
    words = plain.translate(_LETTERS).split() if plain.isascii() else _WORD.findall(plain)
    return " ".join([word for word in words if word not in _CALENDAR])


def echo_key(message: Message, ticket: int) -> str:
    """Under which key the words of a message are counted; empty for what has no words.

    On a ticket (its number, else 0) they are counted for that ticket: the same short answer on
    several tickets is a person's day.
    """
    words = words_of(message.text)
    if not words or message.source is not None:
        return ""
    return _key(ticket, message.author.address, words)


@lru_cache(maxsize=128)  # as often as its words
def _key(ticket: int, address: str, words: str) -> str:
    where = f"{ticket}\0{address}\0{words}"
    return blake2b(where.encode("utf-8", "replace"), digest_size=12).hexdigest()


def with_counts(decision: Decision, event: object, ticket: Ticket | None) -> Decision:
    """The decision, and what is to be counted of the message that it is about."""
    if not isinstance(event, MessageArrived) or not event.live:
        return decision
    message, changes = event.message, decision.changes
    if message.automatic is not None or any(isinstance(c, Drop | Hold) for c in changes):
        return decision
    counts = []
    if key := echo_key(message, ticket.number if ticket else 0):
        counts.append(Count(scope=WORDS, key=key))
    if any(isinstance(c, Open) for c in changes):
        counts.append(Count(scope=OPENED, key=message.author.address))
    return replace(decision, counts=(*decision.counts, *counts)) if counts else decision

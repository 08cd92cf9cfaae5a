"""Meets a message's author: what is known of them, and who else they are known to be."""

from __future__ import annotations

from datetime import datetime

from gateway.core.model import Message, Party
from gateway.core.situation import Sender
from gateway.store import Connection, linking, people


def meet_author(conn: Connection, message: Message, now: datetime) -> Sender:
    """Remember somebody who wrote.

    Forged mail is somebody else's: it has neither their language nor their accounts.
    """
    if not message.author.address:
        return Sender()
    language = None if message.proof.forged else message.language
    known = people.meet(conn, message.author, now, language=language)
    return Sender(
        verified=known.verified,
        language=known.language,
        came_back=known.bounced,
        accounts=() if message.proof.forged else _others(conn, message, known),
        vouched=_vouched(conn, message, known),
    )


def _vouched(conn: Connection, message: Message, known: people.Identity) -> tuple[Party, ...]:
    """Who the network says that they are, as nobody has said before."""
    same = message.chat.same if message.chat else ()
    found = {party: people.find(conn, party) for party in same if party != message.author}
    return tuple(p for p, one in found.items() if one is None or one.contact != known.contact)


def _others(conn: Connection, message: Message, known: people.Identity) -> tuple[Party, ...]:
    """Who they are known to be beside, and who the network says that they are."""
    same = message.chat.same if message.chat else ()
    vouched = [found for party in same if (found := people.find(conn, party))]
    contacts = {one.contact for one in (known, *vouched) if one.linked}
    stored = linking.accounts_of(conn, contacts) if contacts else ()
    them = {(p.channel, p.address): p for p in (*same, *stored)}
    them.pop((message.author.channel, message.author.address), None)
    return tuple(them.values())

"""What a request in a chat needs to be known."""

from __future__ import annotations

from gateway.core.chat import Ask
from gateway.core.codes import request_of
from gateway.core.commands import address_of
from gateway.core.deciding.linking import ASKED, MAILED, account_key
from gateway.core.events import MessageArrived
from gateway.core.situation import Asked, Sender
from gateway.store import Connection, linking, people, tickets

_MOST_OWN = 50  # tickets that are looked at for somebody's overview
_SHOWS_OWN = (Ask.STATUS, Ask.START, Ask.HELP)


def asked_of(conn: Connection, event: MessageArrived, sender: Sender) -> Asked:
    """What is to be known for what a message asks of the desk itself."""
    request, author = request_of(event.message), event.message.author
    if request is None:
        return Asked()
    if request.ask in _SHOWS_OWN:
        return Asked(own=tickets.asked_by(conn, (author, *sender.accounts), _MOST_OWN))
    if request.ask is Ask.CODE:
        return Asked(code=linking.code_of(conn, author))
    address = address_of(request.argument) if request.ask is Ask.LINK else None
    if address is None:
        return Asked()
    mailed, asked = (MAILED, address), (ASKED, account_key(author))
    counts = people.tallies(conn, [mailed, asked], people.hour_of(event.at))
    return Asked(mails=counts[mailed], asked=counts[asked])

"""Where the cards of tickets stand in the rooms of agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, literal_column, select

from gateway.core.chat import Room
from gateway.store.schema import card
from gateway.store.statements import InsertRows, Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that is there: the keys that the room gave for it, and what it says, as a digest.

    ``outbox`` is the row that posted or edited it last.
    """

    keys: tuple[str, ...]
    digest: str
    outbox: int

    @property
    def thread(self) -> str:
        """The key of where a ticket is talked about: its topic, else the thread below the card."""
        return self.keys[1] if len(self.keys) > 1 else self.keys[0]


def find(conn: Connection, ticket: int, room: Room) -> Card | None:
    """The card of a ticket in a room; None where none is there yet."""
    return of_ticket(conn, ticket).get(room)


def of_ticket(conn: Connection, ticket: int) -> dict[Room, Card]:
    """All cards of a ticket."""
    return {
        Room(channel=channel, address=address): Card(keys=tuple(keys), digest=digest, outbox=outbox)
        for channel, address, keys, digest, outbox in _OF_TICKET.all(conn, b_ticket=ticket)
    }


def posted(
    conn: Connection, ticket: int, room: Room, keys: Sequence[str], digest: str, outbox: int
) -> None:
    """A card stands there now by these keys, and says this."""
    row = {
        "ticket": ticket,
        "channel": room.channel,
        "address": room.address,
        "keys": list(keys),
        "digest": digest,
        "outbox": outbox,
    }
    _POSTED.do(conn, [row])


def gone(conn: Connection, ticket: int, room: Room) -> None:
    """It is there no more: the next one is posted anew."""
    _GONE.do(conn, b_ticket=ticket, b_channel=room.channel, b_address=room.address)


_POSTED = InsertRows(
    card,
    unless_there=("ticket", "channel", "address"),
    else_set={
        "keys": literal_column("excluded.keys"),
        "digest": literal_column("excluded.digest"),
        "outbox": literal_column("excluded.outbox"),
    },
)
_OF_TICKET = Prepared(
    select(card.c.channel, card.c.address, card.c["keys"], card.c.digest, card.c.outbox)
    .where(card.c.ticket == bindparam("b_ticket"))
    .order_by(card.c.channel, card.c.address)
)
_GONE = Prepared(
    delete(card).where(
        card.c.ticket == bindparam("b_ticket"),
        card.c.channel == bindparam("b_channel"),
        card.c.address == bindparam("b_address"),
    )
)

"""Whether mail to the desk's signed addresses comes back to it: a letter to itself."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.channels.email.findings import broken, doubtful, works
from gateway.cli.context import Desk
from gateway.core.addresses import AddressBook, AddressKind, day_of
from gateway.core.documents import Block, Document
from gateway.core.model import Party
from gateway.core.ports import Channel, Finding, Outbound, SendError, Surroundings
from gateway.store import inbox
from gateway.store.database import Database

_KEY = "desk.reply_address"
_NOBODY = "check@gateway.invalid"
_LOOK = 0.5  # seconds
_WORDS = (
    "`gateway check --round-trip` sent this to a signed address of the desk, to see whether it "
    "comes back. The desk knows its own mail and drops it; if you read this in a mailbox, mail to "
    "such addresses arrives there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """One letter under way: to which address, and what it is recognised by."""

    address: str
    message_id: str

    @property
    def shown(self) -> str:
        """The address without its signature."""
        local, _, domain = self.address.partition("@")
        return f"{local.partition('.')[0]}.…@{domain}"


def of_round_trip(desk: Desk, book: AddressBook, patience: float) -> Iterator[Finding]:
    """Send a letter to each form of signed address, and wait so many seconds for all of them."""
    channel = _mail_of(desk, book)
    if channel is None:
        yield doubtful(_KEY, "no round trip: the config has no relay that mail could go out by")
        return
    with desk.database() as database:
        before = _newest(database)
        sent: list[_Letter] = []
        for address in _addresses(desk, book):
            letter = _Letter(address=address, message_id=_fresh_id(address))
            try:
                asyncio.run(_send(channel, letter, desk, book))
                sent.append(letter)
            except SendError as error:
                yield broken(_KEY, f"no round trip: {letter.shown} was not sent: {error}")
        came = _wait(database, before, sent, patience)
    for letter in sent:
        yield _said(letter, patience, came=letter in came)


def _said(letter: _Letter, patience: float, *, came: bool) -> Finding:
    if came:
        return works(_KEY, f"mail to {letter.shown} comes back to the desk")
    return broken(
        _KEY,
        f"mail to {letter.shown} did not come back within {patience:.0f} s. Is the daemon running? "
        "Does the mail server deliver addresses with a + to it? If it cannot, set reply_address",
    )


def _mail_of(desk: Desk, book: AddressBook) -> Channel | None:
    from gateway.app import PLUGINS
    from gateway.channels.email.settings import EmailTable

    table = desk.loaded.sections.get("email")
    if not isinstance(table, EmailTable) or not table.send.host:
        return None
    around = Surroundings(book=book, now=lambda: datetime.now(UTC))
    channel: Channel = PLUGINS.module("email").build(table, around)
    return channel


def _addresses(desk: Desk, book: AddressBook) -> list[str]:
    """One of each form: queues have their own, unless the config has a pattern for all."""
    today = day_of(datetime.now(UTC))
    made = (
        book.mint(AddressKind.STANDING, 0, _NOBODY, today=today, queue=queue.name)
        for queue in desk.policy.queues
    )
    return list(dict.fromkeys(made))


def _fresh_id(address: str) -> str:
    return f"<check.{secrets.token_hex(12)}@{address.rpartition('@')[2]}>"


async def _send(channel: Channel, letter: _Letter, desk: Desk, book: AddressBook) -> None:
    try:
        await channel.send(_outbound(letter, desk, book))
    finally:
        closing = getattr(channel, "close", None)
        if closing is not None:
            await closing()


def _outbound(letter: _Letter, desk: Desk, book: AddressBook) -> Outbound:
    return Outbound(
        id=0,
        ticket=None,
        channel="email",
        to=Party(address=letter.address),
        sender=Party(address=desk.policy.desk_address, name=desk.policy.desk_name),
        document=Document(subject="A letter to itself", blocks=(Block(kind="text", text=_WORDS),)),
        message_id=letter.message_id,
        created_at=datetime.now(UTC),
        shown_to=(Party(address=letter.address),),
        mark=book.mark(letter.message_id),
    )


def _newest(database: Database) -> int:
    with database.read() as conn:
        rows = inbox.rows(conn, limit=1)
    return rows[0].id if rows else 0


def _wait(database: Database, before: int, letters: list[_Letter], patience: float) -> set[_Letter]:
    """Those that arrived, as soon as all did or the time is over."""
    came: set[_Letter] = set()
    seen = before
    until = time.monotonic() + patience
    while len(came) < len(letters) and time.monotonic() < until:
        time.sleep(_LOOK)
        seen, raws = _arrived(database, seen)
        came |= {one for one in letters if any(one.message_id.encode() in raw for raw in raws)}
    return came


def _arrived(database: Database, after: int) -> tuple[int, list[bytes]]:
    """The newest arrival, and the heads of all that came after one."""
    with database.read() as conn:
        rows = [inbox.get(conn, n.id) for n in inbox.rows(conn, limit=500) if n.id > after]
        raws = [inbox.incoming(conn, row).raw[:65_536] for row in rows if row and row.data]
    return max((row.id for row in rows if row), default=after), raws

"""The desk as its config makes it, with a clock that tests move and a network that they script."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from gateway.app import App, read_config
from gateway.channels.email.reading import lane_of
from gateway.channels.memory.reading import read as read_chat
from gateway.core.events import AgentActed, TicketAsked
from gateway.core.model import EntryKind, Message, Ticket
from gateway.core.ports import (
    Accepted,
    Channel,
    GoneError,
    Incoming,
    Intake,
    Outbound,
    Receipt,
    Scans,
)
from gateway.runtime import actions
from gateway.runtime.applying import Applied
from gateway.runtime.clock import Clock
from gateway.runtime.fetching import Fetcher
from gateway.runtime.postman import Postman
from gateway.runtime.threads import Threads
from gateway.store import entries, inbox, outbox, tickets
from gateway.store.entries import EntryRow
from gateway.store.inbox import InboxRow
from gateway.store.leader import Leader
from gateway.store.outbox import OutboxRow

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday
SUPPORT = "support@acme.example"
CONFIG = """
[desk]
name = "Acme Support"
address = "support@acme.example"
secret = "a-secret-of-the-tests"
timezone = "Europe/Madrid"
{desk}

[database]
url = "{url}"

[email.send]
maildir = "outgoing"

[[agents]]
name = "Bea Ruiz"
email = "bea@acme.example"
slack = "U0BEA"
telegram = 11
lead = true

[[agents]]
name = "Carla Gil"
email = "carla@acme.example"
slack = "U0CARLA"
telegram = 12
tier = 2
"""
_serial = count(1)


@dataclass
class WallClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Died(BaseException):
    """The process is gone, in the middle of something."""


@dataclass
class Chat:
    """A chat network of any name, in the form of the one in memory; what it took is in ``taken``.

    What it takes has the key ``name:address/number``, and keeps it when it is edited, until that
    is in ``gone``. Where there are ``topics``, a ticket's card opens one.
    """

    name: str
    topics: bool = False
    files: dict[str, bytes | Exception] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    taken: list[Outbound] = field(default_factory=list)
    script: list[BaseException] = field(default_factory=list)
    pieces: int = 1  # into which all that is said is cut
    before_sending: Callable[[], None] | None = None  # done once, while something is being sent

    def read(self, incoming: Incoming) -> Message:
        return read_chat(self.name, incoming.raw)

    async def run(self, intake: Intake, ready: Callable[[], None]) -> None:
        ready()
        await asyncio.Event().wait()

    async def send(self, outbound: Outbound) -> Receipt:
        if self.script:
            raise self.script.pop(0)
        if self.before_sending is not None:
            doing, self.before_sending = self.before_sending, None
            await asyncio.to_thread(doing)
        if outbound.place in self.gone and outbound.kind != "card":
            raise GoneError("the thread is gone")
        self.taken.append(outbound)
        if outbound.edits and outbound.edits not in self.gone:
            return self._in_pieces(outbound.edits)
        opens = self.topics and outbound.kind == "card"
        own = self.key(outbound)
        if self.pieces > 1 and not opens:
            return self._in_pieces(own)
        return Receipt(keys=(own, own.replace("/", "/topic-")) if opens else (own,))

    def _in_pieces(self, own: str) -> Receipt:
        more = (f"{own}-{number}" for number in range(1, self.pieces))
        return Receipt(keys=(own, *more), words=self.pieces)

    def key(self, outbound: Outbound) -> str:
        return f"{self.name}:{outbound.to.address}/{self.taken.index(outbound) + 1}"

    async def fetch(self, ref: str, most: int) -> bytes:
        found = self.files[ref]
        if isinstance(found, Exception):
            raise found
        return found

    def to(self, address: str) -> list[Outbound]:
        return [o for o in self.taken if o.to.address == address]


@dataclass
class Relay:
    """Mail as a network whose next answers are scripted; what it took is in ``taken``."""

    mail: Channel
    name: str = "email"
    taken: list[Outbound] = field(default_factory=list)
    script: list[BaseException] = field(default_factory=list)
    received: list[Incoming] = field(default_factory=list)
    stopped: int = 0
    deadly: bool = False  # takes a mail, and the process dies before it can be recorded

    def read(self, incoming: Incoming) -> Message:
        return self.mail.read(incoming)

    async def run(self, intake: Intake, ready: Callable[[], None]) -> None:
        ready()
        for incoming in self.received:
            await intake.accept(incoming)
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped += 1

    async def send(self, outbound: Outbound) -> Receipt:
        if self.script:
            raise self.script.pop(0)
        self.taken.append(outbound)
        if self.deadly:
            raise Died
        return Receipt(keys=("mail:" + outbound.message_id.strip("<>"),))

    def to(self, address: str) -> list[Outbound]:
        return [o for o in self.taken if o.to.address == address]


def mail(text: str = "The printer is on fire.", **fields: Any) -> bytes:
    """A plain mail; ``in_reply_to`` is an id, other fields become headers."""
    headers = {
        "From": "Ada Byron <ada@example.org>",
        "To": SUPPORT,
        "Subject": "Printer on fire",
        "Message-ID": f"<m{next(_serial)}@example.org>",
        "Date": "Mon, 05 Jan 2026 08:59:00 +0000",
    }
    headers |= {_header(name): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


def spoken(
    text: str,
    *,
    by: str,
    on: str = "telegram",
    answers: Iterable[str] | str = (),
    chat: Mapping[str, Any] | None = None,
    **fields: Any,
) -> bytes:
    """What a chat network brings: words of somebody, said to the desk in private by default."""
    keys = [answers] if isinstance(answers, str) else list(answers)
    said = {
        "from": by,
        "id": f"{by}/said-{next(_serial)}",
        "text": text,
        "subject": text.partition("\n")[0][:80],
        "answers": [key.removeprefix(f"{on}:") for key in keys],
    }
    private = {"where": "direct", "conversation": f"{on}:{by}"}
    return json.dumps(said | {"chat": private | dict(chat or {})} | fields).encode()


def _header(name: str) -> str:
    return {"message_id": "Message-ID"}.get(name, name.strip("_").replace("_", "-").title())


class Desk:
    """One process of the desk."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        desk: str = "",
        chats: tuple[Chat, Chat] | None = None,
        **policy: Any,
    ) -> None:
        """``desk`` stands in the config's table; ``policy`` has fields that no table has here."""
        config = folder / "gateway.toml"
        if not config.exists() or desk:
            config.write_text(CONFIG.format(url=url, desk=desk or 'digest = ""'))
        self.clock = WallClock()
        self.app = App(loaded=read_config(config, {}), now=self.clock)
        if policy:
            self.app.__dict__["policy"] = replace(self.app.policy, **policy)
        self.database = self.app.open_database(migrate=False)
        self.relay = Relay(self.app.channels["email"])
        self.slack, self.telegram = chats or (Chat("slack"), Chat("telegram"))
        self.app.channels.update(slack=self.slack, telegram=self.telegram)
        self.worker = self.app.worker(self.database, careful=0)
        self.threads = Threads(1)
        self.scanner: Scans | None = None

    def close(self) -> None:
        self.threads.close()
        self.database.close()

    # What comes in.

    def arrive(
        self, raw: bytes, *, to: str = SUPPORT, external_id: str = "", **more: Any
    ) -> Accepted:
        """Accept a mail as the listener would; handles nothing yet."""
        incoming = self.incoming(raw, to=to, external_id=external_id, **more)
        with self.database.write() as conn:
            return inbox.accept_many(conn, [incoming])[0]

    def incoming(
        self, raw: bytes, *, to: str = SUPPORT, external_id: str = "", **more: Any
    ) -> Incoming:
        envelope = {"v": 1, "from": more.pop("sender", "ada@example.org"), "to": [to]}
        envelope |= {name: more.pop(name) for name in ("scan", "auth") if name in more}
        return Incoming(
            channel="email",
            external_id=external_id or f"arrival-{next(_serial)}",
            raw=raw,
            received_at=self.clock(),
            envelope=envelope,
            lane=lane_of(raw),
            **more,
        )

    def receive(self, raw: bytes, **more: Any) -> InboxRow:
        """Accept a mail and run until empty; its row."""
        accepted = self.arrive(raw, **more)
        self.run()
        return self.row(accepted.id)

    def say(self, text: str, *, by: str, on: str = "telegram", **more: Any) -> InboxRow:
        """Somebody writes to the desk in a private chat, unless ``chat`` says otherwise."""
        row = self.tell(text, by=by, on=on, **more)
        self.run()
        return self.row(row.id)

    def tell(self, text: str, *, by: str, on: str = "telegram", **more: Any) -> Accepted:
        """The same, accepted and not yet handled. ``answers`` are keys of the network."""
        lane = more.pop("lane", f"{on}:{by}")
        raw = spoken(text, by=by, on=on, **more)
        incoming = Incoming(
            channel=on,
            external_id=f"event-{next(_serial)}",
            raw=raw,
            received_at=self.clock(),
            envelope={"v": 1},
            lane=lane,
        )
        with self.database.write() as conn:
            return inbox.accept_many(conn, [incoming])[0]

    def take(self, incoming: Incoming) -> int:
        """Whatever a channel hands over, accepted and handled; its row."""
        with self.database.write() as conn:
            accepted = inbox.accept_many(conn, [incoming])[0]
        self.run()
        return accepted.id

    # Run until empty.

    def run(self) -> None:
        """Handle what is due and send what is due, until there is nothing more of either."""
        while self.worker.drain() or self.fire() or self.fetch() or self.post():
            pass

    def fetch(self, scanner: Scans | None = None, process: str = "this process") -> int:
        """What the fetcher finds due in the chats, fetched or tried."""
        fetcher = Fetcher(
            self.database,
            {"slack": self.slack, "telegram": self.telegram},
            now=self.clock,
            process=process,
            most=1_000,
            scanner=scanner or self.scanner,
            threads=self.threads,
            jitter=lambda: 0.5,
        )
        return asyncio.run(fetcher.fetch_due())

    def fetch_in_thread(self) -> int:
        """The same beside whatever else is going on, in a thread with threads of its own."""
        mine, self.threads = self.threads, Threads(1)
        try:
            return self.fetch()
        finally:
            self.threads.close()
            self.threads = mine

    def fire(self) -> int:
        """What the clock's next look finds due."""
        with self.clockwork() as clock:
            return clock.fire_due()[0]

    def recover(self) -> list[int]:
        """What the clock's sweep finds that a dead process was sending."""
        with self.clockwork() as clock:
            return clock.recover()

    @contextmanager
    def clockwork(self) -> Iterator[Clock]:
        leader = Leader(self.database)
        until = time.monotonic() + 10
        while not leader.lead() and time.monotonic() < until:
            time.sleep(0.01)  # the server lets go of the one before in its own time
        try:
            _lead(leader)
            yield Clock(
                self.database,
                leader,
                now=self.clock,
                keep_raw=timedelta(days=90),
                threads=self.threads,
                on_fired=lambda: None,
                policy=lambda: self.app.desk.policy,
            )
        finally:
            leader.close()

    def post(self) -> int:
        """What the postman finds due, sent or tried."""
        return asyncio.run(self.postman().send_due())

    def postman(self, name: str = "this process") -> Postman:
        return Postman(
            self.database,
            self.app.desk,
            {"email": self.relay, "slack": self.slack, "telegram": self.telegram},
            now=self.clock,
            name=name,
            threads=self.threads,
            jitter=lambda: 0.5,
        )

    def act(
        self, ticket: int, *commands: str, agent: str = "bea@acme.example", **more: Any
    ) -> Applied:
        event = AgentActed(agent=agent, ticket=ticket, commands=commands, at=self.clock(), **more)
        return self.do(event)

    def do(self, event: AgentActed | TicketAsked) -> Applied:
        return actions.do(self.database, self.app.handler, event, self.clock)

    # What there is.

    def row(self, number: int) -> InboxRow:
        with self.database.read() as conn:
            row = inbox.get(conn, number)
        assert row is not None
        return row

    def ticket(self, number: int) -> Ticket:
        with self.database.read() as conn:
            found = tickets.load(conn, number)
        assert found is not None
        return found

    def tickets(self) -> list[Ticket]:
        with self.database.read() as conn:
            return tickets.listing(conn)

    def history(self, number: int, *kinds: EntryKind) -> list[EntryRow]:
        with self.database.read() as conn:
            return [e for e in entries.history(conn, number) if not kinds or e.kind in kinds]

    def texts(self, number: int) -> list[str]:
        """What people said on a ticket, notes too."""
        them = self.history(number, EntryKind.MESSAGE, EntryKind.NOTE)
        return [e.body.text for e in them if e.body]

    def outgoing(self) -> list[OutboxRow]:
        with self.database.read() as conn:
            return outbox.rows(conn)[::-1]

    def sent_to(self, address: str, kind: str) -> list[Outbound]:
        """What the relay took for somebody, of one kind, oldest first."""
        kinds = {row.message_id: row.kind for row in self.outgoing()}
        return [o for o in self.relay.to(address) if kinds[o.message_id] == kind]


def _lead(leader: Leader) -> None:
    """PostgreSQL gives the lock free a moment after the connection that had it is closed."""
    until = time.monotonic() + 10
    while not leader.lead() and time.monotonic() < until:
        time.sleep(0.005)


def reply_to(sent: Outbound, text: str, sender: str, **fields: Any) -> bytes:
    """What a mail client makes of Reply: to Reply-To, In-Reply-To, the words quoted below."""
    said = "\n".join(block.text for block in sent.document.blocks)
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    attribution = f"On Mon, 5 Jan 2026 at 10:00, Acme Support <{sent.sender.address}> wrote:"
    given = {
        "from_": sender,
        "to": sent.reply_to or sent.sender.address,
        "subject": f"Re: {sent.document.subject}",
        "in_reply_to": sent.message_id,
    }
    raw = mail(
        f"{text}\n\n{attribution}\n{quoted}\n",
        **given | fields,
    )
    return raw

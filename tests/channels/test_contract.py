"""What every channel promises (`core.ports.Channel`); a new one adds its `Wire` below."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import aiosmtplib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from gateway.app import App, read_config
from gateway.channels.email import plugin as email
from gateway.channels.memory import plugin as memory
from gateway.channels.memory.network import LostReplyError, NoSuchUserError
from gateway.channels.slack import plugin as slack
from gateway.channels.telegram import plugin as telegram
from gateway.core.addresses import AddressBook, Key
from gateway.core.model import Message, Party
from gateway.core.ports import (
    Accepted,
    Channel,
    Incoming,
    IntakeUnavailableError,
    MaybeSentError,
    PermanentError,
    Surroundings,
    TemporaryError,
    Trouble,
)
from gateway.runtime.handling import Handler
from gateway.runtime.worker import Worker
from gateway.store import entries, inbox, tickets
from gateway.store.database import Database
from tests.channels.email.sending.outbounds import outbound
from tests.channels.email.sending.scripted import DROP, ScriptedServer
from tests.channels.email.sending.scripted import running as scripted
from tests.servers import free_port
from tests.servers.bot_api import LOSE_ANSWER, BotApi, Refusal
from tests.servers.bot_api import serving as bot_api
from tests.servers.slack import NotAcknowledgedError, SlackServer, User
from tests.servers.slack import running as running_slack

SECRET = "hunter2-of-the-tests"
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
AROUND = Surroundings(
    book=AddressBook(
        keys=(Key(id=0, secret=SECRET.encode()),),
        desk_address="support@acme.example",
        queues={"support": ("support@acme.example",)},
    ),
    now=lambda: NOON,
)


class Wire(Protocol):
    """What is at the other end of a channel, in one test."""

    channel: Channel
    ada: Party  # somebody whom it reaches

    async def deliver(self, text: str, id: str) -> None:
        """One message as the network brings it; raises where it was not acknowledged."""
        ...

    def fail(self, how: type[Exception]) -> None:
        """The next sending meets what the channel is to call a failure of this kind."""
        ...


class MemoryWire:
    ada = Party(address="ada@example.org")

    def __init__(self) -> None:
        table = memory.settings(purpose="test", password=SecretStr(SECRET))
        self._memory = memory.build(table, AROUND)
        self.channel: Channel = self._memory

    async def deliver(self, text: str, id: str) -> None:
        raw = json.dumps({"from": "ada", "text": text, "id": id, "subject": "Help"}).encode()
        await self._memory.network.deliver(id, raw)

    def fail(self, how: type[Exception]) -> None:
        problems: dict[type[Exception], Exception] = {
            TemporaryError: ConnectionResetError(f"password {SECRET} was not taken"),
            PermanentError: NoSuchUserError("ada"),
            MaybeSentError: LostReplyError("lost"),
        }
        self._memory.network.problems.append(problems[how])


class MailWire:
    ada = Party(address="ada@example.org")

    def __init__(self, relay: ScriptedServer, maildir: Path) -> None:
        self._relay = relay
        self._port = free_port()
        table = email.settings.model_validate(
            {
                "listen": {"host": "127.0.0.1", "port": self._port, "hostname": "desk.example"},
                "send": {
                    "host": "127.0.0.1",
                    "port": relay.port,
                    "security": "none",
                    "user": "desk",
                    "password": SECRET,
                    "hostname": "desk.example",
                    "timeout": "5s",
                    "maildir": str(maildir),
                },
            }
        )
        self.channel: Channel = email.build(table, AROUND)

    async def deliver(self, text: str, id: str) -> None:
        mail = (
            f"From: ada@example.org\r\nTo: support@acme.example\r\nSubject: Help\r\n"
            f"Message-ID: <{id}@example.org>\r\n\r\n{text}\r\n"
        )
        await aiosmtplib.send(
            mail.encode(),
            sender="ada@example.org",
            recipients=["support@acme.example"],
            hostname="127.0.0.1",
            port=self._port,
            timeout=10,
        )

    def fail(self, how: type[Exception]) -> None:
        stage, said = {
            TemporaryError: ("RCPT", "451 4.3.2 come again"),
            PermanentError: ("RCPT", "550 5.1.1 no such user"),
            MaybeSentError: ("dot", DROP),
        }[how]
        self._relay._script[stage].append(said)


class SlackWire:
    ada = Party(address="ada@example.org")

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        server.patience = 0.5
        server.world.add_user(User("U0ADA", "Ada"))
        server.world.add_user(User("ada@example.org", "Ada"))
        table = slack.settings(
            bot_token=SecretStr(server.bot_token),
            app_token=SecretStr(server.app_token),
            api_url=server.api_url,
        )
        self.channel: Channel = slack.build(table, AROUND)
        self._said: dict[str, dict[str, Any]] = {}

    async def deliver(self, text: str, id: str) -> None:
        direct = self._server.world.direct("U0ADA")
        if id not in self._said:
            message = self._server.message("U0ADA", text, direct)
            event = message | {"channel": direct.id, "channel_type": "im"}
            self._said[id] = self._server.wrapped(event, f"Ev{id}")
        await self._server.deliver("events_api", self._said[id])

    def fail(self, how: type[Exception]) -> None:
        if how is MaybeSentError:
            self._server.fail("chat.postMessage", drop="after")
            self._server.fail("conversations.history", code="missing_scope")
        else:
            code = "internal_error" if how is TemporaryError else "is_archived"
            self._server.fail("chat.postMessage", code=code)


class NotTakenError(Exception):
    """An update was not acknowledged by asking for later ones."""


class TelegramWire:
    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._person = api.world.person("Ada")
        self.ada = Party(address=str(self._person.id), channel="telegram")
        table = telegram.settings(token=SecretStr(api.token), api_url=api.url)
        self.channel: Channel = telegram.build(table, AROUND)
        self._said: dict[str, tuple[int, dict[str, Any]]] = {}

    async def deliver(self, text: str, id: str) -> None:
        update_id, message = self._said.get(id, (0, {}))
        if not message:
            message = self._api.world.says(self._person, text)
        elif update_id < self._api.offset:
            self._api.world.update(message=message)
        update_id = self._api.world.updates[-1]["update_id"]
        self._said[id] = update_id, message
        until = time.monotonic() + 5
        while self._api.offset <= update_id:
            if time.monotonic() > until:
                raise NotTakenError
            await asyncio.sleep(0.02)

    def fail(self, how: type[Exception]) -> None:
        refusals: dict[type[Exception], Any] = {
            TemporaryError: Refusal(429, "Too Many Requests: retry after 1", retry_after=1),
            PermanentError: Refusal(403, "Forbidden: bot was blocked by the user"),
            MaybeSentError: LOSE_ANSWER,
        }
        self._api.fail("sendMessage", refusals[how])


@contextlib.asynccontextmanager
async def memory_wire(_folder: Path) -> AsyncIterator[Wire]:
    yield MemoryWire()


@contextlib.asynccontextmanager
async def mail_wire(folder: Path) -> AsyncIterator[Wire]:
    async with scripted(ScriptedServer(offers=["AUTH PLAIN LOGIN"])) as relay:
        wire = MailWire(relay, folder)
        try:
            yield wire
        finally:
            await wire.channel.close()  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def slack_wire(_folder: Path) -> AsyncIterator[Wire]:
    tokens = {"bot_token": f"xoxb-{SECRET}", "app_token": f"xapp-{SECRET}"}
    async with running_slack(**tokens) as server:
        wire = SlackWire(server)
        try:
            yield wire
        finally:
            await wire.channel.close()  # type: ignore[attr-defined]
    assert server.complaints == []


@contextlib.asynccontextmanager
async def telegram_wire(_folder: Path) -> AsyncIterator[Wire]:
    with bot_api(f"123456:{SECRET}") as api:
        wire = TelegramWire(api)
        try:
            yield wire
        finally:
            await wire.channel.close()  # type: ignore[attr-defined]


NOT_TAKEN = (
    IntakeUnavailableError,
    aiosmtplib.SMTPResponseException,
    NotAcknowledgedError,
    NotTakenError,
)
WIRES: dict[str, Callable[[Path], AbstractAsyncContextManager[Wire]]] = {
    "memory": memory_wire,
    "email": mail_wire,
    "slack": slack_wire,
    "telegram": telegram_wire,
}


@pytest.fixture(params=sorted(WIRES))
async def wire(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Wire]:
    async with WIRES[request.param](tmp_path) as opened:
        yield opened


class Inbox:
    """Keeps what it accepts; ``full`` as long as a test says so."""

    def __init__(self) -> None:
        self.kept: list[Incoming] = []
        self.troubles: list[Trouble] = []
        self.full = False

    async def accept(self, incoming: Incoming) -> Accepted:
        if self.full:
            raise IntakeUnavailableError("the disk is full")
        known = [i.external_id for i in self.kept]
        if incoming.external_id in known:
            return Accepted(known.index(incoming.external_id) + 1, duplicate=True)
        self.kept.append(incoming)
        return Accepted(len(self.kept))

    async def report(self, trouble: Trouble) -> None:
        self.troubles.append(trouble)


@contextlib.asynccontextmanager
async def receiving(channel: Channel, intake: Any) -> AsyncIterator[asyncio.Task[None]]:
    ready = asyncio.Event()
    task = asyncio.create_task(channel.run(intake, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_acknowledged_was_accepted(wire: Wire):
    intake = Inbox()
    async with receiving(wire.channel, intake):
        await wire.deliver("Help!", "one")

    (kept,) = intake.kept
    assert kept.channel == wire.channel.name
    assert kept.received_at == NOON
    assert wire.channel.read(kept).text == "Help!"


async def test_what_cannot_be_accepted_is_not_acknowledged(wire: Wire):
    intake = Inbox()
    async with receiving(wire.channel, intake):
        intake.full = True
        with pytest.raises(NOT_TAKEN):
            await wire.deliver("Help!", "one")
        intake.full = False
        await wire.deliver("Help!", "one")

    assert [wire.channel.read(i).text for i in intake.kept] == ["Help!"]


async def test_the_same_message_delivered_twice_is_one_entry(wire: Wire, tmp_path: Path):
    intake = Inbox()
    async with receiving(wire.channel, intake):
        await wire.deliver("Help!", "one")
        await wire.deliver("Help!", "one")
    config = tmp_path / "gateway.toml"
    config.write_text(
        '[desk]\naddress = "support@acme.example"\nsecret = "a-secret-of-the-tests"\n'
        f'[database]\nurl = "sqlite:///{tmp_path}/gateway.db"\n'
    )
    app = App(loaded=read_config(config, {}), now=lambda: NOON)
    database = app.open_database()
    readers = {wire.channel.name: wire.channel.read}
    handler = Handler(desk=app.desk, readers=readers, renderer=app.renderer)
    said = _said(database, Worker(database, handler, now=app.now), intake.kept)
    database.close()

    assert said == ["Help!"]


def _said(database: Database, worker: Worker, arrived: list[Incoming]) -> list[str]:
    with database.write() as conn:
        inbox.accept_many(conn, arrived)
    worker.drain()
    with database.read() as conn:
        numbers = [t.number for t in tickets.listing(conn)]
        told = [e for n in numbers for e in entries.history(conn, n) if e.kind == "message"]
    return [entry.body.text for entry in told if entry.body]


@pytest.mark.parametrize("failure", [TemporaryError, PermanentError, MaybeSentError])
async def test_a_failure_to_send_says_what_kind_it_is(wire: Wire, failure: type[Exception]):
    to_ada = outbound(to=wire.ada, channel=wire.channel.name)
    wire.fail(failure)
    with pytest.raises(failure) as raised:
        await wire.channel.send(to_ada)

    assert SECRET not in f"{raised.value} {raised.value!r}"
    receipt = await wire.channel.send(to_ada)
    assert all(receipt.keys)


async def test_a_receipt_has_the_keys_by_which_an_answer_is_known(wire: Wire):
    receipt = await wire.channel.send(outbound(to=wire.ada, channel=wire.channel.name))

    assert receipt.keys
    assert all(receipt.keys)


async def test_it_ends_within_a_second_of_being_cancelled(wire: Wire):
    async with receiving(wire.channel, Inbox()) as task:
        await wire.deliver("Help!", "one")
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=1)

    assert done == {task}


async def test_it_can_run_again_after_it_ended(wire: Wire):
    intake = Inbox()
    for id in ("one", "two"):
        async with receiving(wire.channel, intake):
            await wire.deliver(f"Help {id}!", id)

    assert len(intake.kept) == 2


async def test_no_secret_is_in_a_repr_or_in_the_log(
    wire: Wire, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.DEBUG)
    async with receiving(wire.channel, Inbox()):
        await wire.deliver("Help!", "one")
    wire.fail(TemporaryError)
    with contextlib.suppress(TemporaryError):
        await wire.channel.send(outbound(to=wire.ada, channel=wire.channel.name))

    said = capsys.readouterr()
    assert SECRET not in repr(wire.channel) + str(vars(wire.channel))
    assert SECRET not in caplog.text + said.out + said.err


def incoming(raw: bytes, envelope: dict[str, Any]) -> Incoming:
    return Incoming(channel="any", external_id="1", raw=raw, received_at=NOON, envelope=envelope)


HEADERISH = st.lists(
    st.tuples(
        st.sampled_from(
            [b"From", b"To", b"Subject", b"Date", b"Content-Type", b"Message-ID", b"References"]
        ),
        st.binary(max_size=60),
    ),
    max_size=6,
).map(lambda pairs: b"\r\n".join(k + b": " + v for k, v in pairs))
RAWS = st.one_of(
    st.binary(max_size=400),
    st.tuples(HEADERISH, st.binary(max_size=200)).map(lambda t: t[0] + b"\r\n\r\n" + t[1]),
    st.dictionaries(
        st.sampled_from(["from", "text", "id", "answers", "subject", "name"]),
        st.one_of(st.text(max_size=20), st.integers(), st.none(), st.lists(st.text(), max_size=2)),
    ).map(lambda d: json.dumps(d).encode()),
)


@pytest.mark.fuzz
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=RAWS)
def test_reading_never_raises(wire: Wire, raw: bytes):
    message = wire.channel.read(incoming(raw, {"v": 1}))

    assert isinstance(message, Message)
    for text in (message.text, message.full_text, message.subject, message.author.address):
        text.encode()  # no lone surrogates: no database takes them


def test_a_memory_channel_is_not_had_by_accident(tmp_path: Path):
    config = tmp_path / "gateway.toml"
    config.write_text('[desk]\naddress = "support@acme.example"\n[memory]\n')
    with pytest.raises(Exception, match="purpose"):
        read_config(config, {})

"""The whole process without its command: it starts, works, survives trouble, and stops."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from gateway.core.model import Message
from gateway.core.ports import (
    Accepted,
    Channel,
    Door,
    Incoming,
    IntakeUnavailableError,
    Outbound,
    Receipt,
    TemporaryError,
    Trouble,
)
from gateway.runtime import postman as postmen
from gateway.runtime.daemon import Daemon, parts
from gateway.store import inbox, outbox
from gateway.store.inbox import InboxState
from gateway.store.outbox import OutboxState
from tests.runtime.desk import Desk, mail
from tests.servers import PostgresCluster

PATIENCE = 30.0


class Line:
    """A network in memory: tests put mails on it, and see what the desk sent."""

    name = "email"

    def __init__(self, mail_channel: Channel) -> None:
        self._mail = mail_channel
        self.intake: asyncio.Future[Door] = asyncio.get_running_loop().create_future()
        self.taken: list[Outbound] = []
        self.changed = asyncio.Condition()
        self.door = asyncio.Event()
        self.door.set()
        self.begun = 0
        self.runs = 0
        self.faults: list[Exception] = []
        self.fall = asyncio.Event()

    def read(self, incoming: Incoming) -> Message:
        return self._mail.read(incoming)

    async def run(self, intake: Door, ready: Callable[[], None]) -> None:
        self.runs += 1
        if self.faults:
            raise self.faults.pop(0)
        if not self.intake.done():
            self.intake.set_result(intake)
        ready()
        await self._tell()
        await self.fall.wait()
        self.fall.clear()
        raise RuntimeError("the line fell over")

    async def send(self, outbound: Outbound) -> Receipt:
        self.begun += 1
        await self._tell()
        await self.door.wait()
        self.taken.append(outbound)
        await self._tell()
        return Receipt()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def accept(self, incoming: Incoming) -> Accepted:
        return await (await self.intake).accept(incoming)

    async def report(self, words: str, *, over: bool = False) -> None:
        trouble = Trouble(channel="email", key="email.mailbox a@b.example", words=words, over=over)
        await (await self.intake).report(trouble)

    async def until(self, done: Callable[[], bool]) -> None:
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(done), PATIENCE)


class Running:
    """A daemon that runs on the test's own loop."""

    def __init__(self, desk: Desk, name: str = "one") -> None:
        self.line = Line(desk.app.channels["email"])
        self.stop = asyncio.Event()
        self.ready = asyncio.Event()
        self.daemon = Daemon(
            desk.database,
            desk.app.desk,
            {"email": self.line},
            desk.app.worker(desk.database, careful=10),
            now=desk.clock,
            name=name,
            keep_raw=desk.app.loaded.settings.desk.keep_raw,
        )
        self.task = asyncio.create_task(self.daemon.run(self.stop, self.ready.set))

    async def end(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def running(desk: Desk, name: str = "one") -> AsyncIterator[Running]:
    made = Running(desk, name)
    await asyncio.wait_for(made.ready.wait(), PATIENCE)
    try:
        yield made
    finally:
        await made.end()


def somebody(number: int) -> bytes:
    """A mail from a person of its own, so that no cap on confirmations is met."""
    return mail(f"{number}", from_=f"p{number}@example.org")


def unfinished(desk: Desk) -> list[str]:
    """Rows that are neither done nor simply waiting."""
    with desk.database.read() as conn:
        new = [f"inbox {r.id}" for r in inbox.rows(conn) if r.state is InboxState.NEW]
        rows = outbox.rows(conn)
    return new + [f"outbox {r.id} {r.state}" for r in rows if r.state is not OutboxState.SENT]


async def test_a_daemon_answers_what_comes_in_and_stops_with_everything_done(desk: Desk):
    async with running(desk) as one:
        accepted = await asyncio.gather(
            *(one.line.accept(desk.incoming(somebody(n))) for n in range(10))
        )
        assert not any(a.duplicate for a in accepted)
        await one.line.until(lambda: len(one.line.taken) == 20)

    assert unfinished(desk) == []
    assert len(desk.tickets()) == 10


async def test_what_is_being_sent_when_it_stops_is_finished_and_recorded(desk: Desk):
    async with running(desk) as one:
        one.line.door.clear()
        await one.line.accept(desk.incoming(mail()))
        await one.line.until(lambda: one.line.begun == 2)
        one.stop.set()
        await asyncio.sleep(0)
        one.line.door.set()

    assert unfinished(desk) == []


async def test_leads_hear_of_a_channels_trouble_once_a_day_and_that_it_is_over(desk: Desk):
    async with running(desk) as one:
        for words in ("The password is refused.", "Still refused.", "And again."):
            await one.line.report(words)
        await one.line.report("The password is taken.", over=True)
        await one.line.until(lambda: len(one.line.taken) == 2)

    said = [(o.to.address, o.document.subject) for o in one.line.taken]
    assert said == [
        ("bea@acme.example", "The help desk needs you: email.mailbox a@b.example"),
        ("bea@acme.example", "Works again: email.mailbox a@b.example"),
    ]
    assert "The password is refused." in one.line.taken[0].document.text
    assert unfinished(desk) == []


async def test_trouble_that_cannot_be_written_down_ends_nobody(desk: Desk):
    async with running(desk) as one:
        pass
    await one.line.report("Nobody is there any more.")


async def test_nothing_is_accepted_after_it_stopped(desk: Desk):
    async with running(desk) as one:
        pass
    with pytest.raises(IntakeUnavailableError):
        await one.line.accept(desk.incoming(mail()))


async def test_a_channel_that_cannot_start_ends_the_daemon_with_its_error(desk: Desk):
    one = Running(desk)
    one.line.faults = [OSError(98, "Address already in use")]
    with pytest.raises(OSError, match="already in use"):
        await asyncio.wait_for(one.task, PATIENCE)


async def test_a_channel_that_falls_over_is_started_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parts, "_RESTART", (0.0,))
    async with running(desk) as one:
        one.line.faults = [ConnectionError("still gone"), ConnectionError("still gone")]
        one.line.fall.set()
        await one.line.until(lambda: one.line.runs == 4)
        await one.line.accept(desk.incoming(mail()))
        await one.line.until(
            lambda: {"confirmation", "new_ticket"} <= {o.kind for o in one.line.taken}
        )


async def test_leads_hear_of_a_channel_that_falls_over_again_and_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parts, "_RESTART", (0.0,))
    monkeypatch.setattr(parts, "_STEADY", 0.1)
    async with running(desk) as one:
        one.line.faults = [ConnectionError("still gone"), ConnectionError("still gone")]
        one.line.fall.set()
        await one.line.until(lambda: [o.kind for o in one.line.taken] == ["trouble"] * 2)

    troubles = [o.document.text for o in one.line.taken]
    assert "falls over again and again" in troubles[0]
    assert "It works again." in troubles[1]


async def test_what_another_process_writes_is_noticed(desk: Desk, url: str, tmp_path: Path):
    """A command answers a ticket; the daemon, asleep, sends the answer."""
    async with running(desk) as one:
        await one.line.accept(desk.incoming(mail()))
        await one.line.until(lambda: len(one.line.taken) == 2)
        other = Desk(url, tmp_path)
        await asyncio.to_thread(other.act, 1, text="Pull the plug!")
        began = time.monotonic()
        await one.line.until(lambda: len(one.line.taken) == 3)
        other.close()

    assert time.monotonic() - began < 5
    assert one.line.taken[-1].document.blocks[0].text == "Pull the plug!"


async def test_an_idle_daemon_sleeps(sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Also when a message waits behind another one that is tried again later."""
    looks = 0
    claim = outbox.claim

    def counted(*args, **options):
        nonlocal looks
        looks += 1
        return claim(*args, **options)

    monkeypatch.setattr(outbox, "claim", counted)
    sqlite_desk.relay.script = [TemporaryError("not now", after=3600)]
    await asyncio.to_thread(sqlite_desk.receive, mail())
    sqlite_desk.act(1, text="It waits behind the confirmation.")
    async with running(sqlite_desk):
        looks = 0
        await asyncio.sleep(1)
    assert looks == 0


@pytest.mark.postgres
async def test_two_daemons_share_the_work_and_do_none_of_it_twice(
    postgres_desk: Desk, tmp_path: Path
):
    other = Desk(postgres_desk.app.loaded.settings.database.url.get_secret_value(), tmp_path)
    async with running(postgres_desk, "one") as one, running(other, "two") as two:
        for number in range(20):
            line = (one.line, two.line)[number % 2]
            await line.accept(postgres_desk.incoming(somebody(number)))
        await sent_by_both([one.line, two.line], 40)
    other.close()

    taken = [o.message_id for o in (*one.line.taken, *two.line.taken)]
    assert len(taken) == len(set(taken)) == 40
    assert len(postgres_desk.tickets()) == 20
    assert unfinished(postgres_desk) == []


async def sent_by_both(lines: list[Line], count: int) -> None:
    changes = [asyncio.create_task(line.until(lambda: total(lines) >= count)) for line in lines]
    await asyncio.wait(changes, return_when=asyncio.FIRST_COMPLETED)
    for change in changes:
        change.cancel()
    assert total(lines) == count


def total(lines: list[Line]) -> int:
    return sum(len(line.taken) for line in lines)


async def keep_trying(line: Line, incoming: Incoming) -> Accepted:
    """What every mail server does after a 451."""
    while True:
        try:
            return await line.accept(incoming)
        except IntakeUnavailableError:
            await asyncio.sleep(0.05)


@pytest.fixture
def unfolded_desk(migrated_postgres_url: str, tmp_path: Path) -> Iterator[Desk]:
    """One whose agents get each notice by itself, so that they can be counted."""
    made = Desk(migrated_postgres_url, tmp_path, desk='digest = ""\nburst_notices = 0')
    yield made
    made.close()


@pytest.mark.postgres
async def test_a_database_that_goes_away_for_a_while_loses_nothing(
    unfolded_desk: Desk, postgres_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postmen, "_TROUBLE", 0.1)
    door = postgres_cluster.socket_folder / ".s.PGSQL.5432"
    name = unfolded_desk.database.url.database
    admin = psycopg.connect(postgres_cluster.dsn("postgres"), autocommit=True)
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        " AND pid <> pg_backend_pid()"
    )
    async with running(unfolded_desk) as one:
        for round_ in range(3):
            arriving = [
                asyncio.create_task(keep_trying(one.line, unfolded_desk.incoming(somebody(n))))
                for n in range(round_ * 10, round_ * 10 + 10)
            ]
            await asyncio.sleep(0.01)
            door.rename(door.with_name("closed"))
            admin.execute(end_all, [name])
            await asyncio.sleep(0.3)
            door.with_name("closed").rename(door)
            await asyncio.gather(*arriving)
        await one.line.until(lambda: len({o.message_id for o in one.line.taken}) >= 60)
    admin.close()

    said = [text for t in unfolded_desk.tickets() for text in unfolded_desk.texts(t.number)]
    assert sorted(said, key=int) == [str(n) for n in range(30)]
    assert unfinished(unfolded_desk) == []
    assert len({o.message_id for o in one.line.taken}) == 60

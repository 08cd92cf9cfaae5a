"""The desk under measurement: `gateway init`'s config in a folder, in this process or a daemon."""

import contextlib
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway import logs
from gateway.app import App, read_config
from gateway.channels.email.reading import lane_of
from gateway.channels.email.settings import EmailTable
from gateway.core.ports import Incoming
from gateway.runtime import collector
from gateway.settings.starter import Facts, starter
from gateway.store import inbox
from gateway.store.database import Database
from tests.benchmarks.mails import SUPPORT, Mail
from tests.servers import free_port, postgres_cluster, running, server_folder, wait_until

_ACCEPTED_AT_ONCE = 100
# More than an hour's worth comes in at once: every new ticket is to be confirmed all the same.
NO_CAPS = """
[desk.caps]
per_recipient = 1000000
per_domain = 1000000
overall = 100000000
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A desk in a folder of its own."""

    folder: Path
    port: int

    @property
    def config(self) -> Path:
        return self.folder / "config" / "gateway.toml"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def app(self) -> App:
        return App(loaded=read_config(self.config, {}))

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """Opened, and migrated where needed; logs are written as a daemon does, meanwhile.

        Python's collector is set as a daemon sets it, too.
        """
        with self.log.with_name("own.log").open("a") as log:
            logs.configure("info", "json", log)
            database = self.app().open_database()
            collector.settle()
            try:
                yield database
            finally:
                database.close()
                logs.configure()

    @contextlib.contextmanager
    def daemon(self) -> Iterator[int]:
        """`gateway serve` in a process of its own, ready; its process id."""
        already = self.readies()
        with running(self.command("serve"), log=self.log, cwd=self.folder) as process:
            wait_until(lambda: self.readies() > already, f"a ready daemon: see {self.log}", 60)
            yield process.pid

    def command(self, *words: str) -> list[str | Path]:
        gateway = Path(sys.executable).with_name("gateway")
        return [gateway, "--config", self.config, *words]

    def readies(self) -> int:
        """How often a daemon has said that it is ready."""
        return self.log.read_bytes().count(b'"ready"') if self.log.exists() else 0


@contextlib.contextmanager
def sqlite_desk(**more: str) -> Iterator[Desk]:
    with server_folder("bench") as folder:
        yield made(folder, "sqlite:///../var/gateway.db", **more)


@contextlib.contextmanager
def postgres_desk(**more: str) -> Iterator[Desk]:
    """A desk on a PostgreSQL of its own that syncs its writes, as one in use does."""
    with server_folder("bench") as folder, postgres_cluster(durable=True) as cluster:
        yield made(folder, cluster.url(cluster.create()), **more)


@contextlib.contextmanager
def desk_on(database: str, more: str = "") -> Iterator[Desk]:
    """``more`` is appended to the config."""
    whole = NO_CAPS + more
    opened = sqlite_desk(more=whole) if database == "sqlite" else postgres_desk(more=whole)
    with opened as desk:
        yield desk


def made(folder: Path, url: str, more: str = NO_CAPS) -> Desk:
    """What `gateway init --defaults` would write, on a free port."""
    desk = Desk(folder=folder, port=free_port())
    facts = Facts(listen_port=desk.port, database_url=url)
    text = starter(facts, {"email": EmailTable}) + more
    # Here many senders share one address; a cap would hide how long they wait.
    text = text.replace("# max_per_address = 50", "max_per_address = 400")
    if tomllib.loads(text)["email"]["listen"].get("max_per_address") != 400:
        raise AssertionError("the starter config has no max_per_address any more")
    # Each notice is made by itself: one that is kept for a summary costs less.
    text = text.replace("# burst_notices = 20", "burst_notices = 0")
    if tomllib.loads(text)["desk"].get("burst_notices") != 0:
        raise AssertionError("the starter config has no burst_notices any more")
    desk.config.parent.mkdir(parents=True)
    desk.config.write_text(text)
    return desk


def accept(database: Database, mails: Sequence[Mail], serial: str) -> None:
    """Put mails into the inbox as the listener would."""
    arrivals = [
        Incoming(
            channel="email",
            external_id=f"{serial}.{number}",
            raw=mail.raw,
            received_at=datetime.now(UTC),
            envelope={"v": 1, "source": "smtp", "from": mail.sender, "to": [SUPPORT], "tls": True}
            | {"peer": "192.0.2.7", "helo": "mail.example"},
            lane=lane_of(mail.raw),
        )
        for number, mail in enumerate(mails)
    ]
    for start in range(0, len(arrivals), _ACCEPTED_AT_ONCE):
        with database.write() as conn:
            inbox.accept_many(conn, arrivals[start : start + _ACCEPTED_AT_ONCE])


def waiting(database: Database) -> int:
    with database.read() as conn:
        return inbox.waiting(conn)

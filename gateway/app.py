"""The composition root: the one place that knows every concrete class."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import structlog
from pydantic import BaseModel

from gateway.core.deciding import Desk
from gateway.core.model import Party
from gateway.core.ports import (
    Channel,
    Fetches,
    Hook,
    Hooks,
    Notebook,
    OwnTicket,
    Renews,
    Scans,
    Surroundings,
    Turns,
)
from gateway.runtime import collector
from gateway.runtime.daemon import Daemon, Part
from gateway.runtime.handling import Handler
from gateway.runtime.own_tickets import own_tickets
from gateway.runtime.presence import Presence, present
from gateway.runtime.rendering.renderer import Renderer
from gateway.runtime.terminal import terminal_is_gone
from gateway.runtime.worker import BATCH, Worker
from gateway.settings.configured import Configured
from gateway.settings.faults import ConfigError, Fault
from gateway.settings.load import Loaded, load
from gateway.settings.places import files_folder, kept_folder
from gateway.settings.plugins import Plugins
from gateway.settings.renewing import Renewed, renewed
from gateway.store.database import Database
from gateway.store.leader import sole_daemon
from gateway.store.notebook import StoredNotebook
from gateway.store.turns import Turns as StoredTurns

PLUGINS = Plugins("gateway.channels")
# Seconds that a thread has Python for itself while others want it. A message passes from thread
# to thread some twenty times before it is acknowledged; beside a thread that reads a large mail
# each time would take ten times this, as Python comes.
_TURN = 0.0005
log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """A config with the tables of the channels that are installed. Raises ConfigError."""
    return load(path, PLUGINS, environ)


@dataclass(frozen=True)
class App(Configured):
    """A desk put together from its config, nothing opened before it is needed."""

    now: Callable[[], datetime] = utc_now
    notebook: Notebook | None = None
    turns: Turns | None = None
    database: Database | None = None

    @cached_property
    def desk(self) -> Desk:
        """What every decision may use."""
        return Desk(policy=self.policy, book=self.book)

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """The configured channels by name."""
        http = self.loaded.settings.http
        around = Surroundings(
            book=self.book,
            now=self.now,
            notebook=self.notebook,
            turns=self.turns,
            own_tickets=self._own_tickets if self.database is not None else None,
            web=http is not None,
            public_url=http.public_url if http is not None else "",
            is_agent=lambda who: self.handler.desk.policy.agent_of(who) is not None,
        )
        sections = self.loaded.sections
        return {name: self._channel(name, section, around) for name, section in sections.items()}

    def _channel(self, name: str, section: BaseModel, around: Surroundings) -> Channel:
        """One channel; where its libraries are missing, that is a fault of the config."""
        try:
            channel: Channel = PLUGINS.module(name).build(section, around)
        except ModuleNotFoundError as missing:
            found = f'the library "{missing.name}" is not installed'
            todo = f"`pip install 'helpdesk-gateway[{name}]'`"
            fault = Fault(file=self.loaded.path, line=None, key=name, found=found, expected=todo)
            raise ConfigError([fault]) from missing
        return channel

    def _own_tickets(self, who: Party, language: str) -> tuple[OwnTicket, ...]:
        """See `core.ports.OwnTickets`."""
        if self.database is None:
            return ()
        policy = self.handler.desk.policy
        with self.database.read() as conn:
            return own_tickets(conn, who, language, policy, self.renderer)

    @cached_property
    def renderer(self) -> Renderer:
        """What turns notices into words."""
        desk = self.loaded.settings.desk
        return Renderer(desk.templates, desk.name, desk.timezone)

    @cached_property
    def handler(self) -> Handler:
        """What handles a row of the inbox."""
        readers = {name: channel.read for name, channel in self.channels.items()}
        return Handler(desk=self.desk, readers=readers, renderer=self.renderer)

    def open_database(self, *, migrate: bool = True) -> Database:
        """The database of the config. Raises StoreError."""
        url = self.loaded.settings.database.url.get_secret_value()
        return Database.open(url, files=files_folder(self.loaded), migrate=migrate)

    def pages(self, database: Database, daemon: Daemon) -> Part | None:
        """The desk's pages, where the config has them."""
        table = self.loaded.settings.http
        if table is None:
            return None
        from gateway.runtime.backstage import Backstage
        from gateway.web.server import WebServer

        backstage = Backstage(
            database,
            self.handler,
            now=self.now,
            figures=daemon.figures,
            condition=daemon.condition,
        )
        return WebServer(table.host, table.port, backstage, self.hooks)

    @property
    def hooks(self) -> dict[str, Hook]:
        """What the channels answer when their networks post to the desk, by path."""
        them = (c.hooks() for c in self.channels.values() if isinstance(c, Hooks))
        return {path: hook for hooks in them for path, hook in hooks.items()}

    def fetcher(self, database: Database) -> Part | None:
        """What fetches files from the channels that keep them apart, if any does."""
        those = {name: c for name, c in self.channels.items() if isinstance(c, Fetches)}
        if not those:
            return None
        from gateway.runtime.fetching import Fetcher

        return Fetcher(
            database,
            those,
            now=self.now,
            process=_process_name(),
            most=self.loaded.settings.desk.max_file_bytes,
            scanner=next((c for c in self.channels.values() if isinstance(c, Scans)), None),
        )

    def worker(self, database: Database, *, careful: int = 0) -> Worker:
        """A worker on a database."""
        return Worker(database, self.handler, now=self.now, careful=careful)


class Reloader:
    """Has an edited config count, as far as it can without a restart."""

    def __init__(self, app: App, daemon: Daemon, environ: Mapping[str, str] = os.environ) -> None:
        self._app = app
        self._daemon = daemon
        self._environ = environ
        self._loaded = app.loaded
        self._one_at_a_time = asyncio.Lock()
        self.presence: Presence | None = None

    async def reload(self) -> None:
        """Read the config whole; where anything is wrong with it, the old one still counts."""
        async with self._one_at_a_time:
            try:
                found = await asyncio.to_thread(self._read)
            except ConfigError as wrong:
                self._keep(map(str, wrong.faults))
            except Exception as problem:
                log.exception("reload_failed")
                self._keep([f"{type(problem).__name__}: {problem}"])
            else:
                self._adopt(*found)

    def _read(self) -> tuple[Renewed, Desk, Renderer]:
        new = read_config(self._app.loaded.path, self._environ)
        channels = self._app.channels.items()
        renewable = {name: c.renewable for name, c in channels if isinstance(c, Renews)}
        found = renewed(self._loaded, new, renewable)
        made = Configured(loaded=found.loaded)
        table = found.loaded.settings.desk
        renderer = Renderer(table.templates, table.name, table.timezone)
        return found, Desk(policy=made.policy, book=made.book), renderer

    def _keep(self, faults: Iterable[str]) -> None:
        said = tuple(faults)
        for fault in said:
            log.warning("config_not_reloaded", fault=fault)
        self._tell(ok=False, said=said)

    def _adopt(self, found: Renewed, desk: Desk, renderer: Renderer) -> None:
        self._loaded = found.loaded
        self._app.book.take_over(desk.book)  # the channels hold it
        self._app.handler.renew(desk, renderer)
        self._daemon.renew(desk)
        for name, channel in self._app.channels.items():
            if isinstance(channel, Renews):
                channel.renew(found.loaded.sections[name])
        log.info("config_reloaded", rules=len(desk.policy.rules), agents=len(desk.policy.agents))
        for key in found.restart:
            log.warning("config_needs_restart", key=key)
        self._tell(ok=True, said=("reloaded", *(f"{key} needs a restart" for key in found.restart)))

    def _tell(self, *, ok: bool, said: tuple[str, ...]) -> None:
        if self.presence is not None:
            self.presence.reloaded(ok=ok, said=said)


def serve(app: App, on_ready: Callable[[], None] = lambda: None) -> None:
    """Run the daemon until SIGTERM or SIGINT; ``on_ready`` is called once it takes mail in.

    Raises StoreError, OSError (a port is taken).
    """
    sys.setswitchinterval(_TURN)
    database = app.open_database()
    turns = StoredTurns(database)
    app = dataclasses.replace(
        app, notebook=StoredNotebook(database), turns=turns, database=database
    )
    try:
        with sole_daemon(database), asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(app, database, on_ready))
    finally:
        turns.close()
        database.close()


def _process_name() -> str:
    """Who holds what it is sending: never the same twice, as host and process id are in containers.

    A process takes back what is held in its name and it does not know of.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """The loop of uvloop where that is installed: mail comes in more quickly with it."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _serve(app: App, database: Database, on_ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    daemon = Daemon(
        database,
        app.desk,
        app.channels,
        app.worker(database, careful=BATCH),
        now=app.now,
        name=_process_name(),
        keep_raw=app.loaded.settings.desk.keep_raw,
    )
    if (pages := app.pages(database, daemon)) is not None:
        daemon.add(pages)
    if (fetcher := app.fetcher(database)) is not None:
        daemon.add(fetcher)

    reloader = Reloader(app, daemon)
    reloads: set[asyncio.Task[None]] = set()
    gone = terminal_is_gone()

    def hung_up() -> None:
        if gone():
            stop.set()
        else:
            reloads.add(asyncio.ensure_future(reloader.reload()))

    loop.add_signal_handler(signal.SIGHUP, hung_up)

    def ready() -> None:
        collector.settle()
        log.info("ready", channels=sorted(app.channels))
        with contextlib.suppress(OSError):  # nobody is there to be greeted
            on_ready()

    with contextlib.ExitStack() as stack:
        reloader.presence = _presence(stack, kept_folder(app.loaded))
        await daemon.run(stop, ready)
    log.info("stopped")


def _presence(stack: contextlib.ExitStack, folder: Path) -> Presence | None:
    """Where commands find this process; None where that cannot be written."""
    try:
        return stack.enter_context(present(folder))
    except OSError as error:
        log.warning("not_to_be_found", folder=str(folder), error=str(error.strerror))
        return None

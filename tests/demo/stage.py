"""The daemon, and the networks around it."""

import asyncio
import contextlib
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.app import read_config
from gateway.channels.email.settings import EmailTable, ListenTable
from gateway.cli.errors import FailedError
from gateway.cli.trying.daemon import daemon
from gateway.cli.trying.maildirs import Watch
from tests.servers import free_port, listens
from tests.servers.bot_api import BotApi
from tests.servers.bot_api import serving as telegram_serving
from tests.servers.slack import Channel, SlackServer, User
from tests.servers.slack import running as slack_running

BEA, BOT = "U0BEA", "U0DESK"
ADA, CARLA, ROOM = 4711, 4813, -1_001_234
_PATIENCE = 30.0  # seconds
_CONFIG = """
[desk]
name = "Acme Support"
address = "support@acme.example"
secret = "a-secret-of-the-demo"
digest = ""

[database]
url = "sqlite:///gateway.db"

[email.listen]
port = {port}

[email.send]
maildir = "outgoing"

[slack]
bot_token = "{bot_token}"
app_token = "{app_token}"
api_url = "{slack}"
triage_channel = "C0TRIAGE"

[telegram]
token = "{token}"
api_url = "{telegram}"
agents_chat = {room}

[[agents]]
name = "Bea Ruiz"
email = "bea@acme.example"
slack = "{bea}"

[[agents]]
name = "Carla Gil"
email = "carla@acme.example"
telegram = {carla}
lead = true
"""


@dataclass(kw_only=True)
class Stage:
    """What the play needs of the networks."""

    slack: SlackServer
    telegram: BotApi
    listen: ListenTable
    watch: Watch

    @property
    def triage(self) -> Channel:
        return self.slack.world.channels["C0TRIAGE"]

    async def until(self, found: Callable[[], Any], what: str) -> Any:
        """What is there in the end. Raises FailedError."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while loop.time() < until:
            if there := found():
                return there
            await asyncio.sleep(0.02)
        raise FailedError(f"{what} did not come within {_PATIENCE:g} seconds")


@contextlib.asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """A desk in a folder of its own, running, between a Slack and a Telegram of this machine."""
    with (
        tempfile.TemporaryDirectory(prefix="gateway-demo-") as name,
        telegram_serving() as telegram,
    ):
        folder = Path(name)
        _people_of(telegram)
        async with slack_running() as slack:
            slack.patience = _PATIENCE
            _members_of(slack)
            port = free_port()
            config = folder / "gateway.toml"
            config.write_text(_config(port, slack, telegram))
            table = read_config(config, {}).sections["email"]
            assert isinstance(table, EmailTable)
            assert table.listen is not None
            with daemon(config, folder / "log") as process:
                stage = Stage(
                    slack=slack,
                    telegram=telegram,
                    listen=table.listen,
                    watch=Watch(folder / "outgoing"),
                )
                await stage.until(lambda: _is_up(process, port), "the daemon")
                await asyncio.wait_for(slack.connected(), _PATIENCE)
                yield stage


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    if process.poll() is not None:
        raise FailedError("the demo's daemon did not start")
    return listens(port)


def _config(port: int, slack: SlackServer, telegram: BotApi) -> str:
    return _CONFIG.format(
        port=port,
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        slack=slack.api_url,
        token=telegram.token,
        telegram=telegram.url,
        room=ROOM,
        bea=BEA,
        carla=CARLA,
    )


def _people_of(telegram: BotApi) -> None:
    telegram.world.person("Ada", last_name="Byron", id=ADA)
    telegram.world.person("Carla", last_name="Gil", id=CARLA)
    telegram.world.group(ROOM)


def _members_of(slack: SlackServer) -> None:
    slack.world.add_user(User(BEA, "Bea Ruiz", "bea@acme.example"))
    slack.world.add_channel(Channel("C0TRIAGE", "triage"), BEA)

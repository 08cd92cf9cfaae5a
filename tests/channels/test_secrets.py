"""No token gets out, however a request fails: not into logs, errors, reprs, troubles or notes.

Each network is a server that repeats what it was asked in whatever it answers.
"""

import asyncio
import contextlib
import io
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog

from gateway import logs
from gateway.channels.slack import plugin as slack
from gateway.channels.telegram import plugin as telegram
from gateway.core.model import Attachment
from gateway.core.ports import SendError, Surroundings
from tests.channels.slack.kit import (
    ADA,
    BOOK,
    NOON,
    Door,
    MemoryNotebook,
    at_work,
    desk_at,
    outbound,
    populate,
)
from tests.channels.telegram.kit import to_send
from tests.servers.echoing import ANSWERS, Answer, echoing
from tests.servers.slack import running as running_slack

BOT = "xoxb-1-secretofthetests"
APP = "xapp-1-othersecretofthetests"
TOKEN = "123456:AAsecretofthetests"
SIGNING = "signingsecretofthetests"
SECRETS = (BOT, APP, TOKEN, quote(TOKEN), quote(TOKEN, safe=""), TOKEN.partition(":")[2], SIGNING)
FILE = Attachment(name="a.txt", type="text/plain", data=b"x")


class Said:
    """All that anybody could read afterwards."""

    def __init__(self) -> None:
        self.log = io.StringIO()
        self.words: list[str] = []

    def add(self, *things: object) -> None:
        self.words += [f"{thing} {thing!r}" for thing in things]

    def failed(self, error: BaseException) -> None:
        self.add(error)
        self.words += traceback.format_exception(error)

    def leaks(self) -> list[str]:
        everything = [*self.log.getvalue().splitlines(), *self.words]
        return [line for line in everything if any(secret in line for secret in SECRETS)]


@pytest.fixture
def said() -> Iterator[Said]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = Said()
    logs.configure("debug", "json", made.log)
    yield made
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def around(notebook: MemoryNotebook, **more: Any) -> Surroundings:
    return Surroundings(book=BOOK, now=lambda: NOON, notebook=notebook, **more)


async def surely(said: Said, doing: Awaitable[Any]) -> None:
    """Whatever comes of it; a failure is one of those that the desk knows."""
    try:
        said.add(await asyncio.wait_for(doing, 20))
    except SendError as error:
        said.failed(error)


async def runs(said: Said, channel: Any, door: Door) -> None:
    """The channel runs for a moment."""
    task = asyncio.create_task(channel.run(door, lambda: None))
    await asyncio.sleep(0.15)
    said.add(task)
    task.cancel()
    for outcome in await asyncio.gather(task, return_exceptions=True):
        if isinstance(outcome, BaseException):
            said.failed(outcome)


async def all_of_slack(said: Said, url: str) -> None:
    given = {
        "bot_token": BOT,
        "app_token": APP,
        "signing_secret": SIGNING,
        "api_url": f"{url}/api/",
    }
    table = slack.settings.model_validate(given | {"triage_channel": "C0TRIAGE"})
    notebook, door = MemoryNotebook(), Door()
    channel: Any = slack.build(table, around(notebook))
    said.add(table, channel)
    for one in (outbound(), outbound(attempt=2), outbound(place="slack:C1:1.1", alone=True)):
        await surely(said, channel.send(one))
    await surely(said, channel.send(outbound(edits="slack:C1:1.1")))
    await surely(said, channel.send(outbound(place="slack:C1:1.1", attachments=(FILE,))))
    await surely(said, channel.fetch("F1", 100))
    await surely(said, channel.check())
    await runs(said, channel, door)
    await channel.close()
    said.add(notebook.books, door.kept, door.told)


async def all_of_telegram(said: Said, url: str) -> None:
    for mode in ("polling", "webhook"):
        given = {"token": TOKEN, "api_url": url, "mode": mode, "agents_chat": -100}
        table = telegram.settings.model_validate(given)
        notebook, door = MemoryNotebook(), Door()
        channel: Any = telegram.build(
            table, around(notebook, public_url="https://desk.acme.example")
        )
        said.add(table, channel)
        await surely(said, channel.send(to_send(to=7)))
        await surely(said, channel.send(to_send(to=7, attachments=(FILE,))))
        await surely(said, channel.send(to_send(to=-100, kind="card")))
        await surely(said, channel.send(to_send(to=7, edits="telegram:7:1")))
        await surely(said, channel.fetch("F1", 100))
        await surely(said, channel.check())
        await runs(said, channel, door)
        await channel.close()
        said.add(notebook.books, door.kept, door.told)


NETWORKS = {"slack": all_of_slack, "telegram": all_of_telegram}
Everything = Callable[[Said, str], Awaitable[None]]


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_whatever_is_answered(said: Said, network: Everything, answer: Answer):
    async with echoing(answer) as url:
        await network(said, url)
    assert said.leaks() == []


@contextlib.asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    async with echoing(Answer()) as url:
        pass
    yield url


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("url", ["", "http://no-such-host.invalid", "https"])
async def test_whoever_does_not_answer(said: Said, network: Everything, url: str):
    async with nobody() as gone, echoing(Answer()) as there:
        address = {"": gone, "https": there.replace("http:", "https:")}.get(url, url)
        await network(said, address)
    assert said.leaks() == []


async def test_what_slack_says_to_prove_itself_is_not_kept():
    """Each payload holds the app's verification token."""
    async with running_slack() as server:
        populate(server)
        async with at_work(desk_at(server)) as desk:
            await server.say(ADA, "Help")
            await server.slash(ADA, "status")
        await desk.channel.close()
    assert len(desk.door.kept) == 2
    assert not any(b"legacy" in incoming.raw for incoming in desk.door.kept)


async def test_it_would_be_seen(said: Said):
    structlog.get_logger().warning("failed", why=f"POST /bot{TOKEN}/getMe")
    said.failed(RuntimeError(BOT))
    assert len(said.leaks()) >= 2

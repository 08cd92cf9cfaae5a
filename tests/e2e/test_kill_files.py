"""kill -9 while files of chats are fetched, after their messages were acknowledged.

Killed before a file is handed over, and between its last octet and the note that it is here: each
file is on its ticket once, whole, and nobody is told of it twice.

GATEWAY_TEST_KILLS says how often in all (12 unless set); GATEWAY_TEST_SEED repeats a run.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from tests.channels.slack.kit import populate
from tests.e2e.gateway import Gateway
from tests.e2e.sink import Sink
from tests.e2e.test_kill_slack import speaking
from tests.e2e.test_slack import tables
from tests.e2e.test_telegram import extra
from tests.servers import wait_until
from tests.servers.bot_api import AFTER, BEFORE, BotApi, serving
from tests.servers.slack import SlackServer, User, running

pytestmark = pytest.mark.soak
Make = Callable[..., Gateway]
KILLS = max(int(os.environ.get("GATEWAY_TEST_KILLS", "12")) // 4, 3)  # for each of the two tests
SEED = int(os.environ.get("GATEWAY_TEST_SEED", random.randrange(10**6)))
PEOPLE = 3
AFTER_LEASE = 120  # seconds; on PostgreSQL nobody can tell a dead process before its lease is over


class Executioner:
    """Kills the daemon at one download: before it, or a moment after its last octet was sent."""

    def __init__(self, gateway: Gateway, dice: random.Random) -> None:
        self.gateway = gateway
        self.dice = dice
        self.sentenced = False
        self.done = 0
        self._when = BEFORE

    def sentence(self) -> None:
        self._when = self.dice.choice((BEFORE, AFTER))
        self.sentenced = True

    def judge(self, when: str) -> bool:
        """Whether the line breaks then; the daemon is dead when this returns."""
        if not self.sentenced or when != self._when:
            return False
        self.sentenced = False
        time.sleep(self.dice.uniform(0, 0.02) if when == AFTER else 0)
        self.gateway.kill()
        self.done += 1
        return when == BEFORE


def octets(number: int) -> bytes:
    """A file that can be told from all others, and that comes in more than one piece."""
    return f"file {number:03}. ".encode() * 20_000


def kept(gateway: Gateway) -> Counter[tuple[str, int]]:
    """The files on all tickets, by name and size."""
    return Counter(
        (file["name"], file["size"]) for entry in entries(gateway) for file in entry["attachments"]
    )


def entries(gateway: Gateway) -> list[dict[str, Any]]:
    numbers = [ticket["number"] for ticket in gateway.cli("ticket", "list")]
    return [entry for number in numbers for entry in gateway.ticket(number)["entries"]]


def check(gateway: Gateway, count: int) -> None:
    """Each file is there once, whole; of none is it told twice that it came."""
    wanted = Counter({(f"file-{n:03}.txt", len(octets(n))): 1 for n in range(count)})
    wait_until(lambda: kept(gateway) == wanted, "every file", AFTER_LEASE)
    wait_until(lambda: "new" not in gateway.states(), "everything to be handled", 60)
    said = Counter(e["text"] for e in entries(gateway) if "is here now" in (e["text"] or ""))
    assert all(times == 1 for times in said.values()), said


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with running() as opened:
        populate(opened)
        for number in range(PEOPLE):
            opened.world.add_user(User(f"U1P{number}", f"Person {number}"))
        opened.patience = 1.0
        opened.echoes = False
        yield opened
    assert opened.complaints == []


async def test_killed_between_fetching_a_file_of_slacks_and_recording_it(
    make: Make, url: str, slack: SlackServer, sink: Sink
):
    print(f"seed {SEED}")
    gateway = make(url=url, extra=tables(slack))
    hangman = Executioner(gateway, random.Random(SEED))
    slack.judge = hangman.judge
    await asyncio.to_thread(gateway.start)
    await slack.connected()
    count = 0
    for turn in range(KILLS):
        hangman.sentence()
        for person in range(PEOPLE):
            name = f"file-{count:03}.txt"
            file = slack.world.add_file(name, octets(count), slack.base)
            more: dict[str, Any] = {"subtype": "file_share", "files": [file]}
            await speaking(slack.say(f"U1P{person}", f"See {name}", **more))
            count += 1
        await asyncio.to_thread(wait_until, lambda: hangman.done > turn, "a killing", 60)  # noqa: B023
        await asyncio.to_thread(gateway.start)
        await slack.connected()
        await slack.redeliver()
    await asyncio.to_thread(check, gateway, count)
    await asyncio.to_thread(gateway.stop)


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving() as served:
        for number in range(PEOPLE):
            served.world.person(f"Person {number}", id=5000 + number)
        yield served


def test_killed_between_fetching_a_file_of_telegrams_and_recording_it(
    make: Make, url: str, api: BotApi, sink: Sink
):
    print(f"seed {SEED}")
    gateway = make(url=url, extra=extra(api))
    hangman = Executioner(gateway, random.Random(SEED))
    api.judge = lambda name, _given, when: name == "file" and hangman.judge(when)
    gateway.start()
    count = 0
    for turn in range(KILLS):
        hangman.sentence()
        for person in range(PEOPLE):
            send_file(api, 5000 + person, count)
            count += 1
        wait_until(lambda: hangman.done > turn, "a killing", 60)  # noqa: B023
        gateway.start()
    check(gateway, count)
    gateway.stop()


def send_file(api: BotApi, person: int, number: int) -> None:
    data = octets(number)
    document = {
        "file_id": api.world.file(data),
        "file_unique_id": f"u{number}",
        "file_name": f"file-{number:03}.txt",
        "mime_type": "text/plain",
        "file_size": len(data),
    }
    api.world.says(api.world.people[person], document=document, caption=f"See {number:03}")

"""From an update of Telegram's to its acknowledgement, on disk: a burst, and 50 a second."""

import argparse
import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.core.model import EntryKind
from gateway.store import entries, tickets
from tests.benchmarks import report
from tests.benchmarks.desk import NO_CAPS, Desk, sqlite_desk, waiting
from tests.benchmarks.latency import Sent, _deliver
from tests.benchmarks.mails import Maker
from tests.servers import wait_until
from tests.servers.bot_api import BEFORE, BotApi, serving
from tests.servers.bot_api.world import Json

BURST = 1_000
PEOPLE = 50
RATE = 50  # updates a second
_WARM_UP = 100  # updates
MAILS = 10  # a second, beside them


def run(options: argparse.Namespace) -> None:
    with serving() as api:
        table = f'\n[telegram]\ntoken = "{api.token}"\napi_url = "{api.url}"\n'
        for number in range(PEOPLE):
            api.world.person(f"Person {number}", id=5_000 + number)
        with sqlite_desk(more=NO_CAPS + table) as desk:
            _burst(desk, api)
            _steady(desk, api, options.seconds)


def _speak(api: BotApi, number: int) -> Json:
    return api.world.says(api.world.people[5_000 + number % PEOPLE], f"line {number:06}.")


def _burst(desk: Desk, api: BotApi) -> None:
    """What waited at Telegram while the daemon was down."""
    for number in range(BURST):
        _speak(api, number)
    with _heard(api) as heard, desk.daemon():
        wait_until(lambda: not api.waiting, "the burst to be taken in", 120)
        seconds = max(heard.values()) - min(heard.values())
        with desk.database() as database:
            wait_until(lambda: waiting(database) == 0, "the burst to be handled", 120)
    said = _said(desk)
    if sorted(line for lines in said for line in lines) != [f"line {n:06}." for n in range(BURST)]:
        raise AssertionError("something of the burst was lost, or came twice")
    if any(lines != sorted(lines) for lines in said):
        raise AssertionError("the order within a conversation was lost")
    report.say(f"a burst of {BURST} updates from {PEOPLE} people: on disk in {seconds:.2f} s")
    report.verdict("a burst after an outage", BURST / max(seconds, 0.001), "/s", at_least=100)


def _said(desk: Desk) -> list[list[str]]:
    """What each ticket's people said, in the order of its history."""
    with desk.database() as database, database.read() as conn:
        histories = [entries.history(conn, t.number) for t in tickets.listing(conn)]
    return [
        [e.body.text for e in history if e.kind is EntryKind.MESSAGE and e.body]
        for history in histories
    ]


@contextmanager
def _heard(api: BotApi) -> Iterator[dict[int, float]]:
    """When each update was acknowledged, by asking for later ones."""
    heard: dict[int, float] = {}

    def judge(name: str, given: Json, when: str) -> bool:
        if name == "getUpdates" and when == BEFORE:
            now, offset = time.monotonic(), int(given.get("offset", 0))
            for update in api.waiting:
                if update["update_id"] < offset:
                    heard.setdefault(update["update_id"], now)
            heard.setdefault(0, now)
        return False

    api.judge = judge
    yield heard


def _steady(desk: Desk, api: BotApi, seconds: int) -> None:
    """Even times, mail beside; each wait is from when an update is there to its acknowledgement."""
    spoken: dict[int, float] = {}
    with _heard(api) as heard, desk.daemon():
        for number in range(_WARM_UP):
            _speak(api, number)
        wait_until(lambda: not api.waiting, "the warm-up to be taken in")
        mails = threading.Thread(target=lambda: asyncio.run(_mails(desk.port, seconds)))
        mails.start()
        start = time.monotonic()
        for number in range(seconds * RATE):
            time.sleep(max(0.0, start + number / RATE - time.monotonic()))
            at = time.monotonic()
            _speak(api, BURST + number)
            spoken[api.world.updates[-1]["update_id"]] = at
        mails.join()
        wait_until(lambda: not api.waiting, "all to be acknowledged", 60)
    waits = [(heard[id] - at) * 1e3 for id, at in spoken.items()]
    median, most = report.percentile(waits, 0.5), max(waits)
    report.say(f"update → acknowledged: median {median:.0f} ms, longest {most:.0f} ms")
    what = f"update → acknowledged at {RATE}/s, {MAILS} mails a second beside, 99th percentile"
    report.verdict(what, report.percentile(waits, 0.99), " ms", at_most=100)


async def _mails(port: int, seconds: int) -> None:
    maker, sent, start = Maker(9), Sent(), time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(seconds * MAILS):
            await asyncio.sleep(start + number / MAILS - time.monotonic())
            group.create_task(_deliver(port, maker.mail("plain"), sent))

"""From an event of Slack's to its acknowledgement, on disk: 50 a second, mail beside; a burst."""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from gateway.core.model import EntryKind
from gateway.store import entries, tickets
from tests.benchmarks import report
from tests.benchmarks.desk import NO_CAPS, Desk, sqlite_desk, waiting
from tests.benchmarks.telegram import MAILS, _mails
from tests.servers import wait_until
from tests.servers.slack import SlackServer, User, running

BURST = 1_000
PEOPLE = 50
RATE = 50  # events a second
_WARM_UP = 100  # events
TABLE = """
[slack]
bot_token = "{bot}"
app_token = "{app}"
api_url = "{url}"
"""


def run(options: argparse.Namespace) -> None:
    asyncio.run(_run(options.seconds))


async def _run(seconds: int) -> None:
    async with running() as server:
        server.patience, server.echoes = 60.0, False
        for number in range(PEOPLE):
            server.world.add_user(User(f"U1P{number}", f"Person {number}"))
        url = server.api_url
        table = TABLE.format(bot=server.bot_token, app=server.app_token, url=url)
        with sqlite_desk(more=NO_CAPS + table) as desk:
            await _while_it_runs(desk, server, lambda: _steady(desk, server, seconds))
            waits = [asyncio.create_task(_speak(server, n)) for n in range(BURST)]
            await _while_it_runs(desk, server, lambda: _burst(desk, waits))


async def _while_it_runs(
    desk: Desk, server: SlackServer, then: Callable[[], Awaitable[None]]
) -> None:
    """The daemon starts in a thread: Slack, which is here, has to answer it."""
    daemon = desk.daemon()
    await asyncio.to_thread(daemon.__enter__)
    try:
        await server.connected()
        await then()
    finally:
        await asyncio.to_thread(daemon.__exit__, None, None, None)


async def _speak(server: SlackServer, number: int) -> float:
    """The wait for the acknowledgement, in milliseconds."""
    start = time.monotonic()
    await server.say(f"U1P{number % PEOPLE}", f"line {number:06}.")
    return (time.monotonic() - start) * 1e3


async def _steady(desk: Desk, server: SlackServer, seconds: int) -> None:
    for number in range(_WARM_UP):
        await _speak(server, 500_000 + number)
    mails = asyncio.create_task(asyncio.to_thread(lambda: asyncio.run(_mails(desk.port, seconds))))
    start, speaking = time.monotonic(), []
    for number in range(seconds * RATE):
        await asyncio.sleep(max(0.0, start + number / RATE - time.monotonic()))
        speaking.append(asyncio.create_task(_speak(server, 600_000 + number)))
    waits = await asyncio.gather(*speaking)
    await mails
    median, most = report.percentile(waits, 0.5), max(waits)
    report.say(f"event → acknowledged: median {median:.0f} ms, longest {most:.0f} ms")
    what = f"event → acknowledged at {RATE}/s, {MAILS} mails a second beside, 99th percentile"
    report.verdict(what, report.percentile(waits, 0.99), " ms", at_most=100)


async def _burst(desk: Desk, waits: list[asyncio.Task[float]]) -> None:
    """What Slack held back while the daemon was down, all at once on the new line."""
    start = time.monotonic()
    await asyncio.gather(*waits)
    seconds = time.monotonic() - start
    await asyncio.to_thread(_handled, desk)
    said = await asyncio.to_thread(_said, desk)
    found = Counter(line for lines in said for line in lines)
    if found != Counter(f"line {n:06}." for n in range(BURST)):
        missing = BURST - len(found)
        raise AssertionError(f"of the burst {missing} are lost, {max(found.values())} times one")
    if any(lines != sorted(lines) for lines in said):
        raise AssertionError("the order within a conversation was lost")
    report.say(f"a burst of {BURST} events from {PEOPLE} people: on disk in {seconds:.2f} s")
    report.verdict("a burst after an outage", BURST / max(seconds, 0.001), "/s", at_least=100)


def _handled(desk: Desk) -> None:
    with desk.database() as database:
        wait_until(lambda: waiting(database) == 0, "the burst to be handled", 120)


def _said(desk: Desk) -> list[list[str]]:
    """What each ticket's people said in the burst, in the order of its history."""
    with desk.database() as database, database.read() as conn:
        histories = [entries.history(conn, t.number) for t in tickets.listing(conn)]
    words = [
        [e.body.text for e in history if e.kind is EntryKind.MESSAGE and e.body]
        for history in histories
    ]
    return [[line for line in lines if line.startswith("line 000")] for lines in words]

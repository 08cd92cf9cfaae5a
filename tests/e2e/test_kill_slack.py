"""kill -9 between Slack and the desk, both ways: nothing is lost, and nothing is there twice."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.channels.slack.kit import ADA, BEA, populate
from tests.channels.slack.test_sending import said_in
from tests.e2e.gateway import Gateway
from tests.e2e.sink import Sink
from tests.e2e.test_slack import Story, all_sent, by_desk, tables
from tests.servers import eventually
from tests.servers.slack import NotAcknowledgedError, SlackServer, User, running

Make = Callable[..., Gateway]
ROUNDS = 4
MESSAGES = 40
PEOPLE = 5


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with running() as opened:
        populate(opened)
        for number in range(PEOPLE):
            opened.world.add_user(User(f"U1P{number}", f"Person {number}"))
        opened.patience = 0.2
        opened.echoes = False
        yield opened
    assert opened.complaints == []


@pytest.fixture
async def story(make: Make, url: str, server: SlackServer, sink: Sink) -> AsyncIterator[Story]:
    """The daemon is started by the test."""
    made = Story(make(url=url, extra=tables(server)), server, sink)
    yield made
    await asyncio.to_thread(made.gateway.stop)


async def restart(story: Story) -> None:
    await asyncio.to_thread(story.gateway.start)
    await story.server.connected()


async def speak(server: SlackServer, number: int) -> None:
    """One of several people says the next thing."""
    await speaking(server.say(f"U1P{number % PEOPLE}", f"line {number:03}."))


async def settled(story: Story, count: int) -> Counter[str]:
    """What stands on tickets, once everything has been handled."""

    async def all_there() -> Counter[str]:
        await story.server.redeliver()
        said = await asyncio.to_thread(lines, story.gateway)
        return said if len(said) >= count else Counter()

    return await eventually(all_there, f"{count} lines on tickets", 240)


def lines(gateway: Gateway) -> Counter[str]:
    numbers = [ticket["number"] for ticket in gateway.cli("ticket", "list")]
    return Counter(
        text for number in numbers for text in gateway.said(number) if text.startswith("line ")
    )


async def test_killed_between_receiving_and_acknowledging(story: Story):
    chance = random.Random(7)
    said = 0
    await restart(story)
    for _ in range(ROUNDS):
        story.server.deaf = chance.random() < 0.5
        speaking = []
        for _ in range(MESSAGES // ROUNDS):
            speaking.append(asyncio.create_task(speak(story.server, said)))
            said += 1
            await asyncio.sleep(chance.uniform(0, 0.02))
        await asyncio.to_thread(story.gateway.kill)
        await asyncio.gather(*speaking)
        story.server.deaf = False
        await restart(story)
    found = await settled(story, said)

    assert found == Counter({f"line {number:03}.": 1 for number in range(said)})


@pytest.mark.parametrize("before", [True, False])
async def test_killed_between_sending_and_recording(story: Story, before: bool):
    server = story.server
    server.patience = 20.0
    await restart(story)
    await server.say(ADA, "Help me, please.")
    card = await story.card("Help me")
    direct = server.world.direct(ADA)
    await story.until(lambda: by_desk(direct), "confirmation")
    held = server.hold("chat.postMessage", "Here I am.", before=before)
    await speaking(server.say(BEA, "#reply\nHere I am.", story.triage, thread_ts=card["ts"]))
    await asyncio.wait_for(held.there.wait(), 60)
    await asyncio.to_thread(story.gateway.kill)
    held.release.set()
    await restart(story)
    # Another process on PostgreSQL cannot tell that this one died before its lease is over.
    await story.posted(direct, "Here I am.", seconds=90)
    await eventually(
        lambda: asyncio.to_thread(all_sent, story.gateway), "every post to be recorded", 120
    )

    assert sum("Here I am." in said_in(post) for post in by_desk(direct)) == 1


async def speaking(saying: Awaitable[Any]) -> None:
    """Say it, whether or not it is heard: what is not comes again with the next line."""
    with contextlib.suppress(NotAcknowledgedError):
        await saying

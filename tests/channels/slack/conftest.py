from collections.abc import AsyncIterator

import pytest

from tests.channels.slack.kit import Desk, at_work, desk_at, populate
from tests.servers.slack import SlackServer, running


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with running() as opened:
        populate(opened)
        yield opened
    assert opened.complaints == []


@pytest.fixture
async def idle(server: SlackServer) -> AsyncIterator[Desk]:
    """A desk whose channel does not run."""
    made = desk_at(server)
    yield made
    await made.channel.close()


@pytest.fixture
async def desk(idle: Desk) -> AsyncIterator[Desk]:
    """A desk at work."""
    async with at_work(idle) as working:
        yield working

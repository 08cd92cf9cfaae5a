from collections.abc import AsyncIterator, Iterator

import pytest

from tests.channels.telegram.kit import ROOM, Rig
from tests.servers.bot_api import BotApi, serving


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving() as served:
        yield served


@pytest.fixture
async def closing() -> AsyncIterator[None]:
    """No connection is left open by any channel of a test."""
    yield
    while Rig.made:
        await Rig.made.pop().close()


@pytest.fixture
async def rig(api: BotApi, closing: None) -> Rig:
    """A channel with a group of agents."""
    api.world.group(ROOM)
    return Rig(api, config={"agents_chat": ROOM})

"""One ticket across mail, Slack and Telegram: a customer, an agent, and whoever they call."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.channels.slack.kit import BEA, populate
from tests.e2e.gateway import ADA as ADA_BY_MAIL
from tests.e2e.gateway import Gateway, compose, reply
from tests.e2e.sink import Sink
from tests.e2e.test_slack import Story, daemon, tables
from tests.servers.bot_api import BotApi, serving
from tests.servers.bot_api.world import Json
from tests.servers.slack import SlackServer, running

Make = Callable[..., Gateway]
CARLA_ID = 4813
CARLA_THERE = f'telegram = {CARLA_ID}\nnotify = ["telegram"]\n'


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with running() as opened:
        populate(opened)
        opened.patience = 20.0
        yield opened
    assert opened.complaints == []


async def test_a_customer_by_mail_an_agent_in_slack_and_a_colleague_on_telegram(
    make: Make, url: str, server: SlackServer, sink: Sink
):
    with serving() as api:
        carla = api.world.person("Carla", id=CARLA_ID)
        table = f'\n[telegram]\ntoken = "{api.token}"\napi_url = "{api.url}"\n'
        both = tables(server)
        both["tables"] = CARLA_THERE + both["tables"] + table
        gateway = make(url=url, extra=both)
        async with daemon(gateway):
            story = Story(gateway, server, sink)
            api.world.says(carla, "/start")
            await story.cli(gateway.send, compose("The printer is on fire."))
            card = await story.card("Printer on fire")
            await server.say(BEA, "#escalate Too hot for me", story.triage, thread_ts=card["ts"])
            called = await seen(story, api, "Too hot for me")
            await story.settle()
            api.world.says(carla, "#reply Use water.", reply_to=called["message_id"])
            answer = await story.mail(ADA_BY_MAIL, "Use water.")
            shown = await story.posted(story.triage, "Use water.")
            back = reply(answer, "It hisses now.", sender=f"Ada Byron <{ADA_BY_MAIL}>")
            await story.cli(gateway.send, back)
            heard = await story.posted(story.triage, "It hisses now.")

    assert shown["thread_ts"] == heard["thread_ts"] == card["ts"]


async def seen(story: Story, api: BotApi, words: str) -> Json:
    """The bot's newest message to Carla with these words."""

    def find() -> Any:
        them = [m for m in api.world.in_chat(CARLA_ID, 0) if words in (m.get("text") or "")]
        return them[-1] if them else None

    return dict(await story.until(find, f"{words!r} for Carla"))

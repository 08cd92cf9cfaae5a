"""A token revoked at run time stops that network alone: pages, log and mail say so."""

import asyncio
import json
from typing import Any

from tests.channels.slack.kit import BEA as BEA_THERE
from tests.channels.slack.kit import populate
from tests.e2e.conftest import Make
from tests.e2e.gateway import BEA, Gateway, compose
from tests.e2e.sink import Sink
from tests.e2e.test_pages import ask
from tests.e2e.test_slack import tables
from tests.servers import free_port, wait_until
from tests.servers.bot_api import Refusal, serving
from tests.servers.slack import running


def parts(port: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(ask(port, "/readyz")[1])["parts"]
    return found


def others_go_on(gateway: Gateway, sink: Sink, port: int, name: str, token: str) -> None:
    """What is true of either network once its token is not taken any more."""
    wait_until(lambda: parts(port).get(name, "ok") != "ok", "the page to say so", 60)
    assert ask(port, "/readyz")[0] == 503
    assert ask(port, "/healthz")[0] == 200
    assert parts(port)["email"] == "ok"
    wait_until(lambda: any("token" in m.text for m in sink.to(BEA)), "the lead to hear of it", 60)
    before = len(sink.to(BEA))
    gateway.send(compose("The printer is on fire."))
    wait_until(lambda: len(sink.to(BEA)) > before, "mail to go on", 60)
    assert not any(token in m.text for m in sink.to(BEA))
    log = gateway.log.read_text()
    assert "token" in log
    assert token not in log


def test_telegrams(make: Make, url: str, sink: Sink):
    port = free_port()
    with serving() as api:
        telegram = f'[telegram]\ntoken = "{api.token}"\napi_url = "{api.url}"\n'
        table = f"\n[http]\nport = {port}\n{telegram}"
        with make(url=url, extra={"tables": table}).running() as gateway:
            wait_until(lambda: parts(port).get("telegram") == "ok", "Telegram to be there", 30)
            api.fail("getUpdates", *[Refusal(401, "Unauthorized")] * 50)
            api.fail("getMe", *[Refusal(401, "Unauthorized")] * 50)
            api.world.says(api.world.person("Ada"), "Help")
            others_go_on(gateway, sink, port, "telegram", api.token.partition(":")[2])


async def test_slacks(make: Make, url: str, sink: Sink):
    port = free_port()
    async with running() as server:
        populate(server)
        extra: dict[str, Any] = tables(server)
        extra["tables"] += f"\n[http]\nport = {port}\n"
        extra["accounts"] = f'slack = "{BEA_THERE}"'
        gateway = make(url=url, extra=extra)
        await asyncio.to_thread(gateway.start)
        try:
            await server.connected()
            server.revoked = True
            await server.event({"type": "tokens_revoked", "tokens": {"bot": ["U0DESK"]}})
            await asyncio.to_thread(others_go_on, gateway, sink, port, "slack", server.bot_token)
        finally:
            await asyncio.to_thread(gateway.stop)

"""A token that is not taken any more stops this channel alone, and says so."""

import pytest

from gateway.channels.slack import channel as module
from gateway.channels.slack import socket_mode
from gateway.core.ports import TemporaryError
from tests.channels.slack.kit import ADA, Desk, at_work, desk_at, outbound
from tests.servers.slack import SlackServer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits between two questions are short; what is asked and told is the same."""
    monkeypatch.setattr(module, "_AGAIN", (0.02,))


async def test_a_token_that_is_revoked_at_run_time_is_told_once_and_when_it_is_over(desk: Desk):
    desk.server.revoked = True
    for _ in range(2):
        with pytest.raises(TemporaryError, match="token"):
            await desk.channel.send(outbound())
    await desk.until(lambda: desk.door.told)
    desk.server.revoked = False
    await desk.until(lambda: len(desk.door.told) == 2)

    told, over = desk.door.told
    assert (told.channel, told.key, told.over) == ("slack", "slack.bot_token", False)
    assert "token_revoked" in told.words
    assert over.over
    assert over.key == told.key
    await desk.server.say(ADA, "still here")
    assert [m.text for m in desk.heard()] == ["still here"]


async def test_slack_says_itself_that_the_app_was_removed(desk: Desk):
    desk.server.revoked = True
    await desk.server.event({"type": "tokens_revoked", "tokens": {"bot": ["U0DESK"]}})
    await desk.until(lambda: desk.door.told)

    assert desk.door.told[0].key == "slack.bot_token"


async def test_a_desk_whose_token_was_never_taken_starts_all_the_same(server: SlackServer):
    server.revoked = True
    made = desk_at(server)
    async with at_work(made) as desk:
        await desk.until(lambda: desk.door.told)
        server.revoked = False
        await server.connected()
        await server.say(ADA, "at last")

    assert [(t.key, t.over) for t in desk.door.told] == [
        ("slack.bot_token", False),
        ("slack.bot_token", True),
    ]
    assert [m.text for m in desk.heard()] == ["at last"]
    await made.channel.close()


async def test_slack_that_stays_away_is_told_and_when_it_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_mode, "_WAITS", (0.01,))
    desk.server.fail("apps.connections.open", times=8, status=503, body="<html>")
    await desk.server.hang_up(rudely=True)
    await desk.until(lambda: len(desk.door.told) == 2)

    assert [(t.key, t.over) for t in desk.door.told] == [("slack", False), ("slack", True)]


async def test_a_wrong_app_token_is_told(server: SlackServer):
    made = desk_at(server, app_token="xapp-another")
    async with at_work(made) as desk:
        await desk.until(lambda: desk.door.told)

    (told,) = desk.door.told
    assert (told.key, "invalid_auth" in told.words) == ("slack.app_token", True)
    await made.channel.close()


async def test_socket_mode_that_is_switched_off_is_told(desk: Desk):
    desk.server.fail("apps.connections.open", times=5, code="link_disabled")
    await desk.server.hang_up("link_disabled")
    await desk.until(lambda: desk.door.told)

    assert desk.door.told[0].key == "slack.app_token"

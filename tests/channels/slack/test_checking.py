"""What `gateway check` says of Slack."""

import pytest

from gateway.core.ports import Verdict
from tests.channels.slack.kit import Desk, desk_at
from tests.servers.slack import SlackServer


async def found(desk: Desk) -> dict[str, tuple[Verdict, str]]:
    findings = await desk.channel.check()
    await desk.channel.close()
    return {f.key: (f.verdict, f.said) for f in findings}


async def test_all_is_well(server: SlackServer):
    said = await found(desk_at(server))

    assert {key: verdict for key, (verdict, _) in said.items()} == {
        "slack.bot_token": Verdict.WORKS,
        "slack.triage_channel": Verdict.WORKS,
        "slack.app_token": Verdict.WORKS,
    }
    assert said["slack.bot_token"][1] == "is the app helpdesk in the workspace Acme"


async def test_a_wrong_token(server: SlackServer):
    server.revoked = True
    said = await found(desk_at(server))

    assert said["slack.bot_token"][0] is Verdict.BROKEN
    assert "token_revoked" in said["slack.bot_token"][1]


async def test_missing_scopes_are_named(server: SlackServer):
    server.scopes = server.scopes.replace(",reactions:read", "").replace(",users:read.email", "")
    said = await found(desk_at(server))

    assert "lacks the scopes reactions:read, users:read.email" in said["slack.bot_token"][1]


@pytest.mark.parametrize(
    ("how", "words"),
    [("absent", "knows no"), ("away", "/invite"), ("archived", "is archived")],
)
async def test_the_triage_channel(server: SlackServer, how: str, words: str):
    channel = server.world.channels["C0TRIAGE"]
    if how == "absent":
        del server.world.channels["C0TRIAGE"]
    elif how == "away":
        channel.members.discard("U0DESK")
    else:
        channel.archived = True
    said = await found(desk_at(server))

    assert said["slack.triage_channel"][0] is Verdict.BROKEN
    assert words in said["slack.triage_channel"][1]


async def test_an_app_token_that_is_not_taken(server: SlackServer):
    said = await found(desk_at(server, app_token="xapp-another"))

    assert said["slack.app_token"][0] is Verdict.BROKEN


async def test_slack_that_is_away(server: SlackServer):
    said = await found(desk_at(server, api_url="http://127.0.0.1:9/api/"))

    assert said["slack.bot_token"][0] is Verdict.BROKEN
    assert "cannot be reached" in said["slack.bot_token"][1]

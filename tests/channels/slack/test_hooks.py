"""Slack posts to the desk: signed, fresh, acknowledged after the commit."""

import hmac
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from gateway.core.ports import HookReply, HookRequest
from tests.channels.slack.kit import ADA, NOON, Desk, at_work, desk_at
from tests.servers.slack import SlackServer

SIGNING = "signing-secret-of-the-tests"


@pytest.fixture
async def posted(server: SlackServer) -> AsyncIterator[Desk]:
    made = desk_at(server, web=True, signing_secret=SecretStr(SIGNING))
    async with at_work(made) as desk:
        yield desk
    await made.channel.close()


def signed(body: bytes, *, age: float = 0, secret: str = SIGNING, **headers: Any) -> HookRequest:
    stamp = str(int(NOON.timestamp() - age))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()
    given = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
    return HookRequest(
        path="/slack/events",
        headers=given | {"content-type": "application/json"} | headers,
        body=body,
    )


async def post(desk: Desk, request: HookRequest) -> HookReply:
    return await desk.channel.hooks()["/slack/events"](request)


def event(desk: Desk, text: str = "Help") -> bytes:
    direct = desk.server.world.direct(ADA)
    message = desk.server.message(ADA, text, direct)
    wrapped = desk.server.wrapped(message | {"channel": direct.id, "channel_type": "im"})
    return json.dumps(wrapped).encode()


async def test_a_signed_event_is_taken(posted: Desk):
    answer = await post(posted, signed(event(posted)))

    assert answer.status == 200
    assert [m.text for m in posted.heard()] == ["Help"]


async def test_the_address_is_verified(posted: Desk):
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    answer = await post(posted, signed(body))

    assert answer.status == 200
    assert json.loads(answer.body) == {"challenge": "abc"}
    assert posted.door.kept == []


BAD: list[dict[str, Any]] = [
    {"age": 301},
    {"age": -301},
    {"secret": "another"},
    {"x-slack-signature": ""},
    {"x-slack-signature": "v0=ümlaut"},
    {"x-slack-request-timestamp": "soon"},
    {"x-slack-request-timestamp": "²"},
    {"x-slack-request-timestamp": ""},
]


@pytest.mark.parametrize("how", BAD)
async def test_what_slack_did_not_sign_just_now_is_refused(posted: Desk, how: dict[str, Any]):
    answer = await post(posted, signed(event(posted), **how))

    assert answer.status == 401
    assert posted.door.kept == []


async def test_five_minutes_are_just_in_time(posted: Desk):
    assert (await post(posted, signed(event(posted), age=300))).status == 200


async def test_what_cannot_be_kept_is_to_come_again(posted: Desk):
    posted.door.full = True
    body = event(posted)
    assert (await post(posted, signed(body))).status == 503
    posted.door.full = False
    assert (await post(posted, signed(body))).status == 200

    assert len(posted.door.kept) == 1


async def test_a_channel_that_does_not_run_takes_nothing(server: SlackServer):
    desk = desk_at(server, web=True, signing_secret=SecretStr(SIGNING))
    answer = await post(desk, signed(event(desk)))

    assert answer.status == 503
    await desk.channel.close()


async def test_forms_of_the_web_are_read_as_well(posted: Desk):
    form = {
        "command": "/ticket",
        "text": "status",
        "user_id": ADA,
        "channel_id": "C0GENERAL",
        "trigger_id": "1.2.abc",
        "team_id": "T0ACME",
    }
    kind: dict[str, Any] = {"content-type": "application/x-www-form-urlencoded"}
    assert (await post(posted, signed(urlencode(form).encode(), **kind))).status == 200
    payload = posted.server._interaction(
        "block_actions",
        ADA,
        container={"type": "message", "message_ts": "1.1", "channel_id": "C0TRIAGE"},
        actions=[{"type": "button", "action_id": "say:0", "value": "#take", "action_ts": "1.1"}],
    )
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert (await post(posted, signed(body, **kind))).status == 200

    status, take = posted.heard()
    assert status.chat is not None
    assert (status.chat.request is not None, take.text) == (True, "#take")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"payload=%7B", b"null"])
async def test_signed_nonsense_raises_nothing(posted: Desk, body: bytes):
    answer = await post(posted, signed(body))

    assert answer.status in (200, 400, 500, 503)


async def test_there_is_no_hook_without_a_secret_or_pages(server: SlackServer):
    assert desk_at(server, web=True).channel.hooks() == {}
    assert desk_at(server, signing_secret=SecretStr(SIGNING)).channel.hooks() == {}

"""slack-bolt as the dispatcher: it parses what comes, and hands every payload to one function."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from gateway.channels.slack.api import silent
from gateway.channels.slack.arriving import Answer
from gateway.core.ports import HookReply, HookRequest

_OLDEST = 300  # seconds
Take = Callable[[Mapping[str, Any]], Awaitable[Answer]]


def app_of(client: AsyncWebClient, take: Take) -> AsyncApp:
    """An app that answers when ``take`` has: nothing is acknowledged before it is on disk.

    Its own check of signatures reads the clock on the wall, and trips over stamps that are no
    number: `Signed` is asked before.
    """

    async def answer(req: AsyncBoltRequest) -> BoltResponse:
        answered = await take(req.body)
        return BoltResponse(status=answered.status, body=answered.body or "")

    return AsyncApp(
        name="helpdesk",
        logger=silent(),
        client=client,
        signing_secret="checked before",  # noqa: S106 - no secret: it is not asked
        process_before_response=True,
        before_authorize=answer,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )


async def dispatch(app: AsyncApp, take: Take, payload: Mapping[str, Any]) -> Answer:
    """What a payload that came by Socket Mode is answered."""
    request = _request(body=dict(payload), mode="socket_mode")
    if request is None:
        return await take(payload)
    return Answer((await app.async_dispatch(request)).status)


def _request(**given: Any) -> AsyncBoltRequest | None:
    """What the library makes of it; None where it trips over what stands in it."""
    try:
        return AsyncBoltRequest(**given)
    except (AttributeError, TypeError, ValueError, LookupError):
        return None


class Signed:
    """Tells Slack's requests from others (by the signing secret), at most five minutes old."""

    def __init__(self, secret: SecretStr, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._now = now

    def is_slacks(self, request: HookRequest) -> bool:
        """Whether Slack signed it; told in constant time."""
        stamp = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return False
        if abs(self._now().timestamp() - int(stamp)) > _OLDEST:
            return False
        said = b"v0:" + stamp.encode() + b":" + request.body
        key = self._secret.get_secret_value().encode()
        wanted = "v0=" + hmac.new(key, said, sha256).hexdigest()
        return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


async def answer_hook(app: AsyncApp, request: HookRequest) -> HookReply:
    """What a request that Slack signed is answered."""
    body = request.body.decode("utf-8", "replace")
    read = _request(body=body, headers=dict(request.headers), mode="http")
    if read is None:
        return HookReply(status=400, body=b"neither JSON nor a form of Slack's")
    said = await app.async_dispatch(read)
    kind = said.headers.get("content-type", ["text/plain; charset=utf-8"])[0]
    return HookReply(status=said.status, body=said.body.encode(), type=kind)

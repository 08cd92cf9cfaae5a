"""The Bot API by HTTP. The token stands nowhere but in the octets that go out.

The library puts it into every address, and addresses into its logs, errors and reprs. So the bot
that it knows has a token that is none, and the true one is put in at the last moment.
"""

from __future__ import annotations

import os
from typing import Any

import httpx
from pydantic import SecretStr
from telegram import Bot
from telegram.request import HTTPXRequest

# The library warns at each wait that Telegram asks for, unless it may say it as a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_STAND_IN = "0:hidden"
_CONNECTIONS = 32
_ANSWER = 30.0  # seconds
_UPLOAD = 120.0


class _Transport(httpx.AsyncHTTPTransport):
    """Puts the token into the address as a request leaves."""

    def __init__(self, token: SecretStr) -> None:
        super().__init__(limits=httpx.Limits(max_connections=_CONNECTIONS))
        self._token = token

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        hidden = f"/bot{_STAND_IN}/".encode()
        true = f"/bot{self._token.get_secret_value()}/".encode()
        path = request.url.raw_path.replace(b"%3A", b":", 1).replace(hidden, true, 1)
        sent = httpx.Request(
            request.method,
            request.url.copy_with(raw_path=path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await super().handle_async_request(sent)


class TelegramBot(Bot):
    """The library's bot, and updates as the network wrote them."""

    async def updates(self, offset: int, *, wait: int) -> list[dict[str, Any]]:
        """Updates from an id on, waiting up to so many seconds for one.

        All of the kinds that bots have unasked, those that no version of the library knows, too.
        """
        given: dict[str, Any] = {"timeout": wait, "allowed_updates": []}
        if offset:
            given["offset"] = offset
        found = await self._post("getUpdates", given, read_timeout=wait + 10.0)
        return found if isinstance(found, list) else []

    async def open(self) -> None:
        """Begin to hold connections; the library's own way would ask Telegram who it is."""
        for request in self._request:
            await request.initialize()

    async def let_go(self) -> None:
        """Close the connections."""
        for request in self._request:
            await request.shutdown()


def bot_of(token: SecretStr, api_url: str) -> TelegramBot:
    """A bot that talks to the Bot API at an address; files come from there, too."""
    return TelegramBot(
        _STAND_IN,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=_request(token, _CONNECTIONS),
        get_updates_request=_request(token, 2),
    )


def _request(token: SecretStr, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=_ANSWER,
        write_timeout=_ANSWER,
        connect_timeout=10.0,
        pool_timeout=_ANSWER,
        media_write_timeout=_UPLOAD,
        httpx_kwargs={"transport": _Transport(token)},
    )

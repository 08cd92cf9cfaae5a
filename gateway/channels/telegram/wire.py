"""The Bot API by HTTP. The token stands nowhere but in the octets that go out.

The library puts it into every address, and addresses into its logs, errors and reprs. So the bot
that it knows has a token that is none, and the true one is put in at the last moment.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

# The library warns at each wait that Telegram asks for, unless it may say it as a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_STAND_IN = "0:hidden"
_CONNECTIONS = 32
_ANSWER = 30.0  # seconds
_UPLOAD = 120.0
_PARAMETERS = ("migrate_to_chat_id", "retry_after")  # of a refusal


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


class _Request(HTTPXRequest):
    """Reads answers so that nothing in them gets into an error or a log but Telegram's own words.

    A proxy's page repeats the address it was asked for, with the token in it; the library would put
    such a page into its log and its error, as it would an answer that holds what people wrote.
    """

    def __init__(self, token: SecretStr, **how: Any) -> None:
        super().__init__(**how, httpx_kwargs={"transport": _Transport(token)})
        self._token = token

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """The status and the answer; of a refusal, what Telegram says, or that it is not its."""
        code, payload = await super().do_request(*given, **named)
        if 200 <= code < 300:
            return code, payload
        return code, json.dumps(self._refusal(code, payload)).encode()

    def _refusal(self, code: int, payload: bytes) -> dict[str, Any]:
        said = _document(payload)
        if not isinstance(said.get("description"), str):
            return {"description": f"{code}, and a page that is not Telegram's"}
        token = self._token.get_secret_value()
        for form in (token, quote(token), quote(token, safe="")):
            said["description"] = said["description"].replace(form, "hidden")
        given = said.get("parameters")
        given = given if isinstance(given, dict) else {}
        known = {key: given[key] for key in _PARAMETERS if type(given.get(key)) is int}
        return {"description": said["description"], "parameters": known}

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, of whose words nothing is shown. Raises TelegramError."""
        said = _document(payload)
        ours = "ok" not in said and "description" in said  # as `_refusal` has it
        if "result" not in said and not ours:
            raise TelegramError("the answer is not Telegram's")
        return said


def _document(payload: bytes) -> dict[str, Any]:
    """A JSON object; empty where it is none."""
    try:
        said = json.loads(payload)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


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
    return _Request(
        token,
        connection_pool_size=connections,
        read_timeout=_ANSWER,
        write_timeout=_ANSWER,
        connect_timeout=10.0,
        pool_timeout=_ANSWER,
        media_write_timeout=_UPLOAD,
    )

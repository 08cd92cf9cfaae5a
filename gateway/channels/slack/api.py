"""Slack's Web API: one call, its errors as the channel knows them, no secret in any of them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from gateway.channels.slack.failures import OF_THE_TOKEN, LostError, SlackError

TIMEOUT = 20  # seconds for one call
_LONGEST_PAUSE = 86_400.0  # seconds; what asks for more is no answer of Slack's
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SCOPES = re.compile(r"[a-z0-9_.:,-]{1,500}")
_PATIENCE = 10.0  # seconds that a look-up waits at most when it is asked to slow down
_BEFORE_SENDING = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
_UNREADABLE = (
    *(aiohttp.ClientError, SlackClientError, OSError, TimeoutError),
    *(ValueError, AttributeError),  # the library trips over answers that are no JSON
)


def silent() -> logging.Logger:
    """A logger for the libraries: they log whole messages, and addresses that hold a ticket."""
    logger = logging.getLogger("gateway.slack.library")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger


class Web:
    """Calls methods with the bot's token. ``on_refused`` hears when the token is not taken."""

    def __init__(self, url: str, token: SecretStr) -> None:
        self._url = url
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self.on_refused: Callable[[str], None] = lambda _code: None

    def __repr__(self) -> str:
        return f"Web({self._url})"

    @property
    def token(self) -> SecretStr:
        """The bot's token."""
        return self._token

    def client(self) -> AsyncWebClient:
        """The library's client, on one session. It repeats nothing by itself: a post that is
        repeated blindly is there twice.
        """  # noqa: D205 - one thought
        return AsyncWebClient(
            token=self._token.get_secret_value(),
            base_url=self._url,
            timeout=TIMEOUT,
            session=self.session(),
            logger=silent(),
            retry_handlers=[],
        )

    def bare_client(self) -> AsyncWebClient:
        """A client that has no connections yet: it can be made before there is a loop."""
        token = self._token.get_secret_value()
        return AsyncWebClient(token=token, base_url=self._url, logger=silent(), retry_handlers=[])

    def session(self) -> aiohttp.ClientSession:
        """The connections, opened when they are first needed."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """What the method answers. Raises SlackError and LostError."""
        headers, data = await self._answer(method, arguments)
        del headers
        return data

    async def look_up(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """As `call`, for what may be asked again: waits once if it is asked to slow down."""
        try:
            return await self.call(method, **arguments)
        except SlackError as error:
            if error.after is None or error.after > _PATIENCE:
                raise
            await asyncio.sleep(error.after)
            return await self.call(method, **arguments)

    async def scopes(self) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Who the token is, and its scopes. Raises as `call`."""
        headers, data = await self._answer("auth.test", {})
        listed = headers.get("x-oauth-scopes", "")
        return data, frozenset(scope.strip() for scope in listed.split(",") if scope.strip())

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def _answer(
        self, method: str, arguments: Mapping[str, Any]
    ) -> tuple[Mapping[str, str], Mapping[str, Any]]:
        given = {key: value for key, value in arguments.items() if value is not None}
        as_json = any(isinstance(value, list | dict) for value in given.values())
        try:
            said = await (
                self.client().api_call(method, json=given)
                if as_json
                else self.client().api_call(method, data=given)
            )
        except SlackApiError as error:
            raise self._refused(error) from None
        except _BEFORE_SENDING as error:
            raise LostError(
                f"Slack cannot be reached ({type(error).__name__})", maybe=False
            ) from None
        except _UNREADABLE as error:
            raise LostError(f"no answer from Slack ({type(error).__name__})", maybe=True) from None
        headers = {str(k).lower(): str(v) for k, v in said.headers.items()}
        return headers, said.data if isinstance(said.data, dict) else {}

    def _refused(self, error: SlackApiError) -> Exception:
        response = error.response
        status = int(getattr(response, "status_code", getattr(response, "status", 0)) or 0)
        headers = {str(k).lower(): v for k, v in getattr(response, "headers", {}).items()}
        data = getattr(response, "data", None)
        code = data.get("error", "") if isinstance(data, dict) else ""
        if not _CODE.fullmatch(str(code)):  # not Slack's: it may repeat the token
            code = ""
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return SlackError("ratelimited", after=_seconds(headers.get("retry-after")))
        if not code:
            return LostError(f"Slack answered {status}", maybe=status >= 500 or not status)
        if code in OF_THE_TOKEN:
            self.on_refused(code)
        needed = str(data.get("needed", "")) if isinstance(data, dict) else ""
        return SlackError(str(code), needed=needed if _SCOPES.fullmatch(needed) else "")


def _seconds(given: object) -> float:
    """What Retry-After asks for; the library's own handler takes its first digit for all of it."""
    try:
        return min(max(float(str(given)), 1.0), _LONGEST_PAUSE)
    except ValueError:
        return 30.0

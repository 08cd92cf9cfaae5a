"""Socket Mode: a WebSocket by which Slack hands over payloads; each is acknowledged by itself.

The library's own client asks for one address and then tries that for ever, though each is good
for one connection, and keeps to itself why it gets none. So the line is ours; what comes by it
is dispatched by slack-bolt as always.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError

_WAITS = (0.1, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before a further try
_REFUSED_WAIT = 60.0
_HEARTBEAT = 10.0  # seconds; a line on which nothing answers is given up
_LAST_WORDS = 2.0  # seconds that acknowledgements have when a line ends
_GOODBYE = 0.5  # seconds that the other side has to say so, too
_LARGEST = 4 * 1024 * 1024
log = structlog.get_logger(__name__)

Answers = Callable[[Mapping[str, Any]], Awaitable[bool]]
"""Takes a payload; whether it is taken, and is to be acknowledged."""


class SocketMode:
    """``web`` has the app's token. ``answers`` is called for every payload."""

    def __init__(self, web: Web, answers: Answers) -> None:
        self._web = web
        self._answers = answers
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_up: Callable[[], None] = lambda: None
        # Why there is none, and for which time in a row.
        self.on_down: Callable[[SlackError | LostError, int], None] = lambda _why, _times: None
        self._vain = 0

    async def run(self) -> None:
        """Hold a line until cancelled. What is not acknowledged, Slack delivers again."""
        try:
            while True:
                wait = await self._one_more()
                await asyncio.sleep(wait * (0.8 + 0.4 * random.random()))
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _one_more(self) -> float:
        """One line; the wait before the next, in seconds."""
        try:
            await self._once()
        except SlackError as refused:
            self._vain += 1
            self.on_down(refused, self._vain)
            return refused.after or _REFUSED_WAIT
        except LostError as lost:
            self.on_down(lost, self._vain + 1)
        wait = _WAITS[min(self._vain, len(_WAITS) - 1)]
        self._vain += 1
        return wait

    async def _once(self) -> None:
        """One line, from its address to its end."""
        said = await self._web.call("apps.connections.open")
        url = said.get("url")
        if not isinstance(url, str) or not url.startswith(("wss://", "ws://")):
            raise LostError("Slack named no address for Socket Mode", maybe=False)
        try:
            async with self._web.session().ws_connect(
                url,
                heartbeat=_HEARTBEAT,
                max_msg_size=_LARGEST,
                timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE),
            ) as line:
                await self._listen(line)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # The address is a ticket to the line: it stays out of the log.
            raise LostError(f"Socket Mode was cut ({type(error).__name__})", maybe=False) from None

    async def _listen(self, line: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in line:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = _object(frame.data)
            kind = said.get("type")
            if kind == "hello":
                self._vain = 0
                self.on_up()
            elif kind == "disconnect":
                if said.get("reason") == "link_disabled":
                    raise SlackError("link_disabled")
                break
            elif isinstance(said.get("envelope_id"), str):
                self._start(line, said)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST_WORDS)

    def _start(self, line: aiohttp.ClientWebSocketResponse, said: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._answer(line, said))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, line: aiohttp.ClientWebSocketResponse, said: Mapping[str, Any]) -> None:
        payload = said.get("payload")
        if not await self._answers(payload if isinstance(payload, dict) else {}):
            return
        try:
            await line.send_str(json.dumps({"envelope_id": said["envelope_id"]}))
        except (aiohttp.ClientError, OSError):
            log.info("slack_line_gone_before_acknowledging")  # it comes again, and is known


def _object(data: str) -> Mapping[str, Any]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}

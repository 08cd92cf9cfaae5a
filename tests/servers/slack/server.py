"""The server: HTTP, WebSockets, what is delivered by them, and how it fails when it is told to."""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.servers.slack.acting import Acting
from tests.servers.slack.blocks import WrongError
from tests.servers.slack.methods import METHODS, Api, ApiError, check_arguments
from tests.servers.slack.world import Channel, World

BOT_TOKEN = "xoxb-of-the-tests"
APP_TOKEN = "xapp-of-the-tests"
SCOPES = (
    "app_mentions:read,chat:write,commands,files:read,files:write,channels:history,channels:read,"
    "groups:history,groups:read,im:history,im:read,im:write,reactions:read,users:read,"
    "users:read.email"
)


class NotAcknowledgedError(Exception):
    """Nobody acknowledged what was delivered."""


@dataclass
class Failure:
    """``drop``: the connection is cut "before" the call is done or "after" it."""

    code: str = ""
    status: int = 200
    after: int | None = None
    drop: str = ""
    body: str = ""


@dataclass(eq=False)
class Hold:
    """A call with these words, which waits before or after it is done.

    ``there`` is set when it came to that; ``release`` lets it go on: what waited before is cut.
    """

    words: bytes
    before: bool
    there: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Delivery:
    """One payload until it is acknowledged."""

    kind: str
    payload: dict[str, Any]
    acknowledged: asyncio.Future[Any]
    times: int = 0
    envelopes: set[str] = field(default_factory=set)


class SlackServer(Acting):
    """``complaints``: what was wrong with calls. ``calls``: every call, as (method, arguments)."""

    def __init__(self, *, bot_token: str = BOT_TOKEN, app_token: str = APP_TOKEN) -> None:
        self.world = World()
        self.bot_token = bot_token
        self.app_token = app_token
        self.scopes = SCOPES
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.complaints: list[str] = []
        self.failures: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self.downloads: list[tuple[str, str]] = []  # path, what was said to be allowed by
        self.lines: list[web.WebSocketResponse] = []
        self.patience = 5.0  # seconds that an acknowledgement may take
        self.revoked = False
        self.echoes = True
        # Asked of each download, before and after it: whether the line breaks then.
        self.judge: Callable[[str], bool] = lambda _when: False
        self.redirects: dict[str, str] = {}
        self.refused_lines = 0
        self.deaf = False  # acknowledgements are lost on their way
        self._held: dict[str, Hold] = {}
        self._up = asyncio.Event()
        self._tickets: set[str] = set()
        self._pending: dict[str, Delivery] = {}
        self._echoing: set[asyncio.Task[None]] = set()
        self.port = 0
        self.api = Api(self.world, "")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.base}/api/"

    def fail(self, method: str, *, times: int = 1, **how: Any) -> None:
        """The next calls of a method fail."""
        self.failures[method].extend(Failure(**how) for _ in range(times))

    def hold(self, method: str, words: str, *, before: bool) -> Hold:
        """The next call of a method with these words waits."""
        self._held[method] = Hold(words.encode(), before)
        return self._held[method]

    async def _wait(self, name: str, body: bytes, *, before: bool) -> bool:
        held = self._held.get(name)
        if held is None or held.before is not before or held.words not in body:
            return False
        del self._held[name]
        held.there.set()
        await held.release.wait()
        return True

    def called(self, method: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == method]

    # The Web API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        body = await request.read()
        failure = self.failures[name].popleft() if self.failures[name] else Failure()
        if await self._wait(name, body, before=True) or failure.drop == "before":
            return self._cut(request)
        if failure.status != 200 or failure.body:
            headers = {"Retry-After": str(failure.after)} if failure.after is not None else {}
            text = failure.body or json.dumps({"ok": False, "error": failure.code})
            kind = "text/html" if failure.body else "application/json"
            return web.Response(
                status=failure.status, text=text, headers=headers, content_type=kind
            )
        answer = self._answer(name, request, body, failure)
        await self._wait(name, body, before=False)
        if failure.drop == "after":
            return self._cut(request)
        return web.json_response(answer, headers={"X-OAuth-Scopes": self.scopes})

    def _cut(self, request: web.Request) -> web.Response:
        if request.transport is not None:  # they may be gone already
            request.transport.abort()
        return web.Response()

    def _answer(
        self, name: str, request: web.Request, body: bytes, failure: Failure
    ) -> dict[str, Any]:
        try:
            self._allow(name, request)
            if failure.code:
                raise ApiError(failure.code)
            given = self._arguments(name, request, body)
            check_arguments(METHODS[name], given)
            self.calls.append((name, given))
            if name == "apps.connections.open":
                return {"ok": True, "url": self._ticket()}
            return self.api.do(name, given)
        except ApiError as refused:
            return refused.body
        except (WrongError, KeyError, TypeError) as wrong:
            self.complaints.append(f"{name}: {wrong!r}")
            return {"ok": False, "error": "invalid_arguments"}

    def _allow(self, name: str, request: web.Request) -> None:
        if name not in METHODS:
            self.complaints.append(f"unknown method {name}")
            raise ApiError("unknown_method")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        wanted = self.app_token if name == "apps.connections.open" else self.bot_token
        if not token:
            raise ApiError("not_authed")
        if token != wanted:
            raise ApiError("invalid_auth")
        if self.revoked and name != "apps.connections.open":
            raise ApiError("token_revoked")
        for scope in METHODS[name].scopes:
            if scope not in self.scopes.split(","):
                raise ApiError("missing_scope", needed=scope, provided=self.scopes)

    def _arguments(self, name: str, request: web.Request, body: bytes) -> dict[str, Any]:
        if request.content_type == "application/json":
            if METHODS[name].form:
                raise WrongError("takes no JSON")
            given = json.loads(body or b"{}")
            assert isinstance(given, dict)
            return given
        pairs = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
        if len(pairs) > 0 and request.content_type != "application/x-www-form-urlencoded":
            raise WrongError(f"content type {request.content_type}")
        return pairs

    def _ticket(self) -> str:
        ticket = self.world.new_id("L")
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link/{ticket}"

    # Files

    async def _download(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.downloads.append((path, request.headers.get("Authorization", "")))
        if path in self.redirects:
            raise web.HTTPFound(self.redirects[path])
        if request.headers.get("Authorization") != f"Bearer {self.bot_token}":
            raise web.HTTPFound("https://acme.slack.com/?redir=login")
        id = path.split("/")[2].partition("-")[2]
        if id not in self.world.contents:
            raise web.HTTPNotFound
        if await asyncio.to_thread(self.judge, "before"):
            return self._cut(request)
        answer = web.Response(body=self.world.contents[id])
        await answer.prepare(request)
        await answer.write_eof()
        await asyncio.to_thread(self.judge, "after")
        return answer

    async def _upload(self, request: web.Request) -> web.Response:
        upload = self.api.uploads.get(request.match_info["id"])
        data = await request.read()
        if upload is None or len(data) != upload["size"] or "Authorization" in request.headers:
            self.complaints.append(f"upload of {len(data)} for {upload}")
            raise web.HTTPBadRequest
        upload["data"] = data
        return web.Response(text=f"OK - {len(data)}")

    # Socket Mode

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        known = ticket in self._tickets
        self._tickets.discard(ticket)  # each is good for one connection
        if not known or self.refused_lines > 0:
            self.refused_lines -= 1
            raise web.HTTPForbidden
        line = web.WebSocketResponse()
        await line.prepare(request)
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0DESK"}}
        await line.send_str(json.dumps(hello))
        self.lines.append(line)
        self._up.set()
        for delivery in list(dict.fromkeys(self._pending.values())):
            await self._send(delivery)
        try:
            async for frame in line:
                if not self.deaf:
                    self._acknowledged(json.loads(frame.data))
        finally:
            if line in self.lines:
                self.lines.remove(line)
        return line

    def _acknowledged(self, said: dict[str, Any]) -> None:
        extra = set(said) - {"envelope_id", "payload"}
        delivery = self._pending.get(said.get("envelope_id", ""))
        if extra or said.get("envelope_id") is None:
            self.complaints.append(f"acknowledgement {said}")
        if delivery is None:
            return
        for envelope in delivery.envelopes:
            self._pending.pop(envelope, None)
        if not delivery.acknowledged.done():
            delivery.acknowledged.set_result(said.get("payload"))

    async def _send(self, delivery: Delivery) -> None:
        envelope = self.world.new_id("e")
        delivery.envelopes.add(envelope)
        self._pending[envelope] = delivery
        if not self.lines:
            return
        said = {
            "envelope_id": envelope,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            said |= {"retry_attempt": delivery.times, "retry_reason": "timeout"}
        delivery.times += 1
        with contextlib.suppress(ConnectionError):
            await self.lines[-1].send_str(json.dumps(said))

    async def deliver(self, kind: str, payload: dict[str, Any], *, times: int = 1) -> Any:
        """Hand a payload over; what the acknowledgement said. Raises NotAcknowledgedError.

        What nobody acknowledges is delivered again to the next line that is opened.
        """
        made: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        delivery = Delivery(kind, payload, made)
        for _ in range(times):
            await self._send(delivery)
        try:
            return await asyncio.wait_for(asyncio.shield(made), self.patience)
        except TimeoutError:
            raise NotAcknowledgedError(kind) from None

    async def redeliver(self) -> int:
        """Deliver once more what was not acknowledged; how many that were."""
        waiting = list(dict.fromkeys(self._pending.values()))
        for delivery in waiting:
            await self._send(delivery)
        for delivery in waiting:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(delivery.acknowledged), self.patience)
        return len(waiting)

    async def hang_up(self, reason: str = "refresh_requested", *, rudely: bool = False) -> None:
        """End every line, with or without a word."""
        for line in list(self.lines):
            self.lines.remove(line)
            if rudely:
                assert line._req is not None
                assert line._req.transport is not None
                line._req.transport.abort()
            else:
                await line.send_str(json.dumps({"type": "disconnect", "reason": reason}))

    async def connected(self) -> None:
        """Wait for a line."""
        async with asyncio.timeout(10):
            while not self.lines:
                self._up.clear()
                await self._up.wait()

    def _echo(self, channel: Channel, message: dict[str, Any]) -> None:
        """Apps hear what they say themselves, too."""
        if not self.echoes or not self.lines:
            return
        event = {**message, "channel": channel.id, "channel_type": channel.kind}
        task = asyncio.ensure_future(self._quietly(self.wrapped(event)))
        self._echoing.add(task)
        task.add_done_callback(self._echoing.discard)

    async def _quietly(self, payload: dict[str, Any]) -> None:
        with contextlib.suppress(NotAcknowledgedError):
            await self.deliver("events_api", payload)

    async def start(self) -> web.AppRunner:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link/{ticket}", self._link)
        app.router.add_get("/files-pri/{rest:.*}", self._download)
        app.router.add_post("/upload/v1/{id}", self._upload)
        runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self.api.base = self.base
        self.api.posted.append(self._echo)
        return runner


@contextlib.asynccontextmanager
async def running(**how: Any) -> AsyncIterator[SlackServer]:
    server = SlackServer(**how)
    runner = await server.start()
    try:
        yield server
    finally:
        for task in server._echoing:
            task.cancel()
        await runner.cleanup()

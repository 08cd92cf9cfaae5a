"""The HTTP side: tokens, long polling, webhooks, scripted failures."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
from aiohttp import web

from tests.servers.bot_api import values as v
from tests.servers.bot_api.methods import Given, Method, Upload, call
from tests.servers.bot_api.refusing import Refusal, bad
from tests.servers.bot_api.world import Json, World

LOSE_REQUEST = "lose the request"
LOSE_ANSWER = "lose the answer"
BEFORE, AFTER = "before", "after"
Judge = Callable[[str, Json, str], bool]
_OTHER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
_HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)
_UPDATES = {
    "offset": v.integer,
    "limit": v.whole(1, 100),
    "timeout": v.whole(0, 60),
    "allowed_updates": v.strings,
}
_HOOK = {"secret_token": v.text(256), "allowed_updates": v.strings, "max_connections": v.integer}


class BotApi:
    """Serves one bot. Everything public is safe in any thread.

    ``plain_hooks``: posts to http addresses, too, as a Bot API server of one's own does.
    """

    def __init__(
        self, token: str, *, username: str = "acme_desk_bot", plain_hooks: bool = False
    ) -> None:
        self.token = token
        self.world = World(id=int(token.partition(":")[0]), username=username)
        self.calls: list[tuple[str, Json]] = []
        self.hook: Json = {}
        self.hook_answers: list[int] = []
        self.offset = 0
        self.url = ""
        # Asked about each call, before and after it is carried out: whether the line breaks then.
        self.judge: Judge = lambda _name, _given, _when: False
        self._plain_hooks = plain_hooks
        self._scripted: dict[str, deque[Any]] = defaultdict(deque)
        self._loop = asyncio.new_event_loop()
        self._news = asyncio.Event()
        self._asking: asyncio.Future[None] | None = None
        self._poster: asyncio.Task[None] | None = None
        self.world.on_update = self._announce

    def fail(self, method: str, *how: Any) -> None:
        """The next calls of a method go wrong: a Refusal, LOSE_REQUEST or LOSE_ANSWER each."""
        self._scripted[method].extend(how)

    def called(self, method: str) -> list[Json]:
        """What a method was called with, oldest first."""
        return [given for name, given in self.calls if name == method]

    @property
    def waiting(self) -> list[Json]:
        """Updates that were not acknowledged yet."""
        with self.world.lock:
            return [u for u in self.world.updates if u["update_id"] >= self.offset]

    def _announce(self) -> None:
        with contextlib.suppress(RuntimeError):  # it is closed already
            self._loop.call_soon_threadsafe(self._news.set)

    # --- serving

    def run(self, ready: threading.Event, port: int) -> None:
        """Serve in the calling thread until `stop`."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start(port))
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._finish())
        self._loop.close()

    def stop(self) -> None:
        """End `run`."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _start(self, port: int) -> None:
        app = web.Application(client_max_size=70_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"

    async def _finish(self) -> None:
        if self._poster is not None:
            self._poster.cancel()
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
        await self._runner.cleanup()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return web.json_response(Refusal(401, "Unauthorized").body(), status=401)
        data = self.world.files.get(request.match_info["path"].removeprefix("documents/"))
        if data is None:
            return web.json_response(Refusal(404, "Not Found").body(), status=404)
        given = {"file_path": request.match_info["path"]}
        if await asyncio.to_thread(self.judge, "file", given, BEFORE):
            if request.transport is not None:  # they may be gone already
                request.transport.abort()
            return web.Response()
        answer = web.Response(body=data, content_type="application/octet-stream")
        await answer.prepare(request)
        await answer.write_eof()
        await asyncio.to_thread(self.judge, "file", given, AFTER)
        return answer

    async def _method(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            result = await self._answer(request)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)
        except ConnectionResetError:
            if request.transport is not None:  # they may be gone already
                request.transport.abort()
            return web.Response()
        return web.json_response({"ok": True, "result": result})

    async def _answer(self, request: web.Request) -> Any:
        name = request.match_info["method"]
        given, files = await _given(request)
        with self.world.lock:
            self.calls.append((name, given))
            how = self._scripted[name].popleft() if self._scripted[name] else None
        if isinstance(how, Refusal):
            raise how
        if how == LOSE_REQUEST or self.judge(name, given, BEFORE):
            raise ConnectionResetError
        result = await self._do(name, given, files)
        if how == LOSE_ANSWER or self.judge(name, given, AFTER):
            raise ConnectionResetError
        return result

    async def _do(self, name: str, given: Given, files: dict[str, Upload]) -> Any:
        match name:
            case "getUpdates":
                return await self._updates(_checked(given, {}, _UPDATES))
            case "setWebhook":
                return self._set_hook(_checked(given, {"url": v.text(500)}, _HOOK))
            case "deleteWebhook":
                _checked(given, {}, {"drop_pending_updates": v.boolean})
                return self._set_hook({"url": ""})
            case "getWebhookInfo":
                pending = {"pending_update_count": len(self.waiting)}
                return {"url": self.hook.get("url", ""), "has_custom_certificate": False} | pending
        return call(self.world, name, given, files)

    # --- updates

    async def _updates(self, given: Given) -> list[Json]:
        if self.hook.get("url"):
            raise Refusal(409, _HOOKED)
        if self._asking is not None and not self._asking.done():
            self._asking.set_exception(Refusal(409, _OTHER))
        asking = self._asking = self._loop.create_future()
        self.offset = max(self.offset, given.get("offset", 0))
        until = self._loop.time() + given.get("timeout", 0)
        try:
            while not self.waiting and (left := until - self._loop.time()) > 0:
                self._news.clear()
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait(
                    (news, asking), timeout=left, return_when=asyncio.FIRST_COMPLETED
                )
                news.cancel()
                if asking.done():
                    asking.result()
            return self.waiting[: given.get("limit", 100)]
        finally:
            if not asking.done():
                asking.set_result(None)

    def _set_hook(self, given: Given) -> bool:
        url = given["url"]
        if url and not url.startswith("https://") and not self._plain_hooks:
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self.hook = dict(given)
        if self._poster is not None:
            self._poster.cancel()
        self._poster = self._loop.create_task(self._post()) if url else None
        return True

    async def _post(self) -> None:
        """Each update until it is taken, one chat's in order, as Telegram does."""
        async with aiohttp.ClientSession() as session:
            while True:
                self._news.clear()
                for update in self.waiting:
                    await self._post_surely(session, update)
                    self.offset = update["update_id"] + 1
                await self._news.wait()

    async def _post_surely(self, session: aiohttp.ClientSession, update: Json) -> None:
        if not await self._posted(session, update):
            await asyncio.sleep(0.05)
            await self._post_surely(session, update)

    async def _posted(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.hook.get("secret_token", "")}
        try:
            async with session.post(self.hook["url"], json=update, headers=headers) as answer:
                self.hook_answers.append(answer.status)
                return 200 <= answer.status < 300
        except aiohttp.ClientError:
            return False


def _checked(given: Given, needs: dict[str, v.Check], takes: dict[str, v.Check]) -> Given:
    """As `call` checks, for what is no business of the world's."""
    method = Method(does=lambda _world, checked: checked, needs=needs, takes=takes)
    known = method.needs | method.takes
    for key in needs:
        if key not in given:
            raise bad(f'parameter "{key}" is required')
    if unknown := set(given) - set(known):
        raise bad(f"unknown parameter {sorted(unknown)}")
    return {key: known[key](key, value) for key, value in given.items()}


async def _given(request: web.Request) -> tuple[Given, dict[str, Upload]]:
    if request.content_type == "application/json":
        return dict(await request.json()), {}
    given: Given = dict(request.query)
    files: dict[str, Upload] = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            files[key] = Upload(name=value.filename, type=value.content_type, data=data)
        else:
            given[key] = value
    return given, files


@contextlib.contextmanager
def serving(
    token: str = "123456:token-of-the-tests", *, port: int = 0, plain_hooks: bool = False
) -> Iterator[BotApi]:
    """A Bot API on a free port of this machine, in a thread of its own."""
    api = BotApi(token, plain_hooks=plain_hooks)
    ready = threading.Event()
    thread = threading.Thread(target=api.run, args=(ready, port), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise AssertionError("the Bot API did not start")
    try:
        yield api
    finally:
        api.stop()
        thread.join(10)

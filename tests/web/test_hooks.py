"""Paths to which networks post: what a channel is handed, and what the network is answered."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http.client import HTTPConnection
from typing import Any

import pytest

from gateway.core.ports import Hook, HookReply, HookRequest, IntakeUnavailableError
from gateway.web.hooks import MOST
from gateway.web.server import WebServer
from tests.servers import free_port
from tests.web.test_site import Desk

SECRET = "a-token-of-the-tests"


@asynccontextmanager
async def serving(hooks: Mapping[str, Hook]) -> AsyncIterator[int]:
    port, ready = free_port(), asyncio.Event()
    door: Any = None
    server = WebServer("127.0.0.1", port, Desk(), hooks)
    running = asyncio.create_task(server.run(door, ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield port
    running.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)


async def ask(
    port: int, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, str]:
    def asked() -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    return await asyncio.to_thread(asked)


async def test_a_post_comes_to_its_channel_and_its_answer_goes_back():
    posted: list[HookRequest] = []

    async def hook(request: HookRequest) -> HookReply:
        posted.append(request)
        return HookReply(status=201, body=b'{"ok":1}', type="application/json")

    async with serving({"/slack/events": hook}) as port:
        said = await ask(port, "POST", "/slack/events", b"\x00raw", **{"X-Sign": "v0=1"})

    assert said == (201, '{"ok":1}')
    (request,) = posted
    assert (request.path, request.body, request.headers["x-sign"]) == (
        "/slack/events",
        b"\x00raw",
        "v0=1",
    )


async def test_nothing_but_a_post_is_taken_and_no_other_path():
    async def hook(request: HookRequest) -> HookReply:
        raise AssertionError(request)

    async with serving({"/slack/events": hook}) as port:
        assert (await ask(port, "GET", "/slack/events"))[0] == 405
        assert (await ask(port, "POST", "/telegram"))[0] == 404


async def test_what_is_too_large_is_not_read_to_its_end():
    async def hook(request: HookRequest) -> HookReply:
        raise AssertionError(request)

    async with serving({"/slack/events": hook}) as port:
        length = {"Content-Length": str(MOST + 1)}
        assert (await ask(port, "POST", "/slack/events", b"x", **length))[0] == 413


@pytest.mark.parametrize(
    "problem",
    [IntakeUnavailableError("the disk is full"), RuntimeError(SECRET), TimeoutError()],
    ids=lambda p: type(p).__name__,
)
async def test_what_cannot_be_taken_is_to_come_again_and_its_words_are_in_no_log(
    problem: Exception, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    async def hook(request: HookRequest) -> HookReply:
        del request
        raise problem

    async with serving({"/slack/events": hook}) as port:
        status, body = await ask(port, "POST", "/slack/events", SECRET.encode())

    assert status == 503
    said = body + caplog.text + "".join(capsys.readouterr())
    assert SECRET not in said

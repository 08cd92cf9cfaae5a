"""The desk's pages over real HTTP, on a port of this machine."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from gateway.core.pages import HeldView, Outcome, Readiness
from gateway.core.policy import LANGUAGES
from gateway.core.ports import CannotListenError
from gateway.web.server import WebServer, bind
from gateway.web.visitor import answers_as_a_desk
from gateway.web.words import Page, page_of
from tests.servers import free_port

HELD = HeldView(
    agent="Bea Ruiz",
    language="en",
    received_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    because="says it is from bea@acme.example, without proof",
    subject="<script>alert(1)</script>",
    text="I am <b>on</b> it.",
    answers=(("Ada Byron", "I am <b>on</b> it."),),
    would=("add the public answer of Bea Ruiz to ticket 7",),
)


@dataclass
class Desk:
    """A desk with one held mail, whose pass is ``good``."""

    waits: bool = True
    wrong: dict[str, str | None] = field(default_factory=lambda: {"database": None})
    released: int = 0

    def readiness(self) -> Readiness:
        return Readiness(ready=not any(self.wrong.values()), parts=self.wrong)

    def metrics(self) -> bytes:
        return b"gateway_inbox_waiting 3.0\n"

    def held(self, given: str) -> HeldView | Outcome:
        if given != "good":
            return Outcome.REFUSED
        return HELD if self.waits else Outcome.GONE

    def release(self, given: str) -> Outcome:
        if given != "good":
            return Outcome.REFUSED
        freed, self.waits = self.waits, False
        self.released += freed
        return Outcome.RELEASED if freed else Outcome.GONE


@contextlib.asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[int]:
    port, ready = free_port(), asyncio.Event()
    door: Any = None
    running = asyncio.create_task(WebServer("127.0.0.1", port, desk).run(door, ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield port
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)


def _ask(port: int, method: str, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    door = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        door.request(method, path, headers=headers)
        answer = door.getresponse()
        return answer, answer.read().decode()
    finally:
        door.close()


async def ask(port: int, method: str, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    return await asyncio.to_thread(_ask, port, method, path, **headers)


async def test_looking_shows_what_would_be_sent_and_does_nothing():
    desk = Desk()
    async with serving(desk) as port:
        for _ in range(3):  # scanners open links again and again
            answer, page = await ask(port, "GET", "/release/good")
    assert answer.status == 200
    assert "I am &lt;b&gt;on&lt;/b&gt; it." in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "this is sent to <strong>Ada Byron</strong>" in page
    assert desk.released == 0


async def test_the_button_lets_it_through_once():
    desk = Desk()
    async with serving(desk) as port:
        first, page = await ask(port, "POST", "/release/good")
        second, again = await ask(port, "POST", "/release/good")
        later, seen = await ask(port, "GET", "/release/good")
    assert (first.status, second.status, later.status) == (200, 410, 410)
    assert "It is on its way" in page
    assert "it was let through before" in again
    assert "it was let through before" in seen
    assert desk.released == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_pass_that_is_none_does_nothing(method: str):
    desk = Desk()
    async with serving(desk) as port:
        answer, page = await ask(port, method, "/release/bad")
    assert answer.status == 404
    assert "counts for 15 minutes" in page
    assert desk.released == 0


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_let_nothing_through(method: str):
    desk = Desk()
    async with serving(desk) as port:
        await ask(port, method, "/release/good")
    assert desk.released == 0


async def test_every_answer_stays_out_of_caches_frames_and_logs_of_others():
    async with serving(Desk()) as port:
        for path in ("/release/good", "/release/bad", "/nowhere", "/readyz"):
            answer, _ = await ask(port, "GET", path)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in (answer.headers["Content-Security-Policy"] or "")
            assert answer.headers["Server"] is None


async def test_alive_ready_and_metrics():
    desk = Desk(wrong={"database": None, "email": "fell over, and is started again"})
    async with serving(desk) as port:
        alive, said = await ask(port, "GET", "/healthz")
        readyz, body = await ask(port, "GET", "/readyz")
        desk.wrong["email"] = None
        later, _ = await ask(port, "GET", "/readyz")
        _, metrics = await ask(port, "GET", "/metrics")
        assert await asyncio.to_thread(answers_as_a_desk, "127.0.0.1", port)
    assert (alive.status, said) == (200, "ok\n")
    assert readyz.status == 503
    assert json.loads(body) == {
        "ready": False,
        "parts": {"database": "ok", "email": "fell over, and is started again"},
    }
    assert later.status == 200
    assert metrics == "gateway_inbox_waiting 3.0\n"


async def test_whoever_sends_half_a_request_or_too_much_is_no_trouble_to_others():
    async with serving(Desk()) as port:
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ")
            with socket.create_connection(("127.0.0.1", port)) as wide:
                with contextlib.suppress(OSError):
                    wide.sendall(b"GET /" + b"a" * 200_000)
                answer, _ = await ask(port, "GET", "/healthz")
                assert answer.status == 200


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


async def test_a_port_that_is_taken_is_said_with_its_key(taken: int):
    door: Any = None
    with pytest.raises(CannotListenError) as told:
        await WebServer("127.0.0.1", taken, Desk()).run(door, lambda: None)
    assert (told.value.key, told.value.where) == ("http", f"127.0.0.1:{taken}")


def test_a_host_that_is_none_is_said_with_its_key():
    with pytest.raises(CannotListenError, match=r"not known|failure in name"):
        bind("nowhere.invalid", 80)


def test_nobody_and_somebody_else_are_no_desk(taken: int):
    assert not answers_as_a_desk("127.0.0.1", free_port())
    assert not answers_as_a_desk("127.0.0.1", taken)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("it", "È in viaggio"),
        ("es-MX,es;q=0.9,en;q=0.8", "Ya está en camino"),
        ("xx, it;q=0.5", "È in viaggio"),
        ("fr-CA", "Il est en route"),
        ("de-AT", "Sie ist unterwegs"),
        ("pt-BR, en;q=0.5", "Já vai a caminho"),
        ("", "It is on its way"),
        ("zz", "It is on its way"),
        (";;,,=" * 1000, "It is on its way"),
    ],
)
def test_pages_are_in_the_language_that_is_asked_for(wanted: str, title: str):
    assert f"<h1>{title}</h1>" in page_of(Page.RELEASED, wanted)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", Page)
def test_every_page_has_its_words_in_every_language(language: str, page: Page):
    assert f'<html lang="{language}">' in page_of(page, language, held=HELD)

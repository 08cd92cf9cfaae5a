"""What is at which path, as one small ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.core.pages import Backstage, HeldView, Outcome
from gateway.core.ports import Hook
from gateway.web.hooks import hook_routes
from gateway.web.words import Page, page_of

_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy",
     b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
     b"base-uri 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex"),
)  # fmt: skip
_STATUS = {Outcome.RELEASED: 200, Outcome.GONE: 410, Outcome.REFUSED: 404}
Answer = Callable[[Request], Awaitable[Response]]


def site(backstage: Backstage, hooks: Mapping[str, Hook] = MappingProxyType({})) -> Starlette:
    """The application over what the desk lets it know, and its channels' ``hooks`` by path."""
    return Starlette(
        routes=[
            Route("/healthz", _alive, methods=["GET"]),
            Route("/readyz", _readyz(backstage), methods=["GET"]),
            Route("/metrics", _metrics(backstage), methods=["GET"]),
            # A link is opened by mail scanners, too: looking changes nothing.
            Route("/release/{given}", _look(backstage), methods=["GET"]),
            Route("/release/{given}", _release(backstage), methods=["POST"]),
            *hook_routes(hooks),
        ],
        middleware=[Middleware(_Careful)],
    )


class _Careful:
    """Puts headers on every answer that keep pages out of caches, frames and logs of others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self._app(scope, receive, careful)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _readyz(backstage: Backstage) -> Answer:
    async def answer(_request: Request) -> Response:
        found = await asyncio.to_thread(backstage.readiness)
        parts = {name: wrong or "ok" for name, wrong in found.parts.items()}
        body = {"ready": found.ready, "parts": parts}
        return JSONResponse(body, status_code=200 if found.ready else 503)

    return answer


def _metrics(backstage: Backstage) -> Answer:
    async def answer(_request: Request) -> Response:
        return Response(await asyncio.to_thread(backstage.metrics), media_type=_METRICS)

    return answer


def _look(backstage: Backstage) -> Answer:
    async def answer(request: Request) -> Response:
        found = await asyncio.to_thread(backstage.held, request.path_params["given"])
        if isinstance(found, HeldView):
            return HTMLResponse(page_of(Page.HELD, found.language, held=found))
        return _said(found, request)

    return answer


def _release(backstage: Backstage) -> Answer:
    async def answer(request: Request) -> Response:
        given = request.path_params["given"]
        return _said(await asyncio.to_thread(backstage.release, given), request)

    return answer


def _said(outcome: Outcome, request: Request) -> Response:
    page = page_of(Page(outcome.value), request.headers.get("accept-language", ""))
    return HTMLResponse(page, status_code=_STATUS[outcome])

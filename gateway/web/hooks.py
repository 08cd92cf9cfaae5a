"""The paths to which networks post what happened there; each channel answers its own.

Whatever cannot be taken in is answered in a way that makes the network post it again: 503. What
was posted, and what a channel said to it, are in no log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.core.ports import Hook, HookRequest, IntakeUnavailableError

MOST = 4 * 1024 * 1024  # octets of one post; those of the networks are far smaller
SECONDS = 10.0  # within which all of a post is to be here, and then within which it is answered
_LATER = {"retry-after": "5"}
Answer = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger(__name__)


def hook_routes(hooks: Mapping[str, Hook], *, seconds: float = SECONDS) -> list[Route]:
    """A route for each path; anything but POST is answered 405."""
    return [
        Route(path, _answering(path, hook, seconds), methods=["POST"])
        for path, hook in sorted(hooks.items())
    ]


def _answering(path: str, hook: Hook, seconds: float) -> Answer:
    async def answer(request: Request) -> Response:
        try:
            async with asyncio.timeout(seconds):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("too slow\n", 408)
        if body is None:
            return PlainTextResponse("too large\n", 413)
        posted = HookRequest(path=path, headers=_headers(request), body=body)
        return await _answered(hook, posted, seconds)

    return answer


async def _body(request: Request) -> bytes | None:
    """All of a post; None where it is larger than any may be."""
    said = request.headers.get("content-length", "0")
    if said.isascii() and said.isdigit() and int(said) > MOST:
        return None
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > MOST:
            return None
    return bytes(body)


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


async def _answered(hook: Hook, posted: HookRequest, seconds: float) -> Response:
    try:
        async with asyncio.timeout(seconds):
            reply = await hook(posted)
    except (TimeoutError, IntakeUnavailableError):
        log.warning("hook_unavailable", path=posted.path)
        return PlainTextResponse("try again later\n", 503, _LATER)
    except Exception as problem:
        # Its name alone: what it says may quote what was posted.
        log.warning("hook_failed", path=posted.path, error=type(problem).__name__)
        return PlainTextResponse("try again later\n", 503, _LATER)
    return Response(reply.body, reply.status, media_type=reply.type)

"""The pages on the daemon's own loop, by uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import uvicorn
from starlette.types import ASGIApp

from gateway.core.pages import Backstage
from gateway.core.ports import CannotListenError, Door, Hook
from gateway.web.site import site

KEY = "http"
_MOST_AT_ONCE = 100  # connections; more are answered 503
_GRACE = 1  # seconds that answers under way have when the daemon stops


class WebServer:
    """Serves the pages at one address of this machine."""

    name = "http"

    def __init__(
        self,
        host: str,
        port: int,
        backstage: Backstage,
        hooks: Mapping[str, Hook] = MappingProxyType({}),
    ) -> None:
        self._host = host
        self._port = port
        self._site = site(backstage, hooks)

    async def run(self, _door: Door, ready: Callable[[], None]) -> None:
        """Serve until cancelled. Raises CannotListenError."""
        sockets = bind(self._host, self._port)
        server = _Server(_config(self._site), ready)
        serving = asyncio.create_task(server.serve(sockets))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await asyncio.wait([serving], timeout=_GRACE + 1)
            raise
        finally:
            for one in sockets:
                one.close()


def bind(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of a host, not yet listening. Raises CannotListenError."""
    taken: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, proto, _, address in found:
            taken.append(_bound(family, kind, proto, address))
    except OSError as error:
        for one in taken:
            one.close()
        raise CannotListenError(KEY, f"{host}:{port}", error) from error
    return taken


def _bound(family: int, kind: int, proto: int, address: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, kind, proto)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # the desk's own logs; a path may hold a pass
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=16_384,
    )


class _Server(uvicorn.Server):
    """Leaves signals to the daemon, and says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

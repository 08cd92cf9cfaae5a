from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import cast

import structlog

from gateway.channels.email.listening.limits import Connections
from gateway.channels.email.listening.lmtp import LmtpSession
from gateway.channels.email.listening.options import ListenOptions
from gateway.channels.email.listening.reception import CheckSender, Reception
from gateway.channels.email.listening.session import MailSession
from gateway.core.ports import Intake

log = structlog.get_logger(__name__)

BACKLOG = 512
GRACE_SECONDS = 5.0
_QUIET_SECONDS = 10.0  # refused connections are logged once in this time, so none floods the log


class MailListener:
    """Takes mail in by SMTP or LMTP, on the running loop.

    ``is_ours`` is asked for every recipient; ``now`` gives aware datetimes; ``lane_of`` gives
    the conversation of a raw message (see `Incoming.lane`); ``check_sender`` finds out who really
    sent it.
    """

    def __init__(
        self,
        options: ListenOptions,
        intake: Intake,
        is_ours: Callable[[str], bool],
        now: Callable[[], datetime],
        lane_of: Callable[[bytes], str],
        check_sender: CheckSender | None = None,
    ) -> None:
        self._options = options
        self._reception = Reception(options, intake, is_ours, now, lane_of, check_sender)
        self._connections = Connections(
            total=options.max_connections, per_address=options.max_per_address
        )
        self._sessions: set[MailSession] = set()
        self._server: asyncio.Server | None = None
        self._closing = False
        self._refused = 0
        self._told_at = float("-inf")

    @property
    def port(self) -> int:
        """Where it listens; the system's choice if the options said 0."""
        if self._server is None or not self._server.sockets:
            return self._options.port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Bind and listen. Raises OSError, such as for a port that is taken."""
        # aiosmtpd tells its life's story at level info, once per connection.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._closing = False
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Door(self), self._options.host, self._options.port, backlog=BACKLOG
        )
        log.info("listening", protocol=self._options.protocol, port=self.port)

    async def serve_until_cancelled(self, grace: float = GRACE_SECONDS) -> None:
        """Listen, if it does not yet, until cancelled; then `close`."""
        if self._server is None:
            await self.start()
        try:
            await asyncio.Event().wait()
        finally:
            await self.close(grace)

    async def close(self, grace: float = GRACE_SECONDS) -> None:
        """Stop listening and say goodbye to idle peers.

        A message that is just coming in has ``grace`` seconds to come to its end and be
        answered; then the connection is cut.
        """
        if self._server is None:
            return
        self._closing = True
        self._server.close()
        self._server = None
        for session in tuple(self._sessions):
            session.retire()
        await self._end_sessions(grace)

    async def _end_sessions(self, grace: float) -> None:
        tasks = [session.task for session in self._sessions]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        for session in tuple(self._sessions):
            session.abort()
        await asyncio.gather(*late, return_exceptions=True)

    def admit(self, transport: asyncio.Transport) -> None:
        """Begin a session on a new connection, or refuse it where a cap is reached."""
        peername = transport.get_extra_info("peername")
        if not peername:
            transport.abort()  # it is gone already
            return
        peer = str(peername[0]).partition("%")[0]
        if self._closing:
            _turn_away(transport, f"421 4.3.2 {self._options.hostname} is going down")
        elif (full := self._connections.enter(peer)) is not None:
            self._note_refused(peer, full)
            _turn_away(transport, f"421 4.7.0 {full}")
        else:
            self._begin(transport, peer)

    def _begin(self, transport: asyncio.Transport, peer: str) -> None:
        kind = LmtpSession if self._options.protocol == "lmtp" else MailSession
        session = kind(self._reception, peer, asyncio.get_running_loop())
        session.ended = lambda: self._connections.leave(peer)
        transport.set_protocol(session)
        session.connection_made(transport)
        self._sessions.add(session)
        session.task.add_done_callback(lambda _: self._sessions.discard(session))

    def _note_refused(self, peer: str, why: str) -> None:
        self._refused += 1
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= _QUIET_SECONDS:
            log.warning("connections_refused", count=self._refused, last_peer=peer, why=why)
            self._refused, self._told_at = 0, now


class _Door(asyncio.Protocol):
    """Stands before the sessions: a refused connection costs next to nothing."""

    def __init__(self, listener: MailListener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._listener.admit(cast("asyncio.Transport", transport))


def _turn_away(transport: asyncio.Transport, reply: str) -> None:
    transport.write(f"{reply}\r\n".encode())
    transport.close()

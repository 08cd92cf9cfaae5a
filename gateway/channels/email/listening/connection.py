from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import structlog
from aiosmtpd.smtp import SMTP

from gateway.channels.email.listening.commands import read_command
from gateway.channels.email.listening.options import ListenOptions
from gateway.channels.email.listening.reception import TRY_LATER, Peer
from gateway.channels.email.listening.replies import Refusal
from gateway.channels.email.listening.wire import Disconnected, Wire

log = structlog.get_logger(__name__)

MAX_MISTAKES = 20
LINGER_SECONDS = 5.0  # how long a last reply may take to leave before the connection is cut
_TURN_AFTER = 64  # commands in one go, before the other sessions have their turn


class Connection(SMTP):
    """The life of one connection: greeting, command loop, silence, errors, goodbye.

    The streams and the table of commands are aiosmtpd's. The loop is ours, because only CR LF
    ends a line, every reply carries its enhanced code (RFC 2034), any octet counts as a sign of
    life, and a message that is being kept is not given up when the peer goes away.
    """

    line_length_limit = 32 * 1024  # the stream stops reading from the socket at twice this
    greeting = "ESMTP"

    def __init__(self, options: ListenOptions, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(None, hostname=options.hostname, timeout=options.idle_timeout, loop=loop)
        self.ended: Callable[[], None] = lambda: None
        self._options = options
        self._peer = Peer(address=peer)
        self._mistakes = 0
        self._busy = False  # the peer waits for us: its silence is no idleness
        self._in_data = False
        self._retiring = False
        self._leaving = False
        self._heard = 0.0

    @property
    def task(self) -> asyncio.Task[None]:
        """The conversation; it is done when the last message of the peer is answered."""
        return cast("asyncio.Task[None]", self._handler_coroutine)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._heard = self.loop.time()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        super().data_received(data)

    def eof_received(self) -> bool:
        """What came before the end is still answered, so the sending side stays open."""
        self._reader.feed_eof()
        return not self._peer.tls

    def connection_lost(self, error: Exception | None) -> None:
        """Unlike aiosmtpd's, this does not cancel the conversation.

        A message that is just being kept is kept; the next read or write ends it.
        """
        if self.transport is None:
            return
        self.transport = None
        self._stop_timer()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.ended()

    def retire(self) -> None:
        """Say goodbye: at once, or after the message that is coming in just now."""
        self._retiring = True
        if not (self._in_data or self._busy):
            self._hang_up(f"421 4.3.2 {self._options.hostname} is going down, come again later")

    def abort(self) -> None:
        """Cut the connection, whatever is still to be sent."""
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()

    async def push(self, status: str) -> None:  # type: ignore[override]
        """Send a reply. Raises `Disconnected`."""
        self._writer.write(f"{status}\r\n".encode())
        try:
            await self._writer.drain()
        except OSError as error:
            raise Disconnected from error

    async def handle_exception(self, error: Exception) -> str:
        """A bug of ours is never the fault of the mail: a temporary error, told to the log."""
        log.error("smtp_session_failed", peer=self._peer.address, exc_info=error)
        return TRY_LATER

    def _hang_up(self, reply: str = "") -> None:
        if self._leaving or self.transport is None:
            return
        self._leaving = True
        if reply:
            self._writer.write(f"{reply}\r\n".encode())
        self.transport.close()
        self._stop_timer()
        self._timeout_handle = self.loop.call_later(LINGER_SECONDS, self.abort)

    def _timeout_cb(self) -> None:
        """Every octet counts as a sign of life, and so does waiting for us."""
        if self._busy:
            self._heard = self.loop.time()
        left = self._heard + self._options.idle_timeout - self.loop.time()
        if left > 0:
            self._reset_timeout(left)
        else:
            seconds = f"{self._options.idle_timeout:g}"
            self._hang_up(f"421 4.4.2 nothing heard for {seconds} seconds, closing")

    def _stop_timer(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()

    @contextmanager
    def _working(self) -> Iterator[None]:
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
            self._heard = self.loop.time()

    async def _handle_client(self) -> None:
        self._wire = Wire(self._reader)
        try:
            await self.push(f"220 {self._options.hostname} {self.greeting}")
            await self._converse()
        except Disconnected:
            pass  # nobody is left to be answered
        finally:
            self._hang_up()

    async def _converse(self) -> None:
        served = 0
        while not self._leaving:
            await self._serve()
            if self._retiring:
                self.retire()
            served += 1
            if served % _TURN_AFTER == 0:
                await asyncio.sleep(0)

    async def _serve(self) -> None:
        """One command. Raises `Disconnected`."""
        try:
            verb, argument = read_command(await self._wire.line())
            command = self._smtp_methods.get(verb)
            if command is None:
                raise Refusal(f"500 5.5.2 unknown command {verb[:20]}")
            await command(argument)
        except Refusal as refusal:
            await self._refuse(refusal)
        except Disconnected:
            raise
        except Exception as error:
            await self.push(await self.handle_exception(error))

    async def _refuse(self, refusal: Refusal) -> None:
        self._mistakes += refusal.is_mistake
        if self._mistakes >= MAX_MISTAKES:
            log.info("too_many_mistakes", peer=self._peer.address, last=refusal.reply[:9])
            self._hang_up(f"421 4.7.0 {MAX_MISTAKES} commands were wrong, closing")
        else:
            await self.push(refusal.reply)

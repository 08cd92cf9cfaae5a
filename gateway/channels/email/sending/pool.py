"""A few connections to one mail server, kept for the next mail for a while."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.channels.email.sending.session import Session, SmtpOptions


class Pool:
    """At most ``options.pool_size`` connections at a time; the rest wait their turn."""

    def __init__(self, options: SmtpOptions, tls: ssl.SSLContext | None) -> None:
        self._options = options
        self._tls = tls
        self._slots = asyncio.Semaphore(options.pool_size)
        self._idle: dict[Session, asyncio.TimerHandle] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def session(self, *, fresh: bool = False) -> AsyncIterator[Session]:
        """A connection that answers, kept afterwards if it is still of use.

        ``fresh`` asks for a new one. Raises TemporaryError if none can be had.
        """
        async with self._slots:
            session = None if fresh else await self._take()
            session = session or await Session.open(self._options, self._tls)
            try:
                yield session
            finally:
                self._give_back(session)

    async def close(self) -> None:
        """Say goodbye on all connections that are not in use; the others follow after theirs."""
        self._closed = True
        for session in tuple(self._idle):
            self._leave(session)
        await asyncio.gather(*self._leaving)

    async def _take(self) -> Session | None:
        """The connection used last, if it still answers: the others are staler than that one."""
        if not self._idle:
            return None
        session, timer = self._idle.popitem()
        timer.cancel()
        try:
            if session.usable and await session.answers():
                return session
        except BaseException:
            session.close()
            raise
        session.close()
        return None

    def _give_back(self, session: Session) -> None:
        if not session.usable or self._closed:
            session.close()
            return
        loop = asyncio.get_running_loop()
        self._idle[session] = loop.call_later(self._options.idle, self._leave, session)

    def _leave(self, session: Session) -> None:
        timer = self._idle.pop(session, None)
        if timer is None:
            return
        timer.cancel()
        task = asyncio.get_running_loop().create_task(session.quit())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

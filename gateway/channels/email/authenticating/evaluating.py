from __future__ import annotations

import asyncio
import functools
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from gateway.channels.email.authenticating import suffixes
from gateway.channels.email.authenticating.dkim.octets import is_signed
from gateway.channels.email.authenticating.dkim.verifying import DkimResult, check_signatures
from gateway.channels.email.authenticating.dmarc import (
    DmarcRecord,
    DmarcResult,
    find_record,
    judge,
)
from gateway.channels.email.authenticating.facts import facts_of
from gateway.channels.email.authenticating.names import DnsFailedError, Names
from gateway.channels.email.authenticating.options import AuthOptions
from gateway.channels.email.authenticating.spf import SpfResult, check_host
from gateway.channels.email.peers import ip_of, within
from gateway.channels.email.reading.headers import read_headers
from gateway.channels.email.reading.parties import parties_of

log = structlog.get_logger(__name__)

_AT_ONCE = 64
_MARGIN = 0.5  # seconds beyond the time-out for what is not waiting for the DNS


class Authenticator:
    """Finds out who really sent a mail. For one event loop.

    Never raises and never takes longer than the options' timeout and half a second, the very
    first mail apart, while libraries are loaded. What is not known by then is unknown, which
    is neither pass nor fail.
    """

    def __init__(self, options: AuthOptions) -> None:
        self._options = options
        self._names = Names(options.nameservers)
        self._threads: ThreadPoolExecutor | None = None
        self._is_loaded = False
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def of_smtp(
        self, raw: bytes, *, peer: str, sender: str, helo: str
    ) -> dict[str, Any] | None:
        """The facts of a mail that ``peer`` just handed over, for ``envelope["auth"]``.

        ``sender`` is the envelope's, empty for a bounce. None where there is nothing to find
        out: a relay brings a mail that nobody signed.
        """
        ip = ip_of(peer)
        if ip is None or within(peer, self._options.relays):
            return await self.of_fetched(raw)
        return await self._bounded(raw, (ip, sender, helo))

    async def of_fetched(self, raw: bytes) -> dict[str, Any] | None:
        """The same for a mail that came second hand, by a relay or from a mailbox.

        Its signatures alone are looked at, so DMARC is pass or unknown, never fail.
        """
        return await self._bounded(raw, None) if is_signed(raw) else None

    def close(self) -> None:
        """Let go of the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _bounded(self, raw: bytes, way: _Way | None) -> dict[str, Any] | None:
        try:
            await self._loaded()
            deadline = self._names.in_seconds(self._options.timeout)
            async with asyncio.timeout(self._options.timeout + _MARGIN), self._room:
                return await self._facts(raw, way, deadline)
        except TimeoutError:
            log.warning("sender_not_checked", why="the time is up")
        except Exception as error:
            # A fault of ours must not cost a mail: it is taken in, and nothing is proven.
            log.exception("sender_not_checked", why=type(error).__name__)
        return None

    async def _loaded(self) -> None:
        """Libraries and lists, with the first mail: that takes its time once, and none of its."""
        if not self._is_loaded:
            await asyncio.gather(self._run(_load), self._names.load())
            self._is_loaded = True

    async def _facts(self, raw: bytes, way: _Way | None, deadline: float) -> dict[str, Any]:
        author = author_domain(raw)
        spf, dkim, record = await asyncio.gather(
            self._spf(way, deadline),
            self._dkim(raw, deadline),
            self._record(author, deadline),
        )
        return facts_of(spf, dkim, _dmarc(author, record, spf, dkim))

    async def _spf(self, way: _Way | None, deadline: float) -> SpfResult | None:
        if way is None:
            return None
        ip, sender, helo = way
        return await check_host(self._names, ip, sender=sender, helo=helo, deadline=deadline)

    async def _dkim(self, raw: bytes, deadline: float) -> list[DkimResult]:
        if not is_signed(raw):
            return []
        return await check_signatures(self._names, raw, deadline=deadline, run=self._run)

    async def _record(self, author: str | None, deadline: float) -> _Record:
        if not author:
            return None
        try:
            return await find_record(self._names, author, deadline)
        except DnsFailedError as error:
            return error

    def _run(self, function: Any, *arguments: Any) -> asyncio.Future[Any]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(2, thread_name_prefix="authenticating")
        work = functools.partial(function, *arguments)
        return asyncio.get_running_loop().run_in_executor(self._threads, work)


_Way = tuple[Any, str, str]  # IP address, envelope sender, HELO
_Record = DmarcRecord | DnsFailedError | None


def _load() -> None:
    """What is slow the first time, away from the loop."""
    import dkim  # noqa: F401

    suffixes.organisation("example.org")


def author_domain(raw: bytes) -> str | None:
    """The domain of the single author in From; empty without one, None for several.

    Several fields, several addresses or a group leave open whom a reader takes for the author
    (RFC 7489, section 6.6.1).
    """
    headers, _ = read_headers(raw, 0, len(raw))
    fields = headers.every("from")
    authors = parties_of(headers, "from", 2)
    if not authors:
        return ""
    if len(fields) != 1 or len(authors) != 1 or _is_group(fields[0]):
        return None
    return authors[0].address.rpartition("@")[2]


_QUOTED = re.compile(rb'"(?>(?:[^"\\]|\\.)*)"|\((?>(?:[^()\\]|\\.)*)\)', re.DOTALL)


def _is_group(value: bytes) -> bool:
    plain = _QUOTED.sub(b"", value[:16_384])
    return b":" in plain or b";" in plain


def _dmarc(
    author: str | None, record: _Record, spf: SpfResult | None, dkim: list[DkimResult]
) -> DmarcResult | None:
    if author is None:
        return DmarcResult(result="permerror", domain="", because="there are several authors")
    if not author:
        return None
    if isinstance(record, DnsFailedError):
        return DmarcResult(result="temperror", domain=author, because=f"no record: {record}")
    return judge(author, record, spf, dkim)

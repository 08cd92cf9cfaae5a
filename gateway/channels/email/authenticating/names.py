"""Questions to the DNS: each within its time, the answers kept for as long as they are good."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver
    from dns.message import QueryMessage
    from dns.name import Name

_MOST_KEPT = 2_000
_LONGEST_KEPT = 3_600.0  # seconds, whatever the TTL says
_NOTHING_KEPT = 300.0  # the same for "there is nothing"
_FAILURE_KEPT = 10.0  # so that a dead name server holds up one mail, not each of a hundred
_LARGEST_KEPT = 16_384  # octets; larger answers are asked for again
_TRY = 1.5  # seconds for one server to answer
_DATAGRAM = 1_232  # octets: what passes every network without fragments


class Kind(StrEnum):
    """The types of records that are asked for."""

    TXT = "TXT"
    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"


class DnsFailedError(Exception):
    """No answer, or none that can be used: the same question may be answered another time."""


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    records: tuple[bytes, ...] | None


class Names:
    """Asks ``nameservers`` (addresses and ports), or the system's if there are none.

    For one event loop. ``clock`` gives seconds that never go back, the clock of deadlines.
    """

    def __init__(
        self,
        nameservers: Sequence[tuple[str, int]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._servers = tuple(nameservers)
        self._clock = clock
        self._resolver: Resolver | None = None
        self._kept: OrderedDict[tuple[str, Kind], _Kept] = OrderedDict()

    def in_seconds(self, seconds: float) -> float:
        """A deadline so many seconds from now."""
        return self._clock() + seconds

    async def load(self) -> None:
        """Make ready for the first question; that there is no name server shows with it."""
        with contextlib.suppress(DnsFailedError):
            await self._ready()

    async def texts(self, name: str, deadline: float) -> tuple[bytes, ...]:
        """The TXT records, each with its strings joined. See `find`."""
        return await self.find(name, Kind.TXT, deadline)

    async def find(self, name: str, kind: Kind, deadline: float) -> tuple[bytes, ...]:
        """The records of a name; none if there is no such name or no such record.

        Addresses and names come as text in ASCII, names without the dot at their end. A name
        that no name can be has no records. Raises DnsFailedError.
        """
        key = (name.lower().rstrip("."), kind)
        kept = self._kept.get(key)
        if kept is None or kept.until <= self._clock():
            kept = await self._ask(key, deadline)
        if kept.records is None:
            raise DnsFailedError(f"no answer about {kind.value} of {key[0]}")
        return kept.records

    async def _ask(self, key: tuple[str, Kind], deadline: float) -> _Kept:
        left = deadline - self._clock()
        if left <= 0:
            raise DnsFailedError("the time is up")
        try:
            records, ttl = await self._resolve(key, left)
        except DnsFailedError:
            records, ttl = None, _FAILURE_KEPT
        kept = _Kept(self._clock() + ttl, records)
        if sum(map(len, records or ())) <= _LARGEST_KEPT:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return kept

    async def _resolve(self, key: tuple[str, Kind], left: float) -> tuple[tuple[bytes, ...], float]:
        import dns.exception
        import dns.resolver

        name = _name(key[0])
        if name is None:
            return (), _NOTHING_KEPT
        resolver = await self._ready()
        try:
            answer = await resolver.resolve(
                name, key[1].value, search=False, lifetime=left, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN as error:
            responses: Mapping[Name, QueryMessage] = error.kwargs["responses"]
            return (), _negative(responses[name].resolve_chaining().minimum_ttl)
        except (dns.exception.DNSException, OSError, EOFError) as error:
            raise DnsFailedError(type(error).__name__) from error
        ttl = float(answer.chaining_result.minimum_ttl)
        if answer.rrset is None:
            return (), _negative(ttl)
        return tuple(_text(record, key[1]) for record in answer.rrset), min(ttl, _LONGEST_KEPT)

    async def _ready(self) -> Resolver:
        if self._resolver is None:
            # Importing takes a tenth of a second, too long for the loop.
            self._resolver = await asyncio.to_thread(_resolver, self._servers)
        return self._resolver


def _resolver(servers: Sequence[tuple[str, int]]) -> Resolver:
    import dns.asyncquery
    import dns.asyncresolver
    import dns.resolver
    from dns.nameserver import Do53Nameserver

    try:
        resolver = dns.asyncresolver.Resolver(configure=not servers)
    except (dns.resolver.NoResolverConfiguration, OSError) as error:
        raise DnsFailedError("this machine names no name server") from error
    if servers:
        resolver.nameservers = [Do53Nameserver(host, port) for host, port in servers]
    resolver.timeout = _TRY
    resolver.use_edns(0, 0, _DATAGRAM)
    return resolver


def _name(text: str) -> Name | None:
    """The labels as they are: nothing in them is an escape, and nothing is encoded."""
    import dns.exception
    import dns.name

    try:
        return dns.name.Name([*(label.encode("ascii") for label in text.split(".")), b""])
    except (dns.exception.DNSException, UnicodeError):
        return None


def _text(record: Any, kind: Kind) -> bytes:
    if kind is Kind.TXT:
        return b"".join(record.strings)
    if kind is Kind.MX:
        return _spelled(record.exchange)
    if kind is Kind.PTR:
        return _spelled(record.target)
    return str(record.address).encode()


def _spelled(name: Name) -> bytes:
    return b".".join(name.labels).rstrip(b".").lower()


def _negative(ttl: float) -> float:
    return min(ttl, _NOTHING_KEPT)

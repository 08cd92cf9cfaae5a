"""The check_host() function of RFC 7208, section 4, with its limits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace

from gateway.channels.email.authenticating.names import DnsFailedError, Kind, Names
from gateway.channels.email.authenticating.spf.macros import Facts, expand, wants_validated
from gateway.channels.email.authenticating.spf.terms import (
    Mechanism,
    Record,
    SpfSyntaxError,
    parse,
    records_among,
)

_MOST_LOOKUPS = 10  # terms that ask the DNS (section 4.6.4)
_MOST_VOID = 2  # of them, those that find nothing
_MOST_HOSTS = 10  # MX or PTR names of one term
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class SpfResult:
    """One of pass, fail, softfail, neutral, none, temperror, permerror; for which domain; why."""

    result: str
    domain: str
    because: str = ""


class _PermanentError(Exception):
    pass


async def check_host(
    names: Names,
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
    *,
    sender: str,
    helo: str,
    deadline: float,
) -> SpfResult:
    """Whether ``ip`` may send mail for the domain of ``sender``, the envelope's. Never raises.

    A bounce has an empty one: then ``helo`` is what counts (section 2.4).
    """
    local, _, domain = (sender if "@" in sender else f"@{sender or helo}").rpartition("@")
    domain = domain.lower().removesuffix(".")
    if not _is_name(domain):
        return SpfResult("none", domain, "it is no name of a domain")
    facts = Facts(
        local=local or "postmaster", sender_domain=domain, domain=domain, helo=helo, ip=ip
    )
    check = _Check(names, facts, deadline)
    try:
        result, because = await check.host(domain)
    except DnsFailedError as error:
        result, because = "temperror", f"the DNS gave no answer: {error}"
    except (_PermanentError, SpfSyntaxError) as error:
        result, because = "permerror", str(error)
    return SpfResult(result, domain, because)


def _is_name(domain: str) -> bool:
    labels = domain.split(".")
    fits = all(0 < len(label) <= 63 for label in labels) and len(domain) <= _LONGEST_NAME
    return fits and len(labels) > 1 and domain.isascii()


class _Check:
    """One evaluation: the counts of its limits run on through include and redirect."""

    def __init__(self, names: Names, facts: Facts, deadline: float) -> None:
        self._names = names
        self._facts = facts
        self._deadline = deadline
        self._lookups = 0
        self._void = 0
        self._validated: list[str] | None = None

    async def host(self, domain: str) -> tuple[str, str]:
        """Result and reason for one domain. Raises for errors, permanent and temporary."""
        found = records_among(await self._names.texts(domain, self._deadline))
        if not found:
            return "none", f"{domain} has no SPF record"
        if len(found) > 1:
            raise _PermanentError(f"{domain} has more than one SPF record")
        record = parse(found[0])
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return mechanism.result, f"{mechanism.text} of {domain}"
        return await self._otherwise(record, domain)

    async def _otherwise(self, record: Record, domain: str) -> tuple[str, str]:
        if record.redirect is None:
            return "neutral", f"nothing in the record of {domain} matches"
        self._count()
        target = await self._target(record.redirect, domain)
        result, because = await self.host(target)
        if result == "none":
            raise _PermanentError(f"{domain} redirects to {target}, which has no SPF record")
        return result, because

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        ip = self._facts.ip
        if mechanism.network is not None:
            return ip.version == mechanism.network.version and ip in mechanism.network
        self._count()
        target = await self._target(mechanism.target, domain) if mechanism.target else domain
        if mechanism.name == "include":
            return await self._includes(target)
        if mechanism.name == "exists":
            return bool(self._counted(await self._find(target, Kind.A)))
        if mechanism.name == "ptr":
            return any(_below(name, target) for name in await self._validated_names())
        hosts = [target]
        if mechanism.name == "mx":
            hosts = await self._exchanges(target)
        return await self._one_of(hosts, mechanism, count=mechanism.name == "a")

    async def _includes(self, target: str) -> bool:
        result, _ = await self.host(target)
        if result == "none":
            raise _PermanentError(f"{target}, which is included, has no SPF record")
        return result == "pass"

    async def _exchanges(self, target: str) -> list[str]:
        found = self._counted(await self._find(target, Kind.MX))
        if len(found) > _MOST_HOSTS:
            raise _PermanentError(f"{target} has more than {_MOST_HOSTS} MX records")
        return [name for name in found if name]

    async def _one_of(self, hosts: list[str], mechanism: Mechanism, *, count: bool) -> bool:
        ip = self._facts.ip
        prefix = mechanism.cidr4 if ip.version == 4 else mechanism.cidr6
        for host in hosts:
            found = await self._addresses(host)
            if count:
                self._counted(found)
            if any(ip in ipaddress.ip_network((one, prefix), strict=False) for one in found):
                return True
        return False

    async def _addresses(self, host: str) -> list[str]:
        """Of the kind of the peer's address."""
        return await self._find(host, Kind.A if self._facts.ip.version == 4 else Kind.AAAA)

    async def _validated_names(self) -> list[str]:
        """The names of the peer that lead back to it (section 5.5); errors count as none."""
        if self._validated is None:
            self._validated = []
            try:
                names = await self._find(self._facts.ip.reverse_pointer, Kind.PTR)
            except DnsFailedError:
                names = []
            for name in names[:_MOST_HOSTS]:
                if await self._leads_back(name):
                    self._validated.append(name)
        return self._validated

    async def _leads_back(self, name: str) -> bool:
        try:
            found = await self._addresses(name)
        except DnsFailedError:
            return False
        return any(ipaddress.ip_address(one) == self._facts.ip for one in found)

    async def _target(self, spec: str, domain: str) -> str:
        facts = replace(self._facts, domain=domain)
        if wants_validated(spec):
            names = await self._validated_names()
            # The domain itself, else a name below it, else any (section 7.3).
            best = sorted(names, key=lambda name: (name != domain, not _below(name, domain)))
            facts = replace(facts, validated=best[0] if best else "unknown")
        return expand(spec, facts)

    async def _find(self, name: str, kind: Kind) -> list[str]:
        found = await self._names.find(name, kind, self._deadline)
        return [one.decode("latin-1") for one in found]

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > _MOST_LOOKUPS:
            raise _PermanentError(f"more than {_MOST_LOOKUPS} terms that ask the DNS")

    def _counted(self, found: list[str]) -> list[str]:
        self._void += not found
        if self._void > _MOST_VOID:
            raise _PermanentError(f"more than {_MOST_VOID} terms that find nothing in the DNS")
        return found


def _below(name: str, domain: str) -> bool:
    name, domain = name.lower().rstrip("."), domain.lower().rstrip(".")
    return name == domain or name.endswith(f".{domain}")

"""Addresses of those who connect to us."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


def within(peer: object, networks: tuple[str, ...]) -> bool:
    """Whether an IP address is one of these addresses or in one of these networks.

    An IPv4 address that is written as an IPv6 one counts as what it is (RFC 4291, 2.5.5.2).
    """
    address = ip_of(peer)
    if address is None:
        return False
    return any(address in net for net in map(_network, networks) if net.version == address.version)


@lru_cache(maxsize=256)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def ip_of(peer: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A peer's address, None for what is none."""
    try:
        address = ipaddress.ip_address(str(peer).partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address

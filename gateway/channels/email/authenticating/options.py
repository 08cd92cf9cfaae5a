from __future__ import annotations

import ipaddress
from dataclasses import dataclass

RELAYS = (
    *("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    *("169.254.0.0/16", "fc00::/7", "fe80::/10"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthOptions:
    """How senders are checked.

    ``nameservers`` are addresses, with ``:port`` where it is not 53; none: the system's.
    ``timeout`` is the longest time for all checks of one mail, in seconds. ``relays`` are
    addresses and networks that hand mail on for others: their own address says nothing about
    the sender.
    """

    nameservers: tuple[str, ...] = ()
    timeout: float = 5.0
    relays: tuple[str, ...] = RELAYS


def within(peer: object, networks: tuple[str, ...]) -> bool:
    """Whether an IP address is one of these addresses or in one of these networks.

    An IPv4 address that is written as an IPv6 one counts as what it is (RFC 4291, 2.5.5.2).
    """
    address = ip_of(peer)
    if address is None:
        return False
    nets = (ipaddress.ip_network(one, strict=False) for one in networks)
    return any(address in net for net in nets if net.version == address.version)


def ip_of(peer: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A peer's address, None for what is none."""
    try:
        address = ipaddress.ip_address(str(peer).partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
